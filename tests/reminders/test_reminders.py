"""Reminding somebody now: the preview, the mail, the log, and what is refused."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.reminders.support import create_late, log, mails, owe
from tests.support import Json, body_of, create_contact, create_onboarding, error_of
from tests.tasks.story import activity

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def send(api: httpx.AsyncClient, onboarding: Json, **body: object) -> httpx.Response:
    return await api.post(f"/onboardings/{onboarding['id']}/reminders", json=body)


async def test_a_reminder_is_previewed_sent_and_told(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    onboarding = await create_late(
        api, "Send us your logo", "Name a test group", csm_id=world.maya.id, name="Aurora loyalty"
    )
    (preview,) = body_of(await send(api, onboarding, dry_run=True))["data"]
    assert await log(api, onboarding) == []
    assert await mails(connection) == []

    response = await send(api, onboarding)
    (sent,) = body_of(response, 201)["data"]
    assert response.headers["location"] == f"/api/v1/onboardings/{onboarding['id']}/reminders"
    moving = {"id", "created_at"}
    assert {name: sent[name] for name in sent.keys() - moving} == {
        name: preview[name] for name in preview.keys() - moving
    }
    assert (sent["subject"], sent["status"], sent["origin"], sent["sent_on"]) == (
        "Aurora loyalty: 2 tasks waiting for you", "sent", "request", "2026-03-02",
    )  # fmt: skip
    assert sent["body"].startswith("Hi Ana,\n")
    assert "- Send us your logo (was due on 27 February 2026)\n- Name a test group (was due on 27" in sent["body"]
    assert sent["body"].endswith("Best regards,\nMaya\nNorthwind\n")
    assert sent["actor"]["name"].startswith("API: ")
    assert await log(api, onboarding) == [sent]
    (mail,) = await mails(connection)
    assert mail == {
        "to": onboarding["contact"]["email"], "subject": sent["subject"], "text": sent["body"],
        "reply_to": world.maya.email, "calendar": None,
    }  # fmt: skip
    last = (await activity(api, onboarding))[-1]
    assert (last["type"], last["summary"]) == ("reminder.sent", "Reminded Ana Lima of 2 overdue tasks")
    assert last["data"] == {
        "reminder_id": sent["id"], "contact_id": onboarding["contact"]["id"], "task_ids": sent["task_ids"],
    }  # fmt: skip


async def test_only_what_the_customer_owes_and_sees_counts(api: httpx.AsyncClient, world: World) -> None:
    onboarding = await create_late(api, "Overdue")
    contact = onboarding["contact"]
    await owe(api, onboarding, contact, "Hidden", visible_in_portal=False)
    await owe(api, onboarding, contact, "Due today", due_date="2026-03-02T00:00:00Z")
    await owe(api, onboarding, contact, "Some day", due_date=None)
    await owe(api, onboarding, contact, "Ours", assignee_contact_id=None, assignee_id=world.maya.id)
    done = await owe(api, onboarding, contact, "Done")
    body_of(await api.post(f"/tasks/{done['id']}/complete", json={}))
    gone = await owe(api, onboarding, contact, "Deleted")
    body_of(await api.delete(f"/tasks/{gone['id']}"))

    (sent,) = body_of(await send(api, onboarding), 201)["data"]

    assert "- Overdue (was" in sent["body"]
    assert len(sent["task_ids"]) == 1


async def test_each_contact_gets_a_mail_and_one_can_be_picked(api: httpx.AsyncClient, connection: "Connection") -> None:
    onboarding = await create_late(api, "First")
    ben = await create_contact(api, onboarding["customer_id"], name="Ben")
    await owe(api, onboarding, ben, "Second")
    left = await create_contact(api, onboarding["customer_id"], name="Left")
    await owe(api, onboarding, left, "Third")
    body_of(await api.patch(f"/contacts/{left['id']}", json={"archived": True}))

    for reference in (ben["id"], str(ben["display_id"])):
        (only,) = body_of(await send(api, onboarding, contact_id=reference, dry_run=True))["data"]
        assert only["contact_id"] == ben["id"]
        assert "Second" in only["body"]
        assert "First" not in only["body"]
    body_of(await send(api, onboarding), 201)
    assert sorted(mail["to"] for mail in await mails(connection)) == sorted(
        [onboarding["contact"]["email"], ben["email"]]
    )
    pages: list[Json] = []
    cursor: dict[str, str] = {}
    while not pages or pages[-1]["has_more"]:
        path = f"/onboardings/{onboarding['id']}/reminders"
        pages.append(body_of(await api.get(path, params={"limit": "1"} | cursor)))
        cursor = {"cursor": pages[-1]["next_cursor"] or ""}
    assert {page["data"][0]["contact_id"] for page in pages} == {onboarding["contact"]["id"], ben["id"]}


async def test_who_asks_decides_whatever_the_state(api: httpx.AsyncClient) -> None:
    onboarding = await create_late(api, state="paused", reminder_email=False, phase="completed")
    assert len(body_of(await send(api, onboarding), 201)["data"]) == 1
    assert len(body_of(await send(api, onboarding), 201)["data"]) == 1


async def test_repeating_a_request_sends_nothing_twice(api: httpx.AsyncClient, connection: "Connection") -> None:
    onboarding = await create_late(api)
    path, headers = f"/onboardings/{onboarding['id']}/reminders", {"Idempotency-Key": "once"}
    first = await api.post(path, json={}, headers=headers)
    second = await api.post(path, json={}, headers=headers)
    assert first.content == second.content
    assert len(await mails(connection)) == 1


async def test_without_a_csm_the_owner_writes(api: httpx.AsyncClient, connection: "Connection", world: World) -> None:
    onboarding = await create_late(api)
    (sent,) = body_of(await send(api, onboarding), 201)["data"]
    assert sent["body"].endswith("Maya\nNorthwind\n")
    assert (await mails(connection))[0]["reply_to"] == world.maya.email


async def test_without_anybody_the_team_writes(api: httpx.AsyncClient, connection: "Connection", world: World) -> None:
    await connection.execute("UPDATE memberships SET role = 'admin' WHERE workspace_id = $1", world.northwind.id)
    onboarding = await create_late(api)
    (sent,) = body_of(await send(api, onboarding), 201)["data"]
    assert sent["body"].endswith("The team at Northwind\nNorthwind\n")
    assert (await mails(connection))[0]["reply_to"] is None


async def test_the_workspaces_own_words_are_sent(api: httpx.AsyncClient) -> None:
    words = {"subject": "{{contact.name}}: {{onboarding.target_launch}}", "body": "{{tasks}}\n{{customer.name}}"}
    body_of(await api.patch("/message_templates/reminder", json=words))
    onboarding = await create_late(api, "A", target_launch_date="2026-07-15T00:00:00Z")
    (sent,) = body_of(await send(api, onboarding), 201)["data"]
    assert (sent["subject"], sent["body"]) == ("Ana Lima: 15 July 2026", "- A (was due on 27 February 2026)\nAurora")
    other = await create_late(api)
    assert body_of(await send(api, other), 201)["data"][0]["subject"] == "Ana Lima: not set yet"


async def test_names_are_only_names(api: httpx.AsyncClient, connection: "Connection") -> None:
    evil = "Ana\r\nBcc: everybody@example.com"
    onboarding = await create_late(api, "A\n\nPay here: {{csm.name}}", name="{{tasks}}\nX-Evil: 1")
    body_of(await api.patch(f"/contacts/{onboarding['contact']['id']}", json={"name": evil}))
    (sent,) = body_of(await send(api, onboarding), 201)["data"]
    assert sent["subject"] == "{{tasks}} X-Evil: 1: 1 task waiting for you"
    assert "- A Pay here: {{csm.name}} (was due" in sent["body"]
    assert len(await mails(connection)) == 1


async def test_a_mail_has_an_end(api: httpx.AsyncClient) -> None:
    onboarding = await create_late(api, *(f"Task {number}" for number in range(53)))
    (sent,) = body_of(await send(api, onboarding), 201)["data"]
    assert "53 tasks" in sent["subject"]
    assert sent["body"].count("\n- ") == 51
    assert "- and 3 more\n" in sent["body"]


async def test_test_keys_send_nothing(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection"
) -> None:
    live, tried = await create_late(api), await create_late(test_api)
    for client, onboarding in ((test_api, live), (test_api, tried), (api, tried)):
        (reminder,) = body_of(await send(client, onboarding), 201)["data"]
        assert (reminder["status"], "- Send us" in reminder["body"]) == ("suppressed", True)
        last = (await activity(api, onboarding))[-1]
        assert (last["type"], last["summary"]) == (
            "reminder.suppressed", "Tried out a reminder to Ana Lima of 1 overdue task, without a mail",
        )  # fmt: skip
    assert await mails(connection) == []


async def test_what_test_keys_made_is_told_to_nobody(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection"
) -> None:
    onboarding = await create_late(api, "Real")
    await owe(test_api, onboarding, onboarding["contact"], "Made up")
    stranger = await create_contact(test_api, onboarding["customer_id"], name="Made up")
    await owe(api, onboarding, stranger, "For a stranger")
    (sent,) = body_of(await send(api, onboarding), 201)["data"]
    assert len(sent["task_ids"]) == 1
    assert [mail["to"] for mail in await mails(connection)] == [onboarding["contact"]["email"]]


async def test_refusals(api: httpx.AsyncClient) -> None:
    nothing = await create_onboarding(api)
    assert error_of(await send(api, nothing), 409)["code"] == "nothing_overdue"
    assert error_of(await send(api, nothing, dry_run=True), 409)["code"] == "nothing_overdue"
    onboarding = await create_late(api)
    stranger = await create_contact(api)
    for reference in (stranger["id"], "c" + "0" * 24, "?", ""):
        error = error_of(await send(api, onboarding, contact_id=reference), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "contact_id")
    punctual = await create_contact(api, onboarding["customer_id"])
    assert error_of(await send(api, onboarding, contact_id=punctual["id"]), 409)["code"] == "nothing_overdue"
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    assert error_of(await send(api, onboarding), 404)["code"] == "onboarding_not_found"


@pytest.mark.parametrize(("body", "field"), [({"dry_run": "yes"}, "dry_run"), ({"contact_id": 12}, "contact_id")])
async def test_bodies_are_checked(api: httpx.AsyncClient, body: Json, field: str) -> None:
    onboarding = await create_late(api)
    error = error_of(await send(api, onboarding, **body), 400)
    assert (error["code"], error["field"]) == ("invalid_type", field)
