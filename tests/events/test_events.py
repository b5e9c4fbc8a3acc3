"""The log of events: the very envelopes that subscribers get, readable one by one and page by page."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support import Json, body_of, create_customer, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_an_event_is_read_as_it_was_stored(api: httpx.AsyncClient, connection: "Connection") -> None:
    await create_customer(api, metadata={"z": 1, "a": 2}, name="Café \U0001f389")
    (event,) = await events(api)
    stored = await connection.fetchval("SELECT payload FROM events")
    response = await api.get(f"/events/{event['id']}")
    assert response.content == stored.encode()
    assert body_of(response) == event


async def test_an_event_stays_as_it_was(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, plan="Free")
    body_of(await api.patch("/customers/1", json={"plan": "Pro"}))
    body_of(await api.delete("/customers/1"))
    assert (await events(api))[0]["data"]["object"] == customer


@pytest.mark.parametrize(
    "id_", ["1", "evt_", "evt_" + "0" * 24, "evt_" + "0" * 23, "c" + "0" * 24, "EVT_" + "0" * 24, "evt_%00", "None"]
)
async def test_an_event_that_is_not_there_is_a_404(api: httpx.AsyncClient, id_: str) -> None:
    error = error_of(await api.get(f"/events/{id_}"), 404)
    assert error["code"] == ("http_exception" if "%00" in id_ else "event_not_found")


async def test_events_have_no_other_methods(api: httpx.AsyncClient) -> None:
    await create_customer(api)
    (event,) = await events(api)
    for method in ("PATCH", "DELETE", "PUT"):
        error_of(await api.request(method, f"/events/{event['id']}"), 405)
    error_of(await api.post("/events", json={}), 405)


async def test_events_come_newest_first_and_page_by_page(api: httpx.AsyncClient) -> None:
    for number in range(7):
        await create_customer(api, name=str(number))
    whole = body_of(await api.get("/events"))
    assert (whole["has_more"], whole["next_cursor"]) == (False, None)
    assert [event["data"]["object"]["name"] for event in whole["data"]] == ["6", "5", "4", "3", "2", "1", "0"]
    for limit in (1, 2, 3, 7):
        walked: list[Json] = []
        query = {"limit": str(limit)}
        while True:
            page = body_of(await api.get("/events", params=query))
            walked += page["data"]
            if not page["has_more"]:
                break
            query["cursor"] = page["next_cursor"]
        assert walked == whole["data"]


async def test_a_workspace_reads_its_own_events(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    await create_customer(api)
    await create_customer(fabrikam_api)
    (ours,), (theirs,) = await events(api), await events(fabrikam_api)
    assert ours["org_id"] != theirs["org_id"]
    error_of(await api.get(f"/events/{theirs['id']}"), 404)
    error_of(await fabrikam_api.get(f"/events/{ours['id']}"), 404)
