"""Open pages hear of what changes, whichever process changed it, and of nothing in another workspace."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest

from pivotal_server.core.live import EVERYTHING, PageBell, own_topic, tell_pages
from pivotal_server.core.pool import Pool
from pivotal_server.identity.models import Actor, Person
from pivotal_server.identity.sessions import start_session
from pivotal_server.timeline.queries import topics_since
from tests.harness import Serve, Server, World, client_of
from tests.support import SteeredClock, create_contact, create_customer

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


class Stream:
    """An open page's stream of changes."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def changed(self) -> list[str]:
        """Return what the next message names."""
        async with asyncio.timeout(10):
            async for line in self._lines:
                if line.startswith("data: "):
                    topics: list[str] = orjson.loads(line.removeprefix("data: "))
                    return topics
        raise AssertionError("the stream ended")

    async def opened(self) -> None:
        """Wait until the stream has begun."""
        async with asyncio.timeout(10):
            await anext(self._lines)

    async def until(self, topic: str) -> set[str]:
        """Return all that was named up to the message that names ``topic``."""
        named: set[str] = set()
        while topic not in named:
            named.update(await self.changed())
        return named


@contextlib.asynccontextmanager
async def listening(
    server: Server, connection: "Connection", person: Person, since: str | None = None, *, first: bool = True
) -> AsyncIterator[Stream]:
    """Open a page of a person's, the first one of a process or another, and wait until it is told of changes.

    One that was made ``since`` then is told of those itself.
    """
    # Servers in processes of their own know no time but the real one.
    now = await connection.fetchval("SELECT now()")
    token = await start_session(connection, person.id, ip="127.0.0.1", user_agent="tests", now=now)
    async with (
        httpx.AsyncClient(base_url=server.url, cookies={"pivotal_session": token}) as client,
        client.stream("GET", "/live", params=since and {"since": since}, timeout=30) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response.aiter_lines())
        if first and since is None:
            assert await stream.changed() == [EVERYTHING]  # it may have missed something before it listened
        elif not first:
            await stream.opened()
        yield stream


@pytest.fixture
async def server(serve: Serve) -> Server:
    return await serve(workers=2)


async def test_a_change_in_any_process_reaches_open_pages(
    server: Server, connection: "Connection", world: World
) -> None:
    async with (
        listening(server, connection, world.maya) as stream,
        client_of(f"{server.url}/api/v1", world.live_key) as api,
    ):
        contact = await create_contact(api)
        named = await stream.until(f"contact:{contact['id']}")
        assert f"customer:{contact['customer_id']}" in named


async def test_another_workspaces_changes_are_not_told(server: Server, connection: "Connection", world: World) -> None:
    async with (
        listening(server, connection, world.maya) as stream,
        client_of(f"{server.url}/api/v1", world.live_key) as api,
        client_of(f"{server.url}/api/v1", world.fabrikam_key) as fabrikam_api,
    ):
        theirs = await create_customer(fabrikam_api)
        ours = await create_customer(api)
        assert f"customer:{theirs['id']}" not in await stream.until(f"customer:{ours['id']}")


async def test_a_change_of_very_many_things_is_told_as_everything(
    server: Server, connection: "Connection", world: World, dsn: str
) -> None:
    pool = Pool(dsn, 2)
    bell = PageBell(pool)
    async with listening(server, connection, world.maya) as stream:
        bell.tell(world.northwind.id, [f"task:{number}" for number in range(1000)])
        assert await stream.changed() == [EVERYTHING]
    await bell.close()
    await pool.close()


async def test_what_concerns_one_person_is_told_to_nobody_else(
    serve: Serve, connection: "Connection", world: World
) -> None:
    server = await serve(workers=1)
    async with (
        listening(server, connection, world.maya) as maya,
        listening(server, connection, world.tomas, first=False) as tomas,
    ):
        await tell_pages(connection, world.northwind.id, [own_topic(world.maya.id)])
        assert await maya.changed() == [own_topic(world.maya.id)]
        await tell_pages(connection, world.northwind.id, [own_topic(world.maya.id), "task:1"])
        assert await tomas.changed() == ["task:1"]


async def test_what_was_missed_comes_first(server: Server, connection: "Connection", world: World) -> None:
    async with (
        client_of(f"{server.url}/api/v1", world.live_key) as api,
        client_of(f"{server.url}/api/v1", world.fabrikam_key) as fabrikam_api,
    ):
        theirs = await create_customer(fabrikam_api)
        contact = await create_contact(api)
    since = (await connection.fetchval("SELECT now()")).isoformat()
    async with listening(server, connection, world.maya, since) as stream:
        first = set(await stream.changed())
        assert {f"contact:{contact['id']}", f"customer:{contact['customer_id']}"} <= first
        assert f"customer:{theirs['id']}" not in first


@pytest.mark.parametrize("since", ["", "yesterday", "0001-01-01T00:00:00"])
async def test_who_cannot_say_since_when_is_told_everything(
    server: Server, connection: "Connection", world: World, since: str
) -> None:
    async with listening(server, connection, world.maya, since) as stream:
        assert await stream.changed() == [EVERYTHING]


async def test_who_missed_very_much_is_told_everything(
    connection: "Connection", world: World, api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    since = clock.now()
    actor = Actor(world.northwind.id, "person", world.maya.id, "Maya")
    customer = await create_customer(api)
    assert await topics_since(connection, actor, since, 1) == {f"customer:{customer['id']}"}
    await create_customer(api)
    assert await topics_since(connection, actor, since, 1) is None


async def test_a_stranger_hears_nothing(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        response = await client.get("/live")
    assert response.status_code == 303
    assert response.headers["location"].startswith("/sign-in")
