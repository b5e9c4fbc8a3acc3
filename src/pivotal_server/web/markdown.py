"""Markdown that people wrote, as HTML that is safe to show: no HTML of theirs, no pictures from elsewhere."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MENTION = re.compile(r"(?<![\w.@+-])@([\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.ASCII)

# What parts of a line read as that have no words of their own.
_SPOKEN = {"softbreak": " ", "hardbreak": " "}


def to_html(text: str | None, mentions: Mapping[str, str] | None = None) -> Markup:
    """Return Markdown as HTML.

    Args:
        text: what somebody wrote.
        mentions: the names of those whom it mentions, by e-mail: they are shown in place of it.
    """
    tokens = _markdown().parse(text or "")
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_names(token.children, mentions or {}))
    return Markup(_markdown().renderer.render(tokens, _markdown().options, {}))  # noqa: S704 - the renderer escapes


def to_text(text: str) -> str:
    """Return what Markdown says in one line, without its marks."""
    lines = [token.children or [] for token in _markdown().parse(text) if token.type == "inline"]
    return " ".join("".join(_SPOKEN.get(part.type, part.content) for part in line) for line in lines)


def _with_names(children: Sequence[Token], mentions: Mapping[str, str]) -> Iterator[Token]:
    """Yield the parts of a line with the e-mails of those who are mentioned replaced by their names."""
    for token in children:
        if token.type != "text" or "@" not in token.content:
            yield token
            continue
        last = 0
        for match in _MENTION.finditer(token.content):
            address = match[1].rstrip(".").lower()
            if address not in mentions:
                continue
            yield _part(token, "text", token.content[last : match.start()])
            name = Markup('<span class="mention">@{}</span>').format(mentions[address])
            yield _part(token, "html_inline", str(name))
            last = match.start() + 1 + len(address)
        yield _part(token, "text", token.content[last:])


def _part(token: Token, kind: str, content: str) -> Token:
    return token.copy(type=kind, content=content)


def _open_link(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001 - markdown-it's
    address = escape(str(tokens[at].attrs.get("href", "")))
    return f'<a href="{address}" rel="nofollow noopener noreferrer" target="_blank">'


@functools.cache
def _markdown() -> MarkdownIt:
    # Imported at the first text, because it takes 0.1 s.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"])
    made.disable(["image", "html_block", "html_inline"])
    made.add_render_rule("link_open", _open_link)
    return made
