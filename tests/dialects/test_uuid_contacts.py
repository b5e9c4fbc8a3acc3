"""Contacts by UUID: every documented request and answer, field by field."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.ids import cuid_to_uuid
from tests.dialects.conftest import ByUuid
from tests.dialects.test_manners import refused
from tests.harness import World
from tests.support import body_of, create_contact, create_customer

if TYPE_CHECKING:
    pass

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


@pytest.mark.parametrize(
    ("query", "words"),
    [
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
    ],
)
async def test_a_page_that_there_cannot_be_is_told_of(by_uuid: httpx.AsyncClient, query: str, words: str) -> None:
    refused(await by_uuid.get(f"/contacts?{query}"), 400, words)


@pytest.mark.parametrize("way", ["deleted", "archived", "customer deleted"])
async def test_who_is_gone_is_not_listed(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient, way: str) -> None:
    contact, other = await create_contact(api), await create_contact(api)
    gone: dict[str, Callable[[], Awaitable[httpx.Response]]] = {
        "deleted": lambda: api.delete(f"/contacts/{contact['id']}"),
        "archived": lambda: api.patch(f"/contacts/{contact['id']}", json={"archived": True}),
        "customer deleted": lambda: api.delete(f"/customers/{contact['customer_id']}"),
    }
    body_of(await gone[way]())
    page = body_of(await by_uuid.get("/contacts"))
    assert [item["id"] for item in page["data"]] == [cuid_to_uuid(other["id"])]
    assert page["pagination"]["total"] == 1
    found = await by_uuid.get(f"/contacts/{cuid_to_uuid(contact['id'])}")
    if way == "deleted":
        refused(found, 404, "Contact not found")
    else:
        assert body_of(found)["email"] == contact["email"]


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
