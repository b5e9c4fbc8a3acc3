"""The probes tell the truth: alive without a database, ready only with it, and what else is not as it should be."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server import __version__
from pivotal_server.app import create_app
from pivotal_server.core.clock import to_iso
from pivotal_server.core.health import KEPT_FOR, LONGEST_OVERDUE_SECONDS
from pivotal_server.core.settings import Settings
from tests.core.smtp import blow_up, hang, mail_server, rude_server
from tests.harness import Databases, client_of, free_port, lifespan
from tests.support import Json, SteeredClock, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DEEP = "http://testserver/api/health/deep"

Ask = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def served(dsn: str, clock: SteeredClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Serves the app with settings of its own: ``async with served(PIVOTAL_SMTP_URL=…) as client``."""

    @asynccontextmanager
    async def serve(**environment: str) -> AsyncIterator[httpx.AsyncClient]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        app = create_app(dsn, Settings(data=tmp_path / "data"), clock)
        async with lifespan(app), client_of("http://testserver", None, transport=httpx.ASGITransport(app)) as client:
            yield client

    return serve


def states(health: Json) -> dict[str, str]:
    return {name: check["status"] for name, check in health["checks"].items()}


async def test_the_liveness_probe(anonymous: httpx.AsyncClient, clock: SteeredClock) -> None:
    assert body_of(await anonymous.get("/health")) == {
        "status": "ok",
        "timestamp": to_iso(clock.now()),
        "version": __version__,
        "api_version": "v1",
    }


async def test_the_readiness_probe_tells_how_everything_is(served: Ask, clock: SteeredClock, tmp_path: Path) -> None:
    async with mail_server() as mail, served(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{mail.port}") as client:
        health = body_of(await client.get(DEEP))
    assert health["status"] == "ok"
    assert health["timestamp"] == to_iso(clock.now())
    assert states(health) == {"database": "ok", "job_queue": "ok", "mail": "ok", "storage": "ok"}
    assert all(check["latency_ms"] > 0 for check in health["checks"].values())
    assert mail.mails == []
    assert [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()] == []


async def test_the_readiness_probe_fails_with_the_database(
    anonymous: httpx.AsyncClient, connection: "Connection", databases: Databases, clock: SteeredClock
) -> None:
    health = body_of(await anonymous.get(DEEP))
    assert health["status"] == "ok"
    assert states(health) == {"database": "ok", "job_queue": "ok", "mail": "not_configured", "storage": "ok"}
    assert health["checks"]["mail"]["latency_ms"] is None

    name = await connection.fetchval("SELECT current_database()")
    await databases.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
        assert body_of(await anonymous.get(DEEP)) == health
        clock.advance(KEPT_FOR.total_seconds())
        failing = body_of(await anonymous.get(DEEP), 503)
        assert failing["status"] == "failing"
        assert states(failing) | {"database": "failing", "job_queue": "failing"} == states(failing)
        assert failing["checks"]["storage"]["status"] == "ok"
        assert body_of(await anonymous.get("/health"))["status"] == "ok"
    finally:
        await databases.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    clock.advance(KEPT_FOR.total_seconds())
    assert body_of(await anonymous.get(DEEP))["status"] == "ok"


async def test_a_queue_that_nobody_works_on_is_told(
    anonymous: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    await connection.execute(
        "INSERT INTO pgqueuer (priority, entrypoint, execute_after, status) VALUES (0, 'mail', $1, 'queued')",
        clock.now(),
    )
    clock.advance(LONGEST_OVERDUE_SECONDS)
    assert body_of(await anonymous.get(DEEP))["status"] == "ok"
    clock.advance(KEPT_FOR.total_seconds())
    health = body_of(await anonymous.get(DEEP))
    assert health["status"] == "degraded"
    assert (states(health)["database"], states(health)["job_queue"]) == ("ok", "failing")


async def test_a_mail_server_that_is_away_or_is_none_is_told(
    served: Ask, clock: SteeredClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with rude_server(blow_up) as port, served(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{port}") as client:
        assert states(body_of(await client.get(DEEP)))["mail"] == "failing"
    async with served(PIVOTAL_SMTP_URL=f"smtp://maya:s3cret@127.0.0.1:{free_port()}") as client:
        for _ in range(2):
            health = body_of(await client.get(DEEP))
            assert (health["status"], states(health)["mail"]) == ("degraded", "failing")
            clock.advance(KEPT_FOR.total_seconds())
    messages = [message for message in caplog.messages if "mail fails" in message]
    assert len(messages) == 2  # once for each server
    assert "s3cret" not in str(messages)


async def test_a_mail_server_that_says_nothing_holds_the_answer_up_for_three_seconds(served: Ask) -> None:
    async with rude_server(hang) as port, served(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{port}") as client:
        started = time.monotonic()
        health = body_of(await client.get(DEEP))
        assert time.monotonic() - started < 5
    assert states(health) == {"database": "ok", "job_queue": "ok", "mail": "failing", "storage": "ok"}
    assert health["checks"]["mail"]["latency_ms"] >= 3000


async def test_a_storage_that_takes_nothing_is_told(served: Ask, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "files").write_text("in the way")
    async with served() as client:
        health = body_of(await client.get(DEEP))
    assert (health["status"], states(health)["storage"]) == ("degraded", "failing")


async def test_asking_often_costs_no_more_than_asking_once(served: Ask, clock: SteeredClock) -> None:
    greeted = 0

    async def count(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        nonlocal greeted
        greeted += 1
        await asyncio.wait_for(reader.read(1), 0.1)

    async with rude_server(count) as port, served(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{port}") as client:
        answers = await asyncio.gather(*(client.get(DEEP) for _ in range(20)))
        assert len({answer.content for answer in answers}) == 1
        assert greeted == 1
        clock.advance(-3600)  # a clock that was set back must not keep an answer for an hour
        body_of(await client.get(DEEP))
        assert greeted == 2
