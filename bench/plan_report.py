"""The report's part about plans."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.growth_report import buffers_table, growth_table
from bench.tables import table, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.plans import Plans, Turns


def sections(found: Plans) -> list[str]:
    """Return the parts of the report."""
    parts = ["## Plans", turns_table(found.turns), spent_table(found.turns)]
    if found.lists:
        parts += ["## Lists of tasks", growth_table(found.lists), buffers_table(found.buffers)]
    return parts


def data(found: Plans) -> dict[str, Any]:
    """Return everything for programs: all turns, not only their medians."""
    return {
        "turns": [{**asdict(turns), "ratio": turns.ratio} for turns in found.turns],
        "lists": [{**asdict(path), "ratio": path.ratio} for path in found.lists],
        "buffers": [{**asdict(path), "same_plan": path.same_plan} for path in found.buffers],
    }


def turns_table(kinds: Sequence[Turns]) -> str:
    """Return how long each kind of work takes, beside the limit."""
    rows = []
    for turns in kinds:
        limit, server = _centiles(turns.limit_ms), _centiles(turns.server_ms)
        aim = "none" if turns.aim_ms is None else f"p50 {turns.aim_ms:.0f} ms"
        figures = [f"{centile:.1f}" for centile in (*limit, *server)]
        rows.append([turns.name, *figures, f"{turns.ratio:.2f}", aim, verdict(turns.reached)])
    head = ["one client", "limit: p50 ms", "p99 ms", "server: p50 ms", "p99 ms", "ratio", "aim", ""]
    return table(head, rows)


def spent_table(kinds: Sequence[Turns]) -> str:
    """Return the processor time of each kind of work on both sides."""
    rows = []
    for turns in kinds:
        limit, server = turns.limit_spent, turns.server_spent
        times = [
            _mean_ms(part)
            for part in (
                [spent.database for spent in limit], [spent.generator for spent in limit],
                [spent.database for spent in server], [spent.server for spent in server],
                [spent.generator for spent in server],
            )
        ]  # fmt: skip
        others = sum(spent.elsewhere for spent in server) / sum(spent.total + spent.elsewhere for spent in server)
        rows.append([turns.name, *(f"{time:.1f}" for time in times), f"{others:.0%}"])
    head = [
        "processor ms, mean", "limit: database", "program", "server: database", "server", "client", "others' use",
    ]  # fmt: skip
    return table(head, rows)


def _centiles(milliseconds: Sequence[float]) -> tuple[float, float]:
    centiles = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return centiles[49], centiles[98]


def _mean_ms(microseconds: Sequence[float]) -> float:
    return statistics.mean(microseconds) / 1000
