import asyncio
import signal
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from pivotal_server.core.clock import Clock
from pivotal_server.core.retention import BATCH, Rule, remove_old, take_turn
from pivotal_server.core.settings import Settings
from pivotal_server.worker import clean_up
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
        "2 events older than 10 days"
    )

    assert await counts(connection) == [1, 3, 2]
    assert await worker.ends(signal.SIGTERM) == 0
    assert "Stopped" in worker.err


async def test_one_of_several_workers_cleans_up(
    dsn: str, connection: "Connection", world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(connection, world.northwind.id)
    assert await take_turn(connection)

    with caplog.at_level("INFO"):
        await clean_up(dsn, Settings(), asyncio.Event())

    assert await counts(connection) == [4, 4, 4]
    assert "Another worker is cleaning up" in caplog.text


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
