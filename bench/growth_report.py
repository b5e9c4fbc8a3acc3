"""Tables about growth: what the same request takes in workspaces of different sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.growth import MOST_GROWTH
from bench.tables import table, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.buffers import Buffers
    from bench.growth import Growth


def growth_table(paths: Sequence[Growth]) -> str:
    """Return the median latency by size of the workspace, and the largest over the smallest."""
    sizes = sorted(paths[0].p50_ms)
    return table(
        ["path, one client: p50 ms at", *(f"{size:,}" for size in sizes), "ratio", "limit", ""],
        [
            [
                path.name, *(f"{path.median_ms(size):.2f}" for size in sizes), f"{path.ratio:.2f}",
                f"{MOST_GROWTH:.1f}", verdict(path.ratio <= MOST_GROWTH),
            ]
            for path in paths
        ],
    )  # fmt: skip


def buffers_table(paths: Sequence[Buffers]) -> str:
    """Return the shared buffers that each path's statements touch, by size of the workspace."""
    sizes = sorted(paths[0].touched)
    return table(
        ["path: shared buffers touched at", *(f"{size:,}" for size in sizes), "plan"],
        [
            [path.name, *(str(path.touched[size]) for size in sizes), "the same" if path.same_plan else "differs"]
            for path in paths
        ],
    )
