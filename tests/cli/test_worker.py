import signal
from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.clock import Clock
from pivotal_server.core.retention import BATCH, Rule, remove_old
from pivotal_server.worker import SCHEDULES
from tests.cli.conftest import Start
from tests.harness import World

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# The same age in all three tables: beyond a day, within 30 days, beyond 30 days.
AGES = (timedelta(hours=23), timedelta(hours=25), timedelta(days=29), timedelta(days=31))
INSERTS = (
    "INSERT INTO idempotency_records SELECT $1, 'POST', '/p', $2, '', 201, NULL, '', $3",
    "INSERT INTO request_log SELECT $1, $2, $3, 'GET', '/p', 200, 900, 'key', true, '127.0.0.1'",
    "INSERT INTO events SELECT $1, $2, $3, 'customer.created', true, '{}'",
)
TABLES = ("idempotency_records", "request_log", "events")
# Jobs that failed for good, and what is told of those that are over.
JOB = "INSERT INTO pgqueuer (priority, entrypoint, status, updated) VALUES (0, 'mail', $1, $2)"
JOB_STEP = (
    "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created) VALUES (1, 'queued', 0, 'mail', $1)"
)


async def fill(connection: "Connection", workspace_id: str) -> None:
    now = Clock().now()
    for insert in INSERTS:
        await connection.executemany(insert, [(workspace_id, f"row {age}", now - age) for age in AGES])


async def counts(connection: "Connection") -> list[int]:
    return [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES]


async def test_the_worker_removes_what_is_too_old_and_says_so(
    start: Start, dsn: str, connection: "Connection", world: World
) -> None:
    await fill(connection, world.northwind.id)

    worker = start("worker", DATABASE_URL=dsn, PIVOTAL_EVENT_DAYS=10)
    await worker.says(
        "Removed 3 idempotency records older than 24 hours, 1 logged requests older than 30 days, "
        "0 ended sessions older than 30 days, 0 sign-in links older than 7 days, "
        "2 events older than 10 days"
    )

    assert await counts(connection) == [1, 3, 2]
    assert await worker.ends(signal.SIGTERM) == 0
    assert "Stopped" in worker.err


async def test_the_worker_forgets_jobs_that_have_been_over_for_long(
    start: Start, dsn: str, connection: "Connection"
) -> None:
    now = Clock().now()
    for days in (29, 31):
        await connection.execute(JOB, "failed", now - timedelta(days=days))
    await connection.executemany(JOB_STEP, [(now - timedelta(days=days),) for days in (6, 8, 9)])

    worker = start("worker", DATABASE_URL=dsn)
    await worker.says("2 logged steps of jobs older than 7 days, 1 failed jobs older than 30 days")

    assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'failed'") == 1
    assert await worker.ends(signal.SIGTERM) == 0


async def test_a_clean_up_that_waits_or_runs_is_not_asked_for_again(connection: "Connection") -> None:
    hourly = SCHEDULES[0]

    await hourly.enqueue(connection)
    await hourly.enqueue(connection)

    assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'clean_up'") == 1


async def test_old_rows_go_in_batches_so_that_the_rest_can_wait(connection: "Connection", world: World) -> None:
    now = Clock().now()
    await connection.execute(
        "INSERT INTO request_log SELECT $1, 'req_' || n, $2, 'GET', '/p', 200, 9, 'key', true, '::1'"
        " FROM generate_series(1, $3) n",
        *(world.northwind.id, now - timedelta(days=40), 2 * BATCH + 1),
    )
    rule = Rule("request_log", timedelta(days=30), "logged requests")

    assert await remove_old(connection, rule, now, stopping=lambda: True) == BATCH
    assert await remove_old(connection, rule, now, stopping=lambda: False) == BATCH + 1
    assert await remove_old(connection, rule, now, stopping=lambda: False) == 0
