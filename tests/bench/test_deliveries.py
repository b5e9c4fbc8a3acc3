import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from bench import bare
from bench.backlog import FIFTY, ONE, ground
from bench.cost import Cost
from bench.deliveries import Deliveries
from bench.delivery_report import data, sections
from bench.latency import a_latency, create_at
from bench.layers import Profile, Sampler
from bench.load import Load
from bench.processor import Spent
from bench.sink import running_sink
from bench.throughput import Rivals, Run, Throughput
from bench.worker import WorkerError, running_worker

from tests.harness import Serve, World

if TYPE_CHECKING:
    from pathlib import Path

    from pivotal_server.core.db import Connection


async def test_a_backlog_is_delivered_by_the_worker_and_gone_through_by_the_limit(
    connection: "Connection", postgres: str, tmp_path: "Path"
) -> None:
    """Fails when the engine has changed and bench has not followed."""
    with running_sink() as sink:
        async with ground(connection, postgres, "bench_deliveries", sink.port) as place:
            with running_worker(place.dsn, tmp_path / "worker.log") as worker:
                run = await Rivals(place, place, sink, worker).deliver(FIFTY, 120)
            assert (run.deliveries, run.errors) == (100, 0)
            since = await place.write(ONE, 20)
            await bare.run_statements(place.dsn, 20, 8, {})
            recorded = await place.recorded(ONE, since)
    assert (recorded.delivered, recorded.attempts) == (20, 20)
    assert recorded.batches >= 3


async def test_a_worker_that_has_ended_is_not_waited_for(empty_dsn: str, tmp_path: "Path") -> None:
    with running_worker(empty_dsn, tmp_path / "worker.log") as worker:
        worker.process.wait(timeout=30)
        with pytest.raises(WorkerError, match="The worker has ended: "):
            worker.check()


async def test_the_sink_counts_requests_by_path() -> None:
    with running_sink() as sink:
        assert await bare.send_bare(sink.port, 100, connections=7) > 0
        assert sink.number() == 100
        by_path, delays = sink.seen()
        assert by_path == {"/hook/1": 100}
        assert len(delays) == 100
        assert all(0 <= delay < 60_000 for delay in delays)
        assert sink.seen() == ({}, [])


async def test_customers_are_made_at_a_steady_rate(serve: Serve, world: World) -> None:
    server = await serve(workers=1)
    port = urlsplit(server.url).port
    assert port is not None
    assert await create_at(50, 5, port, world.live_key) == 0
    assert await create_at(50, 5, port, "unknown") == 5


def test_a_run_is_compared_with_the_limits_around_it() -> None:
    rounds = a_throughput()
    assert rounds.ratios == [0.5, 0.25]
    assert rounds.ratio == 0.375
    assert rounds.errors == 1


def test_delays_become_centiles() -> None:
    found = a_latency(1, 100, [float(number) for number in range(1, 102)], 0)
    assert (found.p50_ms, found.p99_ms, found.max_ms) == (51, 100, 101)


def test_a_sample_is_the_layers_whose_code_is_innermost() -> None:
    sampler = Sampler()
    sampler.take(sys._getframe())
    profile = sampler.end()
    assert profile.samples == 1
    assert [*profile.layers.values()] == [1.0]
    assert [*profile.top] == ["bench/test_deliveries.py test_a_sample_is_the_layers_whose_code_is_innermost"]


def test_what_was_found_is_told_to_people_and_programs() -> None:
    loads = [Load(requests, seconds=1.0, p50_ms=1, p99_ms=1, errors=0) for requests in (1000, 950, 1000)]
    found = Deliveries(
        [a_throughput()], [a_latency(1, 100, [5.0, 6.0], 0)], Cost(loads[::2], loads[1:2]), Profile(9, {"a": 1}, {})
    )
    told = "\n".join(sections(found))
    assert "| 1         | 1,000 (1,000 to 1,000) |" in told
    assert "| 5.0%   | 10%     | 0      | ok |" in told
    assert "| a     | 100%  |" in told
    assert found.errors == 1
    assert data(found)["throughput"][0]["ratio"] == 0.375


def a_throughput() -> Throughput:
    def run(rate: float, errors: int = 0) -> Run:
        return Run(1000, 1000 / rate, 40.0, Spent(50.0, 50.0, 20.0, 5.0), errors)

    return Throughput(1, [run(1000)] * 3, [run(100)], [50_000.0], [run(500), run(250, errors=1)])
