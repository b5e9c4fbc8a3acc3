"""REST routes of events."""

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from pivotal_server.core.pagination import PageQuery, list_example, page
from pivotal_server.core.validation import Timestamp, shown_as
from pivotal_server.events import queries
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["events"], route_class=ApiRoute)

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


Reader = Annotated[Call, Needs("events:read")]


@router.get(
    "/events", operation_id="list-events", summary="List events", response_model=EventList, responses=errors(400)
)
async def list_events(call: Reader, query: Annotated[PageQuery, Query()]) -> Reply:
    """What happened in the workspace, newest first, for thirty days; the very envelopes that webhooks deliver."""
    rows = await queries.list_events(call.connection, call.actor, query)
    return reply(page(rows, query.limit, lambda row: orjson.Fragment(row.payload)))


@router.get(
    "/events/{id}", operation_id="get-event", summary="Retrieve an event", response_model=Event, responses=errors(404)
)
async def get_event(call: Reader, id: str) -> Reply:  # noqa: A002 - as in every route
    """One event, by its `evt_…` id."""
    row = await queries.get_event(call.connection, call.actor, id)
    return Reply(row.payload.encode())
