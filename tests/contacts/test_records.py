"""What a change to a contact leaves behind: lines on the customer's timeline and events."""

import httpx

from tests.support import Json, body_of, create_contact, events


async def timeline(api: httpx.AsyncClient, customer_id: str) -> list[Json]:
    found: list[Json] = body_of(await api.get(f"/customers/{customer_id}/timeline"))["data"]
    return found


async def test_creating_changing_and_deleting_tell_their_story(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api, name="Mira Chen", title="COO")
    changed = body_of(await api.patch(f"/contacts/{contact['id']}", json={"title": None, "email": "mc@aurora.example"}))
    body_of(await api.patch(f"/contacts/{contact['id']}", json={"archived": True}))
    restored = body_of(await api.patch(f"/contacts/{contact['id']}", json={"archived": False}))
    body_of(await api.delete(f"/contacts/{contact['id']}"))

    entries = list(reversed(await timeline(api, contact["customer_id"])))[1:]
    assert [(entry["type"], entry["summary"]) for entry in entries] == [
        ("contact.created", "Added contact Mira Chen"),
        ("contact.updated", "Changed contact Mira Chen: e-mail, title"),
        ("contact.updated", "Archived contact Mira Chen"),
        ("contact.updated", "Restored contact Mira Chen"),
        ("contact.deleted", "Deleted contact Mira Chen"),
    ]
    assert entries[1]["data"] == {"changes": {"email": [contact["email"], "mc@aurora.example"], "title": ["COO", None]}}
    assert {entry["actor"]["name"] for entry in entries} == {"API: northwind-live"}

    told = [event for event in await events(api) if event["type"].startswith("contact.")]
    assert [event["type"] for event in told] == ["contact.created"] + ["contact.updated"] * 3 + ["contact.deleted"]
    assert told[0]["data"] == {"object": contact, "previous_attributes": None}
    assert told[1]["data"] == {
        "object": changed,
        "previous_attributes": {"email": contact["email"], "title": "COO"},
    }
    assert told[2]["data"]["previous_attributes"] == {"archived": False}
    assert told[4]["data"]["object"]["id"] == restored["id"]
    assert all(event["livemode"] for event in told)


async def test_a_test_keys_events_say_so(test_api: httpx.AsyncClient) -> None:
    await create_contact(test_api)
    assert [event["livemode"] for event in await events(test_api, "contact.created")] == [False]


async def test_an_update_that_changes_nothing_leaves_nothing(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api, title="COO", labels=["a"], metadata={"a": 1})
    body_of(await api.delete(f"/contacts/{(await create_contact(api))['id']}"))
    before = await events(api)
    same = {name: contact[name] for name in ("name", "email", "title", "is_primary", "labels", "metadata", "archived")}
    for body in ({}, same, {"email": contact["email"].upper()}, {"unknown": 1}):
        assert body_of(await api.patch(f"/contacts/{contact['id']}", json=body)) == contact
    assert await events(api) == before
    assert len(await timeline(api, contact["customer_id"])) == 2


async def test_what_is_refused_leaves_nothing(api: httpx.AsyncClient) -> None:
    first = await create_contact(api)
    second = await create_contact(api, first["customer_id"])
    before = await events(api)
    taken = {"email": first["email"], "is_primary": True}
    assert (await api.patch(f"/contacts/{second['id']}", json=taken)).status_code == 409
    created = {"name": "Bo", "email": first["email"], "is_primary": True}
    assert (await api.post(f"/customers/{first['customer_id']}/contacts", json=created)).status_code == 409
    assert await events(api) == before
    assert body_of(await api.get(f"/contacts/{first['id']}")) == first
    third = await create_contact(api, first["customer_id"])
    assert third["display_id"] == second["display_id"] + 1  # the refused one took no number
