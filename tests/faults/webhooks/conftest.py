"""Fixtures: real workers, endpoints that want everything, events as the API writes them, a receiver that keeps up."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.core.wake import CHANNEL
from pivotal_server.webhooks.signing import new_secret
from tests.faults.load import seed
from tests.faults.webhooks.processes import Sink, Worker
from tests.harness import World
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

StartWorker = Callable[..., Worker]
NewEndpoint = Callable[[str], Awaitable[str]]
Emit = Callable[[int], Awaitable[None]]

_ENDPOINT = """
INSERT INTO webhook_endpoints (workspace_id, id, url, events, test_mode, secret, created_at, updated_at)
VALUES ($1, $2, $3, '{*}', false, $4, $5, $5)
"""


@pytest.fixture
async def rival(dsn: str) -> "AsyncIterator[Connection]":
    """A connection that holds locks which workers have to wait for."""
    opened = await asyncpg.connect(dsn)
    yield opened
    await opened.close()


@pytest.fixture
def start_worker(dsn: str, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts a worker on the test's database: ``start_worker(PIVOTAL_WEBHOOK_CONCURRENCY="4")``."""
    started: list[Worker] = []

    def start(**variables: str) -> Worker:
        started.append(Worker(dsn, tmp_path / f"worker-{len(started)}.log", **variables))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        sys.stderr.write(worker.said)  # shown where the test failed


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[Sink]:
    started = Sink(tmp_path / "sink.log")
    try:
        await eventually(lambda: started.url)
        yield started
    finally:
        started.stop()


@pytest.fixture
def new_endpoint(connection: "Connection", world: World) -> NewEndpoint:
    """Makes an endpoint of Northwind whose URL ends with its id; returns the id: ``await new_endpoint(server.url)``."""

    async def make(url: str) -> str:
        id_ = new_prefixed_id("ep")
        at = datetime.now(UTC)
        await connection.execute(_ENDPOINT, world.northwind.id, id_, f"{url}/{id_}", new_secret(), at)
        return id_

    return make


@pytest.fixture
def emit(connection: "Connection", world: World) -> Emit:
    """Makes customers of Northwind in one transaction, an event each, and rings for the workers: ``await emit(20)``."""

    async def make(count: int) -> None:
        await seed(connection, world.northwind.id, "customers", count)
        await connection.execute(f"NOTIFY {CHANNEL}")

    return make
