"""A script that makes a whole customer and may be run again (documentation: Create your first customer)."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.journeys.steps import ids, post, timeline, told
from tests.support import Json, body_of, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

CUSTOMER = {
    "name": "Aurora Outfitters",
    "slug": "aurora-trial",
    "domain": "aurora-trial.example",
    "status": "onboarding",
}
CONTACT = {
    "name": "Mira Chen",
    "email": "mira@aurora-trial.example",
    "title": "Head of Ops",
    "is_primary": True,
    "labels": ["billing", "technical"],
}
ONBOARDING = {
    "phase": "before_getting_started",
    "state": "active",
    "target_launch_date": "2026-07-15T00:00:00Z",
}


async def run_script(api: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response, httpx.Response]:
    """Make customer and onboarding under a key each, and the contact between them without one."""
    customer = await post(api, "/customers", CUSTOMER, key="hello-aurora")
    display_id = body_of(customer, 201)["display_id"]
    contact = await post(api, f"/customers/{display_id}/contacts", CONTACT)
    body = ONBOARDING | {"customer_id": str(display_id)}
    return customer, contact, await post(api, "/onboardings", body, key="hello-aurora-onboarding")


@pytest.fixture
async def made(api: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response, httpx.Response]:
    return await run_script(api)


async def everything(connection: "Connection") -> dict[str, int]:
    tables = ("customers", "contacts", "onboardings", "activity", "events", "phase_transitions")
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_three_rows_land(api: httpx.AsyncClient, made: tuple[httpx.Response, ...]) -> None:
    customer, contact, onboarding = (body_of(response, 201) for response in made)
    assert customer | CUSTOMER == customer
    assert contact | CONTACT == contact
    assert body_of(await api.get(f"/customers/{customer['id']}/contacts"))["data"][0] == contact
    assert onboarding["phase"] == "before_getting_started"
    assert onboarding["completed_at"] is None
    assert told(await timeline(api, customer["id"])) == [
        ("customer.created", "API: northwind-live"),
        ("contact.created", "API: northwind-live"),
        ("onboarding.created", "API: northwind-live"),
    ]
    assert [event["type"] for event in await events(api)] == [
        "customer.created",
        "contact.created",
        "onboarding.created",
    ]


async def test_running_it_again_makes_nothing_new(
    api: httpx.AsyncClient, made: tuple[httpx.Response, ...], connection: "Connection"
) -> None:
    before = await everything(connection)
    customer, contact, onboarding = await run_script(api)
    for again, first in ((customer, made[0]), (onboarding, made[2])):
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotent-replay"] == "true"
        assert again.headers["location"] == first.headers["location"]
        assert "idempotent-replay" not in first.headers
    # Nothing repeats the contact for the script: without a key it is told that Mira is there already.
    assert error_of(contact, 409)["code"] == "email_taken"
    assert await everything(connection) == before


async def test_without_its_key_the_customer_is_refused_by_its_slug(
    api: httpx.AsyncClient, made: tuple[httpx.Response, ...], connection: "Connection"
) -> None:
    before = await everything(connection)
    error = error_of(await post(api, "/customers", CUSTOMER), 409)
    assert (error["type"], error["code"], error["field"]) == ("conflict", "slug_taken", "slug")
    assert await everything(connection) == before
    # A fresh slug is not enough, the domain is taken too; a PATCH is the way.
    error = error_of(await post(api, "/customers", CUSTOMER | {"slug": "aurora-2"}), 409)
    assert (error["code"], error["field"]) == ("shopify_domain_taken", "shopify_domain")
    patched = body_of(await api.patch(f"/customers/{body_of(made[0], 201)['id']}", json=CUSTOMER))
    assert patched == body_of(made[0], 201)


async def test_the_same_key_with_another_body_is_refused(
    api: httpx.AsyncClient, made: tuple[httpx.Response, ...]
) -> None:
    assert made
    response = await post(api, "/customers", CUSTOMER | {"slug": "borealis"}, key="hello-aurora")
    assert error_of(response, 409)["code"] == "idempotency_key_reused"


async def test_cleaning_up_hides_the_customer_and_takes_what_belongs_to_it_out_of_the_lists(
    api: httpx.AsyncClient, made: tuple[httpx.Response, ...]
) -> None:
    customer, contact, onboarding = (body_of(response, 201) for response in made)
    deleted: Json = {
        "object": "deleted",
        "id": customer["id"],
        "display_id": customer["display_id"],
        "deleted": True,
    }
    for _ in range(2):
        assert body_of(await api.delete(f"/customers/{customer['display_id']}")) == deleted
    assert error_of(await api.get(f"/customers/{customer['id']}"), 404)["code"] == "customer_not_found"
    for path in ("/customers", "/onboardings"):
        assert await ids(api, path) == []
    # They survive, under their own ids.
    assert body_of(await api.get(f"/contacts/{contact['id']}")) == contact
    assert body_of(await api.get(f"/onboardings/{onboarding['display_id']}")) == onboarding
    # Deleted twice, archived once; the timeline is where a delete is read.
    assert [event["type"] for event in await events(api)][3:] == ["customer.archived"]
    assert told(await timeline(api, customer["id"]))[-1] == ("customer.deleted", "API: northwind-live")
    # The slug is free for the next run, which makes another customer.
    assert body_of(await post(api, "/customers", CUSTOMER), 201)["display_id"] == customer["display_id"] + 1
