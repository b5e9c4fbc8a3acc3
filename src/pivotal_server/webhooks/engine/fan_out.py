"""Events become deliveries, one for each endpoint that asked for them, and jobs, where a reaction is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from pivotal_server.core.reactions import Reaction, enqueue_reactions
from pivotal_server.webhooks.models import DELIVERY_ID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pivotal_server.core.db import Connection

# Events of each workspace in one statement: a bulk import does not keep the events of others waiting.
BATCH = 200
# Events of all workspaces in one statement: with a hundred endpoints each it takes a few seconds. What had piled up in
# many workspaces while no worker ran would otherwise never end within the time that a statement has.
MOST = 1_000

# $1 is the batch, $2 the present, $3 the most altogether, $4 the types that are reacted to. The list of workspaces is
# found by leaping from one to the next in the key, however many events they have; in random order, each comes to its
# turn. Deliveries are due in the order of their events, and at once even where those were stamped by a clock that is
# ahead of this one.
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
    DELETE FROM outbox o WHERE o.ctid = ANY (ARRAY (SELECT place FROM next)) RETURNING o.*
), told AS MATERIALIZED (
    SELECT e.workspace_id, e.created_at, e.id, e.type, e.livemode, t.actor_type, t.actor_id, t.actor_name
    FROM taken t JOIN events e ON e.workspace_id = t.workspace_id AND e.created_at = t.created_at
    WHERE t.entry_id IS NULL
), noted AS (
    SELECT a.workspace_id, a.created_at, a.id, a.type, a.livemode, a.actor_type, a.actor_id, a.actor_name
    FROM taken t JOIN activity a ON a.workspace_id = t.workspace_id AND a.id = t.entry_id
    WHERE t.entry_id IS NOT NULL
), facts AS (
    SELECT f.* FROM (SELECT * FROM told UNION ALL SELECT * FROM noted) f WHERE f.type = ANY ($4::text[])
), made AS (
    INSERT INTO deliveries
        (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at)
    SELECT e.workspace_id, {DELIVERY_ID.format(event_id="e.id", endpoint_id="w.id")}, w.id, e.id, e.type, e.livemode,
        e.created_at, 'pending', least(e.created_at, $2)
    FROM told e
    JOIN webhook_endpoints w ON w.workspace_id = e.workspace_id AND w.deleted_at IS NULL AND w.disabled_at IS NULL
        AND w.test_mode <> e.livemode AND w.events && ARRAY['*', split_part(e.type, '.', 1) || '.*', e.type]
    ORDER BY e.workspace_id, e.created_at -- as replays do, so that they never wait for each other crosswise
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM made), (
    SELECT json_agg(json_build_object('workspace_id', f.workspace_id, 'id', f.id, 'type', f.type,
        'livemode', f.livemode, 'actor_type', f.actor_type, 'actor_id', f.actor_id, 'actor_name', f.actor_name)
        ORDER BY f.workspace_id, f.created_at)::text
    FROM facts f
)
"""


async def fan_out(connection: Connection, now: datetime, reactions: Sequence[Reaction] = ()) -> tuple[int, int]:
    """Make the deliveries and the jobs of what has none yet; return how many outbox rows and deliveries that were.

    Fewer than ``BATCH`` are all there were. Nothing counts twice and nothing is skipped, whoever else does the same
    at the same time: the outbox row goes, and deliveries and jobs come, in one transaction.
    """
    types = sorted({type_ for reaction in reactions for type_ in reaction.types})
    async with connection.transaction():
        rows, deliveries, facts = await connection.fetchrow(  # type: ignore[misc]  # always one row
            _FAN_OUT, BATCH, now, MOST, types
        )
        if facts is not None:
            await enqueue_reactions(connection, reactions, orjson.loads(facts))
    return rows, deliveries
