"""How fast a backlog is delivered, beside the same statements with nothing sent and the receiver alone."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import bare
from bench.processor import Meter, Spent, seconds_of, this_process

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.backlog import Ground
    from bench.sink import Sink
    from bench.worker import Worker

GOAL, AIM_RATE = 0.4, 1000
# A worker has at most so many requests under way at one endpoint, and altogether.
_MOST_AT_ENDPOINT, _MOST = 64, 500
_WARM_UP_DELIVERIES, _SINGLE_DELIVERIES = 5_000, 500
# Not more than this is written for a round, however fast it goes.
_MOST_DELIVERIES = 100_000


@dataclass(frozen=True, slots=True)
class Run:
    """A backlog that was delivered, or a limit that went through one.

    Attributes:
        deliveries: how many.
        seconds: from the commit of their events to the last record.
        batch: deliveries recorded by one transaction, on average.
        spent: processor time of one delivery; the generator is the sink, and in a limit the program that runs it.
        errors: deliveries that are missing somewhere or came more than once.
    """

    deliveries: int
    seconds: float
    batch: float
    spent: Spent
    errors: int

    @property
    def rate(self) -> float:
        """Deliveries a second."""
        return self.deliveries / self.seconds


@dataclass(slots=True)
class Throughput:
    """The rounds with one number of endpoints: limit, worker, limit, worker … limit.

    Attributes:
        endpoints: how many there are for each event.
        limits: bare SQL, in batches as large as the worker's.
        singles: bare SQL, one delivery at a time.
        sinks: requests a second that the sink answered to a bare client.
        runs: the worker's.
    """

    endpoints: int
    limits: list[Run] = field(default_factory=list)
    singles: list[Run] = field(default_factory=list)
    sinks: list[float] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Each run as a share of the limit: of the mean of the runs of bare SQL just before and just after it."""
        return [
            run.rate / statistics.mean((before.rate, after.rate))
            for run, before, after in zip(self.runs, self.limits, self.limits[1:], strict=False)
        ]

    @property
    def ratio(self) -> float:
        """The median share."""
        return statistics.median(self.ratios)

    @property
    def rate(self) -> float:
        """The median of the worker's deliveries a second."""
        return statistics.median(run.rate for run in self.runs)

    @property
    def errors(self) -> int:
        """Those of all runs."""
        return sum(run.errors for run in [*self.runs, *self.limits, *self.singles])


@dataclass(frozen=True, slots=True)
class Rivals:
    """The two sides, each on a database of its own so that the worker has no part in the limit.

    Attributes:
        ours: the worker's.
        bare: that of the limit.
        sink: the receiver.
        worker: the worker.
    """

    ours: Ground
    bare: Ground
    sink: Sink
    worker: Worker

    async def compare(self, endpoints: int, rounds: int, seconds: float) -> Throughput:
        """Return the comparison with so many endpoints, in rounds whose backlog keeps the worker busy for ``seconds``.

        Raises:
            BacklogError | WorkerError: deliveries were not made.
            BareError: the sink failed.
        """
        await self.deliver(endpoints, _WARM_UP_DELIVERIES)
        warm_up = await self.deliver(endpoints, _WARM_UP_DELIVERIES)
        number = min(round(warm_up.rate * seconds * 1.2), _MOST_DELIVERIES)
        batch = max(round(warm_up.batch), 1)
        await self._limit(endpoints, _WARM_UP_DELIVERIES, batch)
        found = Throughput(endpoints)
        found.limits.append(await self._limit(endpoints, number, batch))
        for _ in range(rounds):
            found.sinks.append(await self._sink_alone(endpoints, number))
            found.runs.append(await self.deliver(endpoints, number))
            found.singles.append(await self._limit(endpoints, _SINGLE_DELIVERIES, 1))
            found.limits.append(await self._limit(endpoints, number, batch))
        return found

    async def deliver(self, endpoints: int, deliveries: int) -> Run:
        """Have the worker deliver a backlog."""
        expected = deliveries // endpoints * endpoints
        self.sink.seen()
        meter = Meter(
            self.ours.connection.get_server_pid(), self.worker, lambda: seconds_of(self.sink.pid)
        )  # fmt: skip

        def received() -> bool:
            self.worker.check()
            return self.sink.number() >= expected

        async def work() -> None:
            await self.ours.finished(received)

        run = await _measure(self.ours, endpoints, expected, meter, work)
        by_path, _ = self.sink.seen()
        wrong = sum(abs(number - expected // endpoints) for number in by_path.values())
        missing = (endpoints - len(by_path)) * (expected // endpoints)
        return Run(run.deliveries, run.seconds, run.batch, run.spent, run.errors + wrong + missing)

    async def _limit(self, endpoints: int, deliveries: int, batch: int) -> Run:
        workspace_id = self.bare.tenants[endpoints].workspace_id
        rooms = {(workspace_id, f"ep_{n:024d}"): _MOST_AT_ENDPOINT for n in range(1, endpoints + 1)}
        expected = deliveries // endpoints * endpoints
        meter = Meter(self.bare.connection.get_server_pid(), None, this_process)

        async def work() -> None:
            await bare.run_statements(self.bare.dsn, expected, batch, rooms)

        return await _measure(self.bare, endpoints, expected, meter, work)

    async def _sink_alone(self, endpoints: int, number: int) -> float:
        self.sink.seen()
        rate = await bare.send_bare(self.sink.port, number, min(_MOST_AT_ENDPOINT * endpoints, _MOST))
        received = self.sink.number()
        if received != number:
            raise bare.BareError(f"The sink counted {received} of {number} requests.")
        return rate


async def _measure(
    ground: Ground, endpoints: int, expected: int, meter: Meter, work: Callable[[], Awaitable[None]]
) -> Run:
    await ground.settle()
    since = await ground.write(endpoints, expected // endpoints)
    started, before = time.perf_counter(), meter.read()
    await work()
    seconds = time.perf_counter() - started
    spent = meter.read().since(before, expected)
    found = await ground.recorded(endpoints, since)
    errors = abs(found.delivered - expected) + abs(found.attempts - expected)
    return Run(expected, seconds, found.attempts / max(found.batches, 1), spent, errors)
