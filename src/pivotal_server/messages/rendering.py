"""Putting values into texts: one pass over the text, no code, and no way for a value to become more than itself."""

import re
from collections.abc import Callable, Iterator, Mapping

from pivotal_server.core.errors import invalid_field
from pivotal_server.messages.models import MergeField, MessageKind, Text

MAX_SUBJECT = 255

_FIELD = re.compile(r"\{\{ *([a-z_]+(?:\.[a-z_]+)*) *\}\}")
_BRACES = re.compile(r"\{\{.{0,40}|\}\}")
# What would mean something to a reader of Markdown in the middle of a line, or open a heading at its start.
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>|~#])")


def check_text(kind: MessageKind, sent: Mapping[str, str]) -> None:
    """Return where every merge field in the parts of a text is one of the kind's.

    Args:
        kind: of the message.
        sent: ``subject``, ``body`` or both.

    Raises:
        ApiError: 400 ``invalid_field`` that names what is none, and lists those that there are.
    """
    known = [field.name for field in kind.fields]
    for part, text in sent.items():
        for name in _strangers(text, known):
            there_are = ", ".join(f"{{{{{field}}}}}" for field in known)
            raise invalid_field(part, f"{name} is no merge field of this text. There are: {there_are}.")


def fill(kind: MessageKind, text: Text, values: Mapping[str, str]) -> Text:
    """Return a text with values in place of its merge fields; the values are taken as they are, braces and all.

    Args:
        kind: of the message; every one of its fields has a value.
        text: the workspace's, or the default.
        values: by the name of the field.
    """
    fields = {field.name: field for field in kind.fields}

    def subject_value(field: MergeField) -> str:
        return one_line(values[field.name])

    def body_value(field: MergeField) -> str:
        if field.block:
            return values[field.name]
        return for_line(values[field.name], markdown=kind.markdown)

    subject = _substitute(text.subject, fields, subject_value)
    if len(subject) > MAX_SUBJECT:
        subject = f"{subject[: MAX_SUBJECT - 1]}…"
    return Text(subject, _substitute(text.body, fields, body_value))


def one_line(value: str) -> str:
    """Return a value that cannot break out of its line, or turn the line around: without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())


def for_line(value: str, *, markdown: bool) -> str:
    """Return a value as it may stand in a line of the body of a message."""
    line = one_line(value)
    return _MEANS_SOMETHING.sub(r"\\\1", line) if markdown else line


def _substitute(text: str, fields: Mapping[str, MergeField], value: Callable[[MergeField], str]) -> str:
    """Return the text with the fields replaced; one that a later version no longer knows stays as it is."""

    def replace(match: re.Match[str]) -> str:
        field = fields.get(match[1])
        return match[0] if field is None else value(field)

    return _FIELD.sub(replace, text)


def _strangers(text: str, known: list[str]) -> Iterator[str]:
    """Yield what looks like a merge field and is none: an unknown name, then braces that hold no name."""
    for match in _FIELD.finditer(text):
        if match[1] not in known:
            yield match[0]
    for match in _BRACES.finditer(_FIELD.sub(" ", text)):
        yield match[0]
