"""Leads over the API: made, read, listed, changed, deleted."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.leads.models import first_name_of, last_name_of
from tests.harness import NewKeyOf, World
from tests.leads.support import create_lead
from tests.support import Json, SteeredClock, body_of, error_of, events

if TYPE_CHECKING:
    from tests.harness import ClientOf


async def test_a_lead_begins_in_the_first_stage_of_the_first_pipeline(
    api: httpx.AsyncClient, world: World, clock: SteeredClock
) -> None:
    body = {
        "first_name": "Mary Jane",
        "last_name": "Watson",
        "email": "MJ@Saltgrass.example",
        "phone": "+1 555 0100",
        "company": "Saltgrass Swim",
        "title": "Head of Ops",
        "linkedin_url": "linkedin.example/in/mj",
        "location": "Queens",
        "owner_email": world.tomas.email,
        "assignees": [world.maya.id, world.maya.id],
        "lead_source": "trade fair",
        "labels": ["north"],
        "metadata": {"deal": 4711},
    }
    response = await api.post("/leads", json=body)
    made = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/leads/{made['id']}"
    expected = body | {
        "object": "lead",
        "name": "Mary Jane Watson",
        "email": "mj@saltgrass.example",
        "owner": world.tomas.id,
        "assignees": [world.maya.id],
        "source": "api",
        "status": "open",
        "stage": "new",
        "seconds_in_stage": 0,
        "archived": False,
        "created_by": world.maya.id,
        **dict.fromkeys(("closed_at", "lost_reason", "customer_id", "onboarding_id", "last_message_at")),
    }
    assert {name: made[name] for name in expected} == expected
    assert made["stage_entered_at"] == made["created_at"] == made["updated_at"]
    clock.advance(90)
    for reference in (made["id"], made["display_id"], f"00{made['display_id']}"):
        assert body_of(await api.get(f"/leads/{reference}")) == made | {"seconds_in_stage": 90}
    (event,) = await events(api)
    assert (event["type"], event["data"]["object"]) == ("lead.created", made)


async def test_a_lead_and_a_contact_share_their_numbers_and_not_their_paths(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api)
    assert error_of(await api.get(f"/contacts/{lead['id']}"), 404)["code"] == "contact_not_found"
    assert error_of(await api.get("/leads/999"), 404)["code"] == "lead_not_found"


async def test_a_key_of_somebodys_tells_who_added_the_lead(
    client: "ClientOf", new_key: NewKeyOf, test_api: httpx.AsyncClient, world: World
) -> None:
    lead = await create_lead(client(await new_key(created_by=world.tomas.id)))
    assert lead["created_by"] == world.tomas.id
    assert (await create_lead(client(await new_key())))["created_by"] is None
    await create_lead(test_api)
    assert [event["livemode"] for event in await events(test_api, "lead.created")] == [True, True, False]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_type", "name"),
        ({"last_name": "Moreau"}, "invalid_type", "name"),
        ({"name": ""}, "too_small", "name"),
        ({"first_name": "a" * 121}, "too_big", "first_name"),
        ({"name": "A", "email": "nobody"}, "invalid_string", "email"),
        ({"name": "A", "owner": "c" + "0" * 24}, "invalid_field", "owner"),
        ({"name": "A", "owner_email": "nobody@northwind.example"}, "invalid_field", "owner_email"),
        ({"name": "A", "assignees": ["{maya}", "nobody"]}, "invalid_field", "assignees.1"),
        ({"name": "A", "owner": "{maya}", "owner_email": "tomas@northwind.example"}, "invalid_field", "owner_email"),
        ({"name": "A", "pipeline": "99"}, "invalid_field", "pipeline"),
        ({"name": "A", "pipeline": "x y"}, "invalid_field", "pipeline"),
        ({"name": "A", "stage": "nowhere"}, "invalid_field", "stage"),
        ({"name": "A", "labels": ["a"] * 51}, "too_big", "labels"),
    ],
)
async def test_what_makes_no_lead_is_refused(
    api: httpx.AsyncClient, world: World, body: Json, code: str, field: str
) -> None:
    def known(value: object) -> object:
        return (
            [known(item) for item in value]
            if isinstance(value, list)
            else {"{maya}": world.maya.id}.get(str(value), value)
        )

    error = error_of(await api.post("/leads", json={name: known(value) for name, value in body.items()}), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert body_of(await api.get("/leads"))["data"] == []


async def test_a_lead_may_begin_anywhere_but_where_it_is_won(api: httpx.AsyncClient) -> None:
    assert error_of(await api.post("/leads", json={"name": "A", "stage": "won"}), 409)["code"] == "win_required"
    lead = await create_lead(api, stage="lost", pipeline="1")
    assert (lead["status"], lead["stage"], lead["closed_at"]) == ("lost", "lost", lead["created_at"])


async def test_a_change_is_noted_and_told(api: httpx.AsyncClient, world: World) -> None:
    lead = await create_lead(api, name="Ines Moreau", owner=world.maya.id)
    path = f"/leads/{lead['id']}"
    changed = body_of(await api.patch(path, json={"last_name": "Petit", "owner_email": None, "email": "I@A.example"}))
    assert (changed["name"], changed["first_name"], changed["last_name"]) == ("Ines Petit", "Ines", "Petit")
    assert (changed["owner"], changed["owner_email"], changed["email"]) == (None, None, "i@a.example")
    (event,) = await events(api, "lead.updated")
    assert event["data"] == {
        "object": changed,
        "previous_attributes": {
            "name": "Ines Moreau",
            "last_name": "Moreau",
            "email": lead["email"],
            "owner": world.maya.id,
            "owner_email": world.maya.email,
        },
    }
    assert body_of(await api.patch(path, json={"archived": True}))["archived"] is True
    assert body_of(await api.get("/leads"))["data"] == []
    assert [one["id"] for one in body_of(await api.get("/leads?archived=true"))["data"]] == [lead["id"]]


@pytest.mark.parametrize(
    "body", [{}, {"name": "Ines Moreau"}, {"first_name": "Ines"}, {"owner_email": None}, {"labels": []}]
)
async def test_a_change_of_nothing_does_nothing(api: httpx.AsyncClient, body: Json) -> None:
    lead = await create_lead(api, name="Ines Moreau")
    assert body_of(await api.patch(f"/leads/{lead['id']}", json=body)) == lead
    assert await events(api, "lead.updated") == []


async def test_deleted_is_gone_and_may_be_deleted_again(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api)
    answer = {"object": "deleted", "id": lead["id"], "display_id": lead["display_id"], "deleted": True}
    for _ in range(2):
        assert body_of(await api.delete(f"/leads/{lead['id']}")) == answer
    assert error_of(await api.get(f"/leads/{lead['id']}"), 404)["code"] == "lead_not_found"
    assert error_of(await api.patch(f"/leads/{lead['id']}", json={"title": "A"}), 404)["code"] == "lead_not_found"
    assert body_of(await api.get("/leads"))["data"] == []
    assert [event["data"]["object"]["id"] for event in await events(api, "lead.deleted")] == [lead["id"]]


async def test_every_filter_finds_by_itself_and_with_the_others(api: httpx.AsyncClient, world: World) -> None:
    fields: Json = {
        "email": "ines@saltgrass.example",
        "source": "form",
        "lead_source": "fair",
        "owner": world.maya.id,
        "assignees": [world.tomas.id],
        "stage": "contacted",
    }
    wanted, other = await create_lead(api, **fields), await create_lead(api, stage="lost")
    filters = {
        "pipeline": wanted["pipeline_id"],
        "stage": "contacted",
        "status": "open",
        "owner": world.maya.id,
        "assignee": world.tomas.id,
        "source": "form",
        "lead_source": "fair",
        "email": "INES@saltgrass.example",
    }
    for params in (*({name: value} for name, value in filters.items() if name != "pipeline"), filters):
        assert [one["id"] for one in body_of(await api.get("/leads", params=params))["data"]] == [wanted["id"]], params
    for params in ({"owner": "unassigned"}, {"pipeline": "1", "status": "lost"}):
        assert [one["id"] for one in body_of(await api.get("/leads", params=params))["data"]] == [other["id"]], params
    for params in ({"pipeline": "99"}, {"pipeline": "nowhere"}, {"owner": "nobody"}, filters | {"source": "api"}):
        assert body_of(await api.get("/leads", params=params))["data"] == []
    assert error_of(await api.get("/leads?status=customer"), 400)["code"] == "invalid_enum_value"
    body_of(await api.patch(f"/leads/{wanted['id']}", json={"archived": True}))
    for archived, found in (("false", []), ("true", [wanted["id"]])):
        listed = body_of(await api.get("/leads", params=filters | {"archived": archived}))["data"]
        assert [one["id"] for one in listed] == found


async def test_a_lead_of_a_deleted_customer_leaves_the_lists(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api)
    won = body_of(await api.post(f"/leads/{lead['id']}/win", json={"onboarding": None}))
    assert [one["id"] for one in body_of(await api.get("/leads?status=won"))["data"]] == [lead["id"]]
    body_of(await api.delete(f"/customers/{won['customer']['id']}"))
    assert body_of(await api.get("/leads?status=won"))["data"] == []
    assert body_of(await api.get(f"/leads/{lead['id']}"))["status"] == "won"


async def test_pages_follow_each_other(api: httpx.AsyncClient) -> None:
    made = [(await create_lead(api))["id"] for _ in range(3)]
    first = body_of(await api.get("/leads?limit=2"))
    second = body_of(await api.get("/leads", params={"limit": "2", "cursor": first["next_cursor"]}))
    assert [one["id"] for page in (first, second) for one in page["data"]] == made[::-1]
    assert (first["has_more"], second["has_more"]) == (True, False)


@pytest.mark.parametrize("scope", ["leads:read", "leads:write", "contacts:write"])
async def test_a_narrowed_key_does_what_it_may(client: "ClientOf", new_key: NewKeyOf, scope: str) -> None:
    narrowed = client(await new_key(scopes=(scope,)))
    answers = {
        "leads:read": await narrowed.get("/leads"),
        "leads:write": await narrowed.post("/leads", json={"name": "A"}),
    }
    for needed, response in answers.items():
        if needed == scope:
            assert response.is_success
        else:
            assert error_of(response, 403)["code"] == "insufficient_scope"


@pytest.mark.parametrize(
    ("name", "given", "first", "last"),
    [
        ("Mary Jane Watson", "Mary Jane", "Mary Jane", "Watson"),
        ("Mary Jane Watson", None, "Mary", "Jane Watson"),
        ("Mary Watson", "Mary Jane", "Mary", "Watson"),
        ("Mary", "Mary", "Mary", None),
        ("Maryland", "Mary", "Maryland", None),
        (" ", None, " ", None),
    ],
)
def test_a_name_splits_where_it_was_said_to(name: str, given: str | None, first: str, last: str | None) -> None:
    assert (first_name_of(name, given), last_name_of(name, given)) == (first, last)


async def test_a_part_of_a_name_fits_the_rest(api: httpx.AsyncClient) -> None:
    lead = await create_lead(api, name=f"Ines {'M' * 250}")
    error = error_of(await api.patch(f"/leads/{lead['id']}", json={"first_name": "Inesa"}), 400)
    assert (error["code"], error["field"]) == ("too_big", "first_name")
    parts = {"first_name": "Inesa", "last_name": "Moreau"}
    assert body_of(await api.patch(f"/leads/{lead['id']}", json=parts))["name"] == "Inesa Moreau"
