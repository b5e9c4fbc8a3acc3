"""Fixtures: the delivery engine on the test's database, and endpoints to deliver to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.core.outbound_http import OutboundHttp
from pivotal_server.core.wake import CHANNEL
from pivotal_server.webhooks.engine.engine import DeliveryEngine
from pivotal_server.webhooks.signing import new_secret
from tests.core.outbound import LOOPBACK, settings_for
from tests.harness import World
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Wake = Callable[[], Awaitable[None]]
NewEndpoint = Callable[..., Awaitable[str]]
Engine = Callable[..., Awaitable[asyncio.Event]]

_INSERT = "INSERT INTO webhook_endpoints ({}) VALUES ({})"


@pytest.fixture
def new_endpoint(connection: "Connection", clock: SteeredClock, world: World) -> NewEndpoint:
    """Makes an endpoint of Northwind that wants everything and returns its id: ``await new_endpoint(url, …)``."""

    async def make(url: str, **columns: Any) -> str:  # noqa: ANN401 - the table's columns
        at = clock.stamp()
        row = {
            "workspace_id": world.northwind.id,
            "id": new_prefixed_id("ep"),
            "url": url,
            "events": ["*"],
            "test_mode": False,
            "secret": new_secret(),
            "created_at": at,
            "updated_at": at,
        } | columns
        numbers = ", ".join(f"${number}" for number, _ in enumerate(row, 1))
        await connection.execute(_INSERT.format(", ".join(row), numbers), *row.values())
        id_ = row["id"]
        assert isinstance(id_, str)
        return id_

    return make


@pytest.fixture
async def engine(dsn: str, clock: SteeredClock) -> AsyncIterator[Engine]:
    """Starts a delivery engine and returns the event that stops it: ``stopping = await engine(concurrency=10)``."""
    async with AsyncExitStack() as opened:
        running: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

        async def start(concurrency: int = 100, seconds: float = 10) -> asyncio.Event:
            http = await opened.enter_async_context(OutboundHttp(settings_for(*LOOPBACK), seconds=seconds))
            stopping = asyncio.Event()
            made = DeliveryEngine(dsn, http, clock, concurrency=concurrency, base_url="https://pivotal.example")
            task = asyncio.create_task(made.run(stopping))
            running.append((stopping, task))
            return stopping

        yield start
        for stopping, task in running:
            stopping.set()
            await task


@pytest.fixture
def wake(connection: "Connection") -> Wake:
    """Has the engines look for work, as after a change; called when steered time has moved."""

    async def ring() -> None:
        await connection.execute(f"NOTIFY {CHANNEL}")

    return ring
