"""The real worker, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.processor import family
from pivotal_server.core.processes import spawn, terminate

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent.parent
# It has ten to finish what is under way.
_STOP_SECONDS = 20


class WorkerError(Exception):
    """The worker has ended by itself; the message quotes its log."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that was started, and the file for what it tells."""

    process: subprocess.Popen[bytes]
    log: Path

    def processes(self) -> list[int]:
        """Return the process ids of the worker and its children."""
        return family(self.process.pid)

    def check(self) -> None:
        """Make sure that it runs.

        Raises:
            WorkerError: it does not.
        """
        if self.process.poll() is not None:
            raise WorkerError(f"The worker has ended: {self.log.read_text(encoding='utf-8')[-2000:]}")

    def begin_profile(self) -> None:
        """Have the profile begin, in a worker that makes one and has already delivered something."""
        self.process.send_signal(signal.SIGUSR1)


@contextlib.contextmanager
def running_worker(dsn: str, log: Path, profile: Path | None = None) -> Iterator[Worker]:
    """Run a worker on the database at ``dsn`` that may send to this machine, for as long as the context lasts.

    It is ready when it delivers.

    Args:
        dsn: the database.
        log: the file for what it tells.
        profile: where it writes a profile at its end, of the time since ``begin_profile``; None runs it without.
    """
    program = ("pivotal_server.worker",) if profile is None else ("bench.layers", profile)
    environment = {**os.environ, "PIVOTAL_OUTBOUND_ALLOW": "127.0.0.0/8", "PIVOTAL_DATA": str(log.parent / "data")}
    with log.open("ab") as output:
        process = spawn(
            [sys.executable, "-m", *program],
            env=environment, stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=_HERE,
        )  # fmt: skip
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    process.stdin.write(f"{dsn}\n".encode())
    process.stdin.close()
    try:
        yield Worker(process, log)
    finally:
        terminate(process, _STOP_SECONDS)
