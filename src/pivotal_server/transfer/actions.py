"""What becomes of a takeout: asked for, begun, on its way, done, given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id
from pivotal_server.core.jobs import enqueue
from pivotal_server.core.mail import Message, send_mail
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Subject
from pivotal_server.transfer.models import ABANDONED_AFTER, KEPT_FOR, Takeout
from pivotal_server.transfer.queries import COLUMNS, find_takeout

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.core.jobs import Job
    from pivotal_server.timeline.change import Change

_CONFLICT = 409
_GIVE_UP_ABANDONED = """
UPDATE takeouts SET status = 'failed', finished_at = $2
WHERE workspace_id = $1 AND status IN ('waiting', 'running') AND seen_at < $3
"""
_ASK = f"""
INSERT INTO takeouts AS t (workspace_id, id, person_id, status, created_at, seen_at)
VALUES ($1, $2, $3, 'waiting', $4, $4) ON CONFLICT (workspace_id) WHERE status IN ('waiting', 'running') DO NOTHING
RETURNING {COLUMNS}
"""
_BEGIN = f"""
UPDATE takeouts t SET status = 'running', file_id = $3, done = 0, total = 0, started_at = $4, seen_at = $4
WHERE t.workspace_id = $1 AND t.id = $2 AND t.status IN ('waiting', 'running') RETURNING {COLUMNS}
"""
_STEP = """
UPDATE takeouts SET done = $4, total = $5, seen_at = $6
WHERE workspace_id = $1 AND id = $2 AND file_id = $3 AND status = 'running'
"""
_FINISH = """
UPDATE takeouts SET status = 'done', size = $4, sha256 = $5, done = total, finished_at = $6, seen_at = $6,
    expires_at = $7
WHERE workspace_id = $1 AND id = $2 AND file_id = $3 AND status = 'running'
"""
_END = """
UPDATE takeouts SET status = $3, finished_at = $4
WHERE workspace_id = $1 AND id = $2 AND status IN ('waiting', 'running')
"""
_EXPIRE = """
UPDATE takeouts SET expires_at = $3 WHERE workspace_id = $1 AND id = $2 AND status = 'done' AND expires_at > $3
RETURNING file_id
"""
# The file is a leftover from the start: what changes is only when it is to go.
_KEEP_UNTIL = "UPDATE leftover_files SET remove_after = $3 WHERE workspace_id = $1 AND id = $2"
_EMAIL = """
SELECT p.email FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.workspace_id = $1 AND m.person_id = $2 AND m.removed_at IS NULL AND m.role IN ('owner', 'admin')
"""
_DONE = """\
Everything that {workspace} has in Pivotal is ready to be downloaded, until {until}:

{url}

You asked for it. Whoever has the file has all of your data: keep it where nobody else gets at it.
"""
_FAILED = """\
The takeout of {workspace} that you asked for could not be made. Nothing of it was kept. Begin another one here, and ask
whoever runs the server to look into its log if that fails as well:

