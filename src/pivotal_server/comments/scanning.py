"""Has files looked through for viruses, where the operator has a scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.comments.models import file_key
from pivotal_server.core.clamd import is_infected
from pivotal_server.core.jobs import Job, JobContext, enqueue
from pivotal_server.core.storage import storage_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_SIZE = """
SELECT a.size FROM attachments a
WHERE a.workspace_id = $1 AND a.id = $2 AND a.scan = 'pending' AND a.deleted_at IS NULL
"""
_SAY = "UPDATE attachments a SET scan = $3 WHERE a.workspace_id = $1 AND a.id = $2 AND a.scan = 'pending'"


async def _scan(context: JobContext, payload: dict[str, Any]) -> None:
    workspace_id, id_ = payload["workspace_id"], payload["attachment_id"]
    async with context.pool.acquire() as connection:
        size = await connection.fetchval(_SIZE, workspace_id, id_)
    if size is None:  # gone, or looked through already
        return
    daemon = context.settings.clamd
    scan = "off"  # the scanner was taken away meanwhile
    if daemon is not None:
        content = await storage_of(context.settings).open(file_key(workspace_id, id_), 0, size)
        scan = "infected" if await is_infected(daemon, content) else "clean"
    async with context.pool.acquire() as connection:
        await connection.execute(_SAY, workspace_id, id_, scan)


SCAN = Job("scan_attachment", _scan)


async def have_scanned(connection: Connection, workspace_id: str, attachment_id: str) -> None:
    """Have a file that is ``pending`` looked through once the caller's transaction has committed."""
    await enqueue(connection, SCAN, {"workspace_id": workspace_id, "attachment_id": attachment_id})
