"""Finds who is mentioned in a comment (documentation: Comments and attachments)."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt

MAX_MENTIONS = 50
# Bounded parts, so that no text makes it try for long.
_MENTION = re.compile(
    r"(?<![\w.@+-])@([A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,63})",
    re.ASCII,
)


def find_mentions(body: str) -> list[str]:
    """Return the e-mail addresses that a Markdown text mentions as ``@maya@northwind.example``, each once, in order.

    Code and quotations mention nobody.
    """
    if "@" not in body:
        return []
    found = (address.lower() for text in _texts(body) for address in _MENTION.findall(text))
    return list(dict.fromkeys(found))[:MAX_MENTIONS]


def _texts(body: str) -> Iterator[str]:
    quoted = 0
    for token in _markdown().parse(body):
        if token.type in {"blockquote_open", "blockquote_close"}:
            quoted += token.nesting
        elif token.type == "inline" and not quoted:
            for child in token.children or ():
                if child.type == "text":
                    yield child.content


@functools.cache
def _markdown() -> MarkdownIt:
    # Imported at the first mention: most processes have none for long, and it takes 0.1 s.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark")
