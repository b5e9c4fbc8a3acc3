"""Deliveries, their attempts and replays over the API, in and out (documentation: Webhook endpoints and deliveries)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

import orjson
from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_cursor, to_iso, to_iso_or_none
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import EXAMPLE_KEYWORD, UNSENT, DateTime, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.events.schemas import EXAMPLE as EVENT_EXAMPLE
from pivotal_server.events.schemas import Event
from pivotal_server.webhooks.catalogue import NAMES
from pivotal_server.webhooks.models import DELIVERY_STATUSES, AttemptRow, DeliveryRow

EXAMPLE: dict[str, Any] = {
    "object": "delivery",
    "id": "msg_mg8x0k4t007b21c9d3e5f6a8",
    "endpoint_id": "ep_mg8x0k4t0007a1b2c3d4e5f6",
    "event_id": EVENT_EXAMPLE["id"],
    "event_type": EVENT_EXAMPLE["type"],
    "livemode": True,
    "status": "pending",
    "in_flight": False,
    "attempt_count": 1,
    "next_attempt_at": "2026-05-26T17:21:14.733Z",
    "last_attempt_at": "2026-05-26T17:21:09.450Z",
    "last_status_code": 503,
    "created_at": EVENT_EXAMPLE["created_at"],
}
_ATTEMPT_EXAMPLE: dict[str, Any] = {
    "object": "delivery_attempt",
    "number": 1,
    "created_at": "2026-05-26T17:21:09.450Z",
    "outcome": "failed",
    "status_code": 503,
    "latency_ms": 38,
    "error": None,
    "request": {
        "url": "https://hooks.aurora.example/pivotal",
        "headers": {"content-type": "application/json", "svix-id": EXAMPLE["id"], "svix-timestamp": "1779816069"},
    },
    "response": {"headers": {"content-type": "text/plain"}, "body": "Down for a moment", "truncated": False},
}


# More than any resource is. Workers hold what they send in memory, hundreds at a time.
MAX_TEST_BYTES = 128 * 1024


class DeliveryListQuery(PageQuery):
    """Query of list-webhook-endpoint-deliveries."""

    status: Annotated[
        Annotated[str, OneOf(DELIVERY_STATUSES)] | None, Field(description="Only deliveries with this status.")
    ] = None
    type: Annotated[
        Annotated[str, OneOf(NAMES)] | None, Field(description="Only deliveries of events of this type.")
    ] = None
    since: Annotated[DateTime | None, Field(description="Only deliveries of events of this instant or later.")] = None
    until: Annotated[DateTime | None, Field(description="Only deliveries of events before this instant.")] = None


class TestEventData(RequestModel):
    """What a test event tells."""

    object: Annotated[dict[str, Any], Field(description="The resource after the change.")]
    previous_attributes: Annotated[
        dict[str, Any] | None, Field(description="The former values of the fields that changed.")
    ] = None


def _check_size(data: TestEventData) -> TestEventData:
    if len(orjson.dumps(data.model_dump())) > MAX_TEST_BYTES:
        raise PydanticCustomError("too_big", f"JSON must be at most {MAX_TEST_BYTES} bytes")
    return data


class TestEventCreate(RequestModel):
    """Body of send-test-event."""

    model_config = shown_as({"type": "customer.created"})

    type: Annotated[str, OneOf(NAMES), Field(description="Which event type to send.")]
    data: Annotated[
        Annotated[TestEventData, AfterValidator(_check_size)] | None,
        Field(description="What the event tells, up to 128 KiB; without it, the example of its type."),
    ] = None


class MissingReplay(RequestModel):
    """Body of replay-missing-deliveries."""

    model_config = shown_as({"since": "2026-05-26T12:00:00Z"})

    since: Annotated[DateTime, Field(description="Events of this instant or later.")]
    until: Annotated[DateTime | None, Field(description="Events before this instant; now, unless given.")] = None


class Resend(RequestModel):
    """Body of resend-events."""

    # What is missing here is told by a code of its own, which validation could not.
    model_config = ConfigDict(
        json_schema_extra={
            EXAMPLE_KEYWORD: orjson.dumps({"event_ids": [EXAMPLE["event_id"]]}).decode(),
            "required": ["event_ids"],
        }
    )

    event_ids: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(min_length=1, max_length=1000, description="Events (`evt_…`) of the endpoint's mode."),
    ] = UNSENT


class Delivery(TypedDict):
    """An event on its way to an endpoint. Its id is what the header `svix-id` says, at every attempt."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["delivery"]
    id: str
    endpoint_id: Annotated[str, Field(description="The endpoint that it goes to.")]
    event_id: Annotated[str, Field(description="The event that it carries.")]
    event_type: Annotated[str, Field(description="The event's type.")]
    livemode: Annotated[bool, Field(description="`false` where a test key made the change.")]
    status: Annotated[
        Literal["pending", "delivered", "failed"],
        Field(description="`pending` until an attempt succeeds or the last one fails."),
    ]
    in_flight: Annotated[bool, Field(description="It is being sent right now.")]
    attempt_count: Annotated[int, Field(description="Attempts so far, those before a replay included.")]
    next_attempt_at: Annotated[Timestamp | None, Field(description="When it is due; `null` where it is not.")]
    last_attempt_at: Annotated[
        Timestamp | None, Field(description="When it was last tried; `null` where it never was.")
    ]
    last_status_code: Annotated[int | None, Field(description="`null` where no answer came.")]
    created_at: Annotated[Timestamp, Field(description="When the event happened.")]


