"""A customer has at most one primary contact, at every moment and whoever else is at it."""

import asyncio

import httpx

from tests.support import Json, body_of, create_contact, create_customer, events


async def primaries(api: httpx.AsyncClient, customer_id: str) -> list[str]:
    contacts = body_of(await api.get(f"/customers/{customer_id}/contacts"))["data"]
    return [contact["id"] for contact in contacts if contact["is_primary"]]


async def test_the_first_contact_becomes_primary_and_the_second_does_not(api: httpx.AsyncClient) -> None:
    first = await create_contact(api)
    second = await create_contact(api, first["customer_id"])
    assert (first["is_primary"], second["is_primary"]) == (True, False)


async def test_the_first_contact_may_decline(api: httpx.AsyncClient) -> None:
    first = await create_contact(api, is_primary=False)
    second = await create_contact(api, first["customer_id"])
    assert (first["is_primary"], second["is_primary"]) == (False, False)


async def test_after_the_last_contact_has_left_the_next_one_is_first_again(api: httpx.AsyncClient) -> None:
    first = await create_contact(api)
    body_of(await api.delete(f"/contacts/{first['id']}"))
    second = await create_contact(api, first["customer_id"])
    assert second["is_primary"] is True

    body_of(await api.patch(f"/contacts/{second['id']}", json={"archived": True}))
    third = await create_contact(api, first["customer_id"])
    assert third["is_primary"] is True
    assert body_of(await api.get(f"/contacts/{second['id']}"))["is_primary"] is False


async def test_making_one_primary_unmakes_the_other_with_a_record_of_its_own(api: httpx.AsyncClient) -> None:
    old = await create_contact(api, name="Mira Chen")
    new = await create_contact(api, old["customer_id"], name="Bo Lund")
    body_of(await api.patch(f"/contacts/{new['id']}", json={"is_primary": True}))
    assert await primaries(api, old["customer_id"]) == [new["id"]]

    unmade, made = await events(api, "contact.updated")
    assert unmade["data"]["object"] == body_of(await api.get(f"/contacts/{old['id']}"))
    assert unmade["data"]["previous_attributes"] == {"is_primary": True}
    assert made["data"]["object"]["id"] == new["id"]
    assert made["data"]["previous_attributes"] == {"is_primary": False}
    timeline = body_of(await api.get(f"/customers/{old['customer_id']}/timeline"))["data"]
    assert [entry["summary"] for entry in timeline[:2]] == [
        "Made Bo Lund the primary contact",
        "Mira Chen is no longer primary",
    ]


async def test_a_contact_created_as_primary_unmakes_the_other(api: httpx.AsyncClient) -> None:
    old = await create_contact(api)
    new = await create_contact(api, old["customer_id"], is_primary=True)
    assert await primaries(api, old["customer_id"]) == [new["id"]]
    assert [event["type"] for event in await events(api)][-3:] == [
        "contact.created",
        "contact.updated",
        "contact.created",
    ]


async def test_the_primary_contact_may_step_down(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    body_of(await api.patch(f"/contacts/{contact['id']}", json={"is_primary": False}))
    assert await primaries(api, contact["customer_id"]) == []


async def test_a_race_for_primary_has_one_winner(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = [await create_contact(api, customer["id"]) for _ in range(8)]

    async def promote(contact: Json) -> None:
        body_of(await api.patch(f"/contacts/{contact['id']}", json={"is_primary": True}))

    async def join(number: int) -> None:
        await create_contact(api, customer["id"], is_primary=number % 2 == 0)

    for _ in range(3):
        await asyncio.gather(*map(promote, made), *map(join, range(8)))
        assert len(await primaries(api, customer["id"])) == 1


async def test_of_many_first_contacts_at_once_one_becomes_primary(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    made = await asyncio.gather(*(create_contact(api, customer["id"]) for _ in range(12)))
    assert sum(contact["is_primary"] for contact in made) == 1
    assert len(await primaries(api, customer["id"])) == 1


async def test_of_many_contacts_with_one_email_at_once_one_is_made(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    sent = {"name": "Mira", "email": "mira@aurora.example"}
    responses = await asyncio.gather(*(api.post(f"/customers/{customer['id']}/contacts", json=sent) for _ in range(12)))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 11
