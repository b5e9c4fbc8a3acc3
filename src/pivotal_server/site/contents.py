"""What stands where: ``contents.yml`` and the files that it names, in a checkout or in a wheel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pivotal_server.site.documents import ROOT, Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pivotal_server.site.documents import Source

_PACKAGED = Path(__file__).parent / "docs"
_CHECKOUT = Path(__file__).parents[3]
CONTENTS, CHANGELOG = "contents.yml", "CHANGELOG.md"


class ContentsError(Exception):
    """What ``contents.yml`` says does not fit the files; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the documentation.

    Attributes:
        title: as it is read.
        folder: below ``docs/`` and ``/docs``.
        description: what it has, in a sentence.
        documents: in order.
    """

    title: str
    folder: str
    description: str
    documents: tuple[Document, ...]

    @property
    def address(self) -> str:
        """Where its list of pages is served."""
        return f"{ROOT}/{self.folder}"

    @property
    def groups(self) -> list[tuple[str | None, list[Document]]]:
        """The documents by the headings that they stand under, in order."""
        found: list[tuple[str | None, list[Document]]] = []
        for document in self.documents:
            if not found or found[-1][0] != document.group:
                found.append((document.group, []))
            found[-1][1].append(document)
        return found


def docs_folder() -> Path:
    """Return the folder of the Markdown: a wheel brings a copy, a checkout has the original."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT / "docs"


def read_sections(folder: Path, sources: Mapping[str, Source]) -> list[Section]:
    """Return all sections with their documents.

    Args:
        folder: as ``docs_folder`` gives it.
        sources: those of generated documents, by the names that ``contents.yml`` has for them.

    Raises:
        ContentsError: a page or source is named that is not there, or one that is there is not named.
    """
    listed: list[dict[str, Any]] = yaml.safe_load((folder / CONTENTS).read_text("utf-8"))
    named = {part["generated"] for part in listed if "generated" in part}
    if named != set(sources):
        raise ContentsError(f"contents.yml names generated pages {sorted(named)}, there are {sorted(sources)}.")
    return [_read_section(folder, part, sources) for part in listed]


def read_changelog(folder: Path) -> list[Document]:
    """Return the page of what changed from version to version, as a source brings it."""
    file = folder / CHANGELOG if (folder / CHANGELOG).is_file() else folder.parent / CHANGELOG
    return [Document(path="changelog", body=file.read_text("utf-8"), file=CHANGELOG)]


def _read_section(folder: Path, part: dict[str, Any], sources: Mapping[str, Source]) -> Section:
    documents = [_read_document(folder, f"{part['folder']}/{name}", group) for name, group in _entries(part)]
    forgotten = {file.stem for file in (folder / part["folder"]).glob("*.md")} - {
        document.path.rpartition("/")[2] for document in documents
    }
    if forgotten:
        raise ContentsError(f"contents.yml does not name {sorted(forgotten)} of {part['folder']}.")
    if "generated" in part:
        documents += sources[part["generated"]]()
    return Section(
        title=part["title"],
        folder=part["folder"],
        description=part.get("description", ""),
        documents=tuple(documents),
    )


def _entries(part: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the names of a section's pages, and the headings that they stand under."""
    yield from ((name, None) for name in part.get("pages", []))
    for group in part.get("groups", []):
        yield from ((name, group["title"]) for name in group["pages"])


def _read_document(folder: Path, path: str, group: str | None) -> Document:
    try:
        body = (folder / f"{path}.md").read_text("utf-8")
    except FileNotFoundError:
        raise ContentsError(f"contents.yml names {path}, and there is no docs/{path}.md.") from None
    if not body.startswith("# "):
        raise ContentsError(f"docs/{path}.md does not begin with its title, as in: # Signing")
    return Document(path=path, body=body, file=f"docs/{path}.md", group=group)
