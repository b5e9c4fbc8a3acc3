"""``/metrics`` of one process: who may read it, and what it tells."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server import __version__
from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from tests.harness import Databases, client_of, lifespan
from tests.support import SteeredClock, body_of, create_customer, error_of
from tests.telemetry.support import BEARER, TOKEN, scrape
from tests.webhooks.support import attempt, create_endpoint, deliveries, spread

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

METRICS = "http://testserver/metrics"
JOB = "INSERT INTO pgqueuer (priority, entrypoint, status, execute_after) VALUES (0, $1, $2, $3)"


@pytest.fixture
async def silent(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A server whose operator has set no token."""
    app = create_app(dsn, Settings(data=tmp_path_factory.mktemp("silent") / "data"))
    async with lifespan(app), client_of("http://testserver", None, transport=httpx.ASGITransport(app)) as client:
        yield client


async def test_the_token_opens_it(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get(METRICS, headers=BEARER)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers.get_list("content-type") == [answer.headers["content-type"]]
    assert answer.headers["cache-control"] == "no-store"
    assert "x-ratelimit-limit" not in answer.headers


async def test_head_tells_what_get_would(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.head(METRICS, headers=BEARER)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.content == b""


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer  {TOKEN}",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        "Bearer t\u00f6ken-of-the-operators",
    ],
)
async def test_nothing_else_does(anonymous: httpx.AsyncClient, authorization: str | None) -> None:
    headers = [] if authorization is None else [(b"Authorization", authorization.encode())]

    answer = await anonymous.get(METRICS, headers=headers)

    assert error_of(answer, 401)["type"] == "authentication_error"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_api_key_does_not(api: httpx.AsyncClient) -> None:
    error_of(await api.get(METRICS), 401)


