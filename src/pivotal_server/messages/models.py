"""The shapes of messages: what a kind of message is, its text, and that of a workspace as stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class MergeField:
    """What a text may ask for by ``{{name}}``.

    Attributes:
        name: dotted, such as ``customer.name``.
        description: what stands in its place, for whoever edits the text.
        example: such a value.
        block: whether it is made of lines; whoever makes them sees to it that no value breaks out of its line.
    """

    name: str
    description: str
    example: str
    block: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body, with merge fields or with values in place of them."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message.

    Attributes:
        key: names it in paths, and never changes.
        markdown: whether the body is Markdown, so that values must mean nothing in it; else it is plain text.
        default: the text as long as a workspace has none of its own.
        fields: what the text may ask for.
    """

    key: str
    name: str
    description: str
    markdown: bool
    default: Text
    fields: tuple[MergeField, ...]


class MessageRow(NamedTuple):
    """A workspace's own text of a kind of message, as stored."""

    key: str
    subject: str
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of message and the workspace's own text for it, where it has one."""

    kind: MessageKind
    row: MessageRow | None

    @property
    def text(self) -> Text:
        """The text that holds."""
        return self.kind.default if self.row is None else Text(self.row.subject, self.row.body)
