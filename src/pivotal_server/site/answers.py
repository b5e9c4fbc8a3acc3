"""What each address of the documentation gives: pages, Markdown, lists for agents, the search, and packages."""

from __future__ import annotations

import difflib
import gzip
import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import orjson

from pivotal_server.site import agents, finding
from pivotal_server.site.documents import ROOT
from pivotal_server.site.packages import PREFIX, Package
from pivotal_server.site.reading import read
from pivotal_server.site.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pivotal_server.site.contents import Section
    from pivotal_server.site.documents import Document
    from pivotal_server.site.library import Library
    from pivotal_server.web.rendering import Renderer

SEARCH, ENTRIES = f"{ROOT}/search", f"{ROOT}/search.json"
LIST, FULL = "llms.txt", "llms-full.txt"
OK, MOVED, NOT_FOUND, NOT_ALLOWED, FAILED = 200, 308, 404, 405, 500

_HTML, _MARKDOWN, _TEXT = "text/html; charset=utf-8", "text/markdown; charset=utf-8", "text/plain; charset=utf-8"
_LONGEST_SEARCH = 200
_SUGGESTED, _LEAST_ALIKE = 5, 0.5
_COMPRESSION = 6


class Answer(NamedTuple):
    """What a request gets.

    Attributes:
        status: of HTTP.
        content_type: of the body.
        body: in gzip's form, where it is packed.
        etag: the strong validator.
        headers: beside those that every answer has.
        is_packed: whether the body is in gzip's form.
    """

    status: int
    content_type: str
    body: bytes
    etag: str
    headers: tuple[tuple[str, str], ...] = ()
    is_packed: bool = True


class Answers:
    """Makes answers; the same for everybody who reaches the server at the same address.

    Args:
        library: the documents.
        renderer: makes the HTML.
        packages: the SDKs' packages by their names.
    """

    def __init__(self, library: Library, renderer: Renderer, packages: Mapping[str, Package]) -> None:
        self._library, self._renderer, self._packages = library, renderer, packages

    def make(self, path: str, query: bytes, base: str) -> Answer:
        """Return what a path gives.

        Args:
            path: as it was asked for.
            query: likewise.
            base: the address of the server, as the asking one knows it.
        """
        if path.startswith(PREFIX):
            return self._package(path.removeprefix(PREFIX), base)
        if path in {f"/{LIST}", f"/{FULL}"}:
            return self._list(path[1:], "", base)
        if path in {SEARCH, ENTRIES}:
            return self._search(query, base) if path == SEARCH else self._index()
        inner = path.removeprefix(ROOT).removeprefix("/")
        if path.endswith("/"):
            return self._moved(inner.rstrip("/"), base)
        folder, _, last = inner.rpartition("/")
        return self._list(last, folder, base) if last in {LIST, FULL} else self._read(inner, base)

    def _read(self, path: str, base: str) -> Answer:
        """Return a page, as HTML or, with ``.md`` behind it, as Markdown."""
        if not path:
            return self._page("site/home.html", base)
        name, wants_markdown = path.removesuffix(".md"), path.endswith(".md")
        document, section = self._library.find(name), self._library.find_section(name)
        if document is not None:
            return self._markdown([document], base) if wants_markdown else self._document(document, base)
        if section is not None:
            return self._list(LIST, name, base) if wants_markdown else self._section(section, base)
        return self._lost(path, base)

    def _moved(self, path: str, base: str) -> Answer:
        """Lead to where a page is; nothing else that somebody asks for gets into a header."""
        if path and self._library.find(path) is None and self._library.find_section(path) is None:
            return self._lost(path, base)
        return pack(MOVED, _TEXT, b"", (("location", f"{ROOT}/{path}" if path else ROOT),))

    def _document(self, document: Document, base: str) -> Answer:
        samples = Samples(self._renderer)
        text = read(agents.at(document.body, base), document.file, self._library.address_of, samples.show)
        before, after = self._library.around(document)
        alternate = f'<{document.address}.md>; rel="alternate"; type="text/markdown"'
        return self._page(
            document.template,
            base,
            headers=(("link", alternate),),
            document=document,
            section=self._library.section_of(document),
            text=text,
            before=before,
            after=after,
            description=agents.at(document.description, base),
            **document.context(base),
        )

    def _section(self, section: Section, base: str) -> Answer:
        return self._page("site/section.html", base, section=section)

    def _markdown(self, documents: Sequence[Document], base: str) -> Answer:
        return pack(OK, _MARKDOWN, agents.join_pages(documents, base).encode())

    def _list(self, name: str, folder: str, base: str) -> Answer:
        """Return a list for agents: of everything, of one section, or, of a single page, the page itself."""
        section, document = self._library.find_section(folder), self._library.find(folder)
        if not folder:
            sections = self._library.sections
            text = agents.list_pages(sections, base)
            documents = self._library.documents
        elif document is not None:
            return self._markdown([document], base)
        elif section is not None:
            text = agents.list_pages([section], base, section.title, section.description)
            documents = section.documents
        else:
            return self._lost(f"{folder}/{name}", base)
        return self._markdown(documents, base) if name == FULL else pack(OK, _MARKDOWN, text.encode())

    def _search(self, query: bytes, base: str) -> Answer:
        given = parse_qs(query.decode("latin-1")).get("q", [""])[0]
        sought = given.replace("\0", "").strip()[:_LONGEST_SEARCH]
        hits = [(hit, finding.excerpt(hit, sought)) for hit in finding.find(self._entries, sought)]
        return self._page("site/search.html", base, sought=sought, hits=hits)

    def _index(self) -> Answer:
        return pack(OK, "application/json", orjson.dumps([tuple(entry) for entry in self._entries]))

    def _lost(self, path: str, base: str) -> Answer:
        """Return the page for an address that leads nowhere, with the pages whose addresses look like it."""
        alike = difflib.get_close_matches(path, self._library.paths, _SUGGESTED, _LEAST_ALIKE)
        found = [document for one in alike if (document := self._library.find(one))]
        words = " ".join(path.removesuffix(".md").replace("/", " ").replace("-", " ").split())[:_LONGEST_SEARCH]
        return self._page("site/lost.html", base, NOT_FOUND, words=words, alike=found)

    def _package(self, name: str, base: str) -> Answer:
        package = self._packages.get(name)
        if package is None:
            return self._lost(f"sdks/{name}", base)
        etag = f'"{hashlib.sha256(package.content).hexdigest()}"'
        return Answer(OK, package.content_type, package.content, etag, is_packed=False)

    def _page(
        self,
        template: str,
        base: str,
        status: int = OK,
        headers: tuple[tuple[str, str], ...] = (),
        **context: Any,  # noqa: ANN401 - the template's
    ) -> Answer:
        given = {"library": self._library, "base": base, "section": None, "document": None, **context}
        return pack(status, _HTML, self._renderer.render_alone(template, given).encode(), headers)

    @cached_property
    def _entries(self) -> list[finding.Entry]:
        return finding.make_entries(self._library)


def pack(status: int, content_type: str, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return the answer with this body."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Answer(status, content_type, gzip.compress(body, _COMPRESSION, mtime=0), etag, headers)
