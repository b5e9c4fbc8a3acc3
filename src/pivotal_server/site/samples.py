"""Code in the documentation: coloured by what it means, with samples that say the same in several languages as tabs."""

from __future__ import annotations

import functools
import shlex
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    from pivotal_server.web.rendering import Renderer

_NAMES = {
    "sh": "Shell",
    "bash": "Shell",
    "python": "Python",
    "ts": "TypeScript",
    "typescript": "TypeScript",
    "js": "JavaScript",
    "javascript": "JavaScript",
    "go": "Go",
    "json": "JSON",
    "yaml": "YAML",
    "http": "HTTP",
    "sql": "SQL",
    "toml": "TOML",
    "csv": "CSV",
    "text": "Text",
}
# Languages in which the same thing is said, by the name under which a reader's choice is kept.
_CHOICES = {
    "sh": "sh",
    "bash": "sh",
    "python": "python",
    "ts": "ts",
    "typescript": "ts",
    "js": "ts",
    "javascript": "ts",
    "go": "go",
}
# The kinds of words that have a colour, by Pygments' names for them; the first that fits.
_KINDS = (
    ("Comment.Hashbang", "comment"),
    ("Comment", "comment"),
    ("Literal.String.Escape", "constant"),
    ("Literal.String.Interpol", "constant"),
    ("Literal.String", "string"),
    ("Literal.Number", "number"),
    ("Keyword.Constant", "constant"),
    ("Keyword", "keyword"),
    ("Operator.Word", "keyword"),
    ("Name.Tag", "name"),
    ("Name.Attribute", "name"),
    ("Name.Function", "name"),
    ("Name.Class", "name"),
    ("Name.Decorator", "name"),
    ("Name.Builtin", "keyword"),
    ("Name.Variable", "variable"),
    ("Generic.Prompt", "comment"),
)


class Sample(NamedTuple):
    """A block of code.

    Attributes:
        language: as the fence says it, such as ``python``.
        title: name of the file that it is, if it is one.
        terminal: the terminal in which it runs, where it is not the first.
        code: the text.
        is_answer: whether it is what the sample before it gets.
    """

    language: str
    title: str | None
    terminal: str | None
    code: str
    is_answer: bool = False

    @classmethod
    def of(cls, fence: Token, *, follows: bool = False) -> Sample:
        """Return the sample of a fence such as ``python title="receiver.py"``.

        Args:
            fence: the token.
            follows: whether a sample stands directly before it: JSON is the answer then.
        """
        language, *rest = shlex.split(fence.info) or [""]
        more = dict(part.partition("=")[::2] for part in rest)
        return cls(language, more.get("title"), more.get("terminal"), fence.content, follows and language == "json")

    @property
    def choice(self) -> str | None:
        """The language by which the sample can be chosen among those that say the same; None for other text."""
        return _CHOICES.get(self.language)

    @property
    def name(self) -> str:
        """The language as it is read."""
        if self.choice == "sh" and any(line.startswith("curl ") for line in self.code.splitlines()):
            return "curl"
        return "Answer" if self.is_answer else _NAMES.get(self.language, self.language)

    @property
    def html(self) -> Markup:
        """The code, its words marked by what they mean."""
        return Markup("").join(_mark(kind, text) for kind, text in _words(self.language, self.code.rstrip("\n")))

    def says_the_same_as(self, other: Sample) -> bool:
        """Return whether this one may be what another says, in another language: both files, or neither."""
        return (
            None not in {self.choice, other.choice}
            and self.choice != other.choice
            and (self.title is None) == (other.title is None)
            and self.terminal == other.terminal
        )


class Samples:
    """Shows the samples of one page.

    Args:
        renderer: makes the HTML.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._count = 0

    def show(self, samples: Sequence[Sample]) -> str:
        """Return the HTML of samples that say the same: as tabs, or of one alone."""
        self._count += 1
        return self._renderer.render_alone("site/samples.html", {"samples": samples, "id": f"sample-{self._count}"})


def _mark(kind: str | None, text: str) -> Markup:
    return Markup('<span class="code-{}">{}</span>').format(kind, text) if kind else Markup("{}").format(text)


def _words(language: str, code: str) -> Iterator[tuple[str | None, str]]:
    """Yield pieces of code with the kinds that they are of; neighbours of one kind are one piece."""
    kind, piece = None, ""
    for token, text in _lexer(language).get_tokens(code):
        found = _kind(token) if text.strip() else kind
        if found != kind and piece:
            yield kind, piece
            piece = ""
        kind, piece = found, piece + text
    yield kind, piece.rstrip("\n")


@functools.cache
def _kind(token: _TokenType) -> str | None:
    name = str(token).removeprefix("Token.")
    return next((kind for prefix, kind in _KINDS if name == prefix or name.startswith(f"{prefix}.")), None)


@functools.cache
def _lexer(language: str) -> Lexer:
    # Imported at the first sample, because it takes a tenth of a second.
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415
    from pygments.lexers.special import TextLexer  # noqa: PLC0415

    known = language in _NAMES and language not in {"csv", "text"}
    return get_lexer_by_name(language, stripnl=False) if known else TextLexer(stripnl=False)
