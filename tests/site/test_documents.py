"""What the documentation consists of: files and lists that fit each other, and links that lead somewhere."""

import re
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest

from pivotal_server.site.answers import FULL, LIST, Answers
from pivotal_server.site.contents import ContentsError, docs_folder
from pivotal_server.site.documents import Document, generated
from pivotal_server.site.library import Library
from pivotal_server.site.reading import LinkError, read, read_parts
from tests.site.reading import html_of

BASE = "http://docs.test"
_HREF = re.compile(r'<a [^>]*?href="([^"]+)"')
_ID = re.compile(r'<[a-z][^>]*? id="([^"]+)"')
LISTS = {f"/{LIST}", f"/{FULL}", "/docs", "/docs/search", "/"}


class Links(NamedTuple):
    """Where a page leads, and what can be led to on it."""

    targets: set[str]
    ids: list[str]

    @classmethod
    def of(cls, html: str) -> "Links":
        # Attributes are in double quotes, and those of text are escaped: a parser says the same in five times the time.
        return cls({unescape(found) for found in _HREF.findall(html)}, [unescape(found) for found in _ID.findall(html)])


def test_every_page_opens_and_every_link_leads_somewhere(library: Library, answers: Answers) -> None:
    addresses = {document.address for document in library.documents} | {one.address for one in library.sections}
    pages = {address: Links.of(html_of(answers.make(address, b"", BASE))) for address in addresses}
    for address, links in pages.items():
        assert len(links.ids) == len(set(links.ids)), f"{address} has an id twice"
        for target in links.targets:
            path, _, anchor = target.partition("#")
            if path.startswith(("http", "mailto:", "/sdk/", "/assets/")) or path in LISTS:
                continue
            if path.removesuffix(".md") != path or path.endswith(f"/{LIST}"):
                assert path.removesuffix(".md").removesuffix(f"/{LIST}") in addresses, f"{address} links to {target}"
                continue
            assert (path or address) in pages, f"{address} links to {target}"
            assert not anchor or unquote(anchor) in pages[path or address].ids, f"{address} links to {target}"


def test_every_page_says_what_it_is_about(library: Library) -> None:
    assert [document.path for document in library.documents if not document.description] == []
    titles = [(library.section_of(document).title, document.title, document.group) for document in library.documents]
    assert len(set(titles)) == len(titles)


def test_nothing_of_the_developers_is_served(library: Library) -> None:
    assert [document.file for document in library.documents if "developers/" in document.file] == []
    assert (docs_folder() / "developers").is_dir()


def folder_with(place: Path, contents: str, **pages: str) -> Path:
    (place / "welcome").mkdir()
    (place / "contents.yml").write_text(contents)
    for name, body in pages.items():
        (place / "welcome" / f"{name}.md").write_text(body)
    return place


WELCOME = "- title: Welcome\n  folder: welcome\n  pages: [first]\n"


@pytest.mark.parametrize(
    ("contents", "pages", "problem"),
    [
        (WELCOME, {}, "there is no docs/welcome/first.md"),
        (WELCOME, {"first": "# First", "second": "# Second"}, r"does not name \['second'\]"),
        (WELCOME, {"first": "No title"}, "does not begin with its title"),
        (f"{WELCOME}  generated: events\n", {"first": "# First"}, "names generated pages"),
    ],
)
def test_contents_that_do_not_fit_are_refused(
    tmp_path: Path, contents: str, pages: dict[str, str], problem: str
) -> None:
    with pytest.raises(ContentsError, match=problem):
        Library.read(folder_with(tmp_path, contents, **pages), {})


def test_files_and_generated_pages_stand_together(tmp_path: Path) -> None:
    contents = (
        "- title: Welcome\n  folder: welcome\n  pages: [first]\n"
        "  groups:\n    - title: More\n      pages: [second]\n  generated: events\n"
    )
    folder = folder_with(tmp_path, contents, first="# First\n\nOne.\n", second="# Second")
    made = [generated("welcome/made", "# Made *up*\n\nOf **nothing**.\n", group="Events", label="made")]
    library = Library.read(folder, {"events": lambda: made})
    [section] = library.sections
    assert [(group, [one.name for one in documents]) for group, documents in section.groups] == [
        (None, ["First"]),
        ("More", ["Second"]),
        ("Events", ["made"]),
    ]
    assert [(one.title, one.description) for one in section.documents] == [
        ("First", "One."),
        ("Second", ""),
        ("Made up", "Of nothing."),
    ]
    first, second, last = section.documents
    assert library.around(second) == (first, last)
    assert library.around(first)[0] is None
    assert library.around(last)[1] is None


def find(file: str) -> str | None:
    return {"docs/webhooks/signing.md": "/docs/webhooks/signing"}.get(file)


def test_links_are_rewritten_and_headings_are_numbered_as_code_hosts_do() -> None:
    body = (
        "# Title\n\n[a](../webhooks/signing.md#how-it-is-done) [b](https://example.com) [c](#twice)\n\n"
        "## Twice\n\n## Twice\n\n### What's `next`?\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b>x</b>\n"
    )
    text = read(body, "docs/guides/first.md", find, lambda _: "")
    assert 'href="/docs/webhooks/signing#how-it-is-done"' in text.html
    assert 'href="https://example.com" rel="noopener noreferrer"' in text.html
    assert [heading.anchor for heading in text.headings] == ["twice", "twice-1", "whats-next"]
    assert [heading.title for heading in text.headings] == ["Twice", "Twice", "What's next?"]
    assert '<div class="docs-table" tabindex="0"><table>' in text.html
    assert "&lt;b&gt;x&lt;/b&gt;" in text.html
    assert "<h1" not in text.html


def test_a_link_to_what_is_no_page_is_refused() -> None:
    with pytest.raises(LinkError, match=r"docs/guides/first.md links to ../developers/frontend.md"):
        read("# T\n\n[x](../developers/frontend.md)", "docs/guides/first.md", find, lambda _: "")


def test_the_words_below_each_heading_are_found_without_code_but_with_paths() -> None:
    parts = read_parts(
        "# T\n\nOne `two`\nthree.\n\n```sh\ncurl\n```\n\n```http\nGET /me\n```\n\n## Second\n\n- four\n- five\n"
    )
    assert [(part.heading.title if part.heading else None, part.text) for part in parts] == [
        (None, "One two three. GET /me"),
        ("Second", "four five"),
    ]


def test_a_description_is_of_a_paragraph_and_has_whole_sentences() -> None:
    def about(paragraph: str) -> str:
        return Document(path="x", file="docs/x.md", body=f"# T\n\n{paragraph}\n\nMore.\n").description

    assert about("One. Two, as in v1.0.") == "One. Two, as in v1.0."
    assert about(f"One, at [a place](x.md). {'Two ' * 40}.") == "One, at a place."
    assert about(f"{'One ' * 50}. Two.") == f"{'One ' * 50}."
    assert about("one " * 50) == ("one " * 50).strip()
    assert Document(path="x", file="docs/x.md", body="# T\n\n- a list\n").description == ""
