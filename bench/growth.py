"""Growth: the same four requests in workspaces of 1 k to 1 M customers, side by side in one database."""

from __future__ import annotations

import random
import secrets
import statistics
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bench.client import Client, get, post
from bench.data import customer_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.data import Tenant

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# p50 in the largest workspace over p50 in the smallest.
MOST_GROWTH = 1.2
_WARM_UP_REQUESTS = 50


@dataclass(frozen=True, slots=True)
class GrowthPath:
    """One of the measured requests: makes the bytes of one for a workspace."""

    name: str
    request: Callable[[Tenant], bytes]


@dataclass(slots=True)
class Growth:
    """What became of one path.

    Attributes:
        name: the path.
        p50_ms: the median latency of each run, by size.
    """

    name: str
    p50_ms: dict[int, list[float]] = field(default_factory=dict)

    def median_ms(self, size: int) -> float:
        """The median of the runs at this size."""
        return statistics.median(self.p50_ms[size])

    @property
    def ratio(self) -> float:
        """The largest size over the smallest: the median of the runs' ratios."""
        smallest, largest = min(self.p50_ms), max(self.p50_ms)
        pairs = zip(self.p50_ms[largest], self.p50_ms[smallest], strict=True)
        return statistics.median(large / small for large, small in pairs)


def paths(middles: dict[str, datetime]) -> tuple[GrowthPath, ...]:
    """Return the measured requests.

    Args:
        middles: for each workspace, the ``created_at`` of the customer in the middle.
    """

    def deep(tenant: Tenant) -> bytes:
        cursor = (middles[tenant.workspace_id] + timedelta(minutes=random.randint(-50, 50))).isoformat()
        return get(tenant, f"/api/v1/customers?limit=100&cursor={cursor.replace('+00:00', 'Z')}")

    return (
        GrowthPath("first page", lambda tenant: get(tenant, "/api/v1/customers?limit=100")),
        GrowthPath("deep page", deep),
        GrowthPath("read by id", lambda tenant: get(tenant, f"/api/v1/customers/{_random_customer(tenant)}")),
        GrowthPath("create", _create),
    )


def run(port: int, path: GrowthPath, tenants: Mapping[int, Tenant], *, runs: int, requests: int) -> Growth:
    """Measure one path with a single client.

    Within a run the sizes take turns request by request, in a new order each time: whatever else the machine does hits
    all of them alike.

    Args:
        port: of the server.
        path: what to request.
        tenants: the workspaces by their size.
        runs: how many medians to take.
        requests: how many requests make one median, at each size.
    """
    result = Growth(path.name, {size: [] for size in tenants})
    order = list(tenants.items())
    with Client(port) as client:
        for _ in range(_WARM_UP_REQUESTS):
            for _, tenant in order:
                client.send(path.request(tenant))
        for _ in range(runs):
            latencies: dict[int, list[float]] = {size: [] for size in tenants}
            for _ in range(requests):
                random.shuffle(order)
                for size, tenant in order:
                    latencies[size].append(client.send(path.request(tenant))[0])
            for size, values in latencies.items():
                result.p50_ms[size].append(statistics.median(values))
    return result


def _random_customer(tenant: Tenant) -> str:
    return customer_id(random.randint(1, tenant.customers))


def _create(tenant: Tenant) -> bytes:
    unique = secrets.token_hex(10)
    fields = {
        "name": "Aurora Outfitters", "slug": f"aurora-{unique}", "domain": f"aurora-{unique}.example",
        "status": "onboarding",
    }  # fmt: skip
    return post(tenant, "/api/v1/customers", fields)
