"""The report's part about the app's pages."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.page_browser import AIM_INTERACTION_MS, AIM_PAINT_MS, MOST_SCRIPT_KIB
from bench.pages import AIM_P95_MS, BIG
from bench.tables import table, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.page_browser import Seen
    from bench.pages import AppPages, Served


def sections(found: AppPages) -> list[str]:
    """Return the parts of the report."""
    size = f"{BIG.customers:,} customers, {BIG.onboardings:,} onboardings and {BIG.tasks:,} tasks"
    return [f"## Pages of the app, on {size}", served_table(found.served), "### In the browser", seen_table(found.seen)]


def data(found: AppPages) -> dict[str, Any]:
    """Return everything for programs."""
    return {
        "served": [{**asdict(one), "p95_ms": one.p95_ms, "database_ms": one.database_ms} for one in found.served],
        "seen": [{**asdict(one), "moved": sorted(one.moved)} for one in found.seen],
    }


def served_table(pages: Sequence[Served]) -> str:
    """Return how long the server takes for each page, beside what the database alone takes."""
    head = [
        "page", "database alone ms", "p50 ms", "p95 ms", f"aim {AIM_P95_MS:.0f}", "small: p50 ms", "statements",
        "small:", "constant", "HTML KiB",
    ]  # fmt: skip
    rows = [
        [
            page.name, f"{page.database_ms:.1f}", f"{statistics.median(page.ms):.1f}", f"{page.p95_ms:.1f}",
            verdict(page.reached), f"{statistics.median(page.small_ms):.1f}", str(len(page.statements)),
            str(page.small_statements), verdict(page.constant), f"{page.kib:.0f}",
        ]
        for page in pages
    ]  # fmt: skip
    return table(head, rows)


def seen_table(pages: Sequence[Seen]) -> str:
    """Return how soon each page shows and answers in the browser, and what moves."""
    head = [
        "page", "first paint ms: new", "known", f"aim {AIM_PAINT_MS:.0f}", "to next paint ms", "of",
        f"aim {AIM_INTERACTION_MS:.0f}", "layout shift (0)", f"scripts KiB ({MOST_SCRIPT_KIB:.0f})", "",
    ]  # fmt: skip
    rows = [
        [
            page.name, f"{page.paint_ms:.0f}", f"{statistics.median(page.again_ms):.0f}",
            verdict(page.paint_ms <= AIM_PAINT_MS), f"{page.interaction_ms:.0f}",
            f"{len(page.interactions_ms)}, {page.slowest or 'none over 16'}",
            verdict(page.interaction_ms <= AIM_INTERACTION_MS), f"{page.shift:.4f}", f"{page.scripts_kib:.0f}",
            verdict(page.steady),
        ]
        for page in pages
    ]  # fmt: skip
    notes = [f"{page.name} moves: {moved}" for page in pages for moved in sorted(page.moved)]
    return "\n\n".join([table(head, rows), *notes])
