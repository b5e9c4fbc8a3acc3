"""Documents: one page of the documentation each, whatever it is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pivotal_server.web.markdown import to_text

ROOT = "/docs"
_LONGEST_DESCRIPTION = 160
_SENTENCE = re.compile(r"([.!?:])(?=\s[A-Z]|$)")


def _nothing(_: str) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Document:
    """One page. Its Markdown says everything: what else its HTML has is for convenience.

    Attributes:
        path: below ``/docs``, such as ``webhooks/signing``.
        body: Markdown that begins with the title, ``# Signing``, and a paragraph that describes the page. Links to
            other documents are relative to ``file``; the server's address is ``http://127.0.0.1:8000`` throughout.
        file: where the Markdown stands, or would, below the repository: what its links are relative to.
        group: heading under which the section's list has it; None directly below the section.
        label: what lists call it where the title would be too long for them.
        template: extends ``site/page.html``.
        context: gives what the template needs beside, for the address of the server.
    """

    path: str
    body: str
    file: str
    group: str | None = None
    label: str | None = None
    template: str = "site/page.html"
    context: Callable[[str], Mapping[str, Any]] = field(default=_nothing, compare=False)

    @property
    def address(self) -> str:
        """Where the page is served."""
        return f"{ROOT}/{self.path}"

    @cached_property
    def title(self) -> str:
        """The first line's words."""
        return to_text(self.body.partition("\n")[0].removeprefix("# "))

    @property
    def name(self) -> str:
        """What lists call it."""
        return self.label or self.title

    @cached_property
    def description(self) -> str:
        """The first paragraph's first sentences; empty where something else comes first."""
        paragraph = self.body.partition("\n")[2].strip().partition("\n\n")[0]
        return "" if paragraph.startswith(("#", "|", "- ", "> ", "```")) else _shorten(to_text(paragraph))


def _shorten(text: str) -> str:
    """Return as many sentences as a list has room for, and one at least."""
    ends = [match.end(1) for match in _SENTENCE.finditer(text)]
    return text[: max([end for end in ends if end <= _LONGEST_DESCRIPTION] or ends[:1] or [len(text)])]


Source = Callable[[], Sequence[Document]]
"""Brings documents that are generated, in the order in which they are read."""


def generated(path: str, body: str, **more: Any) -> Document:  # noqa: ANN401 - a Document's other attributes
    """Return a document that no file has: its links are relative to where its file would be."""
    return Document(path=path, body=body, file=f"docs/{path}.md", **more)
