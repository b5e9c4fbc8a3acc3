"""From a new key to a customer with a contact and an onboarding (documentation: Quickstart)."""

import httpx
import pytest

from tests.harness import ClientOf, NewKeyOf, World
from tests.journeys.steps import ids, post, timeline, told
from tests.support import Json, body_of, error_of


@pytest.fixture
async def api(client: ClientOf, new_key: NewKeyOf) -> httpx.AsyncClient:
    return client(await new_key(name="local-dev", rate_limit=60))


async def test_the_key_tells_who_it_is(api: httpx.AsyncClient, world: World) -> None:
    response = await api.get("/me")
    me = body_of(response)
    assert me["object"] == "me"
    assert me["key_name"] == me["api_key"]["name"] == "local-dev"
    assert me["key_prefix"] == me["api_key"]["prefix"]
    assert me["key_prefix"].startswith("pivotal_")
    assert api.headers["authorization"].startswith(f"Bearer {me['key_prefix']}")
    assert me["org_id"] == me["organization"]["id"] == world.northwind.id
    assert me["org_slug"] == me["organization"]["slug"] == "northwind"
    assert me["organization"]["name"] == "Northwind"
    assert me["mode"] == "live"
    assert me["api_key"]["scopes"] == ["*"]
    assert me["api_key"]["rate_limit_tier"] == "default"
    # It costs one request of the window, and has no other effect.
    assert (response.headers["x-ratelimit-limit"], response.headers["x-ratelimit-remaining"]) == ("60", "59")


@pytest.mark.parametrize("form", ["Bearer: {key}", "{key}", "Token {key}", "Bearer {key} {key}"])
async def test_another_form_of_the_header_is_refused(api: httpx.AsyncClient, form: str) -> None:
    key = api.headers["authorization"].removeprefix("Bearer ")
    response = await api.get("/me", headers={"Authorization": form.format(key=key)})
    assert error_of(response, 401)["code"] == "invalid_api_key"


async def test_without_the_header_a_key_is_asked_for(anonymous: httpx.AsyncClient) -> None:
    error = error_of(await anonymous.get("/me"), 401)
    assert (error["type"], error["code"]) == ("authentication_error", "missing_api_key")


async def test_customer_contact_and_onboarding_are_there_to_be_seen(api: httpx.AsyncClient) -> None:
    sent: Json = {"name": "Aurora Outfitters", "slug": "aurora", "domain": "aurora.example", "status": "onboarding"}
    response = await post(api, "/customers", sent)
    customer = body_of(response, 201)
    assert customer["object"] == "customer"
    assert customer | sent == customer
    assert (customer["display_id"], customer["updated_at"]) == (1, customer["created_at"])
    assert response.headers["location"] == f"/api/v1/customers/{customer['id']}"

    sent = {"name": "Mira Chen", "email": "mira@aurora.example", "title": "Head of Ops", "is_primary": True}
    contact = body_of(await post(api, f"/customers/{customer['display_id']}/contacts", sent), 201)
    assert contact["object"] == "contact"
    assert contact | sent == contact
    assert contact["customer_id"] == customer["id"]

    sent = {"phase": "before_getting_started", "state": "active", "target_launch_date": "2026-07-15T00:00:00Z"}
    opened = await post(api, "/onboardings", sent | {"customer_id": str(customer["display_id"])})
    onboarding = body_of(opened, 201)
    assert onboarding["object"] == "onboarding"
    assert (onboarding["phase"], onboarding["state"]) == ("before_getting_started", "active")
    assert onboarding["target_launch_date"] == "2026-07-15T00:00:00.000Z"
    assert onboarding["customer_id"] == customer["id"]

    for path, resource in (("customers", customer), ("contacts", contact), ("onboardings", onboarding)):
        for reference in (resource["id"], resource["display_id"]):
            assert body_of(await api.get(f"/{path}/{reference}")) == resource
    assert await ids(api, "/customers", slug="aurora") == [customer["id"]]
    assert await ids(api, f"/customers/{customer['id']}/contacts") == [contact["id"]]
    assert await ids(api, f"/customers/{customer['id']}/onboardings") == [onboarding["id"]]
    # Each call left one line, with the key's name as the one who did it.
    assert told(await timeline(api, customer["id"])) == [
        ("customer.created", "API: local-dev"),
        ("contact.created", "API: local-dev"),
        ("onboarding.created", "API: local-dev"),
    ]
