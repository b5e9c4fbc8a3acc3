"""Fixtures: what the workers do about what has happened, done here and now, and who is told what by it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.identity.models import Actor, Person
from pivotal_server.notifications.jobs import NOTIFY
from pivotal_server.timeline.change import Change
from pivotal_server.webhooks.engine.fan_out import fan_out
from pivotal_server.worker import REACTIONS
from tests.harness import World
from tests.support import Json, SteeredClock, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Settle = Callable[..., Awaitable[None]]
Told = Callable[[Person], Awaitable[list[Json]]]
Mails = Callable[[], Awaitable[list[tuple[str, str]]]]
As = Callable[[Person, Callable[[Change], Awaitable[Any]]], Awaitable[Any]]

TAKE = "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload"


@pytest.fixture
async def settle(dsn: str, connection: "Connection", settings: Settings, clock: SteeredClock) -> AsyncIterator[Settle]:
    """Has the notifications of all that has happened so far written, each job so many times: ``await settle()``."""
    pool = Pool(dsn, 2)
    context = JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), 1)

    async def run(times: int = 1) -> None:
        while (await fan_out(connection, clock.now(), REACTIONS))[0]:
            pass
        for record in await connection.fetch(TAKE, NOTIFY.name):
            for _ in range(times):
                await NOTIFY.handler(context, orjson.loads(record["payload"]))

    yield run
    await pool.close()


@pytest.fixture
def told(api: httpx.AsyncClient, settle: Settle) -> Told:
    """Returns what a teammate of Northwind has been told of in the app, oldest first: ``await told(world.maya)``."""

    async def of(person: Person) -> list[Json]:
        await settle()
        found: list[Json] = body_of(await api.get(f"/people/{person.id}/notifications?limit=100"))["data"]
        return found[::-1]

    return of


@pytest.fixture
def mails(connection: "Connection", settle: Settle) -> Mails:
    """Returns the mails that have been queued, oldest first: address and subject."""

    async def of() -> list[tuple[str, str]]:
        await settle()
        rows = await connection.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'mail' ORDER BY id")
        found = [orjson.loads(row["payload"]) for row in rows]
        return [(mail["to"], mail["subject"]) for mail in found]

    return of


@pytest.fixture
def as_person(connection: "Connection", clock: SteeredClock, world: World) -> As:
    """Does something on behalf of a teammate of Northwind: ``await as_person(world.maya, lambda change: …)``."""

    async def do(person: Person, action: Callable[[Change], Awaitable[Any]]) -> Any:  # noqa: ANN401 - the action's own
        async with connection.transaction():
            actor = Actor(world.northwind.id, "person", person.id, person.name, role=person.role)
            change = Change(connection, actor, clock)
            result = await action(change)
            await change.write_records()
        return result

    return do


def types(notifications: list[Json]) -> list[str]:
    """Return what kinds of notifications these are."""
    return [notification["type"] for notification in notifications]


def titles(notifications: list[Json]) -> list[str]:
    """Return what these notifications say first."""
    return [notification["title"] for notification in notifications]
