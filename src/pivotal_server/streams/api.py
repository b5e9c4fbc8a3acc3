"""REST routes of streams of events."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from pivotal_server.core.ids import new_id
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.streams import actions
from pivotal_server.streams.following import catch_up, follow
from pivotal_server.streams.leases import Lease, open_lease
from pivotal_server.streams.queries import Position, adopt_events, from_event, from_now, from_time
from pivotal_server.streams.schemas import MESSAGES, StreamQuery, StreamTestCreate, StreamTestEvent, present

router = APIRouter(prefix="/api/v1", tags=["events"], route_class=ApiRoute)

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, one to a message",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": MESSAGES}},
    }
}


@router.get(
    "/events/stream", operation_id="stream-events", summary="Stream events", response_class=Response,
    response_model=None, responses=_STREAM | errors(400),
)  # fmt: skip
async def stream_events(
    call: Annotated[Call, Needs("events:read", streams=True)], query: Annotated[StreamQuery, Query()]
) -> Reply:
    """Tells of events as they happen, as server-sent events: each message has the event's id, and its envelope as data.

    It misses nothing: whoever names the last event that came gets all that has happened since, for thirty days. Right
    after that, some events may come again. A comment comes every few seconds where nothing else does. A workspace has
    up to 20 streams open.
    """
    services, actor, answered_by = call.services, call.actor, follow
    async with call.connected() as connection:
        await adopt_events(connection, actor)
        position = await _position(call, query)
        lease = Lease(actor, new_id(), query.types)
        if call.method == "HEAD" or query.follow == "false":
            answered_by = catch_up
        else:
            lease = await open_lease(connection, actor, query.types, services.clock.now())
    pieces = answered_by(services, lease, position)
    return Reply(b"", content_type=b"text/event-stream", headers=((b"x-accel-buffering", b"no"),), pieces=pieces)


async def _position(call: Call, query: StreamQuery) -> Position:
    """Return where the request begins to read."""
    last = call.headers.get("last-event-id")
    if last:
        return await from_event(call.connection, call.actor, last, "Last-Event-ID")
    if query.after:
        return await from_event(call.connection, call.actor, query.after, "after")
    if query.since:
        return await from_time(call.connection, call.actor, query.since)
    return await from_now(call.connection, call.actor)


@router.post(
    "/events/test", operation_id="send-stream-test-event", summary="Send a test event to open streams",
    response_model=StreamTestEvent, status_code=201, responses=errors(400),
)  # fmt: skip
async def send_stream_test_event(call: Annotated[Call, Needs("webhooks:write")], body: StreamTestCreate) -> Reply:
    """Makes up an event for everybody who has a stream of the workspace's events open now; it is in no log."""
    return await call.commit(lambda change: actions.send_to_streams(change, body), present, status=201)
