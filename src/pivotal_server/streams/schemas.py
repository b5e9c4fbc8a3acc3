"""Streams of events over the API (documentation: Events on your own machine)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.validation import DateTime, OneOf, RequestModel, Timestamp, enum_message, shown_as
from pivotal_server.webhooks.catalogue import NAMES, PATTERNS, matches
from pivotal_server.webhooks.delivery_schemas import TestEventCreate

if TYPE_CHECKING:
    from pivotal_server.core.outbox import Event

EXAMPLE: dict[str, Any] = {
    "object": "stream_test_event",
    "id": "evt_mg8x0k4t0004a1b2c3d4e5f6",
    "type": "customer.created",
    "created_at": "2026-05-26T17:21:09.412Z",
    "livemode": False,
    "listeners": 1,
}
MESSAGES = """\
retry: 2000

id: evt_mg8x0k4t0004a1b2c3d4e5f6
data: {"id":"evt_mg8x0k4t0004a1b2c3d4e5f6","type":"customer.created"}

: still here

"""
"""What a stream looks like; the events are shortened."""

# A pattern that the list may have in it, as an expression.
_ONE = f"({'|'.join(re.escape(pattern) for pattern in PATTERNS)})"


def _parse_types(value: object) -> tuple[str, ...]:
    """Return the event types that a list of patterns with commas between them chooses."""
    if isinstance(value, tuple):
        return value
    patterns = [pattern.strip(" ") for pattern in str(value).split(",")]
    for pattern in patterns:
        if pattern not in PATTERNS:
            raise PydanticCustomError("invalid_enum_value", "{text}", {"text": enum_message(PATTERNS, pattern[:100])})
    return tuple(name for name in NAMES if matches(patterns, name))


class StreamQuery(RequestModel):
    """Query of stream-events."""

    after: Annotated[
        Annotated[str, Field(max_length=64)] | None,
        Field(description="The event (`evt_…`) that came last: tells what has happened since. `Last-Event-ID` does the "
                          "same, and wins."),
    ] = None  # fmt: skip
    since: Annotated[
        DateTime | None, Field(description="Begins with events of this instant, unless an event is named.")
    ] = None
    types: Annotated[
        tuple[str, ...],
        BeforeValidator(_parse_types),
        Field(description="Event types, `<resource>.*` or `*`, with commas between them; all, unless given."),
        WithJsonSchema({"type": "string", "pattern": f"^ *{_ONE}( *, *{_ONE})* *$"}),
    ] = NAMES
    follow: Annotated[
        Annotated[str, OneOf(("true", "false"))],
        Field(description="`false` ends the stream where there is nothing more to tell for now.", examples=["false"]),
    ] = "true"


class StreamTestCreate(TestEventCreate):
    """Body of send-stream-test-event."""


class StreamTestEvent(TypedDict):
    """A made-up event that was sent to every open stream."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["stream_test_event"]
    id: Annotated[str, Field(description="The event's own id. It is in no log: only streams tell of it.")]
    type: Annotated[str, Field(description="What it says has happened, such as `customer.created`.")]
    created_at: Annotated[Timestamp, Field(description="When it was made up.")]
    livemode: Annotated[bool, Field(description="Always `false`.")]
    listeners: Annotated[int, Field(description="How many open streams tell of events of this type.")]


@dataclass(frozen=True, slots=True)
class Sent:
    """A test event, and how many hear of it."""

    event: Event
    listeners: int


def present(sent: Sent) -> dict[str, Any]:
    """Return the test event as the API shows it."""
    return {
        "object": "stream_test_event",
        "id": sent.event.id,
        "type": sent.event.type,
        "created_at": to_iso(sent.event.created_at),
        "livemode": False,
        "listeners": sent.listeners,
    }
