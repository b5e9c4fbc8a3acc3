"""Values of custom fields on customers and onboardings: what fits, what is told, what stays."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.fields.support import PATHS, create, define, define_four
from tests.support import body_of, create_customer, error_of, events

RESOURCES = tuple(PATHS)
FITTING: list[tuple[str, Any]] = [
    ("string", ""),
    ("string", "x" * 1000),
    ("string", "\U0001f389"),
    ("number", 0),
    ("number", -1.5),
    ("number", 2**53),
    ("number", 1e300),
    ("date", "2024-02-29"),
    ("date", "0001-01-01"),
    ("date", "9999-12-31"),
    ("select", "gold"),
]
MISFITS: list[tuple[str, Any, str, str]] = [
    ("string", 1, "invalid_type", "Expected string, received number"),
    ("string", ["a"], "invalid_type", "Expected string, received array"),
    ("string", "x" * 1001, "too_big", "String must contain at most 1000 character(s)"),
    ("number", "1", "invalid_type", "Expected number, received string"),
    ("number", True, "invalid_type", "Expected number, received boolean"),
    ("number", {}, "invalid_type", "Expected number, received object"),
    ("date", 20260301, "invalid_type", "Expected string, received number"),
    ("date", "2026-02-29", "invalid_string", "Invalid date"),
    ("date", "2026-3-1", "invalid_string", "Invalid date"),
    ("date", "2026-03-01T00:00:00Z", "invalid_string", "Invalid date"),
    ("date", "2026-03-01\n", "invalid_string", "Invalid date"),
    ("date", "0000-01-01", "invalid_string", "Invalid date"),
    ("date", "", "invalid_string", "Invalid date"),
    ("select", "Gold", "invalid_enum_value", "Invalid enum value. Expected 'gold' | 'silver', received 'Gold'"),
    ("select", 1, "invalid_type", "Expected string, received number"),
    ("select", ["gold"], "invalid_type", "Expected string, received array"),
]


@pytest.mark.parametrize("resource", RESOURCES)
async def test_a_value_that_fits_is_returned_as_sent(api: httpx.AsyncClient, resource: str) -> None:
    await define_four(api, resource)
    for type_, value in FITTING:
        sent = {"free": [1, {"a": None}], type_: value}
        made = await create(api, resource, custom_fields=sent)
        assert made["custom_fields"] == sent
        assert body_of(await api.get(f"{PATHS[resource]}/{made['id']}")) == made


@pytest.mark.parametrize("resource", RESOURCES)
async def test_a_value_that_does_not_fit_is_refused(api: httpx.AsyncClient, resource: str) -> None:
    await define_four(api, resource)
    made = await create(api, resource)
    target = {} if resource == "customer" else {"customer_id": made["customer_id"]}
    for type_, value, code, message in MISFITS:
        body = {"custom_fields": {"free": 1, type_: value}}
        for response in (
            await api.post(PATHS[resource], json={"name": "New", **target, **body}),
            await api.patch(f"{PATHS[resource]}/{made['id']}", json=body),
        ):
            error = error_of(response, 400)
            assert (error["code"], error["field"]) == (code, f"custom_fields.{type_}")
            assert error["message"] == message
    assert body_of(await api.get(PATHS[resource]))["data"] == [made]


@pytest.mark.parametrize("resource", RESOURCES)
async def test_null_clears_a_field_and_is_a_value_of_any_other_key(api: httpx.AsyncClient, resource: str) -> None:
    await define(api, "seats", "number", resource)
    made = await create(api, resource, custom_fields={"seats": None, "free": None})
    assert made["custom_fields"] == {"free": None}
    path = f"{PATHS[resource]}/{made['id']}"
    assert body_of(await api.patch(path, json={"custom_fields": {"seats": 5}}))["custom_fields"] == {"seats": 5}
    assert body_of(await api.patch(path, json={"custom_fields": {"seats": None}}))["custom_fields"] == {}
    assert body_of(await api.patch(path, json={"custom_fields": None}))["custom_fields"] == {}


async def test_values_from_before_the_field_may_stay(api: httpx.AsyncClient) -> None:
    before = await create_customer(api, custom_fields={"seats": "many", "free": 1})
    await define(api, "seats", "number")
    assert body_of(await api.get("/customers/1")) == before
    told = len(await events(api))
    assert body_of(await api.patch("/customers/1", json={"custom_fields": before["custom_fields"]})) == before
    assert len(await events(api)) == told
    after = body_of(await api.patch("/customers/1", json={"custom_fields": {"seats": "many", "free": 2}}))
    assert after["custom_fields"] == {"seats": "many", "free": 2}
    error = error_of(await api.patch("/customers/1", json={"custom_fields": {"seats": "more"}}), 400)
    assert error["field"] == "custom_fields.seats"


async def test_an_archived_or_deleted_field_holds_nothing_back(api: httpx.AsyncClient) -> None:
    await define(api, "seats", "number")
    await create_customer(api, custom_fields={"seats": 5})
    for step in (api.patch("/custom_fields/1", json={"archived": True}), api.delete("/custom_fields/1")):
        body_of(await step)
        assert body_of(await api.get("/customers/1"))["custom_fields"] == {"seats": 5}
        made = await create_customer(api, custom_fields={"seats": "many"})
        assert made["custom_fields"] == {"seats": "many"}


async def test_a_field_holds_its_own_resource_and_workspace(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    await define(api, "seats", "number", "onboarding")
    await define(fabrikam_api, "seats", "number", "customer")
    assert (await create_customer(api, custom_fields={"seats": "many"}))["custom_fields"] == {"seats": "many"}


async def test_a_change_of_tags_and_fields_of_an_onboarding_is_told(api: httpx.AsyncClient) -> None:
    made = await create(api, "onboarding", tags=["eu", "eu"], custom_fields={"erp": "SAP"})
    assert (made["tags"], made["custom_fields"]) == (["eu", "eu"], {"erp": "SAP"})
    changes = {"tags": ["eu"], "custom_fields": {"erp": "Odoo"}}
    after = body_of(await api.patch("/onboardings/1", json=changes))
    assert after == made | changes | {"updated_at": after["updated_at"]}
    timeline = body_of(await api.get("/customers/1/timeline"))["data"]
    expected = {name: [made[name], after[name]] for name in changes}
    assert [entry["data"]["changes"] for entry in timeline if entry["type"] == "onboarding.updated"] == [expected]
    error = error_of(await api.patch("/onboardings/1", json={"tags": [""]}), 400)
    assert (error["code"], error["field"]) == ("too_small", "tags.0")


async def test_an_option_that_goes_is_never_given_at_the_same_time(api: httpx.AsyncClient) -> None:
    """Whichever of the two is first, no customer is left with an option that is gone."""
    for number in range(8):
        await define(api, f"tier_{number}", "select")
        values = {"custom_fields": {f"tier_{number}": "silver"}}
        giving, leaving = await asyncio.gather(
            api.post("/customers", json={"name": "A"} | values),
            api.patch(f"/custom_fields/{number + 1}", json={"options": ["gold"]}),
        )
        assert (giving.status_code, leaving.status_code) in {(201, 409), (400, 200)}
