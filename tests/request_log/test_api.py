"""The request log over the API: everything that keys asked for, narrowed, in pages that miss nothing."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.request_log import queries
from tests.harness import NewKeyOf, World
from tests.request_log.test_pages import fill
from tests.support import Json, SteeredClock, body_of, error_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def walk(api: httpx.AsyncClient, **params: str) -> list[list[Json]]:
    pages: list[list[Json]] = []
    while True:
        found = body_of(await api.get("/request_logs", params=params))
        pages.append(found["data"])
        assert found["has_more"] == (found["next_cursor"] is not None)
        if not found["has_more"]:
            return pages
        params["cursor"] = found["next_cursor"]


async def test_a_request_is_told_with_its_answer(api: httpx.AsyncClient) -> None:
    refused = await api.get("/customers/999")

    async def logged() -> Json:
        found: Json = body_of(await api.get("/request_logs", params={"status": "404"}))["data"][0]
        return found

    async def told() -> bool:
        return bool(body_of(await api.get("/request_logs", params={"status": "404"}))["data"])

    await eventually(told)
    row = await logged()
    assert row["id"] == refused.headers["x-request-id"]
    assert {name: row[name] for name in ("object", "method", "path", "status", "error_code", "livemode")} == {
        "object": "request_log",
        "method": "GET",
        "path": "/api/v1/customers/999",
        "status": 404,
        "error_code": "customer_not_found",
        "livemode": True,
    }
    assert row["api_key"]["name"] == "northwind-live"
    assert row["duration_ms"] > 0


async def test_pages_miss_nothing_though_requests_share_a_moment(
    api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await fill(connection, world, clock, 120)
    await connection.execute("UPDATE request_log SET created_at = date_trunc('minute', created_at)")
    pages = await walk(api, limit="25", until=clock.now().isoformat())
    assert [len(page) for page in pages] == [25, 25, 25, 25, 20]
    assert len({row["id"] for page in pages for row in page}) == 120


async def test_the_log_is_narrowed(
    api: httpx.AsyncClient, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    key = await fill(connection, world, clock, 100)
    until = clock.now().isoformat()

    async def count(**params: str) -> int:
        return sum(map(len, await walk(api, limit="100", until=until, **params)))

    assert await count() == 100
    assert await count(status="404") == 10
    assert await count(status="4xx", path="/api/v1/customers") == 10
    assert await count(method="POST") == 33
    assert await count(mode="test", key=key) == 25
    assert await count(key="nobodys") == 0
    assert await count(since=clock.ahead(-10).isoformat()) == 10


async def test_a_narrowed_search_looks_through_the_log_in_bounded_steps(
    api: httpx.AsyncClient,
    connection: "Connection",
    world: World,
    clock: SteeredClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bound = queries._BOUND.replace(str(queries.MOST_LOOKED_AT), "30")
    monkeypatch.setattr(queries, "_BOUND", bound)
    await fill(connection, world, clock, 100)
    pages = await walk(api, status="404", until=clock.now().isoformat())
    assert len(pages) > 2
    assert sum(map(len, pages)) == 10


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"cursor": "yesterday"}, "invalid_string", "cursor"),
        ({"status": "9xx"}, "invalid_string", "status"),
        ({"method": "BREW"}, "invalid_enum_value", "method"),
        ({"since": "2026-03-02"}, "invalid_string", "since"),
        ({"limit": "0"}, "too_small", "limit"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(
    api: httpx.AsyncClient, params: dict[str, str], code: str, field: str
) -> None:
    error = error_of(await api.get("/request_logs", params=params), 400)
    assert (error["code"], error["field"]) == (code, field)


async def test_a_key_needs_the_scope_for_it(new_key: NewKeyOf, api: httpx.AsyncClient) -> None:
    key = await new_key(scopes=("events:read",))
    answer = await api.get("/request_logs", headers={"Authorization": f"Bearer {key}"})
    assert error_of(answer, 403)["code"] == "insufficient_scope"
