"""The worker and the sink, in processes of their own."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from pivotal_server.core.processes import spawn, wait_for_exit
from pivotal_server.core.wake import CHANNEL
from tests.core.embedded import status_of
from tests.faults.webhooks.truth import Arrival
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_REPOSITORY = Path(__file__).parents[3]
# What a worker has for finishing, and as much again for a machine with other things to do.
_PATIENCE_SECONDS = 30


_LISTENING = f"""
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %{CHANNEL}%'
"""


async def listening(connection: "Connection", number: int) -> bool:
    """Return whether so many workers wait to be rung for."""
    return bool(await connection.fetchval(_LISTENING) == number)


class Worker:
    """``python -m pivotal_server.worker``, which may send to this machine.

    Args:
        dsn: the database's address.
        log: gets what it says.
        variables: of its environment.
    """

    def __init__(self, dsn: str, log: Path, **variables: str) -> None:
        self._log = log
        allowed = {"PIVOTAL_OUTBOUND_ALLOW": "127.0.0.0/8", "PIVOTAL_DATA": str(log.parent)}
        with log.open("wb") as output:
            self._process = spawn(
                [sys.executable, "-m", "pivotal_server.worker"],
                env={**os.environ, **allowed, **variables},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(f"{dsn}\n".encode())
        self._process.stdin.close()

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def most_memory(self) -> int:
        """The most that it ever had, in KiB."""
        return int(status_of(self._process.pid)["VmHWM"].split()[0])

    def is_up(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it the hard way."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def ask_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Wait for its end and return its exit status."""
        assert wait_for_exit(self._process, _PATIENCE_SECONDS), self.said
        return self._process.returncode


class Sink:
    """The receiver of ``sink.py``, and what arrived there.

    Args:
        log: gets a line for each request.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = spawn([sys.executable, "-m", "tests.faults.webhooks.sink"], stdout=output, cwd=_REPOSITORY)
        self._read = 0
        self._port = ""
        self._arrivals: list[Arrival] = []
        self._messages = defaultdict[str, set[str]](set)

    @property
    def url(self) -> str:
        """Where it listens; empty until it does."""
        self._catch_up()
        return f"http://127.0.0.1:{self._port}" if self._port else ""

    @property
    def arrivals(self) -> list[Arrival]:
        """What has arrived and was written down, in order."""
        self._catch_up()
        return self._arrivals

    async def gets(self, number: int) -> None:
        """Wait until so many requests have arrived."""
        await eventually(lambda: len(self.arrivals) >= number, timeout=_PATIENCE_SECONDS)

    def messages_of(self, endpoint_id: str) -> int:
        """Return how many different messages have arrived for an endpoint."""
        self._catch_up()
        return len(self._messages[endpoint_id])

    def _catch_up(self) -> None:
        with self._log.open("rb") as log:
            log.seek(self._read)
            whole = log.read().rpartition(b"\n")[0]
        if not whole:
            return
        self._read += len(whole) + 1
        for line in whole.decode().split("\n"):
            if self._port:
                at, endpoint_id, message_id, digest = line.split(" ")
                self._arrivals.append(Arrival(endpoint_id, message_id, digest, float(at)))
                self._messages[endpoint_id].add(message_id)
            else:
                self._port = line

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
