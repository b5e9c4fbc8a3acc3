"""The request log and the keys' last use: every authenticated request, once, soon after."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.core.settings import Settings
from pivotal_server.identity.api_keys import list_keys
from pivotal_server.identity.models import ApiKey
from tests.harness import ClientOf, NewKeyOf, Serve, World
from tests.support import SteeredClock, create_customer, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

LOG = "SELECT * FROM request_log WHERE workspace_id = $1 ORDER BY created_at, id"


async def logged(connection: "Connection", world: World, count: int) -> list[dict[str, Any]]:
    """Return the log of Northwind once it has so many rows."""

    async def enough() -> list[dict[str, Any]]:
        rows = [dict(row) for row in await connection.fetch(LOG, world.northwind.id)]
        assert len(rows) >= count
        return rows

    rows: list[dict[str, Any]] = await eventually(enough)
    assert len(rows) == count
    return rows


async def key_named(connection: "Connection", world: World, name: str) -> ApiKey:
    return next(key for key in await list_keys(connection, world.northwind.id) if key.name == name)


async def test_every_authenticated_request_is_logged(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    responses = []
    for client, method, path in (
        (api, "GET", "/me"),
        (api, "POST", "/customers"),
        (test_api, "DELETE", "/customers/999"),
        (api, "HEAD", "/customers"),
        (api, "GET", "/nothing?limit=5"),
    ):
        responses.append(await client.request(method, path))
        clock.advance(1)
    rows = await logged(connection, world, 5)
    assert [(row["method"], row["path"], row["status"], row["livemode"]) for row in rows] == [
        ("GET", "/api/v1/me", 200, True),
        ("POST", "/api/v1/customers", 400, True),
        ("DELETE", "/api/v1/customers/999", 404, False),
        ("HEAD", "/api/v1/customers", 200, True),
        ("GET", "/api/v1/nothing", 404, True),
    ]
    assert [row["id"] for row in rows] == [response.headers["x-request-id"] for response in responses]
    live = await key_named(connection, world, "northwind-live")
    assert {row["api_key_id"] for row in rows if row["livemode"]} == {live.id}
    assert all(row["ip"] == "127.0.0.1" and 0 < row["latency_us"] < 10_000_000 for row in rows)


async def test_requests_without_a_valid_key_are_not_logged(
    anonymous: httpx.AsyncClient, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    await anonymous.get("/me")
    await anonymous.get("/me", headers={"Authorization": f"Bearer {world.live_key}x"})
    await anonymous.get("/health")
    await api.get("/health")
    await api.get("/me")
    assert len(await logged(connection, world, 1)) == 1


async def test_a_429_is_logged(client: ClientOf, new_key: NewKeyOf, connection: "Connection", world: World) -> None:
    api = client(await new_key(rate_limit=1))
    await api.get("/me")
    await api.get("/me")
    assert sorted(row["status"] for row in await logged(connection, world, 2)) == [200, 429]


async def test_a_key_knows_when_from_where_and_how_often_it_was_used(
    client: ClientOf, new_key: NewKeyOf, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    api = client(await new_key(name="used"))
    unused = await key_named(connection, world, "used")
    assert (unused.last_used_at, unused.last_used_ip, unused.request_count) == (None, None, 0)
    for count in (3, 2):
        for _ in range(count):
            clock.advance(10)
            await api.get("/me")

        async def counted(total: int = {3: 3, 2: 5}[count]) -> bool:
            return (await key_named(connection, world, "used")).request_count == total

        await eventually(counted)
    used = await key_named(connection, world, "used")
    assert (used.last_used_at, used.last_used_ip, used.request_count) == (clock.now(), "127.0.0.1", 5)


async def test_odd_paths_do_not_stop_the_log(api: httpx.AsyncClient, connection: "Connection", world: World) -> None:
    paths = ["%00", "%FF", "%ED%A0%80", "a" * 5000, "%E2%80%AE", "%0A%0D", "%5C", "%22'"]
    for path in paths:
        assert (await api.get(f"/customers/{path}")).status_code == 404
    rows = await logged(connection, world, len(paths))
    assert max(len(row["path"]) for row in rows) == 2000


async def test_a_change_names_its_request_and_address(api: httpx.AsyncClient, connection: "Connection") -> None:
    response = await api.post("/customers", json={"name": "Aurora"})
    row = await connection.fetchrow("SELECT request_id, ip FROM activity")
    assert row is not None
    assert tuple(row) == (response.headers["x-request-id"], "127.0.0.1")


class TestBehindAProxy:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(trust_proxy=True)

    async def test_the_nearest_address_that_the_proxy_names_counts(
        self, api: httpx.AsyncClient, connection: "Connection", world: World
    ) -> None:
        await api.get("/me", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
        assert [row["ip"] for row in await logged(connection, world, 1)] == ["203.0.113.7"]


async def test_without_trust_the_header_is_ignored(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    await api.get("/me", headers={"X-Forwarded-For": "203.0.113.7"})
    assert [row["ip"] for row in await logged(connection, world, 1)] == ["127.0.0.1"]


async def test_the_log_is_written_when_the_server_stops(serve: Serve, connection: "Connection", world: World) -> None:
    server = await serve()
    async with server.client(world.live_key) as api:
        await create_customer(api)
    server.stop()
    assert [row["status"] for row in await logged(connection, world, 1)] == [201]
