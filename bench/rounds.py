"""The comparison: alternating rounds of the limit and the load, so that a machine that drifts hits both alike."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import limits, load, statements
from bench.processor import Meter, Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.data import Tenant
    from bench.server import Server
    from bench.statements import Script
    from pivotal_server.core.db import Connection

# Each counts one create, whoever made it.
_CREATED = "SELECT sum(value)::bigint FROM counters WHERE resource = 'customer'"
_WARM_UP_SECONDS = 3
# Transactions a second, before anything was measured.
EXPECTED_TPS = 2000.0
MOST_P99_OVER_P50 = 4.0
AIM = 0.5


@dataclass(frozen=True, slots=True)
class Path:
    """A kind of request: what the load generator sends, and the statements behind it.

    Attributes:
        name: as the table shows it.
        kind: of request.
        script: makes the pgbench script.
        goal: the least share of the limit that the server has to reach.
    """

    name: str
    kind: load.Kind
    script: Callable[[Sequence[Tenant], float], Script]
    goal: float


PATHS = (
    Path("read by id", "read", statements.read_script, 0.35),
    Path("list of 100", "list", statements.list_script, 0.40),
    Path("create", "create", statements.create_script, 0.45),
)


@dataclass(slots=True)
class Comparison:
    """The rounds of one path: limit, load, limit, load … limit."""

    name: str
    goal: float
    limits: list[limits.Limit] = field(default_factory=list)
    loads: list[load.Load] = field(default_factory=list)
    limit_spent: list[Spent] = field(default_factory=list)
    load_spent: list[Spent] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Each load as a share of the limit: of the mean of the runs of pgbench just before and just after it."""
        return [
            run.rps / statistics.mean((before.tps, after.tps))
            for run, before, after in zip(self.loads, self.limits, self.limits[1:], strict=False)
        ]

    @property
    def ratio(self) -> float:
        """The median share."""
        return statistics.median(self.ratios)

    @property
    def limit_tps(self) -> float:
        """The median of the limit."""
        return statistics.median(limit.tps for limit in self.limits)

    @property
    def load_rps(self) -> float:
        """The median of the server's requests a second."""
        return statistics.median(run.rps for run in self.loads)

    @property
    def p50_ms(self) -> float:
        """The median of the rounds' median latencies."""
        return statistics.median(run.p50_ms for run in self.loads)

    @property
    def p99_ms(self) -> float:
        """The median of the rounds' 99th percentiles."""
        return statistics.median(run.p99_ms for run in self.loads)

    @property
    def p99_over_p50(self) -> float:
        """The median of the rounds' p99 / p50."""
        return statistics.median(run.p99_ms / run.p50_ms for run in self.loads)

    @property
    def limit_p99_over_p50(self) -> float:
        """The same of the limit: the tail that the database has by itself."""
        return statistics.median(limit.p99_ms / limit.p50_ms for limit in self.limits)

    @property
    def errors(self) -> int:
        """Requests that failed, in all rounds."""
        return sum(run.errors for run in self.loads)


def median_spent(runs: Sequence[Spent]) -> Spent:
    """Return the medians of what the runs' requests took."""
    return Spent(
        statistics.median(run.database for run in runs),
        statistics.median(run.server for run in runs),
        statistics.median(run.generator for run in runs),
        statistics.median(run.elsewhere for run in runs),
    )


class Arena:
    """Where both sides run: one database, one server on it.

    Args:
        connection: to the database, for looking.
        dsn: the database's address.
        server: the server on it.
        tenants: whose keys and customers to use.
    """

    def __init__(self, connection: Connection, dsn: str, server: Server, tenants: Sequence[Tenant]) -> None:
        self._connection = connection
        self._dsn = dsn
        self._server = server
        self._tenants = tenants
        self._meter = Meter(connection.get_server_pid(), server)

    async def compare(self, path: Path, rounds: int, seconds: int) -> Comparison:
        """Return the comparison of one path; every run starts on a warm server and behind a checkpoint.

        Raises:
            LimitError | LoadError: a run failed, or did not do its work.
        """
        load.run_wrk(self._server.port, path.kind, self._tenants, seconds=_WARM_UP_SECONDS)
        warm_up, comparison = Comparison(path.name, path.goal), Comparison(path.name, path.goal)
        tps = (await self._limit(path, _WARM_UP_SECONDS, EXPECTED_TPS, warm_up)).tps
        await self._limit(path, seconds, tps, comparison)
        for _ in range(rounds):
            await self._load(path, seconds, comparison)
            await self._limit(path, seconds, tps, comparison)
        return comparison

    async def _limit(self, path: Path, seconds: int, tps: float, into: Comparison) -> limits.Limit:
        created, spent = await self._prepare()
        # A script of its own for each run: what a create makes is named after the time of the script.
        run = limits.run_pgbench(self._dsn, path.script(self._tenants, tps), seconds=seconds)
        into.limits.append(run)
        into.limit_spent.append(self._meter.read().since(spent, run.transactions))
        made = await self._created() - created
        if made != (run.transactions if path.kind == "create" else 0):
            raise limits.LimitError(f"{path.name}: {run.transactions} transactions made {made} customers")
        return run

    async def _load(self, path: Path, seconds: int, into: Comparison) -> None:
        created, spent = await self._prepare()
        run = load.run_wrk(self._server.port, path.kind, self._tenants, seconds=seconds)
        into.loads.append(run)
        into.load_spent.append(self._meter.read().since(spent, run.requests))
        if path.kind == "create":
            # What was under way when wrk stopped was made and not counted.
            uncounted = await self._created() - created - (run.requests - run.errors)
            if not 0 <= uncounted <= load.CONNECTIONS:
                raise load.LoadError(f"{run.requests} requests, {run.errors} errors: customers differ by {uncounted}")

    async def _prepare(self) -> tuple[int, Spent]:
        """Return the customers created and the processor time spent so far."""
        await self._connection.execute("CHECKPOINT", timeout=120)
        return await self._created(), self._meter.read()

    async def _created(self) -> int:
        return int(await self._connection.fetchval(_CREATED))
