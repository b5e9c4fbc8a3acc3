"""Where the processor time of a request goes: into the database, the server or the load generator.

Other programs on the machine lengthen a request and do not change this, and it says what a ratio consists of.
"""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS_PER_TICK = 1 / os.sysconf("SC_CLK_TCK")
# Columns of /proc/stat: idle, and waiting for input or output.
_IDLE = slice(3, 5)
# Places of utime, stime, cutime and cstime behind the name of the process in /proc/<pid>/stat.
_OWN, _OF_ENDED_CHILDREN = slice(11, 13), slice(13, 15)


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time, in microseconds of one request (or delivery) where it is not said otherwise.

    Attributes:
        database: in all processes of the database server.
        server: in those of the web server, or of the worker.
        generator: in the program that makes the load, or takes it.
        elsewhere: in everything else on the machine meanwhile, the kernel's own work included.
    """

    database: float
    server: float
    generator: float
    elsewhere: float

    @property
    def total(self) -> float:
        """What the request itself took."""
        return self.database + self.server + self.generator

    @property
    def share_elsewhere(self) -> float:
        """What share of the time in use went elsewhere, 0 to 1."""
        return self.elsewhere / (self.total + self.elsewhere)

    def since(self, before: Self, requests: int) -> Spent:
        """Return what each of ``requests`` requests took since ``before``, both in seconds."""
        return Spent(
            (self.database - before.database) * 1e6 / requests,
            (self.server - before.server) * 1e6 / requests,
            (self.generator - before.generator) * 1e6 / requests,
            max(self.elsewhere - before.elsewhere, 0.0) * 1e6 / requests,
        )


class Measured(Protocol):
    """Something that runs in processes of its own."""

    def processes(self) -> list[int]:
        """Return their ids."""


def ended_programs() -> float:
    """Return the seconds spent by the programs that were run and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def this_process() -> float:
    """Return the seconds spent by this very process."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def seconds_of(pid: int) -> float:
    """Return the seconds spent by a running process."""
    return _ticks(pid, _OWN) * _SECONDS_PER_TICK


class Meter:
    """Reads the processor time of one database server, one server of ours and what loads them.

    Args:
        backend: process id of a connection to the database server, a child of its main process.
        server: the web server, the worker, or None where the database is on its own.
        generator: reads the time of what loads them: by default the programs that were run for it.
    """

    def __init__(self, backend: int, server: Measured | None, generator: Callable[[], float] = ended_programs) -> None:
        self._postmaster = parents()[backend]
        self._server = server
        self._generator = generator

    def read(self) -> Spent:
        """Return the seconds spent since each of them started."""
        everybody = parents()
        # Connections come and go: what they took is then kept with the main process.
        postmaster = _ticks(self._postmaster, _OWN) + _ticks(self._postmaster, _OF_ENDED_CHILDREN)
        backends = sum(_ticks(pid, _OWN) for pid, parent in everybody.items() if parent == self._postmaster)
        database = (postmaster + backends) * _SECONDS_PER_TICK
        server = sum(seconds_of(pid) for pid in self._server.processes()) if self._server else 0.0
        generator = self._generator()
        machine = busy_and_idle()[0] * _SECONDS_PER_TICK
        return Spent(database, server, generator, machine - database - server - generator)


def busy_and_idle() -> tuple[int, int]:
    """Return the ticks that the machine's cores have worked and have waited since it was started."""
    line = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0]
    ticks = [int(word) for word in line.split()[1:9]]
    idle = sum(ticks[_IDLE])
    return sum(ticks) - idle, idle


def parents() -> dict[int, int]:
    """Return every process's parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                found[int(entry.name)] = int(_fields(int(entry.name))[1])
    return found


def family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    everybody = parents()
    members = [pid]
    for member in members:
        members += sorted(child for child, parent in everybody.items() if parent == member)
    return members


def _ticks(pid: int, columns: slice) -> int:
    with contextlib.suppress(OSError):
        return sum(int(field) for field in _fields(pid)[columns])
    return 0


def _fields(pid: int) -> list[str]:
    """Return the fields of the process's state from the third on; its name may hold anything."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return stat.rpartition(")")[2].split()
