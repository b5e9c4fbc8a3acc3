"""The report: one table for each part, as Markdown for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench import delivery_report, docs, doors, page_report, plan_report, sdks
from bench.growth_report import buffers_table, growth_table
from bench.memory import GROWTH_LIMIT_MIB, LIMIT_MIB, growth
from bench.rounds import AIM, MOST_P99_OVER_P50, median_spent
from bench.tables import table, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.buffers import Buffers
    from bench.deliveries import Deliveries
    from bench.growth import Growth
    from bench.machine import Machine
    from bench.memory import Memory, Minute
    from bench.pages import AppPages
    from bench.plans import Plans
    from bench.rounds import Comparison


@dataclass(slots=True)
class Report:
    """Everything that a run has found; parts that were not run are empty."""

    machine: Machine
    comparisons: list[Comparison] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    buffers: list[Buffers] = field(default_factory=list)
    load_seconds: float = 0.0
    plans: Plans | None = None
    pages: AppPages | None = None
    docs: list[docs.Read] = field(default_factory=list)
    sdks: list[sdks.Overhead] = field(default_factory=list)
    doors: doors.Doors | None = None
    deliveries: Deliveries | None = None
    minutes: list[Minute] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """What failed in all parts: requests, deliveries, and pages that break what holds on any machine."""
        failed = sum(comparison.errors for comparison in self.comparisons)
        return failed + sum(part.errors for part in (self.pages, self.deliveries) if part)

    def markdown(self) -> str:
        """Return the report for people."""
        parts = [f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {self.machine}."]
        if self.comparisons:
            parts += ["## Server and limit", comparison_table(self.comparisons), spent_table(self.comparisons)]
        if self.memory:
            parts += ["## Memory after the load", memory_table(self.memory)]
        if self.growth:
            parts += ["## Growth", growth_table(self.growth), buffers_table(self.buffers)]
            parts.append(f"The rows of the largest workspace took {self.load_seconds:.0f} s to load.")
        if self.plans:
            parts += plan_report.sections(self.plans)
        parts += self._doors()
        if self.deliveries:
            parts += delivery_report.sections(self.deliveries)
        if self.minutes:
            parts += ["## Memory over time", soak_table(self.minutes)]
        return "\n\n".join(parts) + "\n"

    def _doors(self) -> list[str]:
        """Return the parts about the ways in: pages, documentation, SDKs, the API in other words."""
        parts = page_report.sections(self.pages) if self.pages else []
        if self.docs:
            parts += docs.sections(self.docs)
        if self.sdks:
            parts += sdks.sections(self.sdks)
        if self.doors:
            parts += doors.sections(self.doors)
        return parts

    def data(self) -> dict[str, Any]:
        """Return the report for programs: all runs, not only their medians."""
        return {
            "measured_at": datetime.now(UTC).isoformat(),
            "machine": asdict(self.machine),
            "comparisons": [
                {**asdict(comparison), "ratios": comparison.ratios, "ratio": comparison.ratio}
                for comparison in self.comparisons
            ],
            "memory": [asdict(memory) for memory in self.memory],
            "growth": [{**asdict(path), "ratio": path.ratio} for path in self.growth],
            "buffers": [{**asdict(path), "same_plan": path.same_plan} for path in self.buffers],
            "load_seconds": self.load_seconds,
            "plans": plan_report.data(self.plans) if self.plans else None,
            "pages": page_report.data(self.pages) if self.pages else None,
            "docs": docs.data(self.docs),
            "sdks": sdks.data(self.sdks),
            "doors": doors.data(self.doors) if self.doors else None,
            "deliveries": delivery_report.data(self.deliveries) if self.deliveries else None,
            "minutes": [asdict(minute) for minute in self.minutes],
        }

    def write(self, directory: Path, name: str) -> None:
        """Write the report to ``name.md`` and ``name.json``."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.md").write_text(self.markdown(), encoding="utf-8")
        (directory / f"{name}.json").write_text(json.dumps(self.data(), indent=2) + "\n", encoding="utf-8")


def comparison_table(comparisons: Sequence[Comparison]) -> str:
    """Return the shares of the limit, with goal and aim, and the latencies."""
    head = [
        "path",
        "limit tps",
        "server rps",
        "ratio",
        "rounds",
        "goal",
        "p50 ms",
        "p99 ms",
        "p99/p50",
        "limit's",
        "errors",
        "",
    ]
    return table(
        head,
        [
            [
                c.name, f"{c.limit_tps:,.0f}", f"{c.load_rps:,.0f}", f"{c.ratio:.2f}",
                " ".join(f"{ratio:.2f}" for ratio in c.ratios), f"{c.goal:.2f} (aim {AIM:.2f})", f"{c.p50_ms:.1f}",
                f"{c.p99_ms:.1f}", f"{c.p99_over_p50:.1f}", f"{c.limit_p99_over_p50:.1f}", str(c.errors),
                verdict(c.ratio >= c.goal and c.p99_over_p50 <= MOST_P99_OVER_P50 and c.errors == 0),
            ]
            for c in comparisons
        ],
    )  # fmt: skip


def spent_table(comparisons: Sequence[Comparison]) -> str:
    """Return the processor time of one request on both sides, and the ratio that a quiet machine would come near."""
    rows = []
    for comparison in comparisons:
        limit, server = median_spent(comparison.limit_spent), median_spent(comparison.load_spent)
        parts = [limit.database, limit.generator, limit.total, server.database, server.server, server.generator]
        rows.append(
            [
                comparison.name,
                *(f"{part:,.0f}" for part in [*parts, server.total]),
                f"{limit.total / server.total:.2f}",
                f"{limit.share_elsewhere:.0%} {server.share_elsewhere:.0%}",
            ]
        )
    return table(
        ["processor µs of one request", "limit: database", "pgbench", "sum", "server: database", "server", "wrk", "sum",
         "sums' ratio", "others' use"],
        rows,
    )  # fmt: skip


def memory_table(processes: Sequence[Memory]) -> str:
    """Return the memory of each process beside its limit."""
    return table(
        ["process", "RSS MiB", "PSS MiB", "limit MiB", ""],
        [[p.name, f"{p.rss:.0f}", f"{p.pss:.0f}", f"{LIMIT_MIB:.0f}", verdict(p.rss <= LIMIT_MIB)] for p in processes],
    )


def soak_table(minutes: Sequence[Minute]) -> str:
    """Return each process's memory after every minute, and its growth."""
    growths = growth(minutes)
    rows = [
        [
            process.name, *(f"{minute.memory[place].rss:.1f}" for minute in minutes), f"{growths[process.pid]:+.1f}",
            verdict(growths[process.pid] <= GROWTH_LIMIT_MIB),
        ]
        for place, process in enumerate(minutes[0].memory)
    ]  # fmt: skip
    return table(["RSS MiB after minute", *(str(minute.minute) for minute in minutes), "growth", ""], rows)
