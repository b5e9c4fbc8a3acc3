"""Two processes whose clocks say the same, or something else, or jump back: what they write still has one order."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from tests.harness import World, client_of, lifespan
from tests.support import Json, SteeredClock, body_of, create_contact, create_customer, create_onboarding

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@dataclass(frozen=True)
class Process:
    """An app with a clock of its own."""

    api: httpx.AsyncClient
    clock: SteeredClock


@pytest.fixture
async def processes(dsn: str, world: World) -> AsyncIterator[tuple[Process, Process]]:
    """Two apps on one database, whose clocks stand still at the same instant."""
    async with AsyncExitStack() as opened:

        async def start() -> Process:
            clock = SteeredClock()
            app = create_app(dsn, Settings(), clock)
            await opened.enter_async_context(lifespan(app))
            transport = httpx.ASGITransport(app)
            api = client_of("http://testserver/api/v1", world.live_key, transport=transport)
            return Process(await opened.enter_async_context(api), clock)

        yield await start(), await start()


async def check_times(connection: "Connection", table: str, count: int) -> None:
    rows = await connection.fetch(f"SELECT created_at FROM {table}")
    assert len(rows) == len({row["created_at"] for row in rows}) == count


async def test_rows_of_the_same_microsecond_are_written_one_after_the_other(
    processes: tuple[Process, Process], connection: "Connection"
) -> None:
    for _ in range(5):
        for process in processes:
            await create_customer(process.api)
    for table in ("customers", "activity", "events"):
        await check_times(connection, table, 10)


async def test_a_process_finds_its_place_among_all_that_another_wrote_at_the_same_instant(
    processes: tuple[Process, Process], connection: "Connection"
) -> None:
    # As after a clock was set back: what is written until it has caught up lies close together.
    busy, late = processes
    for _ in range(200):
        await create_customer(busy.api)
    for _ in range(5):
        await create_customer(late.api)
    for table in ("customers", "activity", "events"):
        await check_times(connection, table, 205)


async def test_a_change_by_a_slower_clock_is_later_all_the_same(processes: tuple[Process, Process]) -> None:
    fast, slow = processes
    fast.clock.advance(60)
    customer = await create_customer(fast.api)
    made: list[tuple[str, Json]] = [
        ("customers", customer),
        ("contacts", await create_contact(fast.api, customer["id"])),
        ("onboardings", await create_onboarding(fast.api, customer["id"])),
    ]
    for resource, before in made:
        path = f"/{resource}/{before['id']}"
        after = body_of(await slow.api.patch(path, json={"name": "Borealis"}))
        assert after["name"] == "Borealis"
        assert after["updated_at"] >= before["updated_at"] >= before["created_at"]
    # A new row is the newest, whoever's clock says what.
    latest = await create_customer(slow.api)
    assert body_of(await fast.api.get("/customers", params={"limit": "1"}))["data"] == [latest]
    assert latest["created_at"] >= customer["created_at"]
