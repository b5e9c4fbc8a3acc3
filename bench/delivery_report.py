"""The report's part about deliveries."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.backlog import ONE
from bench.cost import MOST
from bench.latency import GOAL_P50_MS, GOAL_P99_MS
from bench.rounds import median_spent
from bench.tables import table, verdict
from bench.throughput import AIM_RATE, GOAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.cost import Cost
    from bench.deliveries import Deliveries
    from bench.latency import Latency
    from bench.layers import Profile
    from bench.throughput import Throughput


def sections(found: Deliveries) -> list[str]:
    """Return the parts of the report."""
    parts = ["## Deliveries", throughput_table(found.throughput), spent_table(found.throughput)]
    parts += ["## From change to receipt", latency_table(found.latency)]
    parts += ["## What endpoints cost a create", cost_table(found.cost)]
    if found.profile is not None:
        parts += ["## Where the worker's time goes", *profile_tables(found.profile)]
    return parts


def data(found: Deliveries) -> dict[str, Any]:
    """Return everything for programs: all runs, not only their medians."""
    throughput = [
        {**asdict(rounds), "ratios": rounds.ratios, "ratio": rounds.ratio, "rates": [run.rate for run in rounds.runs]}
        for rounds in found.throughput
    ]
    cost = {**asdict(found.cost), "costs": found.cost.costs, "cost": found.cost.cost}
    return {**asdict(found), "throughput": throughput, "cost": cost}


def throughput_table(rounds: Sequence[Throughput]) -> str:
    """Return deliveries a second beside both limits."""
    head = [
        "endpoints",
        "bare SQL /s",
        "one by one",
        "sink alone",
        "worker /s",
        "ratio",
        "rounds",
        "goal",
        "errors",
        "",
    ]
    return table(
        head,
        [
            [
                str(t.endpoints), _spread([run.rate for run in t.limits]),
                f"{statistics.median(run.rate for run in t.singles):,.0f}", f"{statistics.median(t.sinks):,.0f}",
                _spread([run.rate for run in t.runs]), f"{t.ratio:.2f}",
                " ".join(f"{ratio:.2f}" for ratio in t.ratios), f"{GOAL:.2f}, {AIM_RATE:,} /s", str(t.errors),
                verdict(t.ratio >= GOAL and t.rate >= AIM_RATE and t.errors == 0),
            ]
            for t in rounds
        ],
    )  # fmt: skip


def spent_table(rounds: Sequence[Throughput]) -> str:
    """Return the processor time of one delivery on both sides, and how many are recorded at a time."""
    rows = []
    for t in rounds:
        limit, ours = (median_spent([run.spent for run in runs]) for runs in (t.limits, t.runs))
        times = [limit.database, limit.generator, ours.database, ours.server, ours.generator, ours.total]
        batches = [statistics.median(run.batch for run in runs) for runs in (t.limits, t.runs)]
        rows.append(
            [
                str(t.endpoints), *(f"{time:,.0f}" for time in times), f"{limit.total / ours.total:.2f}",
                f"{limit.share_elsewhere:.0%} {ours.share_elsewhere:.0%}",
                " ".join(f"{batch:.0f}" for batch in batches),
            ]
        )  # fmt: skip
    return table(
        ["processor µs of one delivery, endpoints", "bare SQL: database", "client", "worker: database", "worker",
         "sink", "sum", "sums' ratio", "others' use", "batches"],
        rows,
    )  # fmt: skip


def latency_table(latencies: Sequence[Latency]) -> str:
    """Return how long it takes from a change to its receipt."""
    rows = []
    for found in latencies:
        is_goal = found.endpoints == ONE
        reached = found.p50_ms <= GOAL_P50_MS and found.p99_ms <= GOAL_P99_MS and found.errors == 0
        rows.append(
            [
                str(found.endpoints), str(found.rate), f"{found.deliveries:,}", f"{found.p50_ms:.1f}",
                f"{found.p99_ms:.1f}", f"{found.max_ms:.1f}",
                f"p50 {GOAL_P50_MS:.0f}, p99 {GOAL_P99_MS:.0f}" if is_goal else "", str(found.errors),
                verdict(reached) if is_goal else "",
            ]
        )  # fmt: skip
    return table(
        ["endpoints", "customers /s", "deliveries", "p50 ms", "p99 ms", "max ms", "goal", "errors", ""], rows
    )  # fmt: skip


def cost_table(cost: Cost) -> str:
    """Return the rate of creates without and with endpoints."""
    return table(
        ["creates /s, no endpoint", "50 endpoints", "cost", "rounds", "at most", "errors", ""],
        [
            [
                _spread([run.rps for run in cost.without]), _spread([run.rps for run in cost.with_fifty]),
                f"{cost.cost:.1%}", " ".join(f"{share:.1%}" for share in cost.costs), f"{MOST:.0%}", str(cost.errors),
                verdict(cost.cost <= MOST and cost.errors == 0),
            ]
        ],
    )  # fmt: skip


def profile_tables(profile: Profile) -> list[str]:
    """Return the shares of the layers and of the functions that take the most."""
    return [
        table(["layer", "share"], [[layer, f"{share:.0%}"] for layer, share in profile.layers.items()]),
        table(["function", "share"], [[name, f"{share:.1%}"] for name, share in profile.top.items()]),
    ]


def _spread(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"
