"""``/metrics`` where there is no web server: on the machine of a worker alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

import httptools

from pivotal_server.core.telemetry.exposition import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pivotal_server.core.telemetry.process import Telemetry

logger = logging.getLogger(__name__)

_READ_SECONDS = 5.0
_MOST_BYTES = 16 * 1024


class _Request:
    """The few things that matter of a request, filled in by the parser."""

    def __init__(self) -> None:
        self.path = b""
        self.authorization: bytes | None = None
        self.complete = False
        self.parser = httptools.HttpRequestParser(self)

    def on_url(self, url: bytes) -> None:
        self.path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"authorization":
            self.authorization = value if self.authorization is None else self.authorization + b", " + value

    def on_message_complete(self) -> None:
        self.complete = True


@contextlib.asynccontextmanager
async def listening(telemetry: Telemetry | None, host: str, port: int | None) -> AsyncIterator[None]:
    """Answer ``GET /metrics`` on the address for as long as the context lasts, where there is telemetry and a port.

    Where the port is taken, a line in the log says so and work goes on: what this process counts is told by every other
    process of the machine that answers.
    """
    if telemetry is None or port is None:
        yield
        return

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, httptools.HttpParserError, httptools.HttpParserUpgrade):
            async with asyncio.timeout(_READ_SECONDS):
                request = await _read(reader)
            status, body = await _answer(telemetry, request)
            writer.write(_response(status, b"" if request.parser.get_method() == b"HEAD" else body, len(body)))
            await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_server(answer, host, port)
    except OSError as error:
        logger.warning("Metrics cannot be asked for on port %d of %s: %s", port, host, error)
        yield
        return
    async with server:
        yield


async def _read(reader: asyncio.StreamReader) -> _Request:
    request, taken = _Request(), 0
    while not request.complete:
        received = await reader.read(_MOST_BYTES)
        taken += len(received)
        if not received or taken > _MOST_BYTES:
            raise ConnectionResetError
        request.parser.feed_data(received)
    return request


async def _answer(telemetry: Telemetry, request: _Request) -> tuple[HTTPStatus, bytes]:
    if request.path.partition(b"?")[0] != b"/metrics":
        return HTTPStatus.NOT_FOUND, b""
    if request.parser.get_method() not in {b"GET", b"HEAD"}:
        return HTTPStatus.METHOD_NOT_ALLOWED, b""
    if not telemetry.admits(request.authorization):
        return HTTPStatus.UNAUTHORIZED, b""
    return HTTPStatus.OK, await telemetry.scrape()


def _response(status: HTTPStatus, body: bytes, length: int) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {CONTENT_TYPE.decode()}\r\n"
        f"Content-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
