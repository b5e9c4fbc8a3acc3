"""A receiver that keeps up with anything: ``python -m tests.faults.webhooks.sink`` answers 200 and writes what came.

Its first line is its port. Then there is one for each request: when, for which endpoint (the end of the path), which
message, the SHA-256 of the body.
"""

import asyncio
import hashlib
import os
import sys
import time
from typing import cast

import httptools
import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def write(line: str) -> None:
    """Write at once: what was answered is known to have come."""
    os.write(sys.stdout.fileno(), line.encode())


class Conversation(asyncio.Protocol):
    """One connection; the ``on_…`` methods are called by the parser."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._begin()

    def _begin(self) -> None:
        self._path = b""
        self._message = b""
        self._digest = hashlib.sha256()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name == b"svix-id":
            self._message = value

    def on_body(self, body: bytes) -> None:
        self._digest.update(body)

    def on_message_complete(self) -> None:
        endpoint = self._path.rpartition(b"/")[2].decode()
        write(f"{time.time():.6f} {endpoint} {self._message.decode()} {self._digest.hexdigest()}\n")
        assert self._transport is not None
        self._transport.write(ANSWER)
        self._begin()


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Conversation, "127.0.0.1", 0)
    write(f"{server.sockets[0].getsockname()[1]}\n")
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
