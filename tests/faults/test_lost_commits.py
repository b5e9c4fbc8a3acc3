"""The connection breaks between the commit and its confirmation: nobody knows, and nothing is lost or done twice."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from tests.faults.wire import Wire, wire_to
from tests.harness import World, client_of, lifespan
from tests.support import body_of, error_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
async def wire(dsn: str) -> AsyncIterator[Wire]:
    async with wire_to(dsn) as wire:
        yield wire


@pytest.fixture
async def api(wire: Wire, world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(wire.dsn, Settings())
    transport = httpx.ASGITransport(app)
    async with lifespan(app), client_of("http://testserver/api/v1", world.live_key, transport=transport) as client:
        yield client


async def test_a_create_whose_commit_was_not_confirmed_is_replayed_to_the_retry(
    api: httpx.AsyncClient, wire: Wire, connection: "Connection"
) -> None:
    async def create() -> httpx.Response:
        return await api.post("/customers", json={"name": "Aurora"}, headers={"Idempotency-Key": "sign-up"})

    wire.break_after_commit()
    error_of(await create(), 500)
    assert wire.whole
    retried = await create()
    assert body_of(retried, 201)["display_id"] == 1
    assert retried.headers["idempotent-replay"] == "true"
    for table in ("customers", "activity", "events"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 1


async def test_requests_whose_logging_was_not_confirmed_are_logged_once(
    api: httpx.AsyncClient, wire: Wire, connection: "Connection"
) -> None:
    for _ in range(3):
        body_of(await api.get("/me"))
    # Reads need no transaction: the next one is that of the log.
    wire.break_after_commit()
    await eventually(lambda: wire.whole)
    for _ in range(4):
        body_of(await api.get("/me"))

    async def logged() -> bool:
        return bool(await connection.fetchval("SELECT count(*) FROM request_log") == 7)

    await eventually(logged)
    assert await connection.fetchval("SELECT sum(request_count) FROM api_key_usage") == 7
