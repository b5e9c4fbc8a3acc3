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
# Columns of /proc/stat: idle, and waiting for input or output.
_IDLE = slice(3, 5)
# Places of utime, stime, cutime and cstime behind the name of the process in /proc/<pid>/stat.
_OWN, _OF_ENDED_CHILDREN = slice(11, 13), slice(13, 15)


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time, in microseconds of one request where it is not said otherwise.

    Attributes:
        database: in all processes of the database server.
        server: in those of the web server.
        generator: in the program that makes the load.
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
        postmaster = _ticks(self._postmaster, _OWN) + _ticks(self._postmaster, _OF_ENDED_CHILDREN)
        backends = sum(_ticks(pid, _OWN) for pid, parent in everybody.items() if parent == self._postmaster)
        database = (postmaster + backends) * _SECONDS_PER_TICK
        server = sum(_ticks(pid, _OWN) for pid in self._server.processes()) * _SECONDS_PER_TICK
        programs = resource.getrusage(resource.RUSAGE_CHILDREN)
        generator = programs.ru_utime + programs.ru_stime
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


def _ticks(pid: int, columns: slice) -> int:
    with contextlib.suppress(OSError):
        return sum(int(field) for field in _fields(pid)[columns])
    return 0


def _fields(pid: int) -> list[str]:
    """Return the fields of the process's state from the third on; its name may hold anything."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return stat.rpartition(")")[2].split()
