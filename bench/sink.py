"""The sink: a receiver of webhooks, in a process of its own, that answers at once and remembers when each came.

``GET /seen`` tells it and forgets it; every other request is taken for a delivery.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import uvloop
from httptools import HttpRequestParser
from typing_extensions import override

from pivotal_server.core.processes import spawn, terminate

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent.parent
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
_SEEN, _NUMBER = b"/seen", b"/number"
# Where an event tells when it happened: near its beginning.
_HEAD_BYTES = 160
_MARK = b'"created_at":"'
_STOP_SECONDS = 5


class SinkError(Exception):
    """The sink did not come up."""


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink.

    Attributes:
        port: where it listens, on 127.0.0.1.
        pid: its process.
    """

    port: int
    pid: int

    def number(self) -> int:
        """Return how many deliveries came since they were last forgotten."""
        return int(self._get(_NUMBER))

    def seen(self) -> tuple[dict[str, int], list[float]]:
        """Return deliveries by path and, for each that carried an event, milliseconds since it; and forget them."""
        found = self._get(_SEEN)
        return found["by_path"], found["delays_ms"]

    def _get(self, path: bytes) -> Any:  # noqa: ANN401 - JSON
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path.decode())
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextlib.contextmanager
def running_sink() -> Iterator[Sink]:
    """Run a sink for as long as the context lasts.

    Raises:
        SinkError: it did not start.
    """
    process = spawn([sys.executable, "-m", "bench.sink"], stdout=subprocess.PIPE, cwd=_HERE)
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process.stdout as output:
            line = output.readline()
        if not line:
            raise SinkError("The sink did not start.")
        yield Sink(int(line), process.pid)
    finally:
        terminate(process, _STOP_SECONDS)


class _Memory:
    """What has come: by path, and each one's time and the beginning of its body."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.by_path: Counter[bytes] = Counter()
        self.received: list[tuple[float, bytes]] = []

    def take(self, path: bytes, head: bytes) -> None:
        self.by_path[path] += 1
        self.received.append((time.time(), head))

    def seen(self) -> dict[str, Any]:
        delays = [
            (at - created_at) * 1000
            for at, head in self.received
            if (created_at := _created_at(head)) is not None
        ]  # fmt: skip
        return {"by_path": {path.decode(): number for path, number in self.by_path.items()}, "delays_ms": delays}


class _Receiver(asyncio.Protocol):
    """A connection; its ``on_…`` methods are called by the parser."""

    def __init__(self, memory: _Memory) -> None:
        self._memory = memory
        self._parser = HttpRequestParser(self)
        self._path = self._head = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._head = b""

    def on_url(self, url: bytes) -> None:
        self._path = url

    def on_body(self, body: bytes) -> None:
        if len(self._head) < _HEAD_BYTES:
            self._head += body[:_HEAD_BYTES]

    def on_message_complete(self) -> None:
        if self._path == _SEEN:
            seen = self._memory.seen()
            self._memory.forget()
            self._tell(seen)
        elif self._path == _NUMBER:
            self._tell(len(self._memory.received))
        else:
            self._memory.take(self._path, self._head)
            self._transport.write(_OK)

    def _tell(self, what: object) -> None:
        body = json.dumps(what).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def _created_at(head: bytes) -> float | None:
    _, mark, rest = head.partition(_MARK)
    return datetime.fromisoformat(rest.partition(b'"')[0].decode()).timestamp() if mark else None


async def _serve() -> None:
    memory = _Memory()
    server = await asyncio.get_running_loop().create_server(lambda: _Receiver(memory), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
