"""Events over the API (documentation: Event envelope)."""

from typing import Any, Literal

from typing_extensions import TypedDict

from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import Timestamp, shown_as

EXAMPLE: dict[str, Any] = {
    "id": "evt_mg8x0k4t0004a1b2c3d4e5f6",
    "type": "customer.created",
    "created_at": "2026-05-26T17:21:09.412Z",
    "org_id": "org_mg8x0k4t0003a1b2c3d4e5f6",
    "livemode": True,
    "api_version": "v1",
    "data": {"object": {"object": "customer", "id": "cmg8x0k4t0000a1b2c3d4e5f6"}, "previous_attributes": None},
}


class EventData(TypedDict):
    """The whole resource after the change, and the former values of what changed."""

    object: dict[str, Any]
    previous_attributes: dict[str, Any] | None


class Event(TypedDict):
    """A fact, in the envelope that webhooks carry."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    id: str
    type: str
    created_at: Timestamp
    org_id: str
    livemode: bool
    api_version: str
    data: EventData


class EventList(TypedDict):
    """A page of events, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Event]
    has_more: bool
    next_cursor: str | None
