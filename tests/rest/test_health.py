"""The probes tell the truth: alive without a database, ready only with it."""

from typing import TYPE_CHECKING

import httpx

from pivotal_server import __version__
from pivotal_server.core.clock import to_iso
from tests.harness import Databases
from tests.support import SteeredClock, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DEEP = "http://testserver/api/health/deep"


async def test_the_liveness_probe(anonymous: httpx.AsyncClient, clock: SteeredClock) -> None:
    assert body_of(await anonymous.get("/health")) == {
        "status": "ok",
        "timestamp": to_iso(clock.now()),
        "version": __version__,
        "api_version": "v1",
    }


async def test_the_readiness_probe_fails_with_the_database(
    anonymous: httpx.AsyncClient, connection: "Connection", databases: Databases
) -> None:
    health = body_of(await anonymous.get(DEEP))
    assert health["status"] == "ok"
    assert health["checks"]["database"]["status"] == "ok"

    name = await connection.fetchval("SELECT current_database()")
    await databases.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
        failing = body_of(await anonymous.get(DEEP), 503)
        assert failing["status"] == "failing"
        assert failing["checks"]["database"]["status"] == "failing"
        assert body_of(await anonymous.get("/health"))["status"] == "ok"
    finally:
        await databases.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert body_of(await anonymous.get(DEEP))["status"] == "ok"