@pytest.mark.parametrize("headers", [{}, BEARER, {"Authorization": "Bearer "}])
async def test_without_a_token_in_the_settings_there_is_nothing(
    silent: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    nowhere = error_of(await silent.get("/nowhere"), 404)

    assert error_of(await silent.get("/metrics", headers=headers), 404) == nowhere


async def test_it_is_neither_logged_nor_in_the_description_of_the_api(
    anonymous: httpx.AsyncClient, connection: "Connection"
) -> None:
    await anonymous.get(METRICS, headers=BEARER)

    assert not any("metrics" in path for path in body_of(await anonymous.get("/openapi.json"))["paths"])
    assert await connection.fetchval("SELECT count(*) FROM request_log") == 0


async def test_requests_are_counted_by_route(api: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    before = await scrape(api)
    customer = await create_customer(api)
    for reference in (customer["id"], customer["display_id"]):
        body_of(await api.get(f"/customers/{reference}"))
    error_of(await api.get("/customers/999999"), 404)
    error_of(await anonymous.get("/customers/1"), 401)
    after = await scrape(api)

    def more(method: str, route: str, status: str) -> float:
        labels = {"method": method, "route": route, "status": status}
        name = "pivotal_http_requests_total"
        return after.value(name, **labels) - before.value(name, **labels)

    assert more("POST", "/api/v1/customers", "2xx") == 1
    assert more("GET", "/api/v1/customers/{id}", "2xx") == 2
    assert more("GET", "/api/v1/customers/{id}", "4xx") == 2
    assert more("GET", "/metrics", "2xx") == 1
    seconds, labels = "pivotal_http_request_duration_seconds", {"method": "GET", "route": "/api/v1/customers/{id}"}
    assert after.value(f"{seconds}_count", **labels) - before.value(f"{seconds}_count", **labels) == 4
    assert 0 < after.value(f"{seconds}_sum", **labels) - before.value(f"{seconds}_sum", **labels) < 10
    buckets = after.all(f"{seconds}_bucket", **labels).values()
    assert list(buckets) == sorted(buckets)


async def test_a_thousand_made_up_paths_and_methods_are_one_label(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    for warm_up in ("GET", "PUT", "FETCH"):
        await anonymous.request(warm_up, "/made-up")
    before = await scrape(api)
    for number in range(1000):
        method = ("GET", "PUT", f"FETCH{number}")[number % 3]
        error_of(await anonymous.request(method, f"/made-up-{number}/{'x' * (number % 50)}"), 404)
    after = await scrape(api)

    assert after.of_requests() - before.of_requests() == 1001
    name = "pivotal_http_requests_total"
    assert len(after.all(name)) == len(before.all(name))
    assert len(after.all(name, route="other")) <= 8  # seven methods, and all others
    assert after.all(name, method="other", route="other")


async def test_it_tells_of_itself_and_its_connections(api: httpx.AsyncClient) -> None:
    metrics = await scrape(api)

    assert metrics.value("pivotal_info", version=__version__) == 1
    assert metrics.value("pivotal_processes", role="web") == 1
    assert metrics.value("pivotal_process_cpu_seconds_total", role="web") > 0
    assert metrics.value("pivotal_process_resident_memory_bytes", role="web") > 10_000_000
    assert metrics.value("pivotal_process_open_fds", role="web") > 3
    assert metrics["pivotal_database_up"] == 1
    assert metrics.total("pivotal_database_connections") == Settings().database_connections
    assert metrics["pivotal_database_wait_seconds_count"] > 0


async def test_it_tells_of_the_queues(api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock) -> None:
    calm = await scrape(api)
    await create_customer(api)
    clock.advance(7)
    await create_customer(api)
    clock.advance(3)
    outbox = await scrape(api)
    first, second = await create_endpoint(api), await create_endpoint(api)
    await spread(connection, clock.now())
    clock.advance(20)
    due = await scrape(api)
    for endpoint in (first, second):
        old, new = await deliveries(api, endpoint)
        await attempt(connection, old["id"], clock.now(), next_at=clock.now() + timedelta(hours=2))
        await attempt(connection, new["id"], clock.now(), code=200)
    later = await scrape(api)
    body_of(await api.patch(f"/webhook_endpoints/{first['id']}", json={"status": "disabled"}))
    disabled = await scrape(api)

    def queues(name: str) -> list[float]:
        return [metrics[name] for metrics in (calm, outbox, due, later, disabled)]

    assert queues("pivotal_outbox_events_waiting")[:3] == [0, 2, 0]
    assert queues("pivotal_outbox_oldest_event_seconds")[:3] == pytest.approx([0, 10, 0], abs=0.001)
    assert queues("pivotal_webhook_deliveries_waiting") == [0, 0, 4, 2, 1]
    assert queues("pivotal_webhook_oldest_due_seconds") == pytest.approx([0, 0, 30, 0, 0], abs=0.001)


async def test_it_tells_of_jobs(api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock) -> None:
    for job, status, seconds in (
        ("mail", "queued", 60),
        ("mail", "queued", -3600),
        ("clean_up", "queued", 40),
        ("clean_up", "picked", 400),
        ("mail", "failed", 4000),
    ):
        await connection.execute(JOB, job, status, clock.ahead(-seconds))

    metrics = await scrape(api)

    assert metrics["pivotal_jobs_waiting"] == 3
    assert metrics["pivotal_jobs_failed"] == 1
    assert metrics["pivotal_jobs_oldest_due_seconds"] == pytest.approx(60, abs=0.001)


async def test_while_the_database_is_away_it_tells_what_it_has(
    api: httpx.AsyncClient, databases: Databases, dsn: str
) -> None:
    body_of(await api.get("/me"))
    name = dsn.partition("?")[0].rpartition("/")[2]
    await databases.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await databases.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    away = await scrape(api)
    await databases.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    back = await scrape(api)

    queues = {"pivotal_webhook_deliveries_waiting", "pivotal_outbox_events_waiting", "pivotal_jobs_waiting"}
    assert away["pivotal_database_up"] == 0
    assert not any(away.all(queue) for queue in queues)
    assert away.value("pivotal_http_requests_total", method="GET", route="/api/v1/me", status="2xx") > 0
    assert away.value("pivotal_processes", role="web") == 1
    assert back["pivotal_database_up"] == 1
    assert all(back.all(queue) for queue in queues)
