"""The log of messages over the API: logged once, moved on, answered, and always told by the contact."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.message_log.support import insert_lead, last, log, messages
from tests.support import Json, SteeredClock, body_of, create_contact, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOON, ONE, TWO = (f"2026-03-01T{hour}:00:00.000Z" for hour in (12, 13, 14))


async def timeline(api: httpx.AsyncClient, customer_id: str) -> list[Json]:
    found: list[Json] = body_of(await api.get(f"/customers/{customer_id}/timeline"))["data"]
    return [entry for entry in found if entry["type"].startswith("message.")][::-1]


async def test_a_message_shows_every_documented_field(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api, name="Mira Chen")
    sent = {
        "channel": "email",
        "direction": "outbound",
        "subject": "Your kick-off",
        "body": "Hi Mira",
        "external_id": "crm-1",
        "sent_at": NOON,
    }
    response = await api.post(f"/contacts/{contact['display_id']}/messages", json=sent)
    message = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/contacts/{contact['id']}/messages/{message['id']}"
    assert message["actor"]["name"] == "API: northwind-live"
    assert message == sent | {
        "object": "message",
        "id": message["id"],
        "contact_id": contact["id"],
        "status": "sent",
        "error": None,
        "actor": message["actor"],
        "created_at": "2026-03-02T09:00:00.123Z",
        "updated_at": "2026-03-02T09:00:00.123Z",
    }
    assert body_of(await api.get(f"/contacts/{contact['display_id']}/messages/{message['id']}")) == message
    assert await messages(api, contact["id"]) == [message]

    read = body_of(await api.get(f"/contacts/{contact['id']}"))
    assert read == contact | {"last_message_at": NOON, "last_message_status": "sent"}
    (entry,) = await timeline(api, contact["customer_id"])
    assert (entry["type"], entry["summary"]) == ("message.logged", "Logged an e-mail to Mira Chen")
    assert [event["type"] for event in await events(api)] == ["customer.created", "contact.created"]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"channel": None}, "invalid_type", "channel"),
        ({"channel": "pigeon"}, "invalid_enum_value", "channel"),
        ({"direction": "sideways"}, "invalid_enum_value", "direction"),
        ({"status": "lost"}, "invalid_enum_value", "status"),
        ({"subject": "x" * 999}, "too_big", "subject"),
        ({"body": "ü" * 50_001}, "too_big", "body"),
        ({"error": "x" * 1001}, "too_big", "error"),
        ({"external_id": ""}, "too_small", "external_id"),
        ({"sent_at": "2026-03-01"}, "invalid_string", "sent_at"),
        ({"sent_at": None}, "invalid_type", "sent_at"),
    ],
)
async def test_what_is_no_message_is_refused(api: httpx.AsyncClient, fields: Json, code: str, field: str) -> None:
    contact = await create_contact(api)
    body = {"channel": "email", "direction": "outbound"} | fields
    error = error_of(await api.post(f"/contacts/{contact['id']}/messages", json=body), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert await messages(api, contact["id"]) == []


async def test_nobody_has_no_messages(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    message = await log(api, contact["id"])
    other = await create_contact(api)
    body = {"channel": "sms", "direction": "inbound"}
    for reference in ("c" + "0" * 24, "nobody", "999"):
        for response in (
            await api.get(f"/contacts/{reference}/messages"),
            await api.post(f"/contacts/{reference}/messages", json=body),
            await api.get(f"/contacts/{reference}/messages/{message['id']}"),
            await api.patch(f"/contacts/{reference}/messages/{message['id']}", json={"status": "read"}),
        ):
            assert error_of(response, 404)["code"] == "contact_not_found"
    for path in (
        f"{other['id']}/messages/{message['id']}",
        f"{contact['id']}/messages/1",
        f"{contact['id']}/messages/x",
    ):
        for response in (
            await api.get(f"/contacts/{path}"),
            await api.patch(f"/contacts/{path}", json={"status": "read"}),
        ):
            assert error_of(response, 404)["code"] == "message_not_found"
    body_of(await api.delete(f"/contacts/{contact['id']}"))
    assert error_of(await api.get(f"/contacts/{contact['id']}/messages"), 404)["code"] == "contact_not_found"


async def test_the_same_external_id_finds_the_message_and_moves_it_on(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    first = await log(api, contact["id"], external_id="crm-1", body="Hello", status="queued")
    again = await log(api, contact["id"], 200, external_id="crm-1", body="Something else")
    assert again == first
    read = await log(api, contact["id"], 200, external_id="crm-1", status="read")
    assert read == first | {"status": "read", "updated_at": read["updated_at"]}
    assert await log(api, contact["id"], 200, external_id="crm-1", status="sent") == read
    assert await messages(api, contact["id"]) == [read]
    assert (await last(api, contact["id"]))[1] == "read"
    types = [entry["type"] for entry in await timeline(api, contact["customer_id"])]
    assert types == ["message.logged", "message.updated"]


async def test_an_external_id_is_one_messages(api: httpx.AsyncClient) -> None:
    contact, other = await create_contact(api), await create_contact(api)
    await log(api, contact["id"], external_id="crm-1")
    mine = await log(api, other["id"])
    body = {"channel": "email", "direction": "outbound", "external_id": "crm-1"}
    for response in (
        await api.post(f"/contacts/{other['id']}/messages", json=body),
        await api.patch(f"/contacts/{other['id']}/messages/{mine['id']}", json={"external_id": "crm-1"}),
    ):
        error = error_of(response, 409)
        assert (error["code"], error["field"]) == ("external_id_taken", "external_id")
    assert await messages(api, other["id"]) == [mine]


async def test_two_who_log_the_same_message_at_once_log_it_once(api: httpx.AsyncClient) -> None:
    contact, other = await create_contact(api), await create_contact(api)
    body = {"channel": "email", "direction": "outbound", "external_id": "crm-1"}
    answers = await asyncio.gather(
        *(api.post(f"/contacts/{contact['id']}/messages", json=body) for _ in range(4)),
        *(api.post(f"/contacts/{other['id']}/messages", json=body) for _ in range(4)),
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [201] + [409] * 4
    assert len(await messages(api, contact["id"]) + await messages(api, other["id"])) == 1


# From where it stands, to what is reported, it gets to.
@pytest.mark.parametrize(
    ("before", "reported", "after"),
    [
        ("queued", "sent", "sent"),
        ("sent", "queued", "sent"),
        ("sent", "delivered", "delivered"),
        ("read", "delivered", "read"),
        ("delivered", "replied", "replied"),
        ("replied", "read", "replied"),
        ("queued", "failed", "failed"),
        ("read", "failed", "failed"),
        ("failed", "queued", "failed"),
        ("failed", "sent", "failed"),
        ("failed", "delivered", "delivered"),
    ],
)
async def test_a_status_moves_onwards_only_but_may_fail(
    api: httpx.AsyncClient, before: str, reported: str, after: str
) -> None:
    contact = await create_contact(api)
    message = await log(api, contact["id"], status=before)
    path = f"/contacts/{contact['id']}/messages/{message['id']}"
    moved = body_of(await api.patch(path, json={"status": reported}))
    assert moved["status"] == after == (await last(api, contact["id"]))[1]
    assert (moved == message) is (before == after)
    assert body_of(await api.get(path)) == moved


async def test_why_it_failed_is_told_while_it_has(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    message = await log(api, contact["id"], error="not kept")
    path = f"/contacts/{contact['id']}/messages/{message['id']}"
    assert message["error"] is None
    assert body_of(await api.patch(path, json={"error": "not kept either"})) == message
    assert body_of(await api.patch(path, json={"status": "failed", "error": "Full"}))["error"] == "Full"
    assert body_of(await api.patch(path, json={"error": "Mailbox full"}))["error"] == "Mailbox full"
    assert body_of(await api.patch(path, json={"status": "delivered"}))["error"] is None
    summaries = [entry["summary"] for entry in await timeline(api, contact["customer_id"])]
    assert summaries[1:] == [
        f"Noted that an e-mail to {contact['name']} is failed",
        f"Changed an e-mail to {contact['name']}",
        f"Noted that an e-mail to {contact['name']} is delivered",
    ]


async def test_a_queued_message_is_sent_when_it_leaves_the_queue(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    contact = await create_contact(api)
    queued = await log(api, contact["id"], status="queued", sent_at=NOON)
    said = await log(api, contact["id"], status="queued", sent_at=NOON)
    clock.advance(60)
    path = f"/contacts/{contact['id']}/messages"
    assert body_of(await api.patch(f"{path}/{queued['id']}", json={"status": "sent"}))["sent_at"] > NOON
    changed = body_of(await api.patch(f"{path}/{said['id']}", json={"status": "sent", "sent_at": ONE}))
    assert (changed["sent_at"], changed["external_id"]) == (ONE, None)
    changed = body_of(await api.patch(f"{path}/{said['id']}", json={"external_id": "crm-9", "sent_at": ONE}))
    assert changed["external_id"] == "crm-9"
    assert body_of(await api.patch(f"{path}/{said['id']}", json={})) == changed
    assert body_of(await api.patch(f"{path}/{said['id']}", json={"external_id": None}))["external_id"] is None


async def test_the_contact_tells_of_the_message_that_was_sent_last(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    assert await last(api, contact["id"]) == (None, None)
    newest = await log(api, contact["id"], sent_at=ONE)
    oldest = await log(api, contact["id"], sent_at=NOON, status="failed")
    assert await last(api, contact["id"]) == (ONE, "sent")
    path = f"/contacts/{contact['id']}/messages"
    body_of(await api.patch(f"{path}/{oldest['id']}", json={"status": "read"}))
    assert await last(api, contact["id"]) == (ONE, "sent")
    body_of(await api.patch(f"{path}/{oldest['id']}", json={"sent_at": TWO}))
    assert await last(api, contact["id"]) == (TWO, "read")
    body_of(await api.patch(f"{path}/{newest['id']}", json={"status": "failed"}))
    assert await last(api, contact["id"]) == (TWO, "read")
    assert body_of(await api.get(f"/contacts/{contact['id']}"))["updated_at"] == contact["updated_at"]


async def test_an_answer_marks_what_it_answers(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    before = await log(api, contact["id"], sent_at=NOON, status="read")
    asked = await log(api, contact["id"], sent_at=ONE, status="delivered")
    failed = await log(api, contact["id"], sent_at=ONE, status="failed")
    by_phone = await log(api, contact["id"], sent_at=ONE, channel="call")
    after = await log(api, contact["id"], sent_at="2026-03-01T15:00:00Z")
    answer = await log(api, contact["id"], sent_at=TWO, direction="inbound")
    assert answer["status"] == "delivered"

    status = {message["id"]: message["status"] for message in await messages(api, contact["id"])}
    assert status == {
        before["id"]: "read",
        asked["id"]: "replied",
        failed["id"]: "failed",
        by_phone["id"]: "sent",
        after["id"]: "sent",
        answer["id"]: "delivered",
    }
    assert (await last(api, contact["id"]))[1] == "sent"
    await log(api, contact["id"], sent_at="2026-03-01T16:00:00Z", direction="inbound")
    assert await last(api, contact["id"]) == ("2026-03-01T16:00:00.000Z", "replied")
    entries = await timeline(api, contact["customer_id"])
    assert entries[-1]["summary"] == f"Logged an e-mail from {contact['name']}"


async def test_many_at_once_leave_the_contact_with_the_newest(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    minutes = [7, 2, 9, 4, 1, 8, 3, 0, 6, 5]
    await asyncio.gather(
        *(log(api, contact["id"], sent_at=f"2026-03-01T12:0{minute}:00Z", status="read") for minute in minutes)
    )
    assert await last(api, contact["id"]) == ("2026-03-01T12:09:00.000Z", "read")
    assert len({message["created_at"] for message in await messages(api, contact["id"])}) == 1  # in milliseconds
    found: list[str] = []
    cursor = None
    while len(found) < 20:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = body_of(await api.get(f"/contacts/{contact['id']}/messages", params=query))
        found += [message["sent_at"] for message in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert sorted(found) == [f"2026-03-01T12:0{minute}:00.000Z" for minute in range(10)]


async def test_a_lead_has_messages_as_well(api: httpx.AsyncClient, connection: "Connection", world: World) -> None:
    lead = await insert_lead(connection, world.northwind.id)
    message = await log(api, lead, channel="linkedin", direction="inbound", sent_at=NOON)
    assert await messages(api, "900") == [message]
    row = await connection.fetchrow("SELECT last_message_status FROM contacts WHERE id = $1", lead)
    assert row is not None
    assert tuple(row) == ("replied",)
    noted = await connection.fetchrow(
        "SELECT subject_type, subject_id, summary FROM activity WHERE subject_id = $1", lead
    )
    assert noted is not None
    assert tuple(noted) == ("lead", lead, "Logged a LinkedIn message from Noor Haddad")


async def test_a_repeated_request_logs_once(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    path, body = f"/contacts/{contact['id']}/messages", {"channel": "chat", "direction": "outbound"}
    first = await api.post(path, json=body, headers={"Idempotency-Key": "once"})
    second = await api.post(path, json=body, headers={"Idempotency-Key": "once"})
    assert (second.status_code, second.content) == (201, first.content)
    assert len(await messages(api, contact["id"])) == 1


async def test_a_test_key_logs_as_well(test_api: httpx.AsyncClient) -> None:
    contact = await create_contact(test_api)
    await log(test_api, contact["id"])
    (entry,) = await timeline(test_api, contact["customer_id"])
    assert entry["livemode"] is False


async def test_a_time_before_there_were_messages_is_refused(api: httpx.AsyncClient) -> None:
    contact = await create_contact(api)
    sent = {"channel": "email", "direction": "inbound", "sent_at": "0001-01-01T00:00:00Z"}
    error = error_of(await api.post(f"/contacts/{contact['id']}/messages", json=sent), 400)
    assert (error["code"], error["field"]) == ("too_small", "sent_at")
