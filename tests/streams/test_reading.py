"""What a stream reads: everything that was committed, once, whatever the order of commits."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from pivotal_server.identity.models import Actor
from pivotal_server.streams import queries
from pivotal_server.streams.queries import Position, adopt_events, from_event, from_now, from_time, read_on
from pivotal_server.webhooks.catalogue import NAMES
from tests.harness import World
from tests.streams.support import messages_in
from tests.support import START, Json, SteeredClock, create_customer, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Connect = Callable[[], Awaitable["Connection"]]
EVENT = "INSERT INTO events (workspace_id, id, created_at, type, livemode, payload) VALUES ($1, $2, $3, $4, true, '{}')"


@pytest.fixture
async def connect(dsn: str) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as opened:

        async def open_connection() -> "Connection":
            made = await asyncpg.connect(dsn)
            opened.push_async_callback(made.close)
            return made

        yield open_connection


class Writer:
    """Writes events in transactions that end when the test says so."""

    def __init__(self, connection: "Connection", world: World, clock: SteeredClock) -> None:
        self.connection, self.actor, self._clock = connection, actor_of(world), clock
        self._transaction = connection.transaction()

    async def write(self, id_: str, type_: str = "customer.created") -> None:
        if not self.connection.is_in_transaction():
            self._transaction = self.connection.transaction()
            await self._transaction.start()
        await self.connection.execute(EVENT, self.actor.workspace_id, id_, self._clock.stamp(), type_)

    async def commit(self) -> None:
        await self._transaction.commit()

    async def roll_back(self) -> None:
        await self._transaction.rollback()


class Reader:
    """Reads on from a position, a page at a time."""

    def __init__(self, connection: "Connection", actor: Actor, position: Position, types: tuple[str, ...]) -> None:
        self._connection, self._actor, self.position, self._types = connection, actor, position, types

    async def page(self) -> list[str]:
        read = await read_on(self._connection, self._actor, self.position, self._types, START)
        self.position, self.more = read.position, read.more
        return [event.id for event in read.events]

    async def all(self) -> list[str]:
        found = await self.page()
        while self.more:
            found += await self.page()
        return found


def actor_of(world: World) -> Actor:
    return Actor(world.northwind.id, "api_key", "key", "API: key", role="admin")


async def reader(
    connection: "Connection", world: World, after: str | None = None, types: tuple[str, ...] = NAMES
) -> Reader:
    actor = actor_of(world)
    position = await (from_event(connection, actor, after, "after") if after else from_now(connection, actor))
    return Reader(connection, actor, position, types)


async def test_what_is_committed_late_is_told_though_later_events_were_before(
    connection: "Connection", connect: Connect, world: World, clock: SteeredClock
) -> None:
    slow, fast = Writer(await connect(), world, clock), Writer(await connect(), world, clock)
    stream = await reader(connection, world)
    await slow.write("slow")
    await fast.write("fast")
    await fast.commit()
    assert await stream.all() == ["fast"]
    resumed = await reader(connection, world, "fast")
    await slow.commit()
    assert await stream.all() == ["slow"]
    assert await stream.all() == []
    assert "slow" in await resumed.all()
    assert "slow" in await (await reader(connection, world, "fast")).all()


async def test_a_change_that_is_taken_back_tells_nothing(
    connection: "Connection", connect: Connect, world: World, clock: SteeredClock
) -> None:
    writer, stream = Writer(await connect(), world, clock), await reader(connection, world)
    await writer.write("one")
    await writer.roll_back()
    await writer.write("two")
    await writer.commit()
    assert await stream.all() == ["two"]


async def test_a_transaction_is_taken_up_in_its_middle(
    connection: "Connection", connect: Connect, world: World, clock: SteeredClock
) -> None:
    writer = Writer(await connect(), world, clock)
    for id_ in ("a", "b", "c"):
        await writer.write(id_)
    await writer.commit()
    assert await (await reader(connection, world, "a")).all() == ["b", "c"]
    assert await (await reader(connection, world, "c")).all() == []


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_missed_by_streams_that_break_off_anywhere(
    connection: "Connection",
    connect: Connect,
    world: World,
    clock: SteeredClock,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    for name in ("_FIRST_PAGE", "_NEXT_PAGE"):
        monkeypatch.setattr(queries, name, getattr(queries, name).replace("LIMIT 200", "LIMIT 3"))
    chance = random.Random(seed)
    writers = [Writer(await connect(), world, clock) for _ in range(4)]
    stays, breaks = await reader(connection, world), await reader(connection, world)
    told: list[str] = []
    got: set[str] = set()
    written: set[str] = set()
    last: str | None = None
    open_: dict[Writer, list[str]] = {writer: [] for writer in writers}
    for number in range(60):
        writer = chance.choice(writers)
        if open_[writer] and chance.random() < 0.5:
            if chance.random() < 0.8:
                await writer.commit()
                written.update(open_[writer])
            else:
                await writer.roll_back()
            open_[writer] = []
        else:
            await writer.write(f"e{number}")
            open_[writer].append(f"e{number}")
        if chance.random() < 0.3:
            told += await stays.page()
            page = await breaks.page()
            if (last or page) and chance.random() < 0.5:  # it breaks off somewhere in the page
                page = page[: chance.randint(0 if last else 1, len(page))]
                last = page[-1] if page else last
                breaks = await reader(connection, world, last)
            got.update(page)
            last = page[-1] if page else last
    for writer in writers:
        if open_[writer]:
            await writer.commit()
            written.update(open_[writer])
    told += [*await stays.all(), *await stays.all()]  # what is being read, and what came meanwhile
    got.update([*await breaks.all(), *await breaks.all()])
    assert len(told) == len(set(told))
    assert set(told) == written
    assert got == written


async def test_it_begins_in_the_past_and_ends_where_there_is_no_more(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    await create_customer(api)
    clock.advance(60)
    since = clock.now().isoformat()
    await create_customer(api)
    await create_customer(api, arr=5)
    answer = await api.get("/events/stream", params={"since": since, "follow": "false"})
    assert answer.status_code == 200
    told = messages_in(answer.text)
    expected = [event for event in await events(api) if event["type"] == "customer.created"][-2:]
    assert [message.event for message in told] == expected
    assert [message.fields["id"] for message in told] == [event["id"] for event in expected]
    rest = await api.get("/events/stream", params={"follow": "false"}, headers={"Last-Event-ID": expected[0]["id"]})
    assert [message.event for message in messages_in(rest.text)] == expected[1:]


async def test_only_what_is_asked_for_is_told(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    await api.patch(f"/customers/{customer['id']}", json={"status": "at_risk"})

    async def types(chosen: str) -> list[str]:
        params = {"since": "2020-01-01T00:00:00Z", "follow": "false", "types": chosen}
        return [message.event["type"] for message in messages_in((await api.get("/events/stream", params=params)).text)]

    assert await types("customer.at_risk, contact.*") == ["customer.at_risk"]
    assert await types("contact.created") == []
    assert sorted(await types("customer.*")) == ["customer.at_risk", "customer.created", "customer.updated"]


async def test_a_long_past_comes_in_pages(connection: "Connection", world: World, clock: SteeredClock) -> None:
    rows = [(world.northwind.id, f"evt_{n}", clock.stamp(), "task.created") for n in range(2 * queries.PAGE + 7)]
    await connection.executemany(EVENT, rows)
    stream = Reader(connection, actor_of(world), await from_time(connection, actor_of(world), rows[0][2]), NAMES)
    assert await stream.all() == [row[1] for row in rows]


async def test_events_that_were_restored_from_another_server_are_the_oldest(
    connection: "Connection", api: httpx.AsyncClient, world: World
) -> None:
    await create_customer(api)
    await create_customer(api)
    first, second = [event["id"] for event in await events(api)]
    await connection.execute("UPDATE events SET transaction_id = '999999999999', oldest_open = '999999999999'")
    actor = actor_of(world)
    await adopt_events(connection, actor)
    stream = await reader(connection, world)
    assert await stream.all() == []
    assert await (await reader(connection, world, first)).all() == [second]
    await create_customer(api)
    (third,) = await stream.all()
    assert await (await reader(connection, world, second)).all() == [third]


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"after": "evt_" + "0" * 24}, "invalid_field", "after"),
        ({"types": "customer.exploded"}, "invalid_enum_value", "types"),
        ({"types": ""}, "invalid_enum_value", "types"),
        ({"since": "yesterday"}, "invalid_string", "since"),
        ({"follow": "maybe"}, "invalid_enum_value", "follow"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(
    api: httpx.AsyncClient, params: dict[str, str], code: str, field: str
) -> None:
    error: Json = error_of(await api.get("/events/stream", params=params), 400)
    assert (error["code"], error["field"]) == (code, field)


async def test_an_event_of_another_workspace_is_none_to_go_on_from(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    await create_customer(fabrikam_api)
    (theirs,) = await events(fabrikam_api)
    answer = await api.get("/events/stream", headers={"Last-Event-ID": theirs["id"]})
    assert error_of(answer, 400)["field"] == "Last-Event-ID"
