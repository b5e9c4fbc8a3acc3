"""The database goes away under load and comes back: the servers say so, recover by themselves and repeat nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from tests.core.embedded import postmaster_of
from tests.faults.load import NO_QUEUE, Importer
from tests.harness import Server, World, make_template, start_server
from tests.support import body_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# What was answered has to survive a crash of the database, if not of the machine.
SETTINGS = {"fsync": "off", "synchronous_commit": "on", "shared_buffers": "32MB"}
BACKENDS = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pivotal' ORDER BY random()
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def dsn(data: Path) -> Iterator[str]:
    """A database server of the test's own, which it may kill."""
    with EmbeddedPostgres(data, settings=SETTINGS) as server:
        yield server.dsn


@pytest.fixture
async def world(dsn: str) -> World:
    return await make_template(dsn, datetime.now(UTC))


@pytest.fixture
async def server(dsn: str, world: World) -> AsyncIterator[Server]:  # noqa: ARG001 - the world has to be there first
    started = await start_server(dsn, 2, {})
    yield started
    started.stop()


async def connect(dsn: str) -> "Connection":
    """Return a connection as soon as there is a database to connect to."""

    async def attempt() -> "Connection | None":
        try:
            return await asyncpg.connect(dsn)
        except (OSError, asyncpg.PostgresError):
            return None

    connection: Connection = await eventually(attempt, timeout=30)
    return connection


async def test_the_database_may_be_cut_off_killed_and_restarted_during_500_creates(
    dsn: str, data: Path, world: World, server: Server
) -> None:
    workers, postmaster = server.pids(), postmaster_of(data)
    async with server.client(world.live_key, limits=NO_QUEUE) as client:
        importer = Importer(client)
        async with asyncio.TaskGroup() as group:
            group.create_task(importer.create_all(500))
            # One connection is cut: as by an administrator.
            await importer.answered(60)
            connection = await connect(dsn)
            await connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS}) b LIMIT 1")
            # One backend dies: PostgreSQL cuts off everybody and recovers.
            await importer.answered(150)
            os.kill(await connection.fetchval(BACKENDS), signal.SIGKILL)
            await eventually(connection.is_closed)
            # All of PostgreSQL dies, and its supervisor starts it again.
            await importer.answered(300)
            os.kill(postmaster, signal.SIGKILL)
        assert importer.failed, "no request met the failure"
        assert not importer.cut, "the web server itself broke off"
        assert postmaster_of(data) != postmaster
        assert server.pids() == workers
        for _ in range(20):
            body_of(await client.get("/me"))
    connection = await connect(dsn)
    await importer.check(connection, world.northwind.id)
    await connection.close()