class DeliveryError(TypedDict):
    """Why an attempt has no answer, or not a whole one."""

    kind: Annotated[
        str,
        Field(
            description="`blocked`, `dns`, `connect`, `tls`, `timeout`, `protocol`, `reset`, `gone`, `mode`, `internal`"
        ),
    ]
    message: Annotated[str, Field(description="The same in words.")]


class DeliveryRequest(TypedDict):
    """What was sent, beside the event."""

    url: Annotated[str, Field(description="Where it was posted to.")]
    headers: Annotated[dict[str, str], Field(description="The headers that it was sent with, the signature included.")]


class DeliveryResponse(TypedDict):
    """What came back."""

    headers: Annotated[dict[str, str], Field(description="The headers of the answer.")]
    body: Annotated[str, Field(description="The first 16 KiB.")]
    truncated: Annotated[bool, Field(description="There was more of it.")]


class DeliveryAttempt(TypedDict):
    """One request of a delivery, and what came of it."""

    object: Literal["delivery_attempt"]
    number: Annotated[int, Field(description="Counts from 1 and goes on through replays.")]
    created_at: Timestamp
    outcome: Annotated[Literal["succeeded", "failed"], Field(description="Whether the answer was a 2xx in time.")]
    status_code: Annotated[int | None, Field(description="The answer's; `null` where none came.")]
    latency_ms: Annotated[int, Field(description="From the first byte sent to the last one read, in milliseconds.")]
    error: Annotated[
        DeliveryError | None,
        Field(description="Why there is no answer, or not a whole one; `null` where there is one."),
    ]
    request: Annotated[DeliveryRequest, Field(description="What was sent.")]
    response: Annotated[DeliveryResponse | None, Field(description="What came back; `null` where nothing did.")]


class DeliveryWithAttempts(Delivery):
    """A delivery with what it carries and what was tried."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        EXAMPLE | {"attempts": [_ATTEMPT_EXAMPLE], "payload": EVENT_EXAMPLE}
    )

    attempts: Annotated[list[DeliveryAttempt], Field(description="The last hundred, newest last.")]
    payload: Annotated[Event | None, Field(description="The event; `null` where it is no longer kept.")]


class DeliveryList(TypedDict):
    """A page of deliveries, newest events first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Delivery]
    has_more: bool
    next_cursor: str | None


class ResentDeliveries(TypedDict):
    """The deliveries of events that were sent again, in the order in which they were asked for."""

    __pydantic_config__ = shown_as({"object": "list", "data": [EXAMPLE]})  # type: ignore[misc]

    object: Literal["list"]
    data: Annotated[list[Delivery], Field(description="One delivery for each event, in the order of `event_ids`.")]


class Replay(TypedDict):
    """What a replay of missing deliveries has begun."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {"object": "replay", "scheduled": 42, "has_more": False, "next_since": None}
    )

    object: Literal["replay"]
    scheduled: Annotated[int, Field(description="Deliveries that are sent now, or again.")]
    has_more: Annotated[bool, Field(description="The window has more events than one call looks at.")]
    next_since: Annotated[str | None, Field(description="The `since` of the call that goes on.")]


class ReplayResult(NamedTuple):
    """How many deliveries a replay has scheduled, and from where the next call has to go on, if it has to."""

    scheduled: int
    next_since: datetime | None


def present_delivery(row: DeliveryRow, now: datetime) -> dict[str, Any]:
    """Return the delivery as the API shows it at an instant: a ``Delivery``."""
    in_flight = row.is_in_flight(now)
    return {
        "object": "delivery",
        "id": row.id,
        "endpoint_id": row.endpoint_id,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "livemode": row.livemode,
        "status": row.status,
        "in_flight": in_flight,
        "attempt_count": row.attempts,
        "next_attempt_at": None if in_flight else to_iso_or_none(row.next_attempt_at),
        "last_attempt_at": to_iso_or_none(row.last_attempt_at),
        "last_status_code": row.last_status_code,
        "created_at": to_iso(row.created_at),
    }


def present_delivery_with_attempts(
    row: DeliveryRow, attempts: Sequence[AttemptRow], payload: str | None, now: datetime
) -> dict[str, Any]:
    """Return the delivery with all that is known of it: a ``DeliveryWithAttempts``; the payload is text."""
    return {
        **present_delivery(row, now),
        "attempts": [_present_attempt(attempt) for attempt in attempts],
        "payload": None if payload is None else orjson.Fragment(payload),
    }


def present_replay(result: ReplayResult) -> dict[str, Any]:
    """Return what a replay has begun: a ``Replay``."""
    next_since = None if result.next_since is None else to_cursor(result.next_since)
    return {
        "object": "replay",
        "scheduled": result.scheduled,
        "has_more": next_since is not None,
        "next_since": next_since,
    }


def _present_attempt(row: AttemptRow) -> dict[str, Any]:
    response = None
    if row.response_headers is not None:
        response = {
            "headers": orjson.Fragment(row.response_headers),
            "body": row.response_body or "",
            "truncated": row.response_truncated,
        }
    return {
        "object": "delivery_attempt",
        "number": row.number,
        "created_at": to_iso(row.created_at),
        "outcome": "succeeded" if row.succeeded else "failed",
        "status_code": row.status_code,
        "latency_ms": row.latency_ms,
        "error": None if row.error_kind is None else {"kind": row.error_kind, "message": row.error or ""},
        "request": {"url": row.request_url, "headers": orjson.Fragment(row.request_headers)},
        "response": response,
    }
