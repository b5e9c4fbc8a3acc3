import asyncio
import os
import signal

from tests.cli.command import Running, pivotal
from tests.cli.conftest import Start
from tests.harness import World, free_port
from tests.support import body_of, eventually


def workers(server: Running) -> set[int]:
    return set(server.descendants())


async def test_the_server_replaces_a_killed_process_and_ends_in_order(start: Start, dsn: str, world: World) -> None:
    server = start("serve", DATABASE_URL=dsn, PIVOTAL_WORKERS=2, PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{free_port()}")
    await server.answers()
    first = await eventually(lambda: len(workers(server)) == 2 and workers(server))
    killed = min(first)

    os.kill(killed, signal.SIGKILL)

    await eventually(lambda: len(workers(server) - {killed}) == 2)
    await server.answers()
    async with server.client(world.live_key) as api:
        assert body_of(await api.get("/me"))["org_slug"] == "northwind"
    doctor = await pivotal("doctor", DATABASE_URL=dsn, PORT=server.port)
    assert f"Health: the server at {server.url} is not well: mail" in doctor.out
    assert "is Pivotal's own" in doctor.out
    second = await pivotal("serve", DATABASE_URL=dsn, PORT=server.port)
    assert f"Port {server.port} of 127.0.0.1 is in use" in second.complaint
    assert await server.ends(signal.SIGTERM) == 0


async def test_streams_end_in_order_when_the_server_is_told_to_stop(start: Start, dsn: str, world: World) -> None:
    server = start("serve", DATABASE_URL=dsn, PIVOTAL_WORKERS=2)
    await server.answers()
    async with server.client(world.live_key) as api, api.stream("GET", "/events/stream") as stream:
        pieces = stream.aiter_bytes()
        await anext(pieces)

        ended = asyncio.create_task(server.ends(signal.SIGTERM))

        assert not [piece async for piece in pieces if b"data" in piece]  # httpx raises where an answer is cut short
        assert await ended == 0
    assert "refused" not in server.err


async def test_a_killed_server_leaves_no_process_behind(start: Start, dsn: str) -> None:
    server = start("serve", DATABASE_URL=dsn, PIVOTAL_WORKERS=2, PIVOTAL_HOST="localhost")
    await server.answers()
    await eventually(lambda: len(workers(server)) == 2)

    assert await server.ends(signal.SIGKILL) == -signal.SIGKILL


async def test_the_server_refuses_a_schema_that_it_does_not_know(empty_dsn: str) -> None:
    outcome = await pivotal("serve", DATABASE_URL=empty_dsn)

    assert "Run `pivotal migrate` first." in outcome.complaint
