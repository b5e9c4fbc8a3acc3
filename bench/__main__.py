"""``python -m bench``: run the benchmarks and print their report."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import uvloop

from bench import buffers, deliveries, docs, doors, growth, limits, machine, memory, pages, plans, rounds, sdks
from bench.data import load_tenants, open_windows
from bench.report import Report
from bench.server import running_server
from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from pivotal_server.core.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bench.data import Tenant
    from pivotal_server.core.db import Connection

_RESULTS = Path(__file__).parent / "results"
_PARTS = ("load", "growth", "plans", "pages", "docs", "sdks", "doors", "deliveries")
_WORKSPACES, _CUSTOMERS = 100, 2_000
_MIDDLE = "SELECT created_at FROM customers WHERE workspace_id = $1 AND display_id = $2"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: rounds and seconds of the comparison, runs and requests of the growth, and the rest."""

    name: str
    rounds: int
    seconds: int
    runs: int
    requests: int
    deliveries: deliveries.Extent
    plans: plans.Extent
    pages: pages.Extent
    sdks: sdks.Extent
    doors: doors.Extent


_FULL = Extent(
    "full", rounds=5, seconds=8, runs=7, requests=300,
    deliveries=deliveries.Extent(5, backlog_seconds=6, paced_seconds=30, create_seconds=8, profile=True),
    plans=plans.Extent(turns=100, runs=7, requests=300),
    pages=pages.Extent(requests=300, visits=9),
    sdks=sdks.Extent(rounds=30, calls=100),
    doors=doors.Extent(runs=5, requests=100, of_filter=60),
)  # fmt: skip
_QUICK = Extent(
    "quick", rounds=3, seconds=3, runs=3, requests=60,
    deliveries=deliveries.Extent(3, backlog_seconds=1.5, paced_seconds=10, create_seconds=3, profile=False),
    plans=plans.Extent(turns=20, runs=3, requests=60),
    pages=pages.Extent(requests=100, visits=3),
    sdks=sdks.Extent(rounds=10, calls=40),
    doors=doors.Extent(runs=3, requests=40, of_filter=30),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bench:
    """A database with nothing in it but the schema, and the server's log file."""

    connection: Connection
    dsn: str
    log: Path
    report: Report

    async def load(self, extent: Extent) -> None:
        """Compare the server with the limit on each path, then weigh its processes."""
        tenants, _ = await load_tenants(self.connection, "bench", _WORKSPACES, _CUSTOMERS)
        await open_windows(self.connection, tenants)
        for path in rounds.PATHS:
            await limits.prove(self.connection, self.dsn, path.name, path.script(tenants, rounds.EXPECTED_TPS))
        with running_server(self.dsn, self.log) as server:
            arena = rounds.Arena(self.connection, self.dsn, server, tenants)
            for path in rounds.PATHS:
                _tell(f"{path.name}: {extent.rounds} rounds of {extent.seconds} s on each side")
                self.report.comparisons.append(await arena.compare(path, extent.rounds, extent.seconds))
            self.report.memory = memory.measure(server)

    async def growth(self, extent: Extent) -> None:
        """Explain the statements of four requests in workspaces of each size, then measure the requests."""
        tenants: list[Tenant] = []
        for size in growth.SIZES:
            loaded, self.report.load_seconds = await load_tenants(self.connection, f"grown-{size}", 1, size)
            tenants += loaded
            _tell(f"{size} customers loaded in {self.report.load_seconds:.0f} s")
        await open_windows(self.connection, tenants)
        middles = await self._middles(tenants)
        self.report.buffers = await buffers.explain_paths(self.connection, tenants, middles)
        by_size = {tenant.customers: tenant for tenant in tenants}
        with running_server(self.dsn, self.log) as server:
            for path in growth.paths(middles):
                _tell(f"{path.name}: {extent.runs} runs of {extent.requests} requests at each size")
                self.report.growth.append(
                    growth.run(server.port, path, by_size, runs=extent.runs, requests=extent.requests)
                )

    async def plans(self, extent: Extent) -> None:
        """Measure plans."""
        self.report.plans = await plans.measure(self.connection, self.dsn, self.log, extent.plans, _tell)

    async def pages(self, extent: Extent) -> None:
        """Measure the app's pages."""
        self.report.pages = await pages.measure(self.connection, self.dsn, self.log, extent.pages, _tell)

    def docs(self, extent: Extent) -> None:
        """Measure the documentation."""
        self.report.docs = docs.measure(self.dsn, self.log, extent.requests, _tell)

    async def sdks(self, extent: Extent) -> None:
        """Measure the SDKs."""
        self.report.sdks = await sdks.measure(self.connection, self.dsn, self.log, extent.sdks, _tell)

    async def doors(self, extent: Extent) -> None:
        """Measure the two further ways to contacts."""
        self.report.doors = await doors.measure(self.connection, self.dsn, self.log, extent.doors, _tell)

    async def deliveries(self, extent: Extent) -> None:
        """Measure webhooks."""
        self.report.deliveries = await deliveries.measure(
            self.connection, self.dsn, self.log.parent, extent.deliveries, _tell
        )  # fmt: skip

    async def soak(self, minutes: int) -> None:
        """Watch the server's memory under a moderate load."""
        tenants, _ = await load_tenants(self.connection, "soak", _WORKSPACES, _CUSTOMERS)
        with running_server(self.dsn, self.log) as server:
            for minute in memory.soak(server, tenants, minutes):
                sizes = " ".join(f"{process.rss:.1f}" for process in minute.memory)
                _tell(f"minute {minute.minute}: {sizes} MiB at {minute.load.rps:.0f} requests/s")
                self.report.minutes.append(minute)

    async def _middles(self, tenants: Sequence[Tenant]) -> dict[str, datetime]:
        return {
            tenant.workspace_id: await self.connection.fetchval(_MIDDLE, tenant.workspace_id, tenant.customers // 2)
            for tenant in tenants
        }


def main() -> None:
    """Run what the command line asks for; exit with status 1 where requests failed."""
    options = _options()
    extent = _QUICK if options.quick else _FULL
    report = Report(machine.look())
    if report.machine.busy > machine.BUSY:
        _tell(f"Others are using {report.machine.busy:.0%} of this machine: take the figures for an impression.")
    parts = [options.only] if options.only else ["soak"] if options.soak else list(_PARTS)
    with (
        tempfile.TemporaryDirectory(prefix="pivotal-bench-") as directory,
        EmbeddedPostgres(Path(directory) / "postgres") as postgres,
        # The loop that the product runs on, so that the limits are no slower than they have to be.
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_run(postgres.dsn, Path(directory) / "server.log", report, parts, extent, options.soak))
    name = "soak" if options.soak else extent.name
    report.write(_RESULTS, name)
    print(report.markdown())
    print(f"Written to {_RESULTS / name}.md and .json", file=sys.stderr)
    sys.exit(1 if report.errors else 0)


async def _run(dsn: str, log: Path, report: Report, parts: Sequence[str], extent: Extent, minutes: int) -> None:
    connection = await asyncpg.connect(dsn)
    bench = Bench(connection, dsn, log, report)
    try:
        await migrate(connection)
        if "load" in parts:
            await bench.load(extent)
        if "growth" in parts:
            await bench.growth(extent)
        if "plans" in parts:
            await bench.plans(extent)
        if "pages" in parts:
            await bench.pages(extent)
        if "docs" in parts:
            bench.docs(extent)
        if "sdks" in parts:
            await bench.sdks(extent)
        if "doors" in parts:
            await bench.doors(extent)
        if "deliveries" in parts:
            await bench.deliveries(extent)
        if "soak" in parts:
            await bench.soak(minutes)
    finally:
        await connection.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the server beside its limits.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: an impression, no result")
    parser.add_argument("--only", choices=_PARTS, help="one part instead of all")
    parser.add_argument(
        "--soak", type=int, nargs="?", const=10, default=0, metavar="MINUTES", help="watch the memory instead (10)"
    )
    return parser.parse_args()


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
