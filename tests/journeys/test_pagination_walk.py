"""A list from end to end, page by page (documentation: Pagination)."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support import Json, body_of, create_customer, error_of


async def walk(api: httpx.AsyncClient, **query: str) -> AsyncIterator[Json]:
    """Yield the pages of the customers' list."""
    cursor: dict[str, str] = {}
    while True:
        page = body_of(await api.get("/customers", params=query | cursor))
        yield page
        if not page["has_more"]:
            return
        cursor = {"cursor": page["next_cursor"]}


async def walked(api: httpx.AsyncClient, **query: str) -> list[int]:
    return [customer["display_id"] async for page in walk(api, **query) for customer in page["data"]]


async def test_every_customer_is_met_once_newest_first(api: httpx.AsyncClient) -> None:
    for _ in range(30):
        await create_customer(api)
    newest_first = list(range(30, 0, -1))
    # All were made in the same millisecond: the cursor tells them apart by more than a row shows.
    page = body_of(await api.get("/customers"))
    assert len({customer["created_at"] for customer in page["data"]}) == 1
    assert (len(page["data"]), page["has_more"]) == (25, True)
    for query in ({}, {"limit": "100"}, {"limit": "7"}, {"limit": "1"}):
        assert await walked(api, **query) == newest_first


@pytest.mark.parametrize("count", [0, 10, 11])
async def test_the_flag_says_whether_there_is_more_not_the_count(api: httpx.AsyncClient, count: int) -> None:
    for _ in range(count):
        await create_customer(api)
    pages = [page async for page in walk(api, limit="10")]
    assert [len(page["data"]) for page in pages] == [min(count, 10)] + [1] * (count > 10)
    assert {page["object"] for page in pages} == {"list"}
    assert pages[-1]["next_cursor"] is None
    if count == 0:
        assert pages == [{"object": "list", "data": [], "has_more": False, "next_cursor": None}]


async def test_a_filter_applies_before_the_pages_are_cut(api: httpx.AsyncClient) -> None:
    for number in range(20):
        await create_customer(api, status="active" if number % 2 else "onboarding")
    assert await walked(api, status="active", limit="3") == list(range(20, 0, -2))
    # The number of rows is asked for, not walked.
    count = body_of(await api.get("/customers/count", params={"status": "active"}))
    assert count["count"] == 10


async def test_rows_deleted_or_added_during_a_walk_move_nothing(api: httpx.AsyncClient) -> None:
    customers = [await create_customer(api) for _ in range(10)]
    met: list[int] = []
    async for page in walk(api, limit="3"):
        met += [customer["display_id"] for customer in page["data"]]
        await create_customer(api)
        if len(met) == 3:
            body_of(await api.delete(f"/customers/{customers[0]['id']}"))
            body_of(await api.delete(f"/customers/{customers[8]['id']}"))
    assert met == [10, 9, 8, 7, 6, 5, 4, 3, 2]


async def test_a_cursor_is_any_instant_and_what_follows_is_older(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    for cursor, found in (("2026-03-02T09:00:01Z", 1), ("2026-03-02T10:00:01+01:00", 1), ("2026-03-02T09:00:00Z", 0)):
        page = body_of(await api.get("/customers", params={"cursor": cursor}))
        assert page["data"] == [customer] * found


@pytest.mark.parametrize("cursor", ["garbage", "2026-03-02", "1", ""])
async def test_garbage_for_a_cursor_is_refused(api: httpx.AsyncClient, cursor: str) -> None:
    error = error_of(await api.get("/customers", params={"cursor": cursor}), 400)
    assert error == {
        "type": "invalid_request_error",
        "code": "invalid_string",
        "message": "Invalid datetime",
        "field": "cursor",
    }
