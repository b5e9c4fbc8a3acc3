"""A smoke test with a test key, which leaves nothing behind but its traces (documentation: Test mode)."""

import httpx
import pytest

from tests.harness import ClientOf, NewKeyOf
from tests.journeys.steps import ids, post, timeline, told
from tests.support import Json, body_of, create_customer, error_of, events


@pytest.fixture
async def smoke(client: ClientOf, new_key: NewKeyOf) -> httpx.AsyncClient:
    return client(await new_key("test", name="ci-smoke", rate_limit=30))


async def run_smoke_test(api: httpx.AsyncClient, tag: str) -> Json:
    """Make a customer with contact and onboarding, move that on, delete all of it; return the customer."""
    body: Json = {
        "name": f"CI {tag}",
        "slug": f"ci-{tag}",
        "status": "onboarding",
        "metadata": {"run": tag, "test": True},
    }
    customer = body_of(await post(api, "/customers", body), 201)
    assert customer["metadata"] == {"run": tag, "test": True}
    body = {"name": "Smoke Test", "email": f"smoke+{tag}@example.com", "is_primary": True}
    contact = body_of(await post(api, f"/customers/{customer['display_id']}/contacts", body), 201)
    body = {"customer_id": str(customer["display_id"]), "phase": "before_getting_started", "state": "active"}
    onboarding = body_of(await post(api, "/onboardings", body), 201)
    path = f"/onboardings/{onboarding['display_id']}"
    assert body_of(await api.patch(path, json={"phase": "program_design"}))["phase"] == "program_design"
    for made in (path, f"/contacts/{contact['display_id']}", f"/customers/{customer['display_id']}"):
        assert body_of(await api.delete(made))["deleted"] is True
        assert error_of(await api.get(made), 404)["type"] == "not_found"
    return customer


async def test_me_tells_the_mode(smoke: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    response = await smoke.get("/me")
    me = body_of(response)
    assert (me["mode"], me["key_name"]) == ("test", "ci-smoke")
    assert me["key_prefix"].startswith("pivotal_test_")
    assert me["org_slug"] == "northwind"
    assert response.headers["x-ratelimit-limit"] == "30"
    assert me["api_key"]["rate_limit_tier"] == "test"
    # The key is the only thing to change when the code goes live, and this is where to see that it was changed.
    live = body_of(await api.get("/me"))
    assert (live["mode"], live["org_id"]) == ("live", me["org_id"])


async def test_a_smoke_test_passes_again_and_again_and_tidies_up(
    smoke: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await run_smoke_test(smoke, "1a2b3c4")
    customer = await run_smoke_test(smoke, "1a2b3c4")
    for path in ("/customers", "/onboardings"):
        assert await ids(api, path) == []
    entries = await timeline(api, customer["id"])
    assert told(entries) == [
        ("customer.created", "API: ci-smoke"),
        ("contact.created", "API: ci-smoke"),
        ("onboarding.created", "API: ci-smoke"),
        ("onboarding.phase_changed", "API: ci-smoke"),
        ("onboarding.deleted", "API: ci-smoke"),
        ("contact.deleted", "API: ci-smoke"),
        ("customer.deleted", "API: ci-smoke"),
    ]
    assert {entry["livemode"] for entry in entries} == {False}
    assert [(event["type"], event["livemode"]) for event in await events(api)] == 2 * [
        ("customer.created", False),
        ("contact.created", False),
        ("onboarding.created", False),
        ("onboarding.phase_changed", False),
        ("contact.deleted", False),
        ("customer.archived", False),
    ]


async def test_test_and_live_keys_work_on_the_same_records(
    smoke: httpx.AsyncClient, api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    customer = await create_customer(smoke, slug="ci", metadata={"test": True})
    assert body_of(await api.get(f"/customers/{customer['id']}")) == customer
    assert error_of(await api.post("/customers", json={"name": "CI", "slug": "ci"}), 409)["code"] == "slug_taken"
    body_of(await api.patch(f"/customers/{customer['id']}", json={"name": "CI 2"}))
    assert [event["livemode"] for event in await events(api)] == [False, True]
    # A company that wants test and live apart has a second workspace.
    assert await ids(fabrikam_api, "/customers") == []


async def test_a_test_key_has_a_window_of_its_own_and_no_privileges(
    smoke: httpx.AsyncClient, client: ClientOf, new_key: NewKeyOf
) -> None:
    live = client(await new_key(rate_limit=60))
    error = error_of(await post(smoke, "/customers", {"slug": "no-name"}), 400)
    assert (error["code"], error["field"], error["message"]) == ("invalid_type", "name", "Required")
    for _ in range(29):
        body_of(await smoke.get("/me"))
    error = error_of(await smoke.get("/me"), 429)
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limited")
    assert (await live.get("/me")).headers["x-ratelimit-remaining"] == "59"
