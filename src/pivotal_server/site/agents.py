"""The documentation for programs that read: pages as Markdown, and lists of pages as llmstxt.org describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.site.contents import Section
    from pivotal_server.site.documents import Document

SAMPLE_ADDRESS = "http://127.0.0.1:8000"
"""What the documentation calls the server; readers get the address at which they reach it."""

_ABOUT = (
    "> Pivotal is a self-hosted platform for customer onboarding and customer success: a REST API, signed webhooks and"
    " an app on PostgreSQL."
)


def at(text: str, base: str) -> str:
    """Return text of the documentation with the address of the server in it."""
    return text.replace(SAMPLE_ADDRESS, base)


def list_pages(sections: Sequence[Section], base: str, title: str = "Pivotal", about: str = _ABOUT) -> str:
    """Return the list of the sections' pages, each with what it is about (``llms.txt``)."""
    parts = [f"# {title}\n\n{about}\n" if about else f"# {title}\n"]
    for section in sections:
        lines = [_line(document, base) for document in section.documents]
        parts.append(f"## {section.title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def join_pages(documents: Sequence[Document], base: str) -> str:
    """Return the Markdown of many pages, one after the other (``llms-full.txt``)."""
    return "\n---\n\n".join(page_text(document, base) for document in documents)


def page_text(document: Document, base: str) -> str:
    """Return a page's Markdown, with its own address below the title."""
    title, _, rest = at(document.body, base).partition("\n")
    return f"{title}\n\nSource: {base}{document.address}\n{rest.rstrip()}\n"


def _line(document: Document, base: str) -> str:
    about = f": {at(document.description, base)}" if document.description else ""
    return f"- [{document.title}]({base}{document.address}.md){about}"
