"""Everything at once: 20 endpoints of which 5 misbehave, two workers of which one is killed, a steady load and a burst.

``make test`` runs it with 500 events. ``make faults`` sets ``FAULTS=full``: 5,000 events, and the same load before that
with 20 good endpoints and no kill, so that the times of the healthy can be put side by side.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, NamedTuple

import pytest
import trustme

from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from tests.core.outbound import HttpServer, answer_ok, http_server
from tests.core.test_outbound_http_tls import context_of
from tests.faults.webhooks import receivers
from tests.faults.webhooks.conftest import Emit, NewEndpoint, StartWorker
from tests.faults.webhooks.processes import Sink, Worker, listening
from tests.faults.webhooks.truth import Arrival, arrivals_at, check, retries_are_due, until_delivered
from tests.harness import World, make_template
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Report = list[str]

ENDPOINTS, BAD = 20, 5
CREATED = "SELECT id, created_at FROM deliveries WHERE endpoint_id = ANY ($1)"
MEND = "UPDATE webhook_endpoints SET url = $1 || '/' || id WHERE id = ANY ($2)"


class Load(NamedTuple):
    """Events one by one, so many a second, and then some all together, 20 to a transaction."""

    steady: int
    a_second: int
    burst: int


FULL = os.environ.get("FAULTS") == "full"
LOAD = Load(3000, 25, 2000) if FULL else Load(260, 25, 240)


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Lines that are shown when all is over, in the full form."""
    lines: Report = []
    yield lines
    if FULL:
        head = f"{ENDPOINTS} endpoints; {LOAD.steady} events at {LOAD.a_second}/s, then {LOAD.burst} at once"
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            sys.stdout.write("\n".join(["", head, *lines, ""]))


@pytest.fixture
def dsn(tmp_path: Path) -> Iterator[str]:
    """A database server as `pivotal run` has it, with everything on disk."""
    with EmbeddedPostgres(tmp_path / "data") as server:
        yield server.dsn


@pytest.fixture
async def world(dsn: str) -> World:
    return await make_template(dsn, datetime.now(UTC))


@asynccontextmanager
async def bad_receivers() -> AsyncIterator[list[tuple[str, HttpServer]]]:
    """Yield the URLs of five receivers, each bad in its way, and the receivers."""
    async with AsyncExitStack() as opened:
        found = []
        for handler in (receivers.hang, receivers.trickle, receivers.reset, receivers.flood):
            server = await opened.enter_async_context(http_server(handler))
            found.append((server.url, server))
        untrusted = context_of(trustme.CA().issue_cert("127.0.0.1"))
        server = await opened.enter_async_context(http_server(answer_ok, tls=untrusted))
        yield [*found, (server.url.replace("http:", "https:"), server)]


async def put_under_load(emit: Emit) -> float:
    """Emit the steady events and then the burst; return when that began."""
    began = time.monotonic()
    for number in range(LOAD.steady):
        await asyncio.sleep(began + number / LOAD.a_second - time.monotonic())
        await emit(1)
    burst = time.time()
    for _ in range(LOAD.burst // 20):
        await emit(20)
    return burst


async def all_have_all(sink: Sink, endpoints: set[str]) -> None:
    """Wait until each of the endpoints has every event."""
    count = LOAD.steady + LOAD.burst
    await eventually(lambda: all(sink.messages_of(id_) == count for id_ in endpoints), timeout=600 if FULL else 120)


async def times_of(
    connection: "Connection", arrivals: list[Arrival], endpoints: set[str], burst: float
) -> tuple[list[float], list[float]]:
    """Return the milliseconds from event to first arrival at the endpoints: of steady events and of the burst's."""
    created = {row["id"]: row["created_at"].timestamp() for row in await connection.fetch(CREATED, list(endpoints))}
    first: dict[str, float] = {}
    for arrival in arrivals:
        first.setdefault(arrival.message_id, arrival.at)
    steady, at_once = list[float](), list[float]()
    for id_, at in created.items():
        (steady if at < burst else at_once).append(1000 * (first[id_] - at))
    return steady, at_once


def in_words(times: list[float]) -> str:
    cuts = quantiles(times, n=100, method="inclusive")
    late = sum(time > 10_000 for time in times)
    return f"p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, max {max(times):.0f} ms, {late} of {len(times)} over 10 s"


async def kill_in_the_middle(sink: Sink, healthy: set[str], worker: Worker, rival: "Connection") -> set[str]:
    """Kill a worker when a third of the steady load has arrived, and return what it held (and others at that time)."""
    await eventually(lambda: len(sink.arrivals) >= LOAD.steady * len(healthy) // 3, timeout=300)
    worker.kill()
    return {row["id"] for row in await rival.fetch("SELECT id FROM deliveries WHERE lease IS NOT NULL")}


async def mend(connection: "Connection", sink: Sink, troubled: set[str]) -> None:
    """Let the bad endpoints be good ones, and wait until everything was delivered there, too."""
    await connection.execute(MEND, sink.url, list(troubled))

    async def mended() -> bool:
        await retries_are_due(connection)
        await until_delivered(connection, 0)
        return True

    await eventually(mended, timeout=600 if FULL else 120)


@pytest.mark.parametrize("disturbed", [False, True] if FULL else [True])
async def test_five_bad_endpoints_and_a_killed_worker_keep_nothing_from_anybody(
    connection: "Connection",
    rival: "Connection",
    sink: Sink,
    start_worker: StartWorker,
    new_endpoint: NewEndpoint,
    emit: Emit,
    report: Report,
    *,
    disturbed: bool,
) -> None:
    held = set[str]()
    async with bad_receivers() as bad:
        troubled = {await new_endpoint(url) for url, _ in bad} if disturbed else set[str]()
        healthy = {await new_endpoint(sink.url) for _ in range(ENDPOINTS - len(troubled))}
        first, second = start_worker(), start_worker()
        await eventually(lambda: listening(connection, 2), timeout=60)
        load = asyncio.create_task(put_under_load(emit))
        if disturbed:
            held = await kill_in_the_middle(sink, healthy, first, rival)
            start_worker()
        burst = await load
        await all_have_all(sink, healthy)
        await mend(connection, sink, troubled)
        arrivals = [*sink.arrivals, *(arrival for _, server in bad for arrival in arrivals_at(server.requests))]
    assert second.is_up()
    unrecorded = await check(connection, arrivals)
    assert set(unrecorded.values()) <= {1}
    assert unrecorded.keys() <= held, "something came twice that the killed worker did not hold"
    steady, at_once = await times_of(connection, sink.arrivals, healthy, burst)
    report.append(
        f"{len(troubled)} endpoints bad, {int(disturbed)} of 2 workers killed; at the {len(healthy)} good ones:"
    )
    report.append(f"  steady    {in_words(steady)}")
    report.append(f"  burst     {in_words(at_once)}")
    report.append(f"  requests  {len(arrivals)} in all, of which {len(unrecorded)} came once more than was recorded")
