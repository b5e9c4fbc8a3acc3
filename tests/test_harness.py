"""The tests' own ground: databases of one's own, time that stands still, no way off the machine."""

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from tests.harness import Databases, World
from tests.network import LeavesTheMachineError
from tests.support import START, SteeredClock, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_a_database_of_its_own(connection: "Connection", world: World, turn: int) -> None:
    assert turn
    assert await connection.fetchval("SELECT count(*) FROM workspaces") == 2
    await connection.execute("UPDATE workspaces SET name = 'changed' WHERE id = $1", world.northwind.id)
    await connection.execute("CREATE TABLE left_behind ()")


async def test_a_database_is_gone_with_its_test(databases: Databases) -> None:
    async with databases.database() as name:
        await databases.execute(f"ALTER DATABASE {name} SET timezone TO 'UTC'")
    with pytest.raises(Exception, match="does not exist"):
        await databases.execute(f"ALTER DATABASE {name} RESET ALL")


def test_time_stands_still_until_it_is_moved() -> None:
    clock = SteeredClock()
    assert clock.now() == clock.now() == START
    clock.advance(90)
    assert (clock.now() - START).total_seconds() == 90
    assert (clock.ahead(30) - clock.now()).total_seconds() == 30


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("10.0.0.1", 5432)])
def test_nobody_connects_to_another_machine(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(family, kind) as opened, pytest.raises(LeavesTheMachineError):
            opened.connect(address)
    with socket.socket(family, socket.SOCK_DGRAM) as opened, pytest.raises(LeavesTheMachineError):
        opened.sendto(b"hello", address)


@pytest.mark.parametrize("host", ["example.com", "testserver", "192.0.2.1"])
async def test_nobody_asks_for_a_name(host: str) -> None:
    with pytest.raises(LeavesTheMachineError):
        socket.getaddrinfo(host, 80)
    with pytest.raises(LeavesTheMachineError):
        await asyncio.open_connection(host, 80)


async def test_this_machine_is_open() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()


async def test_eventually_waits_for_what_comes_and_tells_what_does_not() -> None:
    answers = iter([0, None, "here"])
    assert await eventually(lambda: next(answers)) == "here"

    def never() -> bool:
        raise AssertionError("still not")

    with pytest.raises(AssertionError, match="still not"):
        await eventually(never, timeout=0.05)
    with pytest.raises(AssertionError, match="not within"):
        await eventually(lambda: False, timeout=0.05)
