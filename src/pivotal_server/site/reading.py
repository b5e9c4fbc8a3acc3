"""Markdown of the documentation as HTML: anchors, links that lead to pages, tables that scroll, samples as tabs."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from pivotal_server.site.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    Find = Callable[[str], str | None]
    """Returns the address of the document that a file below the repository is; None where it is none."""

_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
_OUTSIDE = re.compile(r"^[a-z][a-z0-9+.-]*:|^//|^/(?!docs/)")
_LISTED = {"h2": 2, "h3": 3}
_SPOKEN = {"softbreak": " ", "hardbreak": " "}


class LinkError(Exception):
    """A link leads to a file that is no document; the message says which."""


class Heading(NamedTuple):
    """A heading below the title.

    Attributes:
        level: 2 to 6.
        anchor: its id.
        title: its words.
    """

    level: int
    anchor: str
    title: str


class Part(NamedTuple):
    """What stands under one heading, or under the title alone, for those who look for words.

    Attributes:
        heading: None for what stands under the title.
        text: its words, in one line; of code blocks only the lines of HTTP, which name paths.
    """

    heading: Heading | None
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown that was read.

    Attributes:
        html: everything below the title.
        headings: those that a list of contents has.
    """

    html: Markup
    headings: tuple[Heading, ...]


def read(body: str, file: str, find: Find, show: Callable[[Sequence[Sample]], str]) -> Text:
    """Return a document's Markdown as HTML, without its title.

    Args:
        body: the Markdown.
        file: where it stands; what its links are relative to.
        find: finds the addresses of documents.
        show: makes the HTML of samples that say the same.

    Raises:
        LinkError: a link leads to a file that is no document.
    """
    tokens = _without_title(_markdown().parse(body))
    headings = _name_headings(tokens)
    for token in (child for inline in tokens for child in inline.children or [] if child.type == "link_open"):
        _lead(token, file, find)
    _mark_tables(tokens)
    rendered = _markdown().renderer.render(list(_with_samples(tokens, show)), _markdown().options, {})
    listed = tuple(heading for heading in headings if heading.level in _LISTED.values())
    return Text(Markup(rendered), listed)  # noqa: S704 - the renderer escapes


def read_parts(body: str) -> list[Part]:
    """Return what stands under each heading of a document."""
    tokens = _without_title(_markdown().parse(body))
    headings = iter(_name_headings(tokens))
    parts: list[tuple[Heading | None, list[str]]] = [(None, [])]
    for before, token in pairwise([None, *tokens]):
        if token is not None and token.type == "fence" and token.info == "http":
            parts[-1][1].append(token.content.strip())
        if token is None or token.type != "inline":
            continue
        if before is not None and before.type == "heading_open":
            parts.append((next(headings), []))
        else:
            parts[-1][1].append(_words(token))
    return [Part(heading, " ".join(texts)) for heading, texts in parts]


def _without_title(tokens: list[Token]) -> list[Token]:
    """Return the tokens after the title, which is the first heading."""
    return tokens[3:] if tokens and tokens[0].tag == "h1" else tokens


def _name_headings(tokens: Sequence[Token]) -> list[Heading]:
    """Give every heading its anchor, as code hosts do, and return them."""
    found, used = [], Counter[str]()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        title = _words(inline)
        anchor = _NOT_IN_ANCHORS.sub("", title.lower()).strip().replace(" ", "-")
        used[anchor] += 1
        if used[anchor] > 1:
            anchor = f"{anchor}-{used[anchor] - 1}"
        opening.attrSet("id", anchor)
        found.append(Heading(int(opening.tag[1]), anchor, title))
    return found


def _words(inline: Token) -> str:
    return "".join(_SPOKEN.get(part.type, part.content) for part in inline.children or []).strip()


def _lead(link: Token, file: str, find: Find) -> None:
    """Have a link lead to the page of the document whose file it names.

    Raises:
        LinkError: there is none.
    """
    target = str(link.attrs.get("href", ""))
    if _OUTSIDE.match(target):
        if target.startswith("http"):
            link.attrSet("rel", "noopener noreferrer")
        return
    path, hash_, anchor = target.partition("#")
    if not path:
        return
    address = find(normpath(join(dirname(file), path)))
    if address is None:
        raise LinkError(f"{file} links to {target}, which is no page of the documentation.")
    link.attrSet("href", f"{address}{hash_}{anchor}")


def _mark_tables(tokens: Sequence[Token]) -> None:
    """Number the columns' heads, so that the renderer can say that they are heads of columns."""
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")


def _with_samples(tokens: Sequence[Token], show: Callable[[Sequence[Sample]], str]) -> Iterator[Token]:
    """Yield the tokens with runs of samples that say the same put into one."""
    run: list[Sample] = []
    is_after = False
    for token, following in pairwise([*tokens, None]):
        if token is None:
            continue
        if token.type not in {"fence", "code_block"}:
            is_after = False
            yield token
            continue
        run.append(Sample.of(token, follows=is_after))
        is_after = True
        goes_on = following is not None and following.type == "fence"
        if goes_on and following is not None and all(Sample.of(following).says_the_same_as(one) for one in run):
            continue
        yield token.copy(type="html_block", content=show(run))
        run = []


def _anchored(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001 - markdown-it's
    opening = tokens[at]
    anchor = opening.attrs.get("id", "")
    return Markup('<{0} id="{1}"><a class="docs-anchor" href="#{1}">').format(Markup(opening.tag), anchor)  # noqa: S704 - h2 to h6


def _close_anchored(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001 - likewise
    return f"</a></{tokens[at].tag}>\n"


def _open_table(*_: object) -> str:
    return '<div class="docs-table" tabindex="0"><table>\n'


def _close_table(*_: object) -> str:
    return "</table></div>\n"


@functools.cache
def _markdown() -> MarkdownIt:
    # Imported at the first text, because it takes 0.1 s.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    made = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    made.disable(["html_block", "html_inline"])
    made.add_render_rule("heading_open", _anchored)
    made.add_render_rule("heading_close", _close_anchored)
    made.add_render_rule("table_open", _open_table)
    made.add_render_rule("table_close", _close_table)
    return made
