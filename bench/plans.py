"""Plans: landing a template and moving 1,000 tasks, by turns with bare SQL; finding tasks among a million."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import task_lists
from bench.client import Client
from bench.data import load_tenants, open_windows
from bench.plan_data import Maker, template_of
from bench.plan_limits import Landing, Shift, count_events, run_statements
from bench.processor import Meter, Spent, this_process
from bench.server import running_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.buffers import Buffers
    from bench.growth import Growth
    from bench.plan_limits import Statements
    from bench.server import Server
    from pivotal_server.core.db import Connection

TEMPLATE_TASKS = 200
MOVED_TASKS = 1000
# Tasks of the workspaces that lists are compared in.
SIZES = (10_000, 1_000_000)
AIM_MS = 100.0
_WARM_UP = 5
# What autovacuum does once a minute. Nobody moves a plan hundreds of times in one; what earlier turns have left behind
# would slow down both sides more and more.
_TIDY = "VACUUM tasks"


class PlanError(Exception):
    """A request did not do what it was measured for."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured.

    Attributes:
        turns: applications, moves and previews on each side.
        runs: medians of each list.
        requests: that make one median.
    """

    turns: int
    runs: int
    requests: int


@dataclass(slots=True)
class Turns:
    """One kind of work, done by bare SQL and by the server in turns.

    Attributes:
        name: of the work.
        aim_ms: what the median of the server is to stay below, None where there is no such aim.
        limit_ms: how long each turn of bare SQL took.
        server_ms: how long each request took, from the first byte sent to the last one received.
        limit_spent: processor time of the limit's turns; this program is its ``generator``.
        server_spent: processor time of the server's turns.
    """

    name: str
    aim_ms: float | None
    limit_ms: list[float] = field(default_factory=list)
    server_ms: list[float] = field(default_factory=list)
    limit_spent: list[Spent] = field(default_factory=list)
    server_spent: list[Spent] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median share of the limit: of each turn's limit in the request beside it."""
        pairs = zip(self.limit_ms, self.server_ms, strict=True)
        return statistics.median(limit / server for limit, server in pairs)

    @property
    def reached(self) -> bool:
        """Whether the aim was reached, if there is one."""
        return self.aim_ms is None or statistics.median(self.server_ms) < self.aim_ms


@dataclass(slots=True)
class Plans:
    """Everything that was found out about plans."""

    turns: list[Turns] = field(default_factory=list)
    lists: list[Growth] = field(default_factory=list)
    buffers: list[Buffers] = field(default_factory=list)


async def measure(connection: Connection, dsn: str, log: Path, extent: Extent, tell: Callable[[str], None]) -> Plans:
    """Measure plans.

    Args:
        connection: to a migrated database.
        dsn: its address.
        log: the server's log file.
        extent: how much.
        tell: is told what goes on.

    Raises:
        PlanError | RequestError | ServerError: something did not work.
    """
    found = Plans()
    [tenant], _ = await load_tenants(connection, "plans", 1, 1)
    await open_windows(connection, [tenant])
    with running_server(dsn, log) as server, Client(server.port) as client:
        rivals = Rivals(connection, server, Maker(client, tenant))
        tell(f"a template of {TEMPLATE_TASKS} tasks: {extent.turns} applications on each side")
        found.turns.append(await rivals.apply(TEMPLATE_TASKS, extent.turns))
        tell(f"{MOVED_TASKS} tasks that move: {extent.turns} times on each side, then as many previews")
        found.turns += await rivals.move(MOVED_TASKS, extent.turns)
    tenants = await task_lists.load(connection, SIZES, tell)
    found.buffers = await task_lists.explain(connection, tenants)
    with running_server(dsn, log) as server:
        for path in task_lists.paths():
            tell(f"{path.name}: {extent.runs} runs of {extent.requests} requests at each size")
            found.lists.append(task_lists.run(server.port, path, tenants, runs=extent.runs, requests=extent.requests))
    return found


class Rivals:
    """Bare SQL and the server, which take turns request by request.

    Args:
        connection: to the database, for the limit.
        server: on that database.
        maker: connected to the server.
    """

    def __init__(self, connection: Connection, server: Server, maker: Maker) -> None:
        self._connection = connection
        self._maker = maker
        self._meter = Meter(connection.get_server_pid(), server, this_process)

    async def apply(self, tasks: int, turns: int) -> Turns:
        """Land a template of so many tasks, each time in another onboarding.

        Raises:
            PlanError | RequestError: it did not land.
        """
        found = Turns(f"apply a template of {tasks} tasks", None)
        template_id = self._maker.template("Rollout", template_of(tasks, self._maker.phases()))
        onboardings = iter(self._maker.onboardings(_WARM_UP + 2 * turns))
        for _ in range(_WARM_UP):
            if (landed := len(self._maker.apply(next(onboardings), template_id))) != tasks:
                raise PlanError(f"{landed} tasks have landed instead of {tasks}")
        landing = await Landing.last(self._connection)
        await self._connection.execute("ANALYZE")
        for _ in range(turns):
            await self._connection.execute(_TIDY)
            await self._limit(found, await landing.statements(self._connection, next(onboardings)))
            self._request(found, self._maker.application(next(onboardings), template_id))
        return found

    async def move(self, tasks: int, turns: int) -> list[Turns]:
        """Move a plan of so many tasks there and back, either way as often on each side; then preview it.

        Raises:
            PlanError | RequestError: not all of them have moved.
        """
        first = self._maker.mesh(tasks)
        requests, preview = self._maker.moves(first), self._maker.moves(first, dry_run=True)[0]
        moved, previewed = Turns(f"move {tasks} tasks", AIM_MS), Turns(f"preview of {tasks} tasks that move", AIM_MS)
        for way in (0, 1) * _WARM_UP:
            self._maker.client.send(requests[way])
        await self._connection.execute("ANALYZE")
        shifts = await Shift.both(self._connection, lambda way: self._maker.client.send(requests[way]))
        if [shift.count for shift in shifts] != [tasks, tasks]:
            raise PlanError(f"{[shift.count for shift in shifts]} tasks have moved instead of {tasks}")
        events = await count_events(self._connection)
        for turn in range(turns):
            await self._connection.execute(_TIDY)
            # Before each turn the plan stands where the second of them takes it back to.
            for way, by_server in ((0, turn % 2 == 0), (1, turn % 2 == 1)):
                if by_server:
                    self._request(moved, requests[way])
                else:
                    await self._limit(moved, shifts[way].statements())
        if await count_events(self._connection) - events != 2 * turns * tasks:
            raise PlanError("the turns have not left an event for each task that moved")
        for _ in range(turns):
            await self._connection.execute(_TIDY)
            await self._limit(previewed, shifts[0].statements(), commit=False)
            self._request(previewed, preview)
        return [moved, previewed]

    async def _limit(self, found: Turns, statements: Statements, *, commit: bool = True) -> None:
        before = self._meter.read()
        found.limit_ms.append(await run_statements(self._connection, statements, commit=commit))
        found.limit_spent.append(self._meter.read().since(before, 1))

    def _request(self, found: Turns, request: bytes) -> None:
        before = self._meter.read()
        elapsed, _ = self._maker.client.send(request)
        found.server_ms.append(elapsed)
        found.server_spent.append(self._meter.read().since(before, 1))
