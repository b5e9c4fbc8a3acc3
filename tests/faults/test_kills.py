"""A server that is killed in the middle of its work: whoever repeats what was not answered gets everything, once."""

import asyncio
from typing import TYPE_CHECKING

from tests.faults.load import NO_QUEUE, Importer
from tests.harness import Serve, World

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_workers_killed_during_500_creates_leave_nothing_half_done(
    serve: Serve, world: World, connection: "Connection"
) -> None:
    server = await serve(workers=2)
    first, second = server.pids()
    async with server.client(world.live_key, limits=NO_QUEUE) as client:
        importer = Importer(client)
        async with asyncio.TaskGroup() as group:
            group.create_task(importer.create_all(500))
            await importer.answered(100)
            assert server.kill_worker() == first
            await importer.answered(300)
            assert server.kill_worker() == second
    assert importer.cut >= 2, "no request was under way when a worker was killed"
    await importer.check(connection, world.northwind.id)
    assert set(server.pids()) - {first, second}, "a killed worker was not replaced"


async def test_a_server_killed_during_500_creates_is_continued_by_another(
    serve: Serve, world: World, connection: "Connection"
) -> None:
    server = await serve(workers=2)
    async with server.client(world.live_key, limits=NO_QUEUE) as client:
        importer = Importer(client)
        async with asyncio.TaskGroup() as group:
            group.create_task(importer.create_all(500))
            await importer.answered(100)
            server.kill()
            assert len(importer.answers) < 500
            other = await serve(workers=2)
            assert importer.cut, "no request was under way when the server was killed"
            async with other.client(world.live_key, limits=NO_QUEUE) as importer.client:
                await importer.answered(500)
    await importer.check(connection, world.northwind.id)
