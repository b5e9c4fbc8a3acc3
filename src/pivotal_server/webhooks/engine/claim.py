"""Taking deliveries that are due, for this worker alone and for a limited time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import orjson

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.webhooks.models import WANTED

if TYPE_CHECKING:
    from collections.abc import Mapping

# How long a worker may hold a delivery: three times what a request may take. Afterwards somebody else sends it.
LEASE = timedelta(seconds=30)
# The requests that an endpoint may have under way from one worker, where nothing is known of it.
FIRST_ROOM = 8


class Claimed(NamedTuple):
    """A delivery to send, and all that sending takes.

    ``made`` counts the attempts of the schedule so far; ``payload`` is None where its event is no longer kept;
    ``wanted`` is whether the endpoint takes events of this mode; ``created_at`` is the event's; ``room`` is how many of
    its endpoint the claim might have taken.
    """

    workspace_id: str
    id: str
    endpoint_id: str
    event_id: str
    made: int
    first_attempt_at: datetime | None
    lease: int
    url: str
    secret: bytes
    previous_secret: bytes | None
    payload: str | None
    wanted: bool
    created_at: datetime
    room: int


# $1 now, $2 end of the lease, $3 its token, $4 at most so many, $5 endpoints with another room than $6, $7 workspaces
# with another share than $8.
#
# Endpoints that have something to send are found by leaping through the index of what is due; each then gives what it
# has room for. So one endpoint's backlog, however long, costs the others nothing. They come in random order, for the
# case that there is not room for all, and those of a workspace divide its share of the worker. A rate limit is a bucket
# that holds one second's worth; its endpoint is locked while it is drawn from. (A third of a second is no whole number
# of microseconds: hence the hundredth.) Rooms and shares are looked up in JSON objects: joins with lists that have no
# index compare every endpoint with every other.
_CLAIM = f"""
WITH RECURSIVE queues AS (
    (SELECT d.workspace_id, d.endpoint_id, d.next_attempt_at FROM deliveries d WHERE d.status = 'pending'
     ORDER BY d.workspace_id, d.endpoint_id, d.next_attempt_at LIMIT 1)
    UNION ALL
    SELECT n.workspace_id, n.endpoint_id, n.next_attempt_at FROM queues q CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.endpoint_id, d.next_attempt_at FROM deliveries d
        WHERE d.status = 'pending' AND (d.workspace_id, d.endpoint_id) > (q.workspace_id, q.endpoint_id)
        ORDER BY d.workspace_id, d.endpoint_id, d.next_attempt_at LIMIT 1
    ) n
), waiting AS MATERIALIZED (
    SELECT q.workspace_id, q.endpoint_id,
        coalesce(($7::jsonb ->> q.workspace_id)::bigint, $8) AS share,
        count(*) OVER (PARTITION BY q.workspace_id) AS neighbours,
        row_number() OVER (PARTITION BY q.workspace_id ORDER BY random()) AS turn
    FROM queues q WHERE q.next_attempt_at <= $1
), paced AS MATERIALIZED (
    SELECT w.workspace_id, w.id, floor(
        w.rate_limit * extract(epoch FROM least($1::timestamptz - w.rate_used_until, interval '1 second')) + 0.01
    ) AS room
    FROM waiting q
    JOIN webhook_endpoints w ON w.workspace_id = q.workspace_id AND w.id = q.endpoint_id AND w.rate_limit IS NOT NULL
        AND w.deleted_at IS NULL AND w.disabled_at IS NULL
    FOR NO KEY UPDATE OF w SKIP LOCKED
), pace AS MATERIALIZED (
    SELECT jsonb_object_agg(p.workspace_id || ' ' || p.id, p.room) AS rooms FROM paced p
), open AS MATERIALIZED (
    SELECT w.workspace_id, w.id, w.url, w.secret, w.rate_limit, w.test_mode,
        CASE WHEN w.previous_secret_until > $1 THEN w.previous_secret END AS previous_secret,
        least(
            coalesce(($5::jsonb ->> (w.workspace_id || ' ' || w.id))::integer, $6),
            CASE WHEN q.turn <= q.share THEN greatest(q.share / q.neighbours, 1) ELSE 0 END,
            CASE WHEN w.rate_limit IS NOT NULL
                THEN coalesce(((SELECT p.rooms FROM pace p) ->> (w.workspace_id || ' ' || w.id))::integer, 0) END
        )::integer AS room
    FROM waiting q
    JOIN webhook_endpoints w ON w.workspace_id = q.workspace_id AND w.id = q.endpoint_id
        AND w.deleted_at IS NULL AND w.disabled_at IS NULL
    ORDER BY random()
), due AS MATERIALIZED (
    SELECT d.workspace_id, d.id, o.url, o.secret, o.previous_secret, o.test_mode, o.room
    FROM open o CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.id FROM deliveries d
        WHERE d.workspace_id = o.workspace_id AND d.endpoint_id = o.id AND d.status = 'pending'
            AND d.next_attempt_at <= $1
        ORDER BY d.next_attempt_at LIMIT o.room FOR NO KEY UPDATE SKIP LOCKED
    ) d
    WHERE o.room > 0
    LIMIT $4
), claimed AS (
    UPDATE deliveries d SET next_attempt_at = $2, lease = $3 FROM due
    WHERE d.workspace_id = due.workspace_id AND d.id = due.id
    RETURNING d.workspace_id, d.id, d.endpoint_id, d.event_id, d.scheduled_attempts, d.first_attempt_at, d.created_at,
        d.payload, {WANTED.format(delivery="d", endpoint="due")} AS wanted, due.url, due.secret, due.previous_secret,
        due.room
), drawn AS (
    UPDATE webhook_endpoints w
    SET rate_used_until = greatest(w.rate_used_until, $1::timestamptz - interval '1 second')
        + c.number * interval '1 second' / w.rate_limit
    FROM (SELECT c.workspace_id, c.endpoint_id, count(*) AS number FROM claimed c GROUP BY 1, 2) c
    WHERE w.workspace_id = c.workspace_id AND w.id = c.endpoint_id AND w.rate_limit IS NOT NULL
)
SELECT c.workspace_id, c.id, c.endpoint_id, c.event_id, c.scheduled_attempts, c.first_attempt_at, $3, c.url, c.secret,
    c.previous_secret, coalesce(c.payload, e.payload), c.wanted, c.created_at, c.room
