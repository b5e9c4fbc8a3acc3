"""Asking for a sample workspace, how far it is, and having it removed. Everybody may have one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import columns, fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.jobs import enqueue
from pivotal_server.samples.making import MAKE_SAMPLE, REMOVE_SAMPLE

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.timeline.change import Change

_MINE = """
SELECT w.slug FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
WHERE m.person_id = $1 AND m.role = 'owner' AND m.removed_at IS NULL AND w.sample ORDER BY w.created_at LIMIT 1
"""
# Asking again while it is made changes nothing; after a failure it begins anew.
_ASK = """
INSERT INTO sample_requests AS r (person_id, asked_at) VALUES ($1, $2)
ON CONFLICT (person_id) DO UPDATE SET asked_at = excluded.asked_at, failed_at = NULL, done = 0, steps = 0
    WHERE r.failed_at IS NOT NULL
RETURNING true
"""
_IS_SAMPLE = "SELECT w.sample FROM workspaces w WHERE w.id = $1"
_LOCK_OUT = "UPDATE memberships SET removed_at = $2 WHERE workspace_id = $1 AND removed_at IS NULL"


class SampleRequest(NamedTuple):
    """A sample workspace on its way.

    Attributes:
        done: how many of the steps of its story were told.
        steps: how many there are; 0 before it begins.
        failed_at: since when it is given up.
    """

    person_id: str
    asked_at: datetime
    done: int
    steps: int
    failed_at: datetime | None


_FIND = f"SELECT {columns(SampleRequest, 'r')} FROM sample_requests r WHERE r.person_id = $1"


async def find_sample(connection: Connection, person_id: str) -> str | None:
    """Return the slug of a person's sample workspace, or None where they have none."""
    slug: str | None = await connection.fetchval(_MINE, person_id)
    return slug


async def find_request(connection: Connection, person_id: str) -> SampleRequest | None:
    """Return the sample workspace that is on its way to a person, if one is."""
    return await fetch_one(connection, SampleRequest, _FIND, person_id)


async def ask_for_sample(connection: Connection, person_id: str, now: datetime) -> None:
    """Have the workers make a sample workspace that belongs to a person; while one is made, nothing happens.

    Args:
        connection: in a transaction.
        person_id: whose it will be; has none.
        now: the present.
    """
    if await connection.fetchval(_ASK, person_id, now):
        await enqueue(connection, MAKE_SAMPLE, {"person_id": person_id}, key=f"sample:{person_id}")


async def remove_sample(change: Change) -> None:
    """Take a sample workspace away from everybody in it, and have the workers remove what is in it.

    Raises:
        ApiError: 403 ``insufficient_role`` for anybody but its owner; 409 for a workspace that is none.
    """
    if change.actor.role != "owner":
        raise ApiError(403, "insufficient_role", "Only the owner of the sample can remove it.")
    workspace_id = change.actor.workspace_id
    if not await change.connection.fetchval(_IS_SAMPLE, workspace_id):
        raise ApiError(409, "http_exception", "This is no sample workspace; nothing was removed.")
    await change.connection.execute(_LOCK_OUT, workspace_id, change.at)
    await enqueue(change.connection, REMOVE_SAMPLE, {"workspace_id": workspace_id})
    change.wake_worker()
