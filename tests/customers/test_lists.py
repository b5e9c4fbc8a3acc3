"""Lists of customers: filters, pages, counts."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.clock import to_iso
from pivotal_server.customers.models import EXTERNAL_IDS, STATUSES
from tests.support import Json, SteeredClock, body_of, create_customer, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Params = dict[str, str]


async def listed(api: httpx.AsyncClient, **params: str) -> list[str]:
    """Return the names in a list, and check that the count agrees."""
    found = body_of(await api.get("/customers", params={"limit": "100"} | params))
    assert body_of(await api.get("/customers/count", params=params)) == {"object": "count", "count": len(found["data"])}
    return [customer["name"] for customer in found["data"]]


async def pages(api: httpx.AsyncClient, limit: int, **params: str) -> list[list[Json]]:
    """Walk a list to its end and return its pages."""
    walked: list[list[Json]] = []
    query: Params = {"limit": str(limit)} | params
    while True:
        page = body_of(await api.get("/customers", params=query))
        walked.append(page["data"])
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            return walked
        query["cursor"] = page["next_cursor"]


async def test_the_newest_come_first(api: httpx.AsyncClient) -> None:
    for name in ("first", "second", "third"):
        await create_customer(api, name=name)
    assert await listed(api) == ["third", "second", "first"]


async def test_an_empty_list_has_no_cursor(api: httpx.AsyncClient) -> None:
    assert body_of(await api.get("/customers")) == {
        "object": "list",
        "data": [],
        "has_more": False,
        "next_cursor": None,
    }


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [
        ("slug", "aurora", "borealis"),
        ("domain", "aurora.example", "borealis.example"),
        *((name, "abc-1", "abc-2") for name in EXTERNAL_IDS),
    ],
)
async def test_a_list_is_filtered_by_what_a_customer_is_known_by(
    api: httpx.AsyncClient, field: str, value: str, other: str
) -> None:
    await create_customer(api, name="right", **{field: value})
    await create_customer(api, name="wrong", **{field: other})
    await create_customer(api, name="none")
    assert await listed(api, **{field: value}) == ["right"]
    assert await listed(api, **{field: "abc"}) == []
    assert await listed(api, **{field: "%"}) == []
    assert await listed(api, **{field: ""}) == []


async def test_the_domain_filter_takes_any_case(api: httpx.AsyncClient) -> None:
    await create_customer(api, name="right", domain="Aurora.Example")
    assert await listed(api, domain="AURORA.EXAMPLE") == ["right"]


async def test_a_list_is_filtered_by_status(api: httpx.AsyncClient) -> None:
    for status in STATUSES:
        await create_customer(api, name=status, status=status)
    for status in STATUSES:
        assert await listed(api, status=status) == [status]
    await create_customer(api, name="known", status="churned", slug="aurora")
    assert await listed(api, status="churned", slug="aurora") == ["known"]
    assert await listed(api, status="active", slug="aurora") == []


async def test_updated_since_finds_what_has_changed(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    for name in ("first", "second", "third"):
        await create_customer(api, name=name)
        clock.advance(60)
    changed_at = clock.now()
    body_of(await api.patch("/customers/1", json={"plan": "Pro"}))
    assert await listed(api, updated_since=to_iso(changed_at)) == ["first"]
    offset = "2026-03-02T10:02:00.000000+01:00"  # the second one was made 123 ms after the first minute
    assert await listed(api, updated_since=offset) == ["third", "first"]
    clock.advance(60)
    assert await listed(api, updated_since=to_iso(clock.now())) == []
    body_of(await api.delete("/customers/1"))
    assert await listed(api, updated_since=to_iso(changed_at)) == []


async def test_25_come_on_a_page_unless_asked_otherwise(api: httpx.AsyncClient) -> None:
    for _ in range(26):
        await create_customer(api)
    page = body_of(await api.get("/customers"))
    assert (len(page["data"]), page["has_more"]) == (25, True)
    assert len(body_of(await api.get("/customers", params={"limit": "100"}))["data"]) == 26
    assert len(body_of(await api.get("/customers", params={"limit": "1"}))["data"]) == 1
    assert len(body_of(await api.get("/customers", params={"limit": "007"}))["data"]) == 7


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7])
async def test_a_walk_meets_everything_once_and_has_more_is_exact(api: httpx.AsyncClient, limit: int) -> None:
    made = [await create_customer(api) for _ in range(6)]
    walked = await pages(api, limit)
    assert [customer for page in walked for customer in page] == made[::-1]
    assert len(walked) == -(-6 // limit)  # no empty page at the end


async def test_a_walk_keeps_its_filters(api: httpx.AsyncClient) -> None:
    for number in range(10):
        await create_customer(api, status="churned" if number % 2 else "active", name=str(number))
    walked = await pages(api, 2, status="churned")
    assert [customer["name"] for page in walked for customer in page] == ["9", "7", "5", "3", "1"]
    assert [len(page) for page in walked] == [2, 2, 1]


async def test_the_cursor_carries_microseconds(api: httpx.AsyncClient, connection: "Connection") -> None:
    """Ten customers of one millisecond are told apart by it, though their created_at looks the same."""
    made = [await create_customer(api) for _ in range(10)]
    assert len({customer["created_at"] for customer in made}) == 1
    page = body_of(await api.get("/customers", params={"limit": "3"}))
    stored = await connection.fetchval("SELECT created_at FROM customers WHERE id = $1", made[7]["id"])
    assert page["next_cursor"] == stored.isoformat().replace("+00:00", "Z")
    walked = await pages(api, 3)
    assert [customer["id"] for part in walked for customer in part] == [customer["id"] for customer in made[::-1]]


async def test_a_cursor_is_exclusive_and_any_instant_will_do(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    for name in ("first", "second", "third"):
        await create_customer(api, name=name)
        clock.advance(60)

    async def before(cursor: str) -> list[str]:
        return [
            customer["name"] for customer in body_of(await api.get("/customers", params={"cursor": cursor}))["data"]
        ]

    assert await before("2026-03-02T09:01:00.123456Z") == ["first"]
    assert await before("2026-03-02T09:01:00.123457Z") == ["second", "first"]
    assert await before("2026-03-02T10:01:00.1234571+01:00") == ["second", "first"]
    assert await before("2026-03-02T09:00:00.123456Z") == []
    assert await before("2100-01-01T00:00:00Z") == ["third", "second", "first"]
    assert await before("0001-01-01T00:00:00Z") == []


async def test_a_walk_during_inserts_and_deletes_meets_each_old_row_once(api: httpx.AsyncClient) -> None:
    old = [await create_customer(api) for _ in range(60)]
    gone = {customer["id"] for customer in old[::10]}
    stop = asyncio.Event()

    async def insert() -> int:
        count = 0
        while not stop.is_set():
            await create_customer(api)
            count += 1
        return count

    inserting = asyncio.ensure_future(insert())
    seen: list[str] = []
    query: Params = {"limit": "7"}
    while True:
        page = body_of(await api.get("/customers", params=query))
        seen += [customer["id"] for customer in page["data"]]
        if gone:
            body_of(await api.delete(f"/customers/{gone.pop()}"))
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    stop.set()
    assert await inserting > 0
    assert len(seen) == len(set(seen))
    still_there = {customer["id"] for customer in old} - {customer["id"] for customer in old[::10]}
    assert still_there <= set(seen)


async def test_rows_made_by_a_slower_transaction_do_not_slip_behind_the_walker(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    """Customers become visible in the order of their created_at, so that no page passes one that comes later."""
    await create_customer(api, name="first")
    numbers = "SELECT FROM counters WHERE resource = 'customer' FOR UPDATE"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with connection.transaction():
        await connection.execute(numbers)
        slow = [asyncio.ensure_future(create_customer(api, name=f"slow {number}")) for number in range(2)]
        await eventually(lambda: connection.fetchval(waiting))
        assert [customer["name"] for customer in body_of(await api.get("/customers"))["data"]] == ["first"]
    await asyncio.gather(*slow)
    last = await create_customer(api, name="last")
    names = [customer["name"] for customer in body_of(await api.get("/customers"))["data"]]
    assert (names[0], names[-1], len(names)) == (last["name"], "first", 4)


async def test_lists_hold_nothing_of_another_workspace(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    await create_customer(api, name="ours", slug="aurora")
    await create_customer(fabrikam_api, name="theirs", slug="aurora")
    assert await listed(api) == await listed(api, slug="aurora") == ["ours"]
    assert await listed(fabrikam_api) == await listed(fabrikam_api, slug="aurora") == ["theirs"]


async def test_live_and_test_keys_see_the_same(api: httpx.AsyncClient, test_api: httpx.AsyncClient) -> None:
    await create_customer(api, name="by live")
    await create_customer(test_api, name="by test")
    assert await listed(api) == await listed(test_api) == ["by test", "by live"]