{url}
"""


async def ask_for_takeout(change: Change, job: Job) -> Takeout:
    """Have everything that the workspace has made into one file, in the background.

    Args:
        change: what to write on; its actor is a teammate.
        job: the one that makes it.

    Raises:
        ApiError: 403 ``insufficient_role``; 409 ``takeout_under_way`` while there is one already.
    """
    require(change.actor, "admin")
    workspace_id, now = change.actor.workspace_id, change.now
    await change.connection.execute(_GIVE_UP_ABANDONED, workspace_id, now, now - ABANDONED_AFTER)
    takeout = await fetch_one(change.connection, Takeout, _ASK, workspace_id, new_id(), change.actor.id, now)
    if takeout is None:
        raise ApiError(_CONFLICT, "takeout_under_way", "A takeout is being made already. Wait for it, or cancel it.")
    payload = {"workspace_id": workspace_id, "takeout_id": takeout.id}
    await enqueue(change.connection, job, payload, key=f"takeout:{takeout.id}")
    change.note("takeout.requested", "Asked for a takeout of everything", _subject(takeout))
    return takeout


async def cancel_takeout(change: Change, takeout_id: str) -> Takeout:
    """Give up a takeout that is under way; the worker stops at its next step. Of one that has ended nothing changes.

    Raises:
        ApiError: 403 ``insufficient_role``; 404.
    """
    require(change.actor, "admin")
    takeout = await get_takeout(change, takeout_id)
    result = await change.connection.execute(_END, change.actor.workspace_id, takeout.id, "cancelled", change.now)
    if result != "UPDATE 0":
        change.note("takeout.cancelled", "Cancelled the takeout", _subject(takeout))
    return takeout


async def delete_takeout(change: Change, takeout_id: str) -> Takeout:
    """Let nobody download a takeout any more; its file goes with the next clean-up.

    Raises:
        ApiError: 403 ``insufficient_role``; 404.
    """
    require(change.actor, "admin")
    takeout = await get_takeout(change, takeout_id)
    workspace_id, now = change.actor.workspace_id, change.now
    file_id = await change.connection.fetchval(_EXPIRE, workspace_id, takeout.id, now)
    if file_id is not None:
        await change.connection.execute(_KEEP_UNTIL, workspace_id, file_id, now)
        change.note("takeout.deleted", "Deleted the takeout", _subject(takeout))
    return takeout


async def get_takeout(change: Change, takeout_id: str) -> Takeout:
    """Return a takeout of the actor's workspace.

    Raises:
        ApiError: 404 where there is none.
    """
    takeout = await find_takeout(change.connection, change.actor.workspace_id, takeout_id)
    if takeout is None:
        raise ApiError(404, "http_exception", "This workspace has no such takeout.")
    return takeout


async def begin_takeout(
    connection: Connection, workspace_id: str, takeout_id: str, file_id: str, now: datetime
) -> Takeout | None:
    """Begin to make a takeout, or begin again; None where nobody wants it any more."""
    return await fetch_one(connection, Takeout, _BEGIN, workspace_id, takeout_id, file_id, now)


async def tell_progress(connection: Connection, workspace_id: str, takeout: Takeout, now: datetime) -> bool:
    """Write down how far a takeout is, and return whether it is still wanted of this worker."""
    arguments = (workspace_id, takeout.id, takeout.file_id, takeout.done, takeout.total, now)
    return await connection.execute(_STEP, *arguments) != "UPDATE 0"


async def finish_takeout(change: Change, takeout: Takeout, size: int, sha256: bytes, url: str) -> bool:
    """Make a takeout that was stored one that can be had, and write to whoever asked; False where it is unwanted."""
    workspace_id, until = change.actor.workspace_id, change.now + KEPT_FOR
    arguments = (workspace_id, takeout.id, takeout.file_id, size, sha256, change.now, until)
    if await change.connection.execute(_FINISH, *arguments) == "UPDATE 0":
        return False
    await change.connection.execute(_KEEP_UNTIL, workspace_id, takeout.file_id, until)
    change.note("takeout.finished", "Made the takeout of everything", _subject(takeout), {"size": size})
    await _write(change, takeout, "Your takeout is ready", _DONE, until=f"{until:%d %B %Y, %H:%M} UTC", url=url)
    return True


async def fail_takeout(change: Change, takeout_id: str, url: str) -> None:
    """Say that a takeout could not be made, and write to whoever asked."""
    takeout = await get_takeout(change, takeout_id)
    result = await change.connection.execute(_END, change.actor.workspace_id, takeout.id, "failed", change.now)
    if result != "UPDATE 0":
        change.note("takeout.failed", "Could not make the takeout", _subject(takeout))
        await _write(change, takeout, "Your takeout could not be made", _FAILED, url=url)


async def _write(change: Change, takeout: Takeout, subject: str, text: str, **words: str) -> None:
    """Write to whoever asked, where they are still an admin."""
    email = await change.connection.fetchval(_EMAIL, change.actor.workspace_id, takeout.person_id)
    if email is not None:
        name = await change.connection.fetchval("SELECT name FROM workspaces WHERE id = $1", change.actor.workspace_id)
        await send_mail(change.connection, Message(email, subject, text.format(workspace=name, **words)))


def _subject(takeout: Takeout) -> Subject:
    return Subject("takeout", takeout.id)
