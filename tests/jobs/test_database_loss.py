"""The database goes away for a while: workers wait for it, nothing is lost, and what was done is not done again."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from pivotal_server.core.migrations import migrate
from tests.core.embedded import postmaster_of
from tests.jobs.conftest import StartWorker, ask, left, until_idle
from tests.jobs.program import NOTE, PERSIST
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# What was committed has to survive a crash of the database, if not of the machine.
SETTINGS = {"fsync": "off", "synchronous_commit": "on", "shared_buffers": "32MB"}


@pytest.fixture
def server(tmp_path: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(tmp_path / "data", settings=SETTINGS)


@pytest.fixture
async def dsn(server: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database server of the test's own, which it may kill and stop."""
    address = server.start()
    connection = await asyncpg.connect(address)
    await migrate(connection)
    await connection.close()
    yield address
    server.stop()


async def connect(dsn: str) -> "Connection":
    """Return a connection as soon as there is a database to connect to."""

    async def attempt() -> "Connection | None":
        try:
            return await asyncpg.connect(dsn)
        except (OSError, asyncpg.PostgresError):
            return None

    connection: Connection = await eventually(attempt, timeout=30)
    return connection


async def test_a_crash_of_the_database_loses_no_job_and_ends_no_worker(
    dsn: str, connection: "Connection", start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker()
    for number in range(100):
        await ask(connection, PERSIST, f"job {number}", times=number % 2)
    await eventually(lambda: connection.fetchval("SELECT EXISTS (SELECT FROM steps WHERE step = 'done')"))

    os.kill(postmaster_of(tmp_path / "data"), signal.SIGKILL)
    await eventually(connection.is_closed)
    again = await connect(dsn)
    await until_idle(again)

    assert await again.fetchval("SELECT count(DISTINCT name) FROM steps WHERE step = 'done'") == 100
    assert await left(again) == []
    assert worker.is_up()
    await again.close()


async def test_a_worker_without_its_database_stops_all_the_same(
    server: EmbeddedPostgres, connection: "Connection", start_worker: StartWorker
) -> None:
    worker = start_worker()
    await ask(connection, NOTE, "the first")
    await until_idle(connection)
    await asyncio.to_thread(server.stop)
    await eventually(lambda: "Jobs wait for the database" in worker.said)
    began = time.monotonic()

    assert await asyncio.to_thread(worker.stop) == 0

    assert time.monotonic() - began < 5
