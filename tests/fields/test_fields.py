"""Custom fields as such: made, changed, archived, deleted."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.clock import to_iso
from tests.fields.support import define
from tests.harness import NewKeyOf
from tests.support import START, Json, body_of, create_customer, create_onboarding, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from tests.harness import ClientOf

REGION: Json = {
    "resource": "customer",
    "key": "region",
    "name": "Sales region",
    "type": "select",
    "options": ["a", "b"],
}


async def listed(api: httpx.AsyncClient, **params: str) -> list[str]:
    body = body_of(await api.get("/custom_fields", params=params))
    assert (body["object"], body["has_more"], body["next_cursor"]) == ("list", False, None)
    return [field["key"] for field in body["data"]]


async def test_a_field_shows_everything_there_is_to_it(api: httpx.AsyncClient) -> None:
    response = await api.post("/custom_fields", json=REGION)
    field = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/custom_fields/{field['id']}"
    expected = {"display_id": 1, "position": 1, "description": None, "archived": False} | REGION
    now = to_iso(START)
    assert field == {"object": "custom_field", "id": field["id"], "created_at": now, "updated_at": now} | expected
    for reference in (field["id"], "1", "001"):
        assert body_of(await api.get(f"/custom_fields/{reference}")) == field


async def test_fields_are_listed_by_resource_and_position(api: httpx.AsyncClient) -> None:
    for key in ("first", "second", "third"):
        assert (await define(api, key, "string"))["options"] == []
    await define(api, "first", "date", "onboarding")
    body_of(await api.patch("/custom_fields/3", json={"position": 1}))
    body_of(await api.patch("/custom_fields/2", json={"position": 5}))
    body_of(await api.patch("/custom_fields/1", json={"position": 9}))
    assert await listed(api, resource="customer") == ["third", "second", "first"]
    assert await listed(api, resource="onboarding") == ["first"]
    assert (await define(api, "fourth", "string"))["position"] == 10
    assert (await listed(api))[-1] == "first"
    assert error_of(await api.get("/custom_fields?resource=contact"), 400)["field"] == "resource"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"resource": "contact"}, "invalid_enum_value", "resource"),
        ({"resource": None}, "invalid_type", "resource"),
        ({"key": ""}, "too_small", "key"),
        ({"key": "Region"}, "invalid_string", "key"),
        ({"key": "1st"}, "invalid_string", "key"),
        ({"key": "a-b"}, "invalid_string", "key"),
        ({"key": "région"}, "invalid_string", "key"),
        ({"key": "a\n"}, "invalid_string", "key"),
        ({"key": "k" * 51}, "too_big", "key"),
        ({"name": ""}, "too_small", "name"),
        ({"name": "n" * 256}, "too_big", "name"),
        ({"type": "boolean"}, "invalid_enum_value", "type"),
        ({"options": None}, "invalid_field", "options"),
        ({"options": []}, "too_small", "options"),
        ({"options": [""]}, "too_small", "options.0"),
        ({"options": ["o" * 101]}, "too_big", "options.0"),
        ({"options": ["a", "a"]}, "invalid_field", "options"),
        ({"options": [str(number) for number in range(101)]}, "too_big", "options"),
        ({"type": "string"}, "invalid_field", "options"),
        ({"position": 0}, "too_small", "position"),
        ({"position": 10_001}, "too_big", "position"),
        ({"description": "d" * 501}, "too_big", "description"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_field_that_cannot_be_is_refused(api: httpx.AsyncClient, fields: Json, code: str, field: str) -> None:
    error = error_of(await api.post("/custom_fields", json=REGION | fields), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert await listed(api) == []


async def test_a_key_is_there_once_for_each_resource(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    await define(api, "region", "string")
    error = error_of(await api.post("/custom_fields", json=REGION), 409)
    assert (error["code"], error["field"]) == ("field_key_taken", "key")
    await define(api, "region", "string", "onboarding")
    await define(fabrikam_api, "region", "string")
    body_of(await api.patch("/custom_fields/1", json={"archived": True}))
    assert error_of(await api.post("/custom_fields", json=REGION), 409)["code"] == "field_key_taken"
    body_of(await api.delete("/custom_fields/1"))
    assert (await define(api, "region", "number"))["display_id"] > 2


async def test_a_resource_has_a_hundred_fields(api: httpx.AsyncClient) -> None:
    for number in range(100):
        await define(api, f"field_{number}", "string")
    error = error_of(await api.post("/custom_fields", json=REGION), 409)
    assert error["code"] == "field_limit_reached"
    await define(api, "region", "string", "onboarding")
    body_of(await api.delete("/custom_fields/7"))
    await define(api, "region", "string")
    assert len(await listed(api, resource="customer")) == 100


async def test_what_is_sent_changes_and_type_and_key_never_do(api: httpx.AsyncClient, connection: "Connection") -> None:
    before = await define(api, "region", "select")
    body = {
        "name": "Region",
        "options": ["gold", "silver", "bronze"],
        "description": "Where",
        "type": "date",
        "key": "k",
    }
    after = body_of(await api.patch("/custom_fields/1", json=body))
    changed = {name: body[name] for name in ("name", "options", "description")}
    assert after == before | changed | {"updated_at": after["updated_at"]}
    body_of(await api.patch("/custom_fields/1", json=after))
    lines = await connection.fetch("SELECT type, subject_id FROM activity WHERE subject_type = 'custom_field'")
    expected = [("custom_field.created", before["id"]), ("custom_field.updated", before["id"])]
    assert sorted(map(tuple, lines)) == expected
    assert await events(api) == []


async def test_only_a_select_has_options(api: httpx.AsyncClient) -> None:
    await define(api, "seats", "number")
    assert error_of(await api.patch("/custom_fields/1", json={"options": ["a"]}), 400)["field"] == "options"


@pytest.mark.parametrize("resource", ["customer", "onboarding"])
async def test_an_option_goes_once_nobody_has_it(api: httpx.AsyncClient, resource: str) -> None:
    await define(api, "tier", "select", resource)
    make, path = (create_customer, "/customers") if resource == "customer" else (create_onboarding, "/onboardings")
    for _ in range(2):
        await make(api, custom_fields={"tier": "silver"})
    error = error_of(await api.patch("/custom_fields/1", json={"options": ["gold"]}), 409)
    assert (error["code"], error["field"]) == ("option_in_use", "options")
    assert error["message"].startswith(f"2 {resource}s")
    body_of(await api.patch(f"{path}/1", json={"custom_fields": {"tier": "gold"}}))
    error = error_of(await api.patch("/custom_fields/1", json={"options": ["gold"]}), 409)
    assert error["message"].startswith(f"1 {resource} ")
    body_of(await api.delete(f"{path}/2"))
    assert body_of(await api.patch("/custom_fields/1", json={"options": ["gold"]}))["options"] == ["gold"]


async def test_an_archived_customer_keeps_its_option(api: httpx.AsyncClient) -> None:
    await define(api, "tier", "select")
    await create_customer(api, custom_fields={"tier": "silver"})
    body_of(await api.patch("/customers/1", json={"archived": True}))
    assert error_of(await api.patch("/custom_fields/1", json={"options": ["gold"]}), 409)["code"] == "option_in_use"


async def test_archiving_retires_and_deleting_hides(api: httpx.AsyncClient) -> None:
    await define(api, "region", "string")
    archived = body_of(await api.patch("/custom_fields/1", json={"archived": True}))
    assert archived["archived"] is True
    assert await listed(api) == []
    assert await listed(api, archived="true") == ["region"]
    assert body_of(await api.get("/custom_fields/1")) == archived
    assert body_of(await api.patch("/custom_fields/1", json={"archived": False}))["archived"] is False
    answers = [body_of(await api.delete("/custom_fields/1")) for _ in range(2)]
    assert answers[0] == answers[1] == {"object": "deleted", "id": archived["id"], "display_id": 1, "deleted": True}
    assert await listed(api) == await listed(api, archived="true") == []
    for response in (await api.get("/custom_fields/1"), await api.patch("/custom_fields/1", json={})):
        assert error_of(response, 404)["code"] == "custom_field_not_found"


async def test_fields_are_a_matter_of_settings(client: "ClientOf", new_key: NewKeyOf) -> None:
    reader = client(await new_key(scopes=("settings:read",)))
    customers = client(await new_key(scopes=("customers:write", "customers:read")))
    assert await listed(reader) == []
    assert body_of(await reader.get("/tags"))["data"] == []
    assert error_of(await reader.post("/custom_fields", json=REGION), 403)["code"] == "insufficient_scope"
    assert error_of(await customers.get("/custom_fields"), 403)["code"] == "insufficient_scope"
    assert error_of(await customers.get("/tags"), 403)["code"] == "insufficient_scope"


async def test_a_repeated_request_makes_one_field(api: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    first = await api.post("/custom_fields", json=REGION, headers=key)
    again = await api.post("/custom_fields", json=REGION, headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert await listed(api) == ["region"]
