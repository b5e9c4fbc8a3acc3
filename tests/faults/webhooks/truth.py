"""What must hold of the records when everything is over, held against what arrived."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from tests.core.outbound import Exchange
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# Each counts what must not be. The endpoints of these tests want everything and were there before the first event.
_NEVER = {
    "events that were not spread": "SELECT count(*) FROM outbox",
    "events without a delivery to an endpoint": """
        SELECT count(*) FROM events e JOIN webhook_endpoints w ON w.workspace_id = e.workspace_id
        WHERE NOT EXISTS (SELECT FROM deliveries d
            WHERE d.workspace_id = e.workspace_id AND d.event_id = e.id AND d.endpoint_id = w.id)
    """,
    "deliveries of something else": """
        SELECT count(*) FROM deliveries d
        WHERE NOT EXISTS (SELECT FROM events e WHERE e.workspace_id = d.workspace_id AND e.id = d.event_id)
    """,
    "deliveries whose attempts are not numbered from 1 to their count": """
        SELECT count(*) FROM deliveries d CROSS JOIN LATERAL (
            SELECT count(*) AS number, coalesce(min(a.number), 1) AS first, coalesce(max(a.number), 0) AS last
            FROM delivery_attempts a WHERE a.workspace_id = d.workspace_id AND a.delivery_id = d.id
        ) a WHERE (d.attempts, d.attempts, 1) <> (a.number, a.last, a.first)
    """,
    "attempts without a delivery": """
        SELECT count(*) FROM delivery_attempts a
        WHERE NOT EXISTS (SELECT FROM deliveries d WHERE d.workspace_id = a.workspace_id AND d.id = a.delivery_id)
    """,
    "deliveries whose status is not that of their last attempt": """
        SELECT count(*) FROM deliveries d LEFT JOIN delivery_attempts a
            ON a.workspace_id = d.workspace_id AND a.delivery_id = d.id AND a.number = d.attempts
        WHERE (d.status = 'delivered') <> coalesce(a.status_code BETWEEN 200 AND 299, false)
    """,
    "attempts after one that succeeded": """
        SELECT count(*) FROM delivery_attempts a
            JOIN deliveries d ON d.workspace_id = a.workspace_id AND d.id = a.delivery_id
        WHERE a.status_code BETWEEN 200 AND 299 AND a.number < d.attempts
    """,
    "deliveries that a worker holds": "SELECT count(*) FROM deliveries WHERE lease IS NOT NULL",
    "deliveries that are due and lie there": """
        SELECT count(*) FROM deliveries WHERE status = 'pending' AND next_attempt_at <= now()
    """,
}
_DELIVERIES = """
SELECT d.id, d.endpoint_id, encode(sha256(convert_to(e.payload, 'UTF8')), 'hex') AS digest, d.attempts,
    (SELECT count(*) FROM delivery_attempts a
     WHERE a.workspace_id = d.workspace_id AND a.delivery_id = d.id AND a.status_code IS NOT NULL) AS answered
FROM deliveries d JOIN events e ON e.workspace_id = d.workspace_id AND e.id = d.event_id
"""
_UNDELIVERED = """
SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM deliveries WHERE status <> 'delivered')
"""


class Arrival(NamedTuple):
    """A request that reached a receiver: for which endpoint, which message, the SHA-256 of its body, Unix seconds."""

    endpoint_id: str
    message_id: str
    digest: str
    at: float = 0.0


def arrivals_at(exchanges: Iterable[Exchange]) -> list[Arrival]:
    """Return what arrived at servers of ``tests/core/outbound.py``; the path ends with the endpoint."""
    found = []
    for exchange in exchanges:
        first, *lines = exchange.head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        endpoint_id = first.split(" ")[1].rpartition("/")[2]
        found.append(Arrival(endpoint_id, headers["svix-id"], hashlib.sha256(exchange.body).hexdigest()))
    return found


async def until_delivered(connection: "Connection", timeout: float = 60) -> None:  # noqa: ASYNC109
    """Wait until every event was spread and every delivery succeeded."""

    async def done() -> bool:
        left = await connection.fetchval(_UNDELIVERED)
        assert left == 0, f"{left} events and deliveries are left"
        return True

    await eventually(done, timeout)


async def check(connection: "Connection", arrivals: Iterable[Arrival]) -> dict[str, int]:
    """See that records and arrivals agree, and return what arrived more often than attempts were recorded.

    The result is by message: how many requests nobody wrote down. Without a kill it is empty.
    """
    arrivals = list(arrivals)
    for what, sql in _NEVER.items():
        number = await connection.fetchval(sql)
        assert number == 0, f"{number} {what}"
    known = {row["id"]: row for row in await connection.fetch(_DELIVERIES)}
    came = Counter(arrival.message_id for arrival in arrivals)
    for arrival in arrivals:
        row = known[arrival.message_id]  # nothing arrives that was never to be sent
        assert (arrival.endpoint_id, arrival.digest) == (row["endpoint_id"], row["digest"])
    for id_, row in known.items():
        assert came[id_] >= row["answered"], f"{id_} has answers to requests that never came"
    return {id_: number - known[id_]["attempts"] for id_, number in came.items() if number > known[id_]["attempts"]}


async def leases_end(connection: "Connection") -> None:
    """Let the leases of all workers end now; only where none of the living holds anything."""
    await connection.execute("UPDATE deliveries SET next_attempt_at = $1 WHERE lease IS NOT NULL", datetime.now(UTC))


async def retries_are_due(connection: "Connection") -> None:
    """Let the time of every further attempt have come."""
    sql = (
        "UPDATE deliveries SET next_attempt_at = $1 WHERE status = 'pending' AND lease IS NULL AND next_attempt_at > $1"
    )
    await connection.execute(sql, datetime.now(UTC))
