"""Several processes, one sum: the web server's, the worker's, and those that were killed."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Start
from tests.core.outbound import http_server
from tests.harness import Serve, Server, World, client_of, free_port
from tests.support import body_of, create_customer, eventually
from tests.telemetry.support import BEARER, TOKEN, Metrics, scrape
from tests.webhooks.support import create_endpoint

# Every request takes a connection of its own, so that each process gets some.
ANY_PROCESS = httpx.Limits(max_keepalive_connections=0)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PIVOTAL_METRICS_TOKEN": TOKEN,
        "PIVOTAL_DATA": str(tmp_path / "data"),
        "PIVOTAL_OUTBOUND_ALLOW": "127.0.0.0/8",
    }


def customers_read(metrics: Metrics) -> float:
    return metrics.value("pivotal_http_requests_total", method="GET", route="/api/v1/customers", status="2xx")


def cpu(metrics: Metrics) -> float:
    return metrics.value("pivotal_process_cpu_seconds_total", role="web")


async def read(client: httpx.AsyncClient, times: int) -> None:
    for _ in range(times):
        body_of(await client.get("/customers"))


async def test_the_sum_is_that_of_all_processes_and_survives_a_killed_one(
    serve: Serve, world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    server = await serve(workers=2, **environment)
    async with server.client(world.live_key, limits=ANY_PROCESS) as client:
        await read(client, 60)
        await eventually(lambda: tells(client, 60))
        for number in range(3):
            before = await scrape(client)
            killed = server.kill_worker()
            after = await scrape(client)
            assert customers_read(after) >= customers_read(before)
            assert after.of_requests() >= before.of_requests()  # the killed one may have had no time to count its last
            assert cpu(after) >= cpu(before) > 0
            await eventually(lambda: replaced(server, client, killed))  # noqa: B023 - awaited before the next
            await read(client, 20)
            await eventually(lambda: tells(client, 80 + 20 * number))  # noqa: B023 - likewise
    # Two processes, what the dead had counted, and the lock.
    assert len(list((tmp_path / "data" / "metrics").iterdir())) <= 2 * 3 + 2


async def tells(client: httpx.AsyncClient, reads: int) -> bool:
    metrics = await scrape(client)
    assert customers_read(metrics) <= reads
    return customers_read(metrics) == reads


async def replaced(server: Server, client: httpx.AsyncClient, killed: int) -> bool:
    metrics = await scrape(client)
    return (
        killed not in server.pids() and len(server.pids()) == 2 and metrics.value("pivotal_processes", role="web") == 2
    )


async def test_the_web_server_tells_what_the_worker_counts_and_the_other_way_round(
    serve: Serve,
    start: Start,
    world: World,
    environment: dict[str, str],
    dsn: str,
) -> None:
    port = free_port()
    server = await serve(workers=2, **environment)
    worker = start("worker", DATABASE_URL=dsn, PIVOTAL_METRICS_PORT=port, **environment)
    async with (
        http_server() as sink,
        server.client(world.live_key, limits=ANY_PROCESS) as api,
        client_of(f"http://127.0.0.1:{port}", None) as alone,
    ):
        await create_endpoint(api, url=sink.url, events=["customer.created"])
        for _ in range(10):
            await create_customer(api)

        async def delivered(client: httpx.AsyncClient) -> Metrics | None:
            metrics = await scrape(client)
            done = metrics.value("pivotal_webhook_deliveries_total", outcome="delivered") == 10
            return metrics if done else None

        for client in (api, alone):
            metrics: Metrics = await eventually(lambda: delivered(client), 30)  # noqa: B023 - awaited before the next
            assert metrics.value("pivotal_webhook_attempts_total", outcome="succeeded") == 10
            assert metrics.total("pivotal_webhook_attempts_total") == 10
            assert metrics["pivotal_webhook_attempt_duration_seconds_count"] == 10
            assert metrics["pivotal_webhook_event_age_seconds_count"] == 10
            assert metrics["pivotal_webhook_attempts_unrecorded_total"] == 0
            assert metrics["pivotal_webhook_deliveries_waiting"] == 0
            assert metrics.value("pivotal_jobs_total", job="clean_up", outcome="done") == 1
            assert (
                metrics.value("pivotal_http_requests_total", method="POST", route="/api/v1/customers", status="2xx")
                == 10
            )
            assert metrics.all("pivotal_processes") == {
                frozenset({("role", "web")}): 2,
                frozenset({("role", "worker")}): 1,
            }
        assert len(sink.requests) == 10
    assert worker.process.poll() is None


async def answers(client: httpx.AsyncClient) -> bool:
    with suppress(httpx.TransportError):
        return (await client.get("/metrics", headers=BEARER)).is_success
    return False


async def said_to(port: int, request: bytes) -> bytes:
    """Send something that is no request and return the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    writer.write_eof()
    answer = b""
    with suppress(ConnectionError):
        answer = await reader.read()
    writer.close()
    return answer


async def test_a_worker_alone_answers_nothing_but_metrics_and_nobody_but_operators(
    start: Start,
    environment: dict[str, str],
    dsn: str,
) -> None:
    port = free_port()
    worker = start("worker", DATABASE_URL=dsn, PIVOTAL_METRICS_PORT=port, **environment)
    async with client_of(f"http://127.0.0.1:{port}", None) as client:
        await eventually(lambda: answers(client), 30)

        got = await client.get("/metrics", headers=BEARER)
        assert Metrics(got.text).value("pivotal_processes", role="worker") == 1
        assert got.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        head = await client.head("/metrics", headers=BEARER)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 1000
        for status, method, path, headers in (
            (401, "GET", "/metrics", {}),
            (401, "GET", "/metrics", {"Authorization": "Bearer wrong"}),
            (405, "POST", "/metrics", BEARER),
            (404, "GET", "/", BEARER),
            (404, "GET", "/metrics/x", BEARER),
            (200, "GET", "/metrics?x=1", BEARER),
        ):
            assert (await client.request(method, path, headers=headers)).status_code == status, (method, path)
        for nonsense in (b"\0" * 20, b"GET /metrics HTTP/1.1\r\nX: " + b"y" * 20_000, b"", b"GET / HTTP/9\r\n\r\n"):
            assert await said_to(port, nonsense) == b""

    other = start("worker", DATABASE_URL=dsn, PIVOTAL_METRICS_PORT=port, **environment)
    await other.says(f"Metrics cannot be asked for on port {port}")
    assert await other.ends(signal.SIGTERM) == 0
    assert "Traceback" not in worker.err + other.err


async def test_without_a_token_no_files_are_written(serve: Serve, tmp_path: Path) -> None:
    server = await serve(PIVOTAL_DATA=str(tmp_path / "data"))

    async with client_of(server.url, None) as client:
        assert (await client.get("/metrics", headers=BEARER)).status_code == 404
    assert not (tmp_path / "data" / "metrics").exists()
