"""How long a change takes to reach its subscribers: customers made over the API at a steady rate."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from bench.backlog import FIFTY, ONE
from bench.wire import post, wires

if TYPE_CHECKING:
    from bench.backlog import Ground
    from bench.server import Server
    from bench.sink import Sink
    from bench.wire import Wire

# Customers a second, by the number of endpoints that hear of each.
RATES = {ONE: 100, FIFTY: 20}
GOAL_P50_MS, GOAL_P99_MS = 25.0, 150.0
_WARM_UP_SECONDS = 3.0
_CONNECTIONS = 64
_CREATED = 201
_ANSWER_SECONDS = 30


class LatencyError(Exception):
    """The server did not keep up with the rate."""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long deliveries took, in milliseconds from when the change was made to when its receiver had it.

    Attributes:
        endpoints: how many hear of each customer.
        rate: customers made a second.
        deliveries: how many were received.
        p50_ms: the median.
        p99_ms: the 99th percentile.
        max_ms: the longest.
        errors: customers that were not made, and deliveries that are missing or came more than once.
    """

    endpoints: int
    rate: int
    deliveries: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    errors: int


async def measure(ours: Ground, server: Server, sink: Sink, endpoints: int, seconds: float) -> Latency:
    """Make customers for ``seconds``, whether or not what came of the ones before has arrived.

    Raises:
        BacklogError: deliveries were not made.
        LatencyError: the server did not keep up.
    """
    rate = RATES[endpoints]
    await ours.settle()
    delays: list[float] = []
    errors = 0
    for length in (_WARM_UP_SECONDS, seconds):
        number = round(rate * length)
        sink.seen()
        refused = await create_at(rate, number, server.port, ours.tenants[endpoints].key)
        expected = (number - refused) * endpoints
        await ours.finished(lambda expected=expected: sink.number() >= expected)  # type: ignore[misc]
        _, delays = sink.seen()
        errors = refused + abs(len(delays) - expected)
    return a_latency(endpoints, rate, delays, errors)


def a_latency(endpoints: int, rate: int, delays_ms: list[float], errors: int) -> Latency:
    """Return the figures of single delays."""
    centiles = statistics.quantiles(delays_ms, n=100, method="inclusive")
    return Latency(endpoints, rate, len(delays_ms), centiles[49], centiles[98], max(delays_ms), errors)


async def create_at(rate: int, number: int, port: int, key: str) -> int:
    """Make customers at a steady rate, and return how many of the requests were refused.

    Each is sent at its time, whatever has become of those before: a server that stalls gets no fewer.

    Args:
        rate: requests a second.
        number: how many.
        port: of the server.
        key: of the workspace.

    Raises:
        LatencyError: more requests were under way than there are connections.
    """
    statuses: list[int] = []
    token, everything = secrets.token_hex(6), asyncio.Event()
    async with wires(port, _CONNECTIONS) as idle:
        begin = time.perf_counter()
        for place in range(number):
            await asyncio.sleep(max(begin + place / rate - time.perf_counter(), 0))
            if not idle:
                raise LatencyError(f"{_CONNECTIONS} requests were under way at {rate} requests a second.")
            wire = idle.pop()

            def answered(status: int, wire: Wire = wire) -> None:
                idle.append(wire)
                statuses.append(status)
                if len(statuses) == number:
                    everything.set()

            wire.send(_request(key, f"{token}{place:08d}"), answered)
        async with asyncio.timeout(_ANSWER_SECONDS):
            await everything.wait()
    return sum(status != _CREATED for status in statuses)


def _request(key: str, unique: str) -> bytes:
    customer = {
        "name": "Aurora Outfitters", "slug": f"aurora-{unique}", "domain": f"aurora-{unique}.example",
        "status": "onboarding",
    }  # fmt: skip
    headers = {
        "Authorization": f"Bearer {key}", "Content-Type": "application/json",
        "Idempotency-Key": f"bench-{unique}",
    }  # fmt: skip
    return post("/api/v1/customers", headers, orjson.dumps(customer))
