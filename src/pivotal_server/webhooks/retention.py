"""How long the log of deliveries goes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pivotal_server.core.db import Connection

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_ENDPOINTS = "SELECT workspace_id, id FROM webhook_endpoints"
# Each endpoint's log is an index in the order of time; a batch begins where the one before ended, past what is deleted.
# What waits for an endpoint that is enabled will be sent, a replay of something old say. A row that somebody is at is
# left for the next time.
_DELETE = """
WITH endpoint AS (
    SELECT CASE WHEN w.deleted_at IS NULL THEN $4::timestamptz ELSE 'infinity' END AS before,
        w.deleted_at IS NOT NULL OR w.disabled_at IS NOT NULL AS silent
    FROM webhook_endpoints w WHERE w.workspace_id = $1 AND w.id = $2
), old AS (
    SELECT d.id FROM deliveries d
    WHERE d.workspace_id = $1 AND d.endpoint_id = $2 AND d.created_at >= $3
        AND d.created_at < (SELECT e.before FROM endpoint e)
        AND (d.status <> 'pending' OR (SELECT e.silent FROM endpoint e))
    ORDER BY d.created_at LIMIT $5 FOR UPDATE SKIP LOCKED
)
DELETE FROM deliveries d WHERE d.workspace_id = $1 AND d.id IN (SELECT o.id FROM old o) RETURNING d.id, d.created_at
"""
# A statement of its own: it has to see the attempts that were recorded until their delivery went.
_DELETE_ATTEMPTS = "DELETE FROM delivery_attempts a WHERE a.workspace_id = $1 AND a.delivery_id = ANY ($2::text[])"


async def remove_old_deliveries(
    connection: Connection, before: datetime, stopping: Callable[[], bool], *, batch: int = 5_000
) -> int:
    """Delete the deliveries of events from before this instant, with their attempts; return how many that were.

    Those of deleted endpoints go at whatever age.

    Args:
        connection: outside a transaction; every batch of one endpoint is one of its own.
        before: what is older goes, unless it is still to be sent.
        stopping: asked after every batch whether to leave the rest for another time.
        batch: how many to delete in one transaction.
    """
    removed = 0
    for workspace_id, endpoint_id in await connection.fetch(_ENDPOINTS):
        since = _LONG_AGO
        while not stopping():
            async with connection.transaction():
                gone = await connection.fetch(_DELETE, workspace_id, endpoint_id, since, before, batch)
                await connection.execute(_DELETE_ATTEMPTS, workspace_id, [id_ for id_, _ in gone])
            removed += len(gone)
            if len(gone) < batch:
                break
            since = max(created_at for _, created_at in gone)
    return removed
