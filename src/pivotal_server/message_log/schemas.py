"""Messages over the API, in and out (documentation: Messages)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import in_milliseconds, to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, DateTime, ExternalId, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.message_log.models import (
    CHANNELS,
    DIRECTIONS,
    MAX_BODY_BYTES,
    MAX_ERROR,
    MAX_SUBJECT,
    STATUSES,
    Logged,
    MessageRow,
)
from pivotal_server.timeline.schemas import TimelineActor

EXAMPLE: dict[str, Any] = {
    "object": "message",
    "id": "cmg8x0k4t000fa1b2c3d4e5f6",
    "contact_id": "cmg8x0k4t0005a1b2c3d4e5f6",
    "channel": "email",
    "direction": "outbound",
    "status": "delivered",
    "subject": "Your kick-off next week",
    "body": "Hi Mira,\n\nhere are three times that would suit us.",
    "error": None,
    "external_id": "crm-email-90412",
    "sent_at": "2026-05-26T17:20:00.000Z",
    "actor": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:22:30.118Z",
}
EXAMPLE_CREATE = {
    name: EXAMPLE[name] for name in ("channel", "direction", "subject", "body", "external_id", "sent_at")
} | {"status": "sent"}
EXAMPLE_UPDATE = {"status": "read"}

# The very first moment that there is, is to the database no moment at all.
_FIRST_MOMENT = datetime(1800, 1, 1, tzinfo=UTC)


def _check_body(value: str) -> str:
    if len(value.encode()) > MAX_BODY_BYTES:
        raise PydanticCustomError("too_big", f"String must contain at most {MAX_BODY_BYTES} byte(s)")
    return value


def _check_sent_at(value: datetime) -> datetime:
    if value < _FIRST_MOMENT:
        raise PydanticCustomError("too_small", f"Date must be {_FIRST_MOMENT.date()} or later")
    return in_milliseconds(value)


Error = Annotated[
    str, Field(max_length=MAX_ERROR, description="Why it failed; kept for as long as the status is `failed`.")
]
SentAt = Annotated[
    DateTime,
    AfterValidator(_check_sent_at),
    WithJsonSchema({"type": "string", "format": "date-time"}),
    Field(description="When it was written or sent: now, unless it says; a queued message's moves to when it is sent."),
]


class MessageCreate(RequestModel):
    """Body of create-contact-message; channel and direction are required."""

    model_config = shown_as(EXAMPLE_CREATE)

    channel: Annotated[str, OneOf(CHANNELS)]
    direction: Annotated[str, OneOf(DIRECTIONS)]
    status: Annotated[
        str,
        OneOf(STATUSES),
        Field(description="Unless it is sent: `sent` for an outbound message, `delivered` for an inbound one."),
    ] = UNSENT
    subject: Annotated[str, Field(max_length=MAX_SUBJECT)] | None = None
    body: Annotated[str, Field(max_length=MAX_BODY_BYTES), AfterValidator(_check_body)] | None = None
    error: Error | None = None
    external_id: Annotated[
        ExternalId | None,
        Field(description="What your system calls it. Sent again, it finds the message that is there."),
    ] = None
    sent_at: SentAt = UNSENT


class MessageUpdate(RequestModel):
    """Body of update-contact-message: how far the message got, never what it says."""

    model_config = shown_as(EXAMPLE_UPDATE)

    status: Annotated[
        str,
        OneOf(STATUSES),
        Field(description="One that the message has left behind changes nothing: reports may come out of order."),
    ] = UNSENT
    error: Error | None = None
    external_id: ExternalId | None = None
    sent_at: SentAt = UNSENT


class Message(TypedDict):
    """Something written to or by a contact."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["message"]
    id: str
    contact_id: Annotated[str, Field(description="Cuid of the contact or lead.")]
    channel: Annotated[str, OneOf(CHANNELS), Field(description="What it went over.")]
    direction: Annotated[
        str, OneOf(DIRECTIONS), Field(description="`outbound`: to the contact; `inbound`: from the contact.")
    ]
    status: Annotated[
        str,
        OneOf(STATUSES),
        Field(description="How far it got. It moves onwards only, but may turn `failed` at any time."),
    ]
    subject: Annotated[str | None, Field(description="Its subject, if it has one.")]
    body: Annotated[str | None, Field(description="What it says, up to 100 kB.")]
    error: Annotated[str | None, Field(description="Why it failed; `null` unless it did.")]
    external_id: Annotated[
        str | None, Field(description="What the system that sent it calls it; no two messages share one.")
    ]
    sent_at: Annotated[Timestamp, Field(description="When it was written or sent.")]
    actor: Annotated[TimelineActor, Field(description="Who logged it, or had Pivotal send it.")]
    created_at: Annotated[Timestamp, Field(description="When it came into the log.")]
    updated_at: Timestamp


class MessageList(TypedDict):
    """A page of the log, what came into it last first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Message]
    has_more: bool
    next_cursor: str | None


def present(row: MessageRow) -> dict[str, Any]:
    """Return the message as the API shows it: a ``Message``."""
    return {
        "object": "message",
        "id": row.id,
        "contact_id": row.contact_id,
        "channel": row.channel,
        "direction": row.direction,
        "status": row.status,
        "subject": row.subject,
        "body": row.body,
        "error": row.error,
        "external_id": row.external_id,
        "sent_at": to_iso(row.sent_at),
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def present_logged(logged: Logged) -> dict[str, Any]:
    """Return the message of what was logged as the API shows it."""
    return present(logged.message)
