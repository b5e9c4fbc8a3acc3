"""Events over the API (documentation: Event envelope)."""

from typing import Annotated, Any, Literal

from pydantic import Field
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

    object: Annotated[dict[str, Any], Field(description="The resource after the change, as the API shows it.")]
    previous_attributes: Annotated[
        dict[str, Any] | None,
        Field(
            description="The former values of the fields that changed, and of no others; `null` where there are none."
        ),
    ]


class Event(TypedDict):
    """A fact, in the envelope that webhooks carry."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    id: Annotated[
        str, Field(description="The event's own id, the same in every delivery: what to recognise repetitions by.")
    ]
    type: Annotated[str, Field(description="What happened, such as `customer.created`.")]
    created_at: Annotated[Timestamp, Field(description="When it happened.")]
    org_id: Annotated[str, Field(description="The workspace that the resource belongs to.")]
    livemode: Annotated[bool, Field(description="`false` where a test key made the change.")]
    api_version: Annotated[str, Field(description="Version of the API whose shape `data` has.")]
    data: Annotated[EventData, Field(description="What it tells.")]


class EventList(TypedDict):
    """A page of events, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Event]
    has_more: bool
    next_cursor: str | None
