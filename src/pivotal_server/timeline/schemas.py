"""Activity over the API (documentation: API reference, Timeline)."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import Timestamp, shown_as
from pivotal_server.timeline.models import Activity

EXAMPLE: dict[str, Any] = {
    "object": "timeline_event",
    "id": "cmg8x0k4t0001a1b2c3d4e5f6",
    "type": "customer.updated",
    "actor": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "created_at": "2026-05-26T17:21:09.412Z",
    "summary": "Changed status",
    "data": {"changes": {"status": ["onboarding", "active"]}},
    "livemode": True,
}


class TimelineActor(TypedDict):
    """Who did it: an API key, a teammate, a portal user, an integration or the product itself."""

    type: Annotated[str, Field(description="`api_key`, `person`, `portal`, `integration` or `system`.")]
    id: Annotated[str, Field(description="Id of the API key or teammate.")]
    name: Annotated[str, Field(description="For people, such as `API: prod-server`.")]


class TimelineEvent(TypedDict):
    """What somebody did to a customer or to something of its."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["timeline_event"]
    id: str
    type: Annotated[str, Field(description="What happened, such as `customer.updated`.")]
    actor: Annotated[TimelineActor, Field(description="Who did it.")]
    created_at: Annotated[Timestamp, Field(description="When it happened.")]
    summary: Annotated[str, Field(description="The same in words.")]
    data: Annotated[
        dict[str, Any],
        Field(
            description="More about it, by its type: `changes` has the value of each changed field before and after."
        ),
    ]
    livemode: Annotated[bool, Field(description="`false` where a test key did it.")]


class TimelineEventList(TypedDict):
    """A page of activity, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[TimelineEvent]
    has_more: bool
    next_cursor: str | None


def present(row: Activity) -> dict[str, Any]:
    """Return the entry as the API shows it: a ``TimelineEvent`` whose data is text already."""
    return {
        "object": "timeline_event",
        "id": row.id,
        "type": row.type,
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "created_at": to_iso(row.created_at),
        "summary": row.summary,
        "data": orjson.Fragment(row.data),
        "livemode": row.livemode,
    }
