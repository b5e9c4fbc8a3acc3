"""What the people who run the server are told of webhooks (docs/hosting/monitoring.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pivotal_server.core.outbound_http import ErrorKind
from pivotal_server.core.telemetry import Counter, Gauge, Histogram, Reading
from pivotal_server.core.telemetry.jobs import read_jobs
from pivotal_server.webhooks.models import NOTHING_TO_SEND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.webhooks.engine.record import Recorded
    from pivotal_server.webhooks.engine.send import Attempt

_NOT_SENT = (*NOTHING_TO_SEND, "internal")
_OUTCOMES = ("succeeded", "http_error", *get_args(ErrorKind), *_NOT_SENT)
# Nobody needs to know how many more there are; and to leap over more endpoints than this would take too long.
_MOST = 100_000
_MOST_QUEUES = 5_000

ATTEMPTS = Counter(
    "pivotal_webhook_attempts_total",
    "Attempts to deliver; http_error is an answer other than 2xx.",
    ("outcome",),
    [(outcome,) for outcome in _OUTCOMES],
)
ATTEMPT_SECONDS = Histogram(
    "pivotal_webhook_attempt_duration_seconds",
    "From looking up the receiver's name to the end of its answer.",
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
DELIVERIES = Counter(
    "pivotal_webhook_deliveries_total",
    "Deliveries that ended: delivered, or failed for good.",
    ("outcome",),
    [("delivered",), ("failed",)],
)
EVENT_AGE = Histogram(
    "pivotal_webhook_event_age_seconds",
    "From an event to its receipt; retries and replays count with their whole age.",
    (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0, 3600.0, 21600.0, 86400.0),
)
UNRECORDED = Counter(
    "pivotal_webhook_attempts_unrecorded_total", "Attempts that lost their lease to another worker meanwhile."
)
WAITING = Gauge(
    "pivotal_webhook_deliveries_waiting",
    f"Deliveries to enabled endpoints that are due or wait for their next attempt; counted up to {_MOST}.",
)
OLDEST_DUE = Gauge("pivotal_webhook_oldest_due_seconds", "How long the first delivery in line has been due.")
EVENTS_WAITING = Gauge(
    "pivotal_outbox_events_waiting", f"Events that are not spread over endpoints yet; counted up to {_MOST}."
)
OLDEST_EVENT = Gauge("pivotal_outbox_oldest_event_seconds", "Age of the oldest of them.")

# $1 now. As in claiming, queues are found by leaping through the index of what is due.
_DELIVERIES = f"""
WITH RECURSIVE leaps AS (
    (SELECT d.workspace_id, d.endpoint_id FROM deliveries d WHERE d.status = 'pending'
     ORDER BY d.workspace_id, d.endpoint_id LIMIT 1)
    UNION ALL
    SELECT n.workspace_id, n.endpoint_id FROM leaps l CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.endpoint_id FROM deliveries d
        WHERE d.status = 'pending' AND (d.workspace_id, d.endpoint_id) > (l.workspace_id, l.endpoint_id)
        ORDER BY d.workspace_id, d.endpoint_id LIMIT 1
    ) n
), queues AS MATERIALIZED (
    SELECT l.workspace_id, l.endpoint_id FROM (SELECT * FROM leaps LIMIT {_MOST_QUEUES}) l
    JOIN webhook_endpoints w ON w.workspace_id = l.workspace_id AND w.id = l.endpoint_id
        AND w.deleted_at IS NULL AND w.disabled_at IS NULL
)
SELECT
    (SELECT count(*) FROM (
        SELECT FROM queues q CROSS JOIN LATERAL (
            SELECT FROM deliveries d
            WHERE d.workspace_id = q.workspace_id AND d.endpoint_id = q.endpoint_id AND d.status = 'pending'
            LIMIT {_MOST}
        ) d LIMIT {_MOST}
    ) d),
    (SELECT extract(epoch FROM $1::timestamptz - min(
        (SELECT d.next_attempt_at FROM deliveries d
         WHERE d.workspace_id = q.workspace_id AND d.endpoint_id = q.endpoint_id AND d.status = 'pending'
         ORDER BY d.next_attempt_at LIMIT 1)
    ))::float8 FROM queues q)
"""
# $1 now. Workspaces are found by leaping from one to the next.
_OUTBOX = f"""
WITH RECURSIVE firsts AS (
    (SELECT o.workspace_id, o.created_at FROM outbox o ORDER BY o.workspace_id, o.created_at LIMIT 1)
    UNION ALL
    SELECT n.workspace_id, n.created_at FROM firsts f CROSS JOIN LATERAL (
        SELECT o.workspace_id, o.created_at FROM outbox o WHERE o.workspace_id > f.workspace_id
        ORDER BY o.workspace_id, o.created_at LIMIT 1
    ) n
)
SELECT
    (SELECT count(*) FROM (SELECT FROM outbox LIMIT {_MOST}) o),
    (SELECT extract(epoch FROM $1::timestamptz - min(f.created_at))::float8
     FROM (SELECT * FROM firsts LIMIT {_MOST_QUEUES}) f)
"""


def count_attempt(attempt: Attempt) -> None:
    """Count an attempt that has just been made."""
    seconds = attempt.latency_ms / 1000
    outcome = "succeeded" if attempt.succeeded else attempt.error_kind or "http_error"
    ATTEMPTS.add((outcome,))
    if outcome not in _NOT_SENT:
        ATTEMPT_SECONDS.observe(seconds)
    if attempt.succeeded:
        EVENT_AGE.observe(max((attempt.at - attempt.delivery.created_at).total_seconds(), 0.0) + seconds)


def count_recorded(attempted: int, recorded: Sequence[Recorded]) -> None:
    """Count what became of the deliveries of so many attempts."""
    if len(recorded) < attempted:
        UNRECORDED.add(amount=attempted - len(recorded))
    for delivery in recorded:
        if delivery.status != "pending":
            DELIVERIES.add((delivery.status,))


async def read_queues(connection: Connection, now: datetime) -> list[Reading]:
    """Return how much waits to be sent, and for how long."""
    waiting, overdue = await connection.fetchrow(_DELIVERIES, now)  # type: ignore[misc]  # always one row
    events, age = await connection.fetchrow(_OUTBOX, now)  # type: ignore[misc]  # likewise
    return [
        Reading(WAITING, (), waiting),
        Reading(OLDEST_DUE, (), max(overdue or 0.0, 0.0)),
        Reading(EVENTS_WAITING, (), events),
        Reading(OLDEST_EVENT, (), max(age or 0.0, 0.0)),
    ]


# What the database tells of the work that waits, for every process that is asked for metrics.
STATES = (read_queues, read_jobs)
