"""Contacts: made under a customer, read, changed and deleted by their own id."""

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_contact, create_customer, error_of


async def contacts_of(api: httpx.AsyncClient, customer_id: str, **query: str) -> list[Json]:
    body = body_of(await api.get(f"/customers/{customer_id}/contacts", params=query))
    assert set(body) == {"object", "data"}
    assert body["object"] == "list"
    found: list[Json] = body["data"]
    return found


async def test_a_new_contact_shows_every_documented_field(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    sent = {
        "name": "Mira Chen",
        "email": "Mira@Aurora.Example",
        "title": "Head of Ops",
        "phone": "+49 30 901820",
        "linkedin_url": "https://www.linkedin.com/in/mira-chen",
        "location": "Berlin",
        "labels": ["billing", "technical"],
        "metadata": {"crm": {"id": 7}},
    }
    response = await api.post(f"/customers/{customer['display_id']}/contacts", json=sent)
    contact = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/contacts/{contact['id']}"
    assert contact == {
        "object": "contact",
        "id": contact["id"],
        "display_id": 1,
        "customer_id": customer["id"],
        "name": "Mira Chen",
        "email": "mira@aurora.example",
        "title": "Head of Ops",
        "phone": "+49 30 901820",
        "linkedin_url": "https://www.linkedin.com/in/mira-chen",
        "location": "Berlin",
        "is_primary": True,
        "labels": ["billing", "technical"],
        "metadata": {"crm": {"id": 7}},
        "last_message_at": None,
        "last_message_status": None,
        "archived": False,
        "created_at": "2026-03-02T09:00:00.123Z",
        "updated_at": "2026-03-02T09:00:00.123Z",
    }
    for reference in (contact["id"], "1", "001"):
        assert body_of(await api.get(f"/contacts/{reference}")) == contact


async def test_name_and_email_are_enough(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api, name="Bo", email="bo@aurora.example")
    assert (contact["title"], contact["labels"], contact["metadata"]) == (None, [], {})


@pytest.mark.parametrize(
    ("fields", "code", "message", "field"),
    [
        ({"name": None}, "invalid_type", "Expected string, received null", "name"),
        ({"name": ""}, "too_small", "String must contain at least 1 character(s)", "name"),
        ({"name": "x" * 256}, "too_big", "String must contain at most 255 character(s)", "name"),
        ({"email": "mira"}, "invalid_string", "Invalid email", "email"),
        ({"title": "x" * 256}, "too_big", "String must contain at most 255 character(s)", "title"),
        ({"phone": "1" * 51}, "too_big", "String must contain at most 50 character(s)", "phone"),
        ({"location": "x" * 256}, "too_big", "String must contain at most 255 character(s)", "location"),
        ({"linkedin_url": "linkedin.com/in/mira"}, "invalid_string", "Invalid url", "linkedin_url"),
        ({"linkedin_url": "javascript:alert(1)"}, "invalid_string", "Invalid url", "linkedin_url"),
        ({"linkedin_url": "https://linkedin.com/in/a b"}, "invalid_string", "Invalid url", "linkedin_url"),
        (
            {"linkedin_url": "https://" + "x" * 2048},
            "too_big",
            "String must contain at most 2048 character(s)",
            "linkedin_url",
        ),
        ({"is_primary": "yes"}, "invalid_type", "Expected boolean, received string", "is_primary"),
        ({"is_primary": None}, "invalid_type", "Expected boolean, received null", "is_primary"),
        ({"labels": ["x"] * 51}, "too_big", "Array must contain at most 50 element(s)", "labels"),
        ({"labels": [""]}, "too_small", "String must contain at least 1 character(s)", "labels.0"),
        ({"labels": ["x" * 101]}, "too_big", "String must contain at most 100 character(s)", "labels.0"),
        ({"labels": None}, "invalid_type", "Expected array, received null", "labels"),
    ],
)
async def test_what_cannot_be_is_refused_on_create_and_update(
    api: httpx.AsyncClient, fields: Json, code: str, message: str, field: str
) -> None:
    contact = await create_contact(api)
    for error in (
        error_of(
            await api.post(
                f"/customers/{contact['customer_id']}/contacts",
                json={"name": "Bo", "email": "bo@aurora.example"} | fields,
            ),
            400,
        ),
        error_of(await api.patch(f"/contacts/{contact['id']}", json=fields), 400),
    ):
        assert (error["code"], error["message"], error["field"]) == (code, message, field)


@pytest.mark.parametrize("field", ["name", "email"])
async def test_what_is_missing_is_required(api: httpx.AsyncClient, field: str) -> None:
    customer = await create_customer(api)
    sent = {"name": "Bo", "email": "bo@aurora.example"}
    del sent[field]
    error = error_of(await api.post(f"/customers/{customer['id']}/contacts", json=sent), 400)
    assert (error["code"], error["message"], error["field"]) == ("invalid_type", "Required", field)


async def test_an_email_is_unique_per_customer_whatever_its_case(api: httpx.AsyncClient) -> None:
    first = await create_contact(api, email="mira@aurora.example")
    customer_id = first["customer_id"]
    error = error_of(
        await api.post(f"/customers/{customer_id}/contacts", json={"name": "Bo", "email": "MIRA@aurora.example"}), 409
    )
    assert (error["type"], error["code"], error["field"]) == ("conflict", "email_taken", "email")
    second = await create_contact(api, customer_id, email="bo@aurora.example")
    error = error_of(await api.patch(f"/contacts/{second['id']}", json={"email": "Mira@Aurora.example"}), 409)
    assert (error["code"], error["field"]) == ("email_taken", "email")

    await create_contact(api, email="mira@aurora.example")  # another customer's
    body_of(await api.delete(f"/contacts/{first['id']}"))
    await create_contact(api, customer_id, email="mira@aurora.example")


async def test_the_primary_contact_is_listed_first_then_the_newest(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = [await create_contact(api, customer["id"]) for _ in range(30)]
    await create_contact(api)
    body_of(await api.patch(f"/contacts/{made[3]['id']}", json={"is_primary": True}))
    ids = [contact["id"] for contact in made]
    expected = [ids[3], *reversed(ids[4:]), *reversed(ids[:3])]
    for reference in (customer["id"], str(customer["display_id"])):
        assert [contact["id"] for contact in await contacts_of(api, reference)] == expected


async def test_an_archived_contact_leaves_the_list_and_stays_readable(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    stays = await create_contact(api)
    leaves = await create_contact(api, stays["customer_id"])
    clock.advance(60)
    archived = body_of(await api.patch(f"/contacts/{leaves['id']}", json={"archived": True}))
    assert archived == leaves | {"archived": True, "updated_at": "2026-03-02T09:01:00.123Z"}
    assert await contacts_of(api, stays["customer_id"]) == [stays]
    assert await contacts_of(api, stays["customer_id"], archived="true") == [archived]
    assert body_of(await api.get(f"/contacts/{leaves['id']}")) == archived
    assert body_of(await api.patch(f"/contacts/{leaves['id']}", json={"archived": False}))["archived"] is False
    assert len(await contacts_of(api, stays["customer_id"], archived="false")) == 2
    error = error_of(await api.get(f"/customers/{stays['customer_id']}/contacts", params={"archived": "maybe"}), 400)
    assert error["field"] == "archived"


async def test_an_update_changes_what_it_names_and_null_clears(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    contact = await create_contact(api, title="COO", labels=["a"], metadata={"a": 1})
    clock.advance(1)
    changed = body_of(await api.patch(f"/contacts/{contact['display_id']}", json={"name": "Mira", "labels": []}))
    assert changed == contact | {"name": "Mira", "labels": [], "updated_at": "2026-03-02T09:00:01.123Z"}
    cleared = body_of(await api.patch(f"/contacts/{contact['id']}", json={"title": None, "metadata": None}))
    assert (cleared["title"], cleared["metadata"]) == (None, {})
    told = {"phone": "+1 555 0100", "linkedin_url": "http://linkedin.example/jürgen?x=1", "location": "Zürich"}
    assert body_of(await api.patch(f"/contacts/{contact['id']}", json=told)).items() >= told.items()
    cleared = body_of(await api.patch(f"/contacts/{contact['id']}", json=dict.fromkeys(told)))
    assert [cleared[name] for name in told] == [None, None, None]
    # Only the log of messages says these.
    said = {"last_message_at": "2026-01-01T00:00:00Z", "last_message_status": "read"}
    assert body_of(await api.patch(f"/contacts/{contact['id']}", json=said)) == cleared


async def test_a_deleted_contact_is_gone_and_deleting_it_again_says_the_same(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    deleted = {"object": "deleted", "id": contact["id"], "display_id": contact["display_id"], "deleted": True}
    assert body_of(await api.delete(f"/contacts/{contact['id']}")) == deleted
    assert body_of(await api.delete(f"/contacts/{contact['display_id']}")) == deleted
    assert await contacts_of(api, contact["customer_id"]) == []
    for response in (
        await api.get(f"/contacts/{contact['id']}"),
        await api.patch(f"/contacts/{contact['id']}", json={"title": "COO"}),
        await api.patch(f"/contacts/{contact['id']}", json={"is_primary": True}),
    ):
        assert error_of(response, 404)["code"] == "contact_not_found"


async def test_contacts_outlive_their_customer_under_their_own_id(api: httpx.AsyncClient) -> None:
    first = await create_contact(api)
    second = await create_contact(api, first["customer_id"])
    body_of(await api.delete(f"/customers/{first['customer_id']}"))
    path = f"/customers/{first['customer_id']}/contacts"
    assert error_of(await api.get(path), 404)["code"] == "customer_not_found"
    sent = {"name": "Bo", "email": "bo@aurora.example"}
    assert error_of(await api.post(path, json=sent), 404)["code"] == "customer_not_found"

    assert body_of(await api.get(f"/contacts/{first['id']}")) == first
    assert body_of(await api.patch(f"/contacts/{second['id']}", json={"is_primary": True}))["is_primary"] is True
    assert body_of(await api.get(f"/contacts/{first['id']}"))["is_primary"] is False
    body_of(await api.delete(f"/contacts/{second['id']}"))
    assert error_of(await api.get(f"/contacts/{second['id']}"), 404)["code"] == "contact_not_found"


@pytest.mark.parametrize("reference", ["0", "999", "-1", "abc", "c" + "0" * 24, "99999999999999999999999", "%20"])
async def test_an_id_that_nobody_has_is_not_found(api: httpx.AsyncClient, reference: str) -> None:
    assert error_of(await api.get(f"/contacts/{reference}"), 404)["code"] == "contact_not_found"
    assert error_of(await api.get(f"/customers/{reference}/contacts"), 404)["code"] == "customer_not_found"


async def test_another_workspace_sees_nothing(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    for reference in (contact["id"], str(contact["display_id"])):
        for response in (
            await fabrikam_api.get(f"/contacts/{reference}"),
            await fabrikam_api.patch(f"/contacts/{reference}", json={"is_primary": True}),
            await fabrikam_api.delete(f"/contacts/{reference}"),
        ):
            assert error_of(response, 404)["code"] == "contact_not_found"
    path = f"/customers/{contact['customer_id']}/contacts"
    sent = {"name": "Bo", "email": "bo@aurora.example"}
    assert error_of(await fabrikam_api.get(path), 404)["code"] == "customer_not_found"
    assert error_of(await fabrikam_api.post(path, json=sent), 404)["code"] == "customer_not_found"
    assert body_of(await api.get(f"/contacts/{contact['id']}")) == contact
