"""What endpoints cost the API: creates in workspaces with fifty of them beside creates in workspaces with none."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import load
from bench.backlog import FIFTY, add_endpoints
from bench.data import load_tenants, open_windows

if TYPE_CHECKING:
    from bench.backlog import Ground
    from bench.server import Server
    from bench.sink import Sink

MOST = 0.10
_WORKSPACES = 100
_WARM_UP_SECONDS = 3


@dataclass(slots=True)
class Cost:
    """The rounds: without endpoints, with, without, with … without."""

    without: list[load.Load] = field(default_factory=list)
    with_fifty: list[load.Load] = field(default_factory=list)

    @property
    def costs(self) -> list[float]:
        """The share of the rate that each round with endpoints has lost against the rounds just before and after it."""
        return [
            1 - run.rps / statistics.mean((before.rps, after.rps))
            for run, before, after in zip(self.with_fifty, self.without, self.without[1:], strict=False)
        ]

    @property
    def cost(self) -> float:
        """The median share."""
        return statistics.median(self.costs)

    @property
    def errors(self) -> int:
        """Requests that failed, in all rounds."""
        return sum(run.errors for run in [*self.without, *self.with_fifty])


async def measure(ours: Ground, server: Server, sink: Sink, rounds: int, seconds: int) -> Cost:
    """Return the comparison; nobody delivers meanwhile.

    Raises:
        LoadError: a run failed.
    """
    unheard, _ = await load_tenants(ours.connection, "unheard", _WORKSPACES, 1)
    heard, _ = await load_tenants(ours.connection, "heard", _WORKSPACES, 1)
    await add_endpoints(ours.connection, heard, FIFTY, sink.port)
    await open_windows(ours.connection, [*unheard, *heard])
    found = Cost()
    for tenants in (unheard, heard):
        load.run_wrk(server.port, "create", tenants, seconds=_WARM_UP_SECONDS)
    await ours.settle()
    found.without.append(load.run_wrk(server.port, "create", unheard, seconds=seconds))
    for _ in range(rounds):
        found.with_fifty.append(load.run_wrk(server.port, "create", heard, seconds=seconds))
        found.without.append(load.run_wrk(server.port, "create", unheard, seconds=seconds))
    return found
