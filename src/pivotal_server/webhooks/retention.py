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
_DELETE = """
WITH old AS (
    SELECT d.id, d.created_at FROM deliveries d
    WHERE d.workspace_id = $1 AND d.endpoint_id = $2 AND d.created_at >= $3 AND d.created_at < $4
    ORDER BY d.created_at LIMIT $5
), attempts AS (
    DELETE FROM delivery_attempts a WHERE a.workspace_id = $1 AND a.delivery_id IN (SELECT id FROM old)
), gone AS (
    DELETE FROM deliveries d WHERE d.workspace_id = $1 AND d.id IN (SELECT id FROM old) RETURNING d.created_at
)
SELECT count(*), max(created_at) FROM gone
"""


async def remove_old_deliveries(
    connection: Connection, before: datetime, stopping: Callable[[], bool], *, batch: int = 5_000
) -> int:
    """Delete the deliveries of events from before this instant, with their attempts; return how many that were.

    Args:
        connection: outside a transaction; every batch of one endpoint is one of its own.
        before: what is older goes, whatever became of it.
        stopping: asked after every batch whether to leave the rest for another time.
        batch: how many to delete in one transaction.
    """
    removed = 0
    for workspace_id, endpoint_id in await connection.fetch(_ENDPOINTS):
        since = _LONG_AGO
        while not stopping():
            count, last = await connection.fetchrow(_DELETE, workspace_id, endpoint_id, since, before, batch)  # type: ignore[misc]  # always one row
            removed += count
            if count < batch:
                break
            since = last
    return removed
