"""Contacts by UUID: every documented request and answer, field by field."""

import re
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.ids import cuid_to_uuid, uuid_to_cuid
from tests.dialects.conftest import ByUuid
from tests.dialects.test_manners import refused
from tests.harness import NewKeyOf, World
from tests.support import Json, body_of, create_contact, create_customer, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

LISTED = ["id", "first_name", "last_name", "email", "job_title", "company", "linkedin_url"]
WHOLE = [*LISTED, "location", "phone", "created_at", "updated_at"]
NOBODY = "0199e3b4-7a2c-7c41-9d3e-5f60718293a4"


async def test_the_list_has_the_documented_fields_in_their_order(
    by_uuid: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    customer = await create_customer(api, name="Acme Corporation")
    names = {"name": "Jane Smith", "email": "jane@acme.example", "title": "VP of Engineering"}
    jane = await create_contact(api, customer["id"], **names)
    john = await create_contact(api, customer["id"], name="Prince", email="prince@acme.example")
    page = body_of(await by_uuid.get("/contacts", params={"page": "1", "limit": "25"}))
    assert list(page) == ["data", "pagination"]
    assert page["pagination"] == {"page": 1, "limit": 25, "total": 2}
    assert [list(item) for item in page["data"]] == [LISTED, LISTED]
    assert page["data"] == [
        {
            "id": cuid_to_uuid(john["id"]),
            "first_name": "Prince",
            "last_name": None,
            "email": "prince@acme.example",
            "job_title": None,
            "company": "Acme Corporation",
            "linkedin_url": None,
        },
        {
            "id": cuid_to_uuid(jane["id"]),
            "first_name": "Jane",
            "last_name": "Smith",
            "email": "jane@acme.example",
            "job_title": "VP of Engineering",
            "company": "Acme Corporation",
            "linkedin_url": None,
        },
    ]


async def test_one_contact_has_four_fields_more(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    contact = await create_contact(api, name="Jane van der Berg")
    found = body_of(await by_uuid.get(f"/contacts/{cuid_to_uuid(contact['id'])}"))
    assert list(found) == WHOLE
    assert (found["first_name"], found["last_name"]) == ("Jane", "van der Berg")
    assert (found["location"], found["phone"]) == (None, None)
    assert found["created_at"] == found["updated_at"] == "2026-03-02T09:00:00Z"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", found["id"])


async def test_pages_are_numbered(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = [cuid_to_uuid((await create_contact(api, customer["id"]))["id"]) for _ in range(5)]
    for size, name in ((2, "limit"), (2, "per_page")):
        seen: list[str] = []
        for page in range(1, 5):
            answer = body_of(await by_uuid.get("/contacts", params={"page": str(page), name: str(size)}))
            assert answer["pagination"] == {"page": page, "limit": size, "total": 5}
            seen += [item["id"] for item in answer["data"]]
        assert seen == made[::-1]
    both = body_of(await by_uuid.get("/contacts", params={"limit": "1", "per_page": "3"}))
    assert both["pagination"]["limit"] == len(both["data"]) == 1
    far = body_of(await by_uuid.get("/contacts", params={"page": "999999999999999", "limit": "100"}))
    assert (far["data"], far["pagination"]["total"]) == ([], 5)


async def test_a_page_that_there_cannot_be_is_told_of(by_uuid: httpx.AsyncClient) -> None:
    for query, words in (
        ("page=0", "page is not valid: number must be greater than or equal to 1"),
        ("page=-1", "page is not valid: number must be greater than or equal to 1"),
        ("page=one", "page is not valid: expected number, received nan"),
        ("page=1.5", "page is not valid: expected number, received nan"),
        ("page=", "page is not valid: expected number, received nan"),
        ("page=1" + "0" * 15, "page is not valid: number must be less than or equal to 999999999999999"),
        ("page=" + "9" * 999, "page is not valid: number must be less than or equal to 999999999999999"),
        ("limit=0", "limit is not valid: number must be greater than or equal to 1"),
        ("limit=101", "limit is not valid: number must be less than or equal to 100"),
        ("per_page=101", "per_page is not valid: number must be less than or equal to 100"),
        ("page=1%00", "page is not valid: invalid: NUL"),
    ):
        refused(await by_uuid.get(f"/contacts?{query}"), 400, words)


async def test_who_is_gone_is_not_listed(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    deleted, archived, orphaned, stays = [await create_contact(api) for _ in range(4)]
    body_of(await api.delete(f"/contacts/{deleted['id']}"))
    body_of(await api.patch(f"/contacts/{archived['id']}", json={"archived": True}))
    body_of(await api.delete(f"/customers/{orphaned['customer_id']}"))
    page = body_of(await by_uuid.get("/contacts"))
    assert [item["id"] for item in page["data"]] == [cuid_to_uuid(stays["id"])]
    assert page["pagination"]["total"] == 1
    refused(await by_uuid.get(f"/contacts/{cuid_to_uuid(deleted['id'])}"), 404, "Contact not found")
    for contact in (archived, orphaned):
        assert body_of(await by_uuid.get(f"/contacts/{cuid_to_uuid(contact['id'])}"))["email"] == contact["email"]


async def test_what_is_no_uuid_of_ours_is_not_found(
    by_uuid: httpx.AsyncClient, by_uuid_of: ByUuid, api: httpx.AsyncClient, world: World
) -> None:
    contact = await create_contact(api)
    uuid = cuid_to_uuid(contact["id"])
    for wrong in (
        *(NOBODY, uuid.upper(), uuid.replace("-", ""), f"{{{uuid}}}", f"urn:uuid:{uuid}", f"{uuid}%20", f"{uuid}x"),
        *(uuid[:14] + "4" + uuid[15:], uuid[:19] + "c" + uuid[20:], contact["id"], str(contact["display_id"])),
        *("%0D%0Ax-evil:1", "'; DROP TABLE contacts; --", "%EF%BC%91", "%FF", "null", "1" * 3000),
    ):
        refused(await by_uuid.get(f"/contacts/{wrong}"), 404, "Contact not found")
    refused(await by_uuid.get(f"/contacts/{uuid}%00"), 404, "There is nothing at this URL")
    refused(await by_uuid_of(world.fabrikam_key).get(f"/contacts/{uuid}"), 404, "Contact not found")
    assert body_of(await by_uuid_of(world.test_key).get(f"/contacts/{uuid}"))["id"] == uuid


async def test_a_contact_is_the_same_in_both_notations(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    [listed] = body_of(await by_uuid.get("/contacts"))["data"]
    assert listed["id"] == cuid_to_uuid(contact["id"])
    body_of(await api.patch(f"/contacts/{contact['id']}", json={"name": "Anna Lund"}))
    assert body_of(await by_uuid.get(f"/contacts/{listed['id']}"))["last_name"] == "Lund"


SARAH = {
    "first_name": "Sarah",
    "last_name": "Connor",
    "email": "Sarah@future-tech.example",
    "job_title": "Director of Sales",
    "company": "Future Tech Inc",
    "linkedin_url": "https://linkedin.com/in/sarahconnor",
}


async def test_a_new_contact_is_a_lead_with_the_documented_fields(
    by_uuid: httpx.AsyncClient, api: httpx.AsyncClient, world: World
) -> None:
    response = await by_uuid.post("/contacts", json=SARAH)
    made = body_of(response, 201)
    assert list(made) == [*LISTED, "created_at"]
    expected = SARAH | {"email": "sarah@future-tech.example", "created_at": "2026-03-02T09:00:00Z"}
    assert {name: value for name, value in made.items() if name != "id"} == expected
    assert response.headers["location"] == f"/v1/contacts/{made['id']}"
    found = body_of(await by_uuid.get(response.headers["location"].removeprefix("/v1")))
    assert found == made | {"location": None, "phone": None, "updated_at": made["created_at"]}

    lead = body_of(await api.get(f"/leads/{uuid_to_cuid(made['id'])}"))
    assert (lead["name"], lead["title"], lead["source"]) == ("Sarah Connor", "Director of Sales", "v1_contacts")
    assert (lead["status"], lead["stage"], lead["created_by"]) == ("open", "new", world.maya.id)
    assert [event["data"]["object"]["id"] for event in await events(api, "lead.created")] == [lead["id"]]


async def test_whoever_is_added_belongs_to_the_keys_maker_while_they_are_there(
    by_uuid: httpx.AsyncClient, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    made = body_of(await by_uuid.post("/contacts", json=SARAH), 201)
    assert body_of(await api.get(f"/leads/{uuid_to_cuid(made['id'])}"))["owner"] == world.maya.id
    await connection.execute("UPDATE api_keys SET created_by = $1", world.tomas.id)
    await connection.execute("UPDATE memberships SET removed_at = now() WHERE person_id = $1", world.tomas.id)
    made = body_of(await by_uuid.post("/contacts", json=SARAH), 201)
    assert body_of(await api.get(f"/leads/{uuid_to_cuid(made['id'])}"))["owner"] is None


async def test_first_and_last_name_stay_as_they_were_given(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    given = {"first_name": "Mary Ann", "last_name": "O'Neil Smith", "location": "Cork", "phone": "+353 21 555 0100"}
    made = body_of(await by_uuid.post("/contacts", json=given), 201)
    found = body_of(await by_uuid.get(f"/contacts/{made['id']}"))
    assert {name: found[name] for name in given} == given
    body_of(await api.patch(f"/leads/{uuid_to_cuid(made['id'])}", json={"name": "Maryanne Lee"}))
    found = body_of(await by_uuid.get(f"/contacts/{made['id']}"))
    assert (found["first_name"], found["last_name"]) == ("Maryanne", "Lee")


async def test_blanks_are_no_values_and_what_is_unknown_is_passed_over(by_uuid: httpx.AsyncClient) -> None:
    blank = dict.fromkeys(("last_name", "email", "job_title", "company", "linkedin_url", "location", "phone"), " ")
    for rest in (blank, dict.fromkeys(blank), {"id": NOBODY, "owner": "me", "stage": "won", "livemode": False}):
        made = body_of(await by_uuid.post("/contacts", json={"first_name": "Cher"} | rest), 201)
        assert made["id"] != NOBODY
        assert {made[name] for name in LISTED[2:]} == {None}


async def test_the_same_person_may_come_twice(by_uuid: httpx.AsyncClient) -> None:
    assert len({body_of(await by_uuid.post("/contacts", json=SARAH), 201)["id"] for _ in range(2)}) == 2


async def test_what_cannot_be_is_refused_in_a_sentence(by_uuid: httpx.AsyncClient) -> None:
    refusals: list[tuple[Json, str]] = [
        ({}, "first_name is required"),
        ({"last_name": "Connor"}, "first_name is required"),
        ({"first_name": None}, "first_name is required"),
        ({"first_name": "  "}, "first_name is required"),
        ({"first_name": 7}, "first_name is not valid: expected string, received number"),
        ({"first_name": "x" * 121}, "first_name is not valid: string must contain at most 120 character(s)"),
        ({"last_name": "x" * 135}, "last_name is not valid: string must contain at most 134 character(s)"),
        ({"email": "sarah"}, "email is not valid: invalid email"),
        ({"email": ["a@b.example"]}, "email is not valid: expected string, received array"),
        ({"phone": "1" * 51}, "phone is not valid: string must contain at most 50 character(s)"),
        ({"linkedin_url": "x" * 501}, "linkedin_url is not valid: string must contain at most 500 character(s)"),
    ]
    for body, words in refusals:
        whole = body if words == "first_name is required" else {"first_name": "Sarah"} | body
        refused(await by_uuid.post("/contacts", json=whole), 400, words)


async def test_reading_and_writing_are_two_scopes(by_uuid_of: ByUuid, new_key: NewKeyOf) -> None:
    reader = by_uuid_of(await new_key(name="reader", scopes=("contacts:read",)))
    writer = by_uuid_of(await new_key(name="writer", scopes=("contacts:write",)))
    refused(await reader.post("/contacts", json=SARAH), 403, "This API key lacks the scope contacts:write")
    made = body_of(await writer.post("/contacts", json=SARAH), 201)
    refused(await writer.get(f"/contacts/{made['id']}"), 403, "This API key lacks the scope contacts:read")
    assert body_of(await reader.get("/contacts"))["pagination"]["total"] == 1


async def test_a_test_key_writes_the_same_data_in_its_own_mode(
    by_uuid: httpx.AsyncClient, by_uuid_of: ByUuid, api: httpx.AsyncClient, world: World
) -> None:
    made = body_of(await by_uuid_of(world.test_key).post("/contacts", json=SARAH), 201)
    assert body_of(await by_uuid.get(f"/contacts/{made['id']}"))["id"] == made["id"]
    assert [event["livemode"] for event in await events(api, "lead.created")] == [False]
