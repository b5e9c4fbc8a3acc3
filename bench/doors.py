"""The two further ways to contacts: their lists in a small and a large workspace, and each filter in the large one."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from bench.client import Client
from bench.door_data import PIPELINES, TEAMMATES, load_contacts
from bench.growth import Growth, GrowthPath, run
from bench.server import running_server
from bench.tables import table, verdict
from pivotal_server.core.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.data import Tenant
    from pivotal_server.core.db import Connection

SIZES = (10_000, 1_000_000)
# p50 in the larger workspace over p50 in the smaller.
LIMIT = 1.3
_PAGE_SIZE = 10  # so that both workspaces have a thousand pages
_DEEP = 1000
_WARM_UP_REQUESTS = 10


@dataclass(frozen=True, slots=True)
class Extent:
    """How many runs and requests, and how many of each filter."""

    runs: int
    requests: int
    of_filter: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """What the first page by one filter takes in the large workspace.

    Attributes:
        name: the filter and its value.
        total: how many contacts fulfil it.
        ms: of each request.
    """

    name: str
    total: int
    ms: list[float]


@dataclass(frozen=True, slots=True)
class Doors:
    """What was measured."""

    lists: list[Growth]
    filters: list[Filtered]
    load_seconds: float


async def measure(connection: Connection, dsn: str, log: Path, extent: Extent, tell: Callable[[str], None]) -> Doors:
    """Measure both lists on a server of their own.

    Args:
        connection: to a migrated database.
        dsn: of it.
        log: the server's log file.
        extent: how much is measured.
        tell: is told what goes on.

    Raises:
        RequestError | ServerError: something did not work.
    """
    clock, tenants, people, seconds = Clock(), {}, [""] * TEAMMATES, 0.0
    for size in SIZES:
        started = clock.now()
        tenants[size], people = await load_contacts(connection, size)
        seconds = (clock.now() - started).total_seconds()
        tell(f"doors: {size} contacts loaded in {seconds:.0f} s")
    with running_server(dsn, log) as server:
        lists = []
        for path in _paths():
            tell(f"doors, {path.name}: {extent.runs} runs of {extent.requests} requests at each size")
            lists.append(run(server.port, path, tenants, runs=extent.runs, requests=extent.requests))
        tell(f"doors, each filter: {extent.of_filter} requests")
        with Client(server.port) as client:
            filters = [
                _filtered(client, tenants[SIZES[-1]], name, parameters, extent.of_filter)
                for name, parameters in _filters(people, clock).items()
            ]
    return Doors(lists, filters, seconds)


def sections(found: Doors) -> list[str]:
    """Return the part of the report for people."""
    lists = [
        [one.name, *(f"{one.median_ms(size):.2f}" for size in SIZES), f"{one.ratio:.2f}", f"{LIMIT:.1f}",
         verdict(one.ratio <= LIMIT)]
        for one in found.lists
    ]  # fmt: skip
    filters = [[one.name, f"{one.total:,}", f"{statistics.median(one.ms):.1f}"] for one in found.filters]
    return [
        "## Contacts for other tools",
        table(["list, one client: p50 ms at", *(f"{size:,}" for size in SIZES), "ratio", "limit", ""], lists),
        table([f"filter, at {SIZES[-1]:,}", "total", "p50 ms"], filters),
        f"The contacts of the larger workspace took {found.load_seconds:.0f} s to load.",
    ]


def data(found: Doors) -> dict[str, Any]:
    """Return it for programs."""
    return {
        "lists": [{**asdict(one), "ratio": one.ratio} for one in found.lists],
        "filters": [asdict(one) for one in found.filters],
        "load_seconds": found.load_seconds,
    }


def _paths() -> tuple[GrowthPath, ...]:
    def by_uuid(page: int) -> Callable[[Tenant], bytes]:
        return lambda tenant: _request(tenant, "/v1/contacts", {"limit": _PAGE_SIZE, "page": page})

    def by_filter(page: int) -> Callable[[Tenant], bytes]:
        parameters = {"ownerFilter": "all", "size": _PAGE_SIZE, "page": page}
        return lambda tenant: _request(tenant, "/api/contacts", parameters)

    return (
        GrowthPath("by UUID, first page", by_uuid(1)),
        GrowthPath(f"by UUID, page {_DEEP:,}", by_uuid(_DEEP)),
        GrowthPath("by filter, first page", by_filter(1)),
        GrowthPath(f"by filter, page {_DEEP:,}", by_filter(_DEEP)),
    )


def _filters(people: Sequence[str], clock: Clock) -> dict[str, dict[str, str]]:
    """Return each filter alone, with a value that many have where there is one."""
    since, until = (str((clock.now() - timedelta(days=days)).date()) for days in (9, 3))
    week, morning = (json.dumps({"from": start, "to": end}) for start, end in ((since, until), ("08:00", "08:59")))
    return {
        "ownerFilter=my": {"ownerFilter": "my"},
        "ownerFilter=unassigned": {"ownerFilter": "unassigned"},
        "owner": {"owner": people[1]},
        **{
            name: {"ownerFilter": "all", name: value}
            for name, value in {
                "assignee": people[1], "status": "open", "pipelineId": PIPELINES[0], "pipelineStage": "lost",
                "source": "api", "leadSource": "campaign-7", "messageStatus": "read", "dateRange": week,
                "lastMessageDateRange": week, "lastMessageTimeRange": morning,
            }.items()
        },
    }  # fmt: skip


def _filtered(client: Client, tenant: Tenant, name: str, parameters: dict[str, str], requests: int) -> Filtered:
    request = _request(tenant, "/api/contacts", parameters)
    total = 0
    for _ in range(_WARM_UP_REQUESTS):
        total = orjson.loads(client.send(request)[1])["total"]
    return Filtered(name, total, [client.send(request)[0] for _ in range(requests)])


def _request(tenant: Tenant, path: str, parameters: dict[str, Any]) -> bytes:
    keys = f"Authorization: Bearer {tenant.key}\r\nx-api-key: {tenant.key}\r\n"
    return f"GET {path}?{urlencode(parameters)} HTTP/1.1\r\nHost: 127.0.0.1\r\n{keys}\r\n".encode()
