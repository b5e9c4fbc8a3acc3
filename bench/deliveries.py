"""Webhooks: how many a second, how soon, at what cost to the API, and where the time goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import cost, latency
from bench.backlog import FIFTY, ONE, ground
from bench.layers import Profile, read_profile
from bench.server import running_server
from bench.sink import running_sink
from bench.throughput import Rivals, Throughput
from bench.worker import running_worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.backlog import Ground
    from bench.sink import Sink
    from pivotal_server.core.db import Connection


@dataclass(slots=True)
class Deliveries:
    """Everything that was found out about deliveries."""

    throughput: list[Throughput] = field(default_factory=list)
    latency: list[latency.Latency] = field(default_factory=list)
    cost: cost.Cost = field(default_factory=cost.Cost)
    profile: Profile | None = None

    @property
    def errors(self) -> int:
        """Whatever failed, anywhere."""
        failed = sum(part.errors for part in self.throughput) + sum(part.errors for part in self.latency)
        return failed + self.cost.errors


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured.

    Attributes:
        rounds: on each side of a comparison.
        backlog_seconds: for how long a round keeps the worker busy.
        paced_seconds: for how long customers are made at a steady rate.
        create_seconds: how long a round of creates is.
        profile: whether to end with a profile.
    """

    rounds: int
    backlog_seconds: float
    paced_seconds: float
    create_seconds: int
    profile: bool


async def measure(
    server: Connection, dsn: str, directory: Path, extent: Extent, tell: Callable[[str], None]
) -> Deliveries:
    """Measure deliveries, in two databases that are made for it.

    Args:
        server: a connection that may create databases.
        dsn: the address of that connection.
        directory: for logs and the profile.
        extent: how much.
        tell: is told what goes on.

    Raises:
        BacklogError | BareError | LatencyError | LoadError | ServerError | SinkError: something did not work.
    """
    found = Deliveries()
    with running_sink() as sink:
        async with (
            ground(server, dsn, "bench_deliveries", sink.port) as ours,
            ground(server, dsn, "bench_statements", sink.port) as bare,
        ):
            with running_worker(ours.dsn, directory / "worker.log") as worker:
                rivals = Rivals(ours, bare, sink, worker)
                for endpoints in (ONE, FIFTY):
                    tell(f"{endpoints} endpoints: {extent.rounds} rounds of {extent.backlog_seconds} s of deliveries")
                    found.throughput.append(await rivals.compare(endpoints, extent.rounds, extent.backlog_seconds))
                with running_server(ours.dsn, directory / "server.log") as api:
                    for endpoints, rate in latency.RATES.items():
                        tell(f"{rate} customers a second, {endpoints} endpoints: {extent.paced_seconds} s")
                        found.latency.append(
                            await latency.measure(ours, api, sink, endpoints, extent.paced_seconds)
                        )  # fmt: skip
            if extent.profile:
                tell("a profile of the worker")
                number = found.throughput[-1].runs[0].deliveries
                found.profile = await _profile(ours, bare, sink, directory, number)
            with running_server(ours.dsn, directory / "server.log") as api:
                tell(f"creates with and without endpoints: {extent.rounds} rounds of {extent.create_seconds} s")
                found.cost = await cost.measure(ours, api, sink, extent.rounds, extent.create_seconds)
    return found


async def _profile(ours: Ground, bare: Ground, sink: Sink, directory: Path, number: int) -> Profile:
    file = directory / "worker.profile"
    with running_worker(ours.dsn, directory / "worker.log", profile=file) as worker:
        rivals = Rivals(ours, bare, sink, worker)
        await rivals.deliver(FIFTY, FIFTY)
        worker.begin_profile()
        await rivals.deliver(FIFTY, number)
    return read_profile(file)
