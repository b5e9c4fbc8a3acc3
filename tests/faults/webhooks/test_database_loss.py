"""The database dies and is restarted while deliveries flow: workers wait for it, lose nothing and repeat nothing."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from tests.core.embedded import postmaster_of
from tests.core.outbound import http_server
from tests.faults.test_database_loss import SETTINGS, connect
from tests.faults.webhooks.conftest import Emit, NewEndpoint, StartWorker
from tests.faults.webhooks.processes import Sink
from tests.faults.webhooks.receivers import Patient
from tests.faults.webhooks.truth import arrivals_at, check, until_delivered
from tests.harness import World, make_template
from tests.support import eventually

EVENTS, ENDPOINTS = 600, 5
LEASE_SECONDS = 3


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A database server of the test's own, which it may kill and stop."""
    server = EmbeddedPostgres(tmp_path / "data", settings=SETTINGS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dsn(database: EmbeddedPostgres) -> str:
    return database.dsn


@pytest.fixture
async def world(dsn: str) -> World:
    return await make_template(dsn, datetime.now(UTC))


async def test_the_database_may_be_killed_and_restarted_in_the_middle_of_it(
    database: EmbeddedPostgres,
    tmp_path: Path,
    sink: Sink,
    start_worker: StartWorker,
    new_endpoint: NewEndpoint,
    emit: Emit,
) -> None:
    for _ in range(ENDPOINTS):
        await new_endpoint(sink.url)
    await emit(EVENTS)
    worker = start_worker()
    await sink.gets(300)
    postmaster = postmaster_of(tmp_path / "data")
    os.kill(postmaster, signal.SIGKILL)
    await sink.gets(1200)
    assert postmaster_of(tmp_path / "data") != postmaster
    await asyncio.to_thread(database.stop)
    await eventually(lambda: worker.said.count("Deliveries wait for the database") > 1)
    before = len(sink.arrivals)
    assert before < EVENTS * ENDPOINTS
    database.start()
    connection = await connect(database.dsn)
    await until_delivered(connection)
    assert await check(connection, sink.arrivals) == {}
    assert len(sink.arrivals) == EVENTS * ENDPOINTS > before
    assert worker.is_up()
    await connection.close()


async def test_answers_that_came_while_the_database_was_away_are_recorded_and_not_asked_for_again(
    database: EmbeddedPostgres,
    connection: asyncpg.Connection,
    start_worker: StartWorker,
    new_endpoint: NewEndpoint,
    emit: Emit,
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        for _ in range(2):
            await new_endpoint(server.url)
        await emit(8)
        worker = start_worker()
        await eventually(lambda: len(server.requests) == 16, timeout=30)
        # The database is away for longer than the leases last.
        ends = time.time() + LEASE_SECONDS
        at = datetime.fromtimestamp(ends, UTC)
        await connection.execute("UPDATE deliveries SET next_attempt_at = $1 WHERE lease IS NOT NULL", at)
        await asyncio.to_thread(database.stop)
        receive.may.set()
        await eventually(lambda: time.time() > ends and "Deliveries wait for the database" in worker.said, timeout=30)
        database.start()
        again = await connect(database.dsn)
        await until_delivered(again)
        assert await check(again, arrivals_at(server.requests)) == {}
        await again.close()
    assert len(server.requests) == 16
