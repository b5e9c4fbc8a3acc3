"""Suggestions of tags, and how often each is counted."""

import httpx
import pytest

from tests.fields.support import PATHS, create
from tests.support import body_of, create_customer, error_of


async def suggested(api: httpx.AsyncClient, **params: str) -> list[tuple[str, int]]:
    body = body_of(await api.get("/tags", params=params))
    assert (body["object"], body["has_more"], body["next_cursor"]) == ("list", False, None)
    assert all(tag["object"] == "tag" for tag in body["data"])
    return [(tag["name"], tag["count"]) for tag in body["data"]]


async def test_the_most_used_come_first(api: httpx.AsyncClient) -> None:
    for tags in (["retail", "emea"], ["retail"], ["Reseller", "retail"], ["emea", "emea"], []):
        await create_customer(api, tags=tags)
    assert await suggested(api) == [("retail", 3), ("emea", 2), ("Reseller", 1)]
    assert await suggested(api, prefix="re") == await suggested(api, prefix="RE") == [("retail", 3), ("Reseller", 1)]
    assert await suggested(api, prefix="ret") == [("retail", 3)]
    assert await suggested(api, prefix="retails") == []
    assert await suggested(api, prefix="%") == []
    assert await suggested(api, resource="onboarding") == []


async def test_at_most_twenty_are_suggested(api: httpx.AsyncClient) -> None:
    await create_customer(api, tags=[f"tag {number:02}" for number in range(30)])
    await create_customer(api, tags=["tag 29"])
    assert await suggested(api) == [("tag 29", 2), *((f"tag {number:02}", 1) for number in range(19))]


async def test_a_prefix_may_be_in_any_script(api: httpx.AsyncClient) -> None:
    await create_customer(api, tags=["été", "Straße", "日本", "日本橋", "\U0001f389 party"])
    assert await suggested(api, prefix="日本") == [("日本", 1), ("日本橋", 1)]
    assert await suggested(api, prefix="ét") == [("été", 1)]
    assert await suggested(api, prefix="\U0001f389") == [("\U0001f389 party", 1)]


@pytest.mark.parametrize("resource", PATHS)
async def test_a_tag_counts_for_as_long_as_it_is_there(api: httpx.AsyncClient, resource: str) -> None:
    for _ in range(3):
        await create(api, resource, tags=["a", "b"])
    path = PATHS[resource]
    body_of(await api.patch(f"{path}/1", json={"tags": ["b", "c", "c"]}))
    assert await suggested(api, resource=resource) == [("b", 3), ("a", 2), ("c", 1)]
    body_of(await api.delete(f"{path}/1"))
    body_of(await api.delete(f"{path}/1"))
    assert await suggested(api, resource=resource) == [("a", 2), ("b", 2)]
    body_of(await api.patch(f"{path}/2", json={"tags": []}))
    assert await suggested(api, resource=resource) == [("a", 1), ("b", 1)]


async def test_an_archived_customer_counts(api: httpx.AsyncClient) -> None:
    await create_customer(api, tags=["a"])
    for archived in (True, False, True):
        body_of(await api.patch("/customers/1", json={"archived": archived}))
        assert await suggested(api) == [("a", 1)]
    body_of(await api.delete("/customers/1"))
    assert await suggested(api) == []


async def test_tags_stay_in_their_workspace(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    await create_customer(fabrikam_api, tags=["theirs"])
    assert await suggested(api) == []
    assert await suggested(fabrikam_api) == [("theirs", 1)]


async def test_what_cannot_be_asked_is_refused(api: httpx.AsyncClient) -> None:
    assert error_of(await api.get("/tags?resource=contact"), 400)["field"] == "resource"
    assert error_of(await api.get("/tags", params={"prefix": "p" * 101}), 400)["field"] == "prefix"
