"""What a process counts and can tell: its own numbers, those of the machine's other processes, the database's state."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pivotal_server import __version__
from pivotal_server.core.db import DATABASE_ERRORS
from pivotal_server.core.telemetry.exposition import render
from pivotal_server.core.telemetry.metrics import (
    DECLARED,
    Counter,
    Gauge,
    Reading,
    Samples,
    add_samples,
    as_samples,
    readings_here,
)
from pivotal_server.core.telemetry.shared import Counts, SharedCounts, pack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from types import TracebackType

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.core.pool import Pool
    from pivotal_server.core.settings import Settings

    # Reads from the database what is the same for all processes, in bounded time.
    ReadState = Callable[[Connection, datetime], Awaitable[Iterable[Reading]]]

# How old what a process tells the others may be, and what a killed one takes with it.
PUBLISH_SECONDS = 1.0
# Somebody waits for the answer, ten seconds as a rule.
_DATABASE_SECONDS = 3.0

INFO = Gauge("pivotal_info", "1, with the version that answers.", ("version",))
PROCESSES = Gauge("pivotal_processes", "Processes of this machine.", ("role",))
CPU = Counter("pivotal_process_cpu_seconds_total", "Processor time that processes have used.", ("role",))
MEMORY = Gauge("pivotal_process_resident_memory_bytes", "Memory that processes hold.", ("role",))
OPEN_FILES = Gauge("pivotal_process_open_fds", "Files and connections that processes have open.", ("role",))
DATABASE_UP = Gauge("pivotal_database_up", "1 where the database answered for these metrics, else 0.")


class Telemetry:
    """A process's metrics, from entering its context on; what it has counted stays in the sum afterwards.

    Args:
        token: what callers have to know.
        directory: where the processes of this machine meet.
        role: what this process does: ``web`` or ``worker``.
        pool: connections to the database.
        clock: the source of time.
        states: read from the database what no process counts.
    """

    def __init__(
        self,
        token: str,
        directory: Path,
        role: str,
        pool: Pool,
        clock: Clock,
        states: Sequence[ReadState],
    ) -> None:
        self._token = token.encode()
        self._shared = SharedCounts(directory)
        self._role = role
        self._pool = pool
        self._clock = clock
        self._states = states
        # Files are written in a thread, as a busy disk must not hold up requests; in one, so that they stay in order.
        self._thread = ThreadPoolExecutor(1, "telemetry")

    async def __aenter__(self) -> Self:
        self._publishing = asyncio.create_task(self._publish())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._publishing.cancel()
        await asyncio.gather(self._publishing, return_exceptions=True)
        self._thread.submit(self._shared.publish, self._packed())
        self._thread.submit(self._shared.close)
        await asyncio.to_thread(self._thread.shutdown)

    def admits(self, authorization: bytes | None) -> bool:
        """Return whether an ``Authorization`` header carries the token; it takes as long for any wrong one."""
        scheme, _, token = (authorization or b"").partition(b" ")
        return hmac.compare_digest(token, self._token) and scheme.lower() == b"bearer"

    async def scrape(self) -> bytes:
        """Return all metrics in the Prometheus text format; those that the database would tell, if it answers."""
        states = await self._read_states()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, self._packed(), states)

    def _answer(self, own: bytes, states: list[Reading]) -> bytes:
        counts = self._shared.exchange(own)
        samples: Samples = {}
        for part in (counts.totals, counts.levels, as_samples(states)):
            add_samples(samples, part)
        return render(samples)

    async def _publish(self) -> None:
        while True:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._shared.publish, self._packed())
            await asyncio.sleep(PUBLISH_SECONDS)

    def _packed(self) -> bytes:
        totals = {metric.name: metric.cells for metric in DECLARED.values() if metric.cells}
        read = as_samples([*readings_here(), *_process(self._role)])
        for name in [name for name in read if DECLARED[name].kind == "counter"]:
            totals[name] = read.pop(name)
        return pack(Counts(totals, read))

    async def _read_states(self) -> list[Reading]:
        readings = [Reading(INFO, (__version__,), 1)]
        try:
            async with asyncio.timeout(_DATABASE_SECONDS), self._pool.acquire() as connection:
                for read in self._states:
                    readings += await read(connection, self._clock.now())
        except DATABASE_ERRORS:
            return [*readings, Reading(DATABASE_UP, (), 0)]
        return [*readings, Reading(DATABASE_UP, (), 1)]


def telemetry_of(
    settings: Settings, role: str, pool: Pool, clock: Clock, states: Sequence[ReadState]
) -> contextlib.AbstractAsyncContextManager[Telemetry | None]:
    """Return a process's telemetry as a context; None in it where the operator has set no token."""
    if settings.metrics_token is None:
        return contextlib.nullcontext()
    token = settings.metrics_token.get_secret_value()
    return Telemetry(token, settings.data / "metrics", role, pool, clock, states)


def _process(role: str) -> Iterator[Reading]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield Reading(PROCESSES, (role,), 1)
    yield Reading(CPU, (role,), usage.ru_utime + usage.ru_stime)
    with contextlib.suppress(OSError):  # Linux tells; others do not
        # Its size is the number of files since Linux 6.2; counting thousands of connections takes milliseconds.
        directory = Path("/proc/self/fd")
        yield Reading(OPEN_FILES, (role,), directory.stat().st_size or sum(1 for _ in directory.iterdir()))
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
        yield Reading(MEMORY, (role,), pages * resource.getpagesize())
