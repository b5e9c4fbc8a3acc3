"""A customer's timeline: what happened to it and to everything of its."""

from typing import TYPE_CHECKING

import httpx

from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def entries(api: httpx.AsyncClient, reference: object, **query: str) -> list[Json]:
    found: list[Json] = body_of(await api.get(f"/customers/{reference}/timeline", params=query))["data"]
    return found


async def test_the_timeline_holds_what_happened_to_everything_of_the_customer(api: httpx.AsyncClient) -> None:
    customer, other = await create_customer(api), await create_customer(api)
    contact = await create_contact(api, customer["id"])
    onboarding = await create_onboarding(api, customer["id"])
    await create_contact(api, other["id"])
    body_of(await api.patch(f"/contacts/{contact['id']}", json={"title": "COO"}))
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"notes": "Kick-off held"}))
    body_of(await api.delete(f"/customers/{customer['id']}"))
    body_of(await api.patch(f"/contacts/{contact['id']}", json={"title": "CEO"}))
    assert [entry["type"] for entry in await entries(api, customer["id"])] == [
        "contact.updated",
        "customer.deleted",
        "onboarding.updated",
        "contact.updated",
        "onboarding.created",
        "contact.created",
        "customer.created",
    ]
    assert [entry["type"] for entry in await entries(api, other["display_id"])] == [
        "contact.created",
        "customer.created",
    ]


async def test_the_timeline_has_pages(api: httpx.AsyncClient) -> None:
    await create_customer(api)
    for number in range(6):
        body_of(await api.patch("/customers/1", json={"plan": str(number)}))
    whole = await entries(api, 1)
    assert len(whole) == 7
    walked: list[Json] = []
    query = {"limit": "3"}
    sizes = []
    while True:
        page = body_of(await api.get("/customers/1/timeline", params=query))
        walked += page["data"]
        sizes.append(len(page["data"]))
        if not page["has_more"]:
            assert page["next_cursor"] is None
            break
        query["cursor"] = page["next_cursor"]
    assert walked == whole
    assert sizes == [3, 3, 1]


async def test_there_is_no_timeline_of_a_customer_that_never_was(api: httpx.AsyncClient) -> None:
    for reference in ("1", "c" + "0" * 24, "x"):
        assert error_of(await api.get(f"/customers/{reference}/timeline"), 404)["code"] == "customer_not_found"


async def test_an_entry_is_the_audit_entry_too(api: httpx.AsyncClient, connection: "Connection") -> None:
    response = await api.post("/customers", json={"name": "Aurora"})
    customer = body_of(response, 201)
    row = await connection.fetchrow("SELECT * FROM activity")
    assert row
    assert (row["actor_type"], row["actor_name"], row["livemode"]) == ("api_key", "API: northwind-live", True)
    assert (row["subject_type"], row["subject_id"]) == ("customer", customer["id"])
    assert (row["customer_id"], row["onboarding_id"]) == (customer["id"], None)
    assert (row["request_id"], row["ip"]) == (response.headers["x-request-id"], "127.0.0.1")
