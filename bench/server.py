"""The real server, in processes of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.processor import family
from pivotal_server.core.processes import spawn, terminate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKERS = 2
_START_SECONDS = 60
_STOP_SECONDS = 20


class ServerError(Exception):
    """The server did not come up."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        port: where it listens, on 127.0.0.1.
        pid: its main process; the workers are its descendants.
    """

    port: int
    pid: int

    def processes(self) -> list[int]:
        """Return the process ids of the server and its workers."""
        return family(self.pid)


@contextlib.contextmanager
def running_server(dsn: str, log: Path) -> Iterator[Server]:
    """Run the server on the database at ``dsn`` with two workers for as long as the context lasts.

    Raises:
        ServerError: it does not answer in time.
    """
    port = _free_port()
    environment = {**os.environ, "PORT": str(port), "PIVOTAL_WORKERS": str(WORKERS)}
    with log.open("ab") as output:
        process = spawn(
            [sys.executable, "-m", "pivotal_server.serve"],
            env=environment, stdin=subprocess.PIPE, stdout=output, stderr=output,
        )  # fmt: skip
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.write(f"{dsn}\n".encode())
    process.stdin.close()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"The server did not start: {log.read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.05)
        yield Server(port, process.pid)
    finally:
        terminate(process, _STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
