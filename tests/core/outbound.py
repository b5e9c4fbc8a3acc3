"""The world outside, as far as the outbound client can see it: HTTP servers of every temper, name servers, dials."""

import asyncio
import socket
import ssl
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import cast

from pivotal_server.core.outbound_http import OutboundError, OutboundHttp
from pivotal_server.core.settings import Settings

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'
LOOPBACK = ("127.0.0.0/8", "::1")

Handler = Callable[["Exchange"], Awaitable[None]]


def settings_for(*allowed: str, ca: Path | None = None, dns: str | None = None) -> Settings:
    networks: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(network) for network in allowed)
    return Settings(outbound_allow=networks, outbound_ca=ca, outbound_dns=(dns,) if dns else ())


async def failure_of(client: OutboundHttp, url: str) -> OutboundError:
    """Return the error of a POST that must have no answer."""
    try:
        answer = await client.post(url, headers={}, body=b"{}")
    except OutboundError as error:
        return error
    raise AssertionError(f"answered: {answer}")


@dataclass
class Exchange:
    """One request at a server, and the way to answer it."""

    head: bytes
    body: bytes
    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def until_left(self) -> None:
        """Do nothing until the other side closes the connection."""
        await self.reader.read()

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Close the connection the rude way, with RST."""
        transport = self.writer.transport
        made = transport.get_extra_info("socket")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


@dataclass
class HttpServer:
    """What happened at a server on this machine."""

    port: int = 0
    connections: int = 0
    lost: int = 0
    requests: list[Exchange] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


async def answer_ok(exchange: Exchange) -> None:
    await exchange.answer(OK)


def answering(data: bytes, *, close: bool = False) -> Handler:
    """Return a handler that answers with these bytes."""

    async def handle(exchange: Exchange) -> None:
        await exchange.answer(data)
        if close:
            exchange.close()

    return handle


@asynccontextmanager
async def http_server(
    handle: Handler = answer_ok, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[HttpServer]:
    """Serve HTTP/1.1 by hand: requests are read here, answers are the handler's, byte for byte."""
    server = HttpServer()
    running: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or b"0")
            exchange = Exchange(head, await reader.readexactly(length), len(server.requests), reader, writer)
            server.requests.append(exchange)
            await handle(exchange)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
                await converse(reader, writer)
        finally:
            server.lost += 1
            running.discard(task)
            writer.transport.abort()

    listening = await asyncio.start_server(connected, host, port, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


_A, _AAAA = 1, 28
_NO_ERROR, _NO_SUCH_NAME = 0, 3


class NameServer(asyncio.DatagramProtocol):
    """A name server whose answers a test steers; it is asked over the real protocol.

    ``names`` maps a name to its answers, one after the other for each look-up; the last one stays. A name that is
    mapped to ``None`` is never answered, an unknown one does not exist.
    """

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]] | None] = {}
        self.asked: list[str] = []
        self.address = ""
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # in deed, if not in name

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        labels, position = [], 12
        while length := data[position]:
            labels.append(data[position + 1 : position + 1 + length].decode())
            position += 1 + length
        (kind,) = struct.unpack_from("!H", data, position + 1)
        question = data[12 : position + 5]
        found = self._answer(".".join(labels).lower(), kind)
        if found is None:
            return
        code, addresses = found
        header = data[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(addresses), 0, 0)
        # Each record: the question's name, its type, class IN, no time to live, the address.
        records = [struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(packed)) + packed for packed in addresses]
        assert self._transport is not None
        self._transport.sendto(header + question + b"".join(records), addr)

    def _answer(self, name: str, kind: int) -> tuple[int, list[bytes]] | None:
        if kind == _A:  # every look-up asks for both kinds: count it once
            self.asked.append(name)
        if name not in self.names:
            return _NO_SUCH_NAME, []
        answers = self.names[name]
        if answers is None:
            return None
        turn = min(max(self.asked.count(name), 1), len(answers)) - 1
        version = 4 if kind == _A else 6
        addresses = [ip_address(address) for address in answers[turn]]
        return _NO_ERROR, [address.packed for address in addresses if address.version == version]


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    server.address = "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
    try:
        yield server
    finally:
        transport.close()


_recordings: list[list[str]] = []


def _record(event: str, arguments: tuple[object, ...]) -> None:
    if _recordings and event == "socket.connect" and isinstance(address := arguments[1], tuple):
        for dialled in _recordings:
            dialled.append(address[0])


sys.addaudithook(_record)


@contextmanager
def dials() -> Iterator[list[str]]:
    """Record the addresses that this process connects to, whoever does it."""
    dialled: list[str] = []
    _recordings.append(dialled)
    try:
        yield dialled
    finally:
        _recordings.remove(dialled)
