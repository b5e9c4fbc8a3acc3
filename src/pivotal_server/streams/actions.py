"""Test events for open streams."""

from pivotal_server.core.outbox import new_event
from pivotal_server.identity.rights import require
from pivotal_server.streams.leases import count_listeners
from pivotal_server.streams.schemas import Sent, StreamTestCreate
from pivotal_server.timeline.change import Change
from pivotal_server.webhooks.examples import example_of

_SEND = "INSERT INTO stream_tests (workspace_id, id, created_at, type, payload) VALUES ($1, $2, $3, $4, $5)"


async def send_to_streams(change: Change, body: StreamTestCreate) -> Sent:
    """Send a made-up event to every open stream of the workspace, and to nobody else; it is no activity.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    require(change.actor, "admin")
    actor, data = change.actor, body.data.model_dump() if body.data else example_of(body.type)["data"]
    event = new_event(
        body.type,
        actor.workspace_id,
        livemode=False,
        created_at=change.at,
        data=data["object"],
        previous=data["previous_attributes"],
    )
    await change.connection.execute(_SEND, actor.workspace_id, event.id, event.created_at, event.type, event.payload)
    change.topics.add(f"stream_test:{event.id}")
    return Sent(event, await count_listeners(change.connection, actor, event.type, change.now))
