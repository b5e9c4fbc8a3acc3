"""Growth: the same four requests in workspaces of 1 k to 1 M customers, side by side in one database."""

from __future__ import annotations

import random
import secrets
import socket
import statistics
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import orjson

from bench.data import customer_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.data import Tenant

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# p50 in the largest workspace over p50 in the smallest.
MOST_GROWTH = 1.2
_WARM_UP_REQUESTS = 50


class RequestError(Exception):
    """The server answered with something else than a success."""


class Client:
    """One connection to the server, kept open; as little as possible between the clock and the socket.

    Args:
        port: of the server, on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> tuple[float, bytes]:
        """Send a whole request; return the milliseconds until its answer was there, and the answer's body.

        Raises:
            RequestError: it was no success.
        """
        started = time.perf_counter()
        self._socket.sendall(request)
        answer = self._socket.recv(65536)
        while (split := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive()
        head = answer[:split].lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(answer) < split + 4 + length:
            answer += self._receive()
        elapsed = (time.perf_counter() - started) * 1000
        if not head.startswith((b"http/1.1 200", b"http/1.1 201")):
            raise RequestError(answer[:1000].decode(errors="replace"))
        return elapsed, answer[split + 4 :]

    def _receive(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise RequestError("the server closed the connection")
        return received


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
        return _get(tenant, f"/api/v1/customers?limit=100&cursor={cursor.replace('+00:00', 'Z')}")

    return (
        GrowthPath("first page", lambda tenant: _get(tenant, "/api/v1/customers?limit=100")),
        GrowthPath("deep page", deep),
        GrowthPath("read by id", lambda tenant: _get(tenant, f"/api/v1/customers/{_random_customer(tenant)}")),
        GrowthPath("create", _create),
    )


def run(port: int, path: GrowthPath, tenants: Sequence[Tenant], *, runs: int, requests: int) -> Growth:
    """Measure one path with a single client.

    Within a run the sizes take turns request by request, in a new order each time: whatever else the machine does hits
    all of them alike.

    Args:
        port: of the server.
        path: what to request.
        tenants: one workspace of each size.
        runs: how many medians to take.
        requests: how many requests make one median, at each size.
    """
    result = Growth(path.name, {tenant.customers: [] for tenant in tenants})
    order = list(tenants)
    with Client(port) as client:
        for _ in range(_WARM_UP_REQUESTS):
            for tenant in order:
                client.send(path.request(tenant))
        for _ in range(runs):
            latencies: dict[int, list[float]] = {tenant.customers: [] for tenant in tenants}
            for _ in range(requests):
                random.shuffle(order)
                for tenant in order:
                    latencies[tenant.customers].append(client.send(path.request(tenant))[0])
            for size, values in latencies.items():
                result.p50_ms[size].append(statistics.median(values))
    return result


def _random_customer(tenant: Tenant) -> str:
    return customer_id(random.randint(1, tenant.customers))


def _get(tenant: Tenant, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tenant.key}\r\n\r\n".encode()


def _create(tenant: Tenant) -> bytes:
    unique = secrets.token_hex(10)
    fields: dict[str, Any] = {
        "name": "Aurora Outfitters", "slug": f"aurora-{unique}", "domain": f"aurora-{unique}.example",
        "status": "onboarding",
    }  # fmt: skip
    body = orjson.dumps(fields)
    head = (
        f"POST /api/v1/customers HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tenant.key}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: bench-{unique}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
