"""Connections to the database notice that the other machine is gone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import pytest
import uvloop

from pivotal_server.core.connecting import keep_alive, open_connection

EXPECTED = {
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE): 1,
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE): 30,
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL): 10,
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT): 3,
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT): 60_000,
}


def options(wire: socket.socket) -> dict[tuple[int, int], int]:
    return {option: wire.getsockopt(*option) for option in EXPECTED}


@pytest.fixture
async def over_tcp(dsn: str) -> AsyncIterator[str]:
    """The address of the test's database by way of TCP."""
    parts = urlsplit(dsn)
    if parts.hostname:
        yield dsn
        return
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    path = f"{query['host']}/.s.PGSQL.{query.get('port', 5432)}"

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    account = parts.netloc.rpartition("@")[0]
    yield urlunsplit((parts.scheme, f"{account}@127.0.0.1:{port}", parts.path, "", ""))
    server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.close()


async def test_a_connection_over_tcp_is_watched_from_both_ends(over_tcp: str) -> None:
    connection: Any = await open_connection(over_tcp, {"application_name": "pivotal"})
    assert options(connection._transport.get_extra_info("socket")) == EXPECTED
    told = "SELECT name, reset_val FROM pg_settings WHERE source = 'client' AND name LIKE 'tcp%'"
    assert {row["name"]: row["reset_val"] for row in await connection.fetch(told)} == {
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "60000",
    }
    await connection.close()


async def test_a_connection_of_the_same_machine_needs_nothing(connection: Any) -> None:  # noqa: ANN401 - to look inside
    wire: socket.socket = connection._transport.get_extra_info("socket")
    keep_alive(wire)
    if wire.family == socket.AF_UNIX:
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


def test_the_loop_of_the_servers_lets_us_set_the_options() -> None:
    async def set_options() -> dict[tuple[int, int], int]:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        wire = writer.get_extra_info("socket")
        keep_alive(wire)
        found = options(wire)
        writer.close()
        server.close()
        return found

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(set_options()) == EXPECTED


async def test_an_address_that_cannot_be_reached_is_refused_as_ever() -> None:
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await open_connection("postgresql://pivotal@127.0.0.1:1/pivotal", {})
