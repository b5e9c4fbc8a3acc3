"""Who has a stream of events open, across all processes: how many there are, and whether their keys still count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

MAX_STREAMS = 20
# As often an open stream says that it is there; who was not heard of for so long is gone.
BEAT_SECONDS = 3.0
GONE_AFTER = timedelta(seconds=10)

# Whoever opens a stream waits for whoever else does in this workspace, so that the number is exact.
_IN_LINE = "SELECT pg_advisory_xact_lock(hashtextextended('event_streams ' || $1, 0))"
_SWEEP = "DELETE FROM event_streams s WHERE s.workspace_id = $1 AND s.seen_at <= $2"
_COUNT = "SELECT count(*) FROM event_streams s WHERE s.workspace_id = $1"
_OPEN = "INSERT INTO event_streams (workspace_id, id, types, seen_at) VALUES ($1, $2, $3, $4)"
_KEEP = "UPDATE event_streams s SET seen_at = $3 WHERE s.workspace_id = $1 AND s.id = $2 RETURNING true"
_CLOSE = "DELETE FROM event_streams s WHERE s.workspace_id = $1 AND s.id = $2"
_KEY = """
SELECT EXISTS (
    SELECT FROM api_keys k
    WHERE k.workspace_id = $1 AND k.id = $2 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $3)
)
"""
_LISTENERS = """
SELECT count(*) FROM event_streams s WHERE s.workspace_id = $1 AND s.seen_at > $2 AND $3 = ANY (s.types)
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """An open stream: of whom, and of which types."""

    actor: Actor
    id: str
    types: tuple[str, ...]


async def open_lease(connection: Connection, actor: Actor, types: tuple[str, ...], now: datetime) -> Lease:
    """Open a stream.

    Raises:
        ApiError: 429 ``too_many_streams``.
    """
    lease = Lease(actor, new_id(), types)
    async with connection.transaction():
        await connection.execute(_IN_LINE, actor.workspace_id)
        await connection.execute(_SWEEP, actor.workspace_id, now - GONE_AFTER)
        if await connection.fetchval(_COUNT, actor.workspace_id) >= MAX_STREAMS:
            message = f"The workspace has {MAX_STREAMS} streams of events open. Close one first."
            retry = str(int(GONE_AFTER.total_seconds())).encode()
            raise ApiError(429, "too_many_streams", message, headers=((b"retry-after", retry),))
        await connection.execute(_OPEN, actor.workspace_id, lease.id, types, now)
    return lease


async def key_counts(connection: Connection, lease: Lease, now: datetime) -> bool:
    """Return whether the key of a stream still counts."""
    counts: bool = await connection.fetchval(_KEY, lease.actor.workspace_id, lease.actor.id, now)
    return counts


async def keep_lease(connection: Connection, lease: Lease, now: datetime) -> bool:
    """Say that a stream is still there; return False where it was taken for gone, and its place may be another's."""
    return bool(await connection.fetchval(_KEEP, lease.actor.workspace_id, lease.id, now))


async def close_lease(connection: Connection, lease: Lease) -> None:
    """Close a stream."""
    await connection.execute(_CLOSE, lease.actor.workspace_id, lease.id)


async def count_listeners(connection: Connection, actor: Actor, type_: str, now: datetime) -> int:
    """Return how many streams of the workspace are open that tell of events of this type."""
    count: int = await connection.fetchval(_LISTENERS, actor.workspace_id, now - GONE_AFTER, type_)
    return count
