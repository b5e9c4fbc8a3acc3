"""Streams on a real server: told at once, taken up again after a crash, ended with their key."""

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.errors import ApiError
from pivotal_server.core.pool import Pool
from pivotal_server.identity.models import Actor
from pivotal_server.streams.leases import GONE_AFTER, MAX_STREAMS, keep_lease, open_lease
from pivotal_server.webhooks.catalogue import NAMES
from tests.harness import NewKeyOf, Serve, Server, World
from tests.streams.support import streaming
from tests.support import SteeredClock, body_of, create_customer, error_of, events, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_OPEN = "SELECT count(*) FROM event_streams"
_REVOKE = "UPDATE api_keys SET revoked_at = now() WHERE name = 'leaving'"
_BUSY = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'pivotal' AND state <> 'idle'
"""


async def _killed_in_the_middle(server: Server, api: httpx.AsyncClient) -> None:
    """Listen while the server's processes are killed and changes go on; nothing is missed."""
    made = await create_customer(api)
    first = (await events(api))[-1]
    got: list[str] = []

    async def listen() -> None:
        last = first["id"]
        while True:
            with suppress(httpx.HTTPError):
                async with streaming(api, last=last) as stream:
                    while message := await stream.next():
                        last = message.fields["id"]
                        got.append(last)

    listening = asyncio.create_task(listen())
    done, killed = 0, False
    while done < 30:
        with suppress(httpx.HTTPError):
            done += (await api.patch(f"/customers/{made['id']}", json={"name": f"Aurora {done}"})).is_success
        if done == 15 and not killed:
            killed = True
            for pid in server.pids():
                os.kill(pid, signal.SIGKILL)
    expected = [event["id"] for event in await events(api)]
    await eventually(lambda: set(expected[expected.index(first["id"]) + 1 :]) <= set(got), 30)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_streams_are_told_at_once_end_with_their_key_and_go_on_after_a_crash(
    serve: Serve, connection: "Connection", new_key: NewKeyOf, world: World
) -> None:
    server = await serve(workers=2)
    leaving = await new_key("test", name="leaving", scopes=("events:read",))
    async with (
        server.client(world.live_key) as api,
        server.client(world.fabrikam_key) as fabrikam,
        server.client(leaving) as watching,
        streaming(api) as live,
        streaming(watching, types="customer.*") as ending,
        streaming(fabrikam) as theirs,
    ):
        # A stream tells what happens once it is there: its head may come before that.
        await eventually(lambda: connection.fetchval(_OPEN + " HAVING count(*) = 3"))
        customer = await create_customer(api)
        (created,) = await events(api)
        for stream in (live, ending):
            message = await stream.next()
            assert message is not None
            assert message.event == created
            assert message.fields["id"] == created["id"]
        await api.patch(f"/customers/{customer['id']}", json={"name": "Aurora"})
        assert (await live.event())["type"] == "customer.updated"
        assert (await ending.event())["type"] == "customer.updated"
        assert await connection.fetchval(_BUSY) == 0

        sent = body_of(await api.post("/events/test", json={"type": "task.completed"}), 201)
        assert sent["listeners"] == 1  # the other one listens to customers only
        made_up = await live.next()
        assert made_up is not None
        assert "id" not in made_up.fields
        assert made_up.event["id"] == sent["id"]
        assert made_up.event["livemode"] is False
        assert sent["id"] not in [event["id"] for event in await events(api)]

        await connection.execute(_REVOKE)
        last = await ending.next()
        assert last is not None
        assert last.fields == {"event": "over", "data": '{"code":"api_key_revoked"}'}
        assert await ending.next() is None
        assert error_of(await watching.get("/events/stream"), 401)["code"] == "api_key_revoked"
        theirs_first = asyncio.ensure_future(theirs.event())
        await create_customer(fabrikam)
        assert (await theirs_first)["org_id"] == world.fabrikam.id
    await eventually(lambda: connection.fetchval("SELECT NOT EXISTS (SELECT FROM event_streams)"))
    async with server.client(world.live_key) as api:
        async with asyncio.timeout(90):
            await _killed_in_the_middle(server, api)


async def test_a_workspace_has_so_many_streams_and_no_more(
    dsn: str, api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    actor = Actor(world.northwind.id, "api_key", "key", "API: key")
    pool = Pool(dsn, 8)

    async def open_one() -> bool:
        async with pool.acquire() as own:
            try:
                await open_lease(own, actor, NAMES, clock.now())
            except ApiError as error:
                return error.code != "too_many_streams"
        return True

    opened = await asyncio.gather(*(open_one() for _ in range(MAX_STREAMS + 5)))
    await pool.close()
    assert sum(opened) == MAX_STREAMS
    refused = await api.get("/events/stream")
    assert error_of(refused, 429)["code"] == "too_many_streams"
    assert int(refused.headers["retry-after"]) > 0
    assert (await api.head("/events/stream")).headers["content-type"] == "text/event-stream"
    # Those of a process that was killed are gone once they were not heard of for a while.
    clock.advance(GONE_AFTER.total_seconds() + 1)
    slow = await open_lease(connection, actor, NAMES, clock.now())
    assert await connection.fetchval(_OPEN) == 1
    assert await keep_lease(connection, slow, clock.now())
    # One that wakes up after that does not come on top of those that took its place.
    clock.advance(GONE_AFTER.total_seconds() + 1)
    await open_lease(connection, actor, NAMES, clock.now())
    assert not await keep_lease(connection, slow, clock.now())
    assert await connection.fetchval(_OPEN) == 1


async def test_a_test_event_needs_the_scope_and_a_type_that_there_is(api: httpx.AsyncClient, new_key: NewKeyOf) -> None:
    assert error_of(await api.post("/events/test", json={"type": "customer.exploded"}), 400)["field"] == "type"
    key = await new_key(scopes=("events:read",))
    answer = await api.post(
        "/events/test", json={"type": "customer.created"}, headers={"Authorization": f"Bearer {key}"}
    )
    assert error_of(answer, 403)["code"] == "insufficient_scope"
    alone = body_of(await api.post("/events/test", json={"type": "customer.created"}), 201)
    assert alone["listeners"] == 0


async def test_a_key_needs_the_scope_to_listen(api: httpx.AsyncClient, new_key: NewKeyOf) -> None:
    key = await new_key(scopes=("customers:read",))
    answer = await api.get("/events/stream", headers={"Authorization": f"Bearer {key}"})
    assert error_of(answer, 403)["code"] == "insufficient_scope"
