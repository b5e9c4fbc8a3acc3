"""REST routes of events."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.events import queries
from pivotal_server.events.schemas import Event, EventList
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["events"], route_class=ApiRoute)

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
