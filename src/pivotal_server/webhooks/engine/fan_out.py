"""Events become deliveries: one for each endpoint that asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.webhooks.models import DELIVERY_ID

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection

# Events of each workspace in one statement: a bulk import does not keep the events of others waiting.
BATCH = 200
# Events of all workspaces in one statement: with a hundred endpoints each it takes a few seconds. What had piled up in
# many workspaces while no worker ran would otherwise never end within the time that a statement has.
MOST = 1_000

# $1 is the batch, $2 the present, $3 the most altogether. The list of workspaces is found by leaping from one to the
# next in the key, however many events they have; in random order, each comes to its turn. Deliveries are due in the
# order of their events, and at once even where those were stamped by a clock that is ahead of this one.
_FAN_OUT = f"""
WITH RECURSIVE spaces AS (
    (SELECT o.workspace_id FROM outbox o ORDER BY o.workspace_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.workspace_id FROM outbox o WHERE o.workspace_id > s.workspace_id ORDER BY o.workspace_id LIMIT 1)
    FROM spaces s WHERE s.workspace_id IS NOT NULL
), next AS MATERIALIZED (
    SELECT o.place FROM (SELECT s.workspace_id FROM spaces s ORDER BY random()) s CROSS JOIN LATERAL (
        SELECT o.ctid AS place FROM outbox o WHERE o.workspace_id = s.workspace_id
        ORDER BY o.created_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) o
    LIMIT $3
), taken AS (
    DELETE FROM outbox o WHERE o.ctid = ANY (ARRAY (SELECT place FROM next)) RETURNING o.workspace_id, o.created_at
), made AS (
    INSERT INTO deliveries
        (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at)
    SELECT e.workspace_id, {DELIVERY_ID.format(event_id="e.id", endpoint_id="w.id")}, w.id, e.id, e.type, e.livemode,
        e.created_at, 'pending', least(e.created_at, $2)
    FROM taken t
    JOIN events e ON e.workspace_id = t.workspace_id AND e.created_at = t.created_at
    JOIN webhook_endpoints w ON w.workspace_id = e.workspace_id AND w.deleted_at IS NULL AND w.disabled_at IS NULL
        AND w.test_mode <> e.livemode AND w.events && ARRAY['*', split_part(e.type, '.', 1) || '.*', e.type]
    ORDER BY e.workspace_id, e.created_at -- as replays do, so that they never wait for each other crosswise
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM made)
"""


async def fan_out(connection: Connection, now: datetime) -> tuple[int, int]:
    """Make the deliveries of events that have none yet; return how many events and deliveries that were.

    Fewer than ``BATCH`` are all there were. No event counts twice and none is skipped, whoever else does the same
    at the same time: the outbox row goes and the deliveries come in one statement.
    """
    events, deliveries = await connection.fetchrow(_FAN_OUT, BATCH, now, MOST)  # type: ignore[misc]  # always one row
    return events, deliveries
