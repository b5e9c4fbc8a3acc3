"""Requests over kept connections, as cheap as Python can make them: what measures must not be what is measured."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, cast

from httptools import HttpResponseParser
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

# The status of a request that was not answered.
NO_ANSWER = 0


class Wire(asyncio.Protocol):
    """A connection with one request under way at a time; its ``on_…`` method is called by the parser."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._done: Callable[[int], None] | None = None

    def send(self, request: bytes, done: Callable[[int], None]) -> None:
        """Send a whole request; ``done`` is called with the answer's status, or ``NO_ANSWER``."""
        self._done = done
        if self._transport is None:
            self._tell(NO_ANSWER)
        else:
            self._transport.write(request)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._tell(NO_ANSWER)

    def on_message_complete(self) -> None:
        """Hand on the answer; the next request may be sent from there."""
        self._tell(self._parser.get_status_code())

    def _tell(self, status: int) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(status)


def post(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a whole request."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
    return head.encode("ascii") + body


@contextlib.asynccontextmanager
async def wires(port: int, number: int) -> AsyncIterator[list[Wire]]:
    """Yield so many connections to a port of this machine."""
    loop = asyncio.get_running_loop()
    made = await asyncio.gather(*(loop.create_connection(Wire, "127.0.0.1", port) for _ in range(number)))
    opened = [wire for _, wire in made]
    try:
        yield opened
    finally:
        for wire in opened:
            wire.close()
