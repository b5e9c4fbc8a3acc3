"""Transactions are run again where that helps, and only there; connections are shared fairly."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.core.db import in_transaction
from pivotal_server.core.pool import Pool
from tests.support import SteeredClock, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'pivotal' AND {where}"


@pytest.fixture
async def things(connection: "Connection") -> "Connection":
    """A connection to a database with a log whose rows may not share an instant."""
    await connection.execute("CREATE TABLE things (name text UNIQUE, created_at timestamptz)")
    await connection.execute("CREATE UNIQUE INDEX things_created_at_key ON things (created_at)")
    return connection


async def add(connection: "Connection", name: str, clock: SteeredClock) -> str:
    await connection.execute("INSERT INTO things VALUES ($1, $2)", name, clock.stamp())
    return name


async def test_a_clash_of_the_clock_runs_the_work_again(things: "Connection", clock: SteeredClock) -> None:
    await things.execute("INSERT INTO things VALUES ('from another process', $1)", clock.now())
    runs = []

    async def work() -> str:
        runs.append(clock.now())
        return await add(things, "mine", clock)

    assert await in_transaction(things, clock, work) == "mine"
    assert len(runs) >= 2
    assert await things.fetchval("SELECT count(*) FROM things") == 2


async def test_a_clash_of_anything_else_does_not(things: "Connection", clock: SteeredClock) -> None:
    await add(things, "taken", clock)
    runs = []

    async def work() -> str:
        runs.append(clock.now())
        return await add(things, "taken", clock)

    with pytest.raises(asyncpg.UniqueViolationError):
        await in_transaction(things, clock, work)
    assert len(runs) == 1


async def test_it_gives_up_in_the_end(things: "Connection", clock: SteeredClock) -> None:
    await things.execute("INSERT INTO things VALUES ('from another process', $1)", clock.now())
    runs: list[int] = []

    async def work() -> None:
        runs.append(len(runs))
        await things.execute("INSERT INTO things VALUES ($1, $2)", str(len(runs)), clock.now())

    with pytest.raises(asyncpg.UniqueViolationError):
        await in_transaction(things, clock, work)
    assert 1 < len(runs) < 20
    assert await things.fetchval("SELECT count(*) FROM things") == 1


async def test_a_failure_takes_everything_back(things: "Connection", clock: SteeredClock) -> None:
    async def work() -> None:
        await add(things, "half", clock)
        raise KeyError("done for")

    with pytest.raises(KeyError):
        await in_transaction(things, clock, work)
    assert not things.is_in_transaction()
    assert await things.fetchval("SELECT count(*) FROM things") == 0


@contextlib.asynccontextmanager
async def pool_of(dsn: str, size: int) -> AsyncIterator[Pool]:
    pool = Pool(dsn, size)
    try:
        yield pool
    finally:
        await pool.close()


async def test_a_pool_opens_no_more_connections_than_it_may(dsn: str) -> None:
    count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pivotal'"

    async def use() -> int:
        async with pool.acquire() as held:
            return int(await held.fetchval(count))

    async with pool_of(dsn, 3) as pool:
        assert max(await asyncio.gather(*(use() for _ in range(50)))) == 3


async def test_who_comes_first_is_served_first(dsn: str) -> None:
    served: list[int] = []

    async def use(number: int) -> None:
        async with pool.acquire():
            served.append(number)
            await asyncio.sleep(0)

    async with pool_of(dsn, 1) as pool:
        async with pool.acquire():
            waiting = [asyncio.ensure_future(use(number)) for number in range(10)]
            await eventually(lambda: len(pool._waiting) == 10)
        await asyncio.gather(*waiting)
    assert served == list(range(10))


async def test_who_goes_away_while_waiting_holds_nobody_up(dsn: str) -> None:
    async def use() -> str:
        async with pool.acquire() as held:
            return str(await held.fetchval("SELECT 'served'"))

    async with pool_of(dsn, 1) as pool:
        async with pool.acquire():
            waiting = [asyncio.ensure_future(use()) for _ in range(5)]
            await eventually(lambda: len(pool._waiting) == 5)
            for impatient in waiting[:3]:
                impatient.cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [isinstance(result, asyncio.CancelledError) for result in results] == [True] * 3 + [False] * 2
        # One that is cancelled just as it is given the connection passes it on.
        for _ in range(20):
            async with pool.acquire():
                chosen, other = asyncio.ensure_future(use()), asyncio.ensure_future(use())
                await eventually(lambda: len(pool._waiting) == 2)
            chosen.cancel()
            assert await asyncio.wait_for(other, 5) == "served"
            await asyncio.gather(chosen, return_exceptions=True)


async def test_a_lost_connection_is_replaced(dsn: str, connection: "Connection") -> None:
    here = "datname = current_database() AND pid <> pg_backend_pid()"
    async with pool_of(dsn, 2) as pool:
        for _ in range(5):
            async with pool.acquire() as one, pool.acquire() as other:
                assert await one.fetchval("SELECT 1") == await other.fetchval("SELECT 1")
            await connection.execute(OTHERS.format(where=here))
            await eventually(lambda: all(idle.is_closed() for idle in pool._idle))
        async with pool.acquire() as one, pool.acquire() as other:
            assert await one.fetchval("SELECT 1") == await other.fetchval("SELECT 1")


async def test_a_connection_lost_in_use_gives_its_place_back(dsn: str, connection: "Connection") -> None:
    async def lose() -> None:
        async with pool.acquire() as held:
            await connection.execute(OTHERS.format(where=f"pid = {held.get_server_pid()}"))
            await held.fetchval("SELECT 1")

    async with pool_of(dsn, 1) as pool:
        for _ in range(3):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await lose()
        async with pool.acquire() as held:
            assert await held.fetchval("SELECT 1") == 1


async def test_a_statement_that_is_given_up_does_not_follow_the_connection(dsn: str) -> None:
    async with pool_of(dsn, 1) as pool:
        with pytest.raises(TimeoutError):
            async with pool.acquire() as held, asyncio.timeout(0.05):
                await held.fetchval("SELECT pg_sleep(60)")
        async with pool.acquire() as held:
            assert await held.fetchval("SELECT 1") == 1


async def test_a_transaction_left_open_does_not_follow_the_connection(dsn: str) -> None:
    async with pool_of(dsn, 1) as pool:
        async with pool.acquire() as held:
            await held.execute("BEGIN")
        async with pool.acquire() as held:
            assert not held.is_in_transaction()
            assert await held.fetchval("SELECT 1") == 1


async def test_a_database_that_is_away_costs_no_place(dsn: str) -> None:
    async with pool_of(dsn.replace("/pivotal_test_", "/nobodys_"), 1) as pool:
        for _ in range(3):
            with pytest.raises(asyncpg.InvalidCatalogNameError):
                async with pool.acquire():
                    pass