FROM claimed c LEFT JOIN events e ON e.workspace_id = c.workspace_id AND e.id = c.event_id
ORDER BY c.created_at
"""


async def claim(
    connection: Connection,
    now: datetime,
    at_most: int,
    rooms: Mapping[tuple[str, str], int],
    first_room: int = FIRST_ROOM,
    *,
    shares: Mapping[str, int] | None = None,
    share: int | None = None,
) -> list[Claimed]:
    """Return deliveries that are due, oldest events first; until their lease ends they are this worker's.

    Args:
        connection: where to read; the lease is committed when this returns.
        now: the present.
        at_most: how many the worker can take altogether.
        rooms: how many more an endpoint, given as workspace and id, can take.
        first_room: how many any other endpoint can take.
        shares: how many more a workspace can take.
        share: how many any other workspace can take; as many as the worker unless it is given.
    """
    return await fetch_all(
        connection,
        Claimed,
        _CLAIM,
        *(now, now + LEASE, secrets.randbits(63), at_most),
        orjson.dumps({room_key(*endpoint): room for endpoint, room in rooms.items()}).decode(),
        first_room,
        orjson.dumps(shares or {}).decode(),
        at_most if share is None else share,
    )


def room_key(workspace_id: str, endpoint_id: str) -> str:
    """Return the name under which the statement finds an endpoint's room."""
    return f"{workspace_id} {endpoint_id}"
