"""Memory of the server's processes, after a load and over time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.data import Tenant
    from bench.server import Server

LIMIT_MIB = 200.0
# Between the first and the last minute of a soak; an allocator breathes that much.
GROWTH_LIMIT_MIB = 2.0
_SOAK_CONNECTIONS = 8
_SOAK_PAUSE_MS = 40
_KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """What one process holds, in MiB.

    Attributes:
        pid: the process.
        name: its part.
        rss: all resident pages.
        pss: the same, but a page that several processes share counts for each by its share.
    """

    pid: int
    name: str
    rss: float
    pss: float


@dataclass(frozen=True, slots=True)
class Minute:
    """The state at the end of a minute of a soak."""

    minute: int
    memory: list[Memory]
    load: load.Load


def measure(server: Server) -> list[Memory]:
    """Return the memory of the server's processes, the main one first."""
    main, *workers = server.processes()
    return [_of(main, "main"), *(_of(pid, f"worker {number}") for number, pid in enumerate(workers, 1))]


def soak(server: Server, tenants: Sequence[Tenant], minutes: int) -> Iterator[Minute]:
    """Put a moderate mixed load on the server and yield its memory after every minute."""
    for minute in range(1, minutes + 1):
        started = time.monotonic()
        run = load.run_wrk(
            server.port, "mixed", tenants, seconds=59, connections=_SOAK_CONNECTIONS, pause_ms=_SOAK_PAUSE_MS
        )
        yield Minute(minute, measure(server), run)
        time.sleep(max(0.0, 60 - (time.monotonic() - started)))


def growth(minutes: Sequence[Minute]) -> dict[int, float]:
    """Return each process's growth between the end of the first minute and that of the last, in MiB of RSS."""
    return {
        process.pid: _rss(minutes[-1], process.pid) - _rss(minutes[0], process.pid) for process in minutes[0].memory
    }


def _rss(minute: Minute, pid: int) -> float:
    return next(process.rss for process in minute.memory if process.pid == pid)


def _of(pid: int, name: str) -> Memory:
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]:
        field, _, rest = line.partition(":")
        fields[field] = float(rest.split()[0]) / _KIB_PER_MIB
    return Memory(pid, name, fields["Rss"], fields["Pss"])
