"""What is told of background jobs: how they end, as workers see it, and the queue, as the database has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.telemetry.metrics import Counter, Gauge, Reading

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection

# Nobody needs to know how many more there are.
_MOST = 10_000

ENDED = Counter(
    "pivotal_jobs_total", "Runs of jobs: done, retried (again later), failed (for good).", ("job", "outcome")
)
WAITING = Gauge("pivotal_jobs_waiting", f"Jobs in the queue, those for later included; counted up to {_MOST}.")
OLDEST_DUE = Gauge("pivotal_jobs_oldest_due_seconds", "How long the first job in line has been due.")
FAILED = Gauge("pivotal_jobs_failed", f"Jobs that failed for good and are still kept; counted up to {_MOST}.")

# The kinds of jobs are found by leaping through the index, as there are few of them and may be many jobs.
_KINDS = """
WITH RECURSIVE kinds AS (
    (SELECT j.entrypoint FROM pgqueuer j WHERE j.status = 'queued' ORDER BY j.entrypoint LIMIT 1)
    UNION ALL
    SELECT (SELECT j.entrypoint FROM pgqueuer j WHERE j.status = 'queued' AND j.entrypoint > k.entrypoint
            ORDER BY j.entrypoint LIMIT 1)
    FROM kinds k WHERE k.entrypoint IS NOT NULL
)
"""
# $1 now.
_OVERDUE = """
SELECT extract(epoch FROM $1::timestamptz - min(
    (SELECT j.execute_after FROM pgqueuer j WHERE j.status = 'queued' AND j.entrypoint = k.entrypoint
     ORDER BY j.execute_after LIMIT 1)
))::float8 FROM kinds k
"""
_STATE = f"""
{_KINDS}
SELECT
    (SELECT count(*) FROM (SELECT FROM pgqueuer j WHERE j.status = 'queued' LIMIT {_MOST}) j),
    (SELECT count(*) FROM (SELECT FROM pgqueuer j WHERE j.status = 'failed' LIMIT {_MOST}) j),
    ({_OVERDUE})
"""


async def read_jobs(connection: Connection, now: datetime) -> list[Reading]:
    """Return the state of the queue."""
    waiting, failed, overdue = await connection.fetchrow(_STATE, now)  # type: ignore[misc]  # always one row
    return [
        Reading(WAITING, (), waiting),
        Reading(FAILED, (), failed),
        Reading(OLDEST_DUE, (), max(overdue or 0.0, 0.0)),
    ]


async def overdue_seconds(connection: Connection, now: datetime) -> float:
    """Return for how long the first job in line has been due; 0 where none is."""
    overdue: float | None = await connection.fetchval(_KINDS + _OVERDUE, now)
    return max(overdue or 0.0, 0.0)
