"""Where the processor time of a request goes: into the database, the server or the load generator.

Other programs on the machine lengthen a request and do not change this, and it says what a ratio consists of.
"""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from bench.server import Server

_SECONDS_PER_TICK = 1 / os.sysconf("SC_CLK_TCK")
# Places of utime, stime, cutime and cstime behind the name of the process in /proc/<pid>/stat.
_OWN, _OF_ENDED_CHILDREN = slice(11, 13), slice(13, 15)


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time, in microseconds of one request where it is not said otherwise."""

    database: float
    server: float
    generator: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.database + self.server + self.generator

    def since(self, before: Self, requests: int) -> Spent:
        """Return what each of ``requests`` requests took since ``before``, both in seconds."""
        return Spent(
            (self.database - before.database) * 1e6 / requests,
            (self.server - before.server) * 1e6 / requests,
            (self.generator - before.generator) * 1e6 / requests,
        )


class Meter:
    """Reads the processor time of one database server, one web server and the programs that were run to load them.

    Args:
        backend: process id of a connection to the database server, a child of its main process.
        server: the web server.
    """

    def __init__(self, backend: int, server: Server) -> None:
        self._postmaster = parents()[backend]
        self._server = server

    def read(self) -> Spent:
        """Return the seconds spent since each of them started."""
        everybody = parents()
        # Connections come and go: what they took is then kept with the main process.
        database = _ticks(self._postmaster, _OWN) + _ticks(self._postmaster, _OF_ENDED_CHILDREN)
        database += sum(_ticks(pid, _OWN) for pid, parent in everybody.items() if parent == self._postmaster)
        server = sum(_ticks(pid, _OWN) for pid in self._server.processes())
        programs = resource.getrusage(resource.RUSAGE_CHILDREN)
        return Spent(
            database * _SECONDS_PER_TICK, server * _SECONDS_PER_TICK, programs.ru_utime + programs.ru_stime
        )  # fmt: skip


def parents() -> dict[int, int]:
    """Return every process's parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                found[int(entry.name)] = int(_fields(int(entry.name))[1])
    return found


def _ticks(pid: int, columns: slice) -> int:
    with contextlib.suppress(OSError):
        return sum(int(field) for field in _fields(pid)[columns])
    return 0


def _fields(pid: int) -> list[str]:
    """Return the fields of the process's state from the third on; its name may hold anything."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return stat.rpartition(")")[2].split()
