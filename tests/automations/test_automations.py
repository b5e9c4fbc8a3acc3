"""What a launch sets going: queued, done once, switched off, suppressed; the mails, the calendar and the recap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from icalendar import Calendar

from pivotal_server.automations.words import against_target
from pivotal_server.core.jobs import JobContext
from pivotal_server.core.mail import MAIL
from pivotal_server.core.settings import Settings
from tests.automations.support import Steps, launch, runs, states, steps_on
from tests.harness import World
from tests.reminders.support import mails
from tests.support import (
    Json,
    SteeredClock,
    body_of,
    create_contact,
    create_customer,
    create_onboarding,
    create_task,
    error_of,
    events,
)
from tests.tasks.story import activity

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 24 * 3600
ALL = ["launch_message", "calendar_entry", "launch_recap"]


@pytest.fixture
async def steps(dsn: str, connection: "Connection", settings: Settings, clock: SteeredClock) -> "AsyncIterator[Steps]":
    async with steps_on(dsn, connection, settings, clock) as made:
        yield made


async def create(api: httpx.AsyncClient, world: World, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    customer = await create_customer(api, name="Aurora")
    return await create_onboarding(api, customer["id"], csm_id=world.maya.id, name="Aurora loyalty", **fields)


async def test_a_launch_queues_what_is_then_done(
    api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps
) -> None:
    onboarding = await create(api, world, target_launch_date="2026-03-04T00:00:00Z")
    await create_task(api, onboarding["id"], title="Tell the press", due_date="2026-03-06T00:00:00Z")
    done = await create_task(api, onboarding["id"], title="Build")
    body_of(await api.post(f"/tasks/{done['id']}/complete", json={}))
    assert await runs(api, onboarding) == []
    await launch(api, onboarding)
    (event,) = await events(api, "onboarding.launched")

    await steps.queue()
    queued = await runs(api, onboarding)
    assert [(run["automation"], run["state"], run["result"], run["finished_at"]) for run in queued] == [
        (automation, "queued", None, None) for automation in ALL
    ]
    assert {(run["event_id"], run["launched_at"]) for run in queued} == {(event["id"], event["created_at"])}
    assert await mails(connection) == []

    await steps.work()
    finished = await runs(api, onboarding)
    assert states(finished) == {
        "launch_message": ("done", "Wrote to Maya."),
        "calendar_entry": ("done", "Sent Maya an entry for the calendar."),
        "launch_recap": ("done", "Drafted a recap."),
    }
    assert all(run["finished_at"] for run in finished)
    message, entry = await mails(connection)
    assert (message["to"], message["subject"], message["calendar"]) == (world.maya.email, "Aurora has launched", None)
    assert "Aurora loyalty launched on 2 March 2026, 2 days before the target date." in message["text"]
    assert "1 of 2 of its tasks are done. Still open:\n\n- Tell the press (due on 6 March 2026)\n" in message["text"]
    assert (entry["to"], entry["subject"]) == (
        world.maya.email, "For your calendar: Aurora loyalty launched on 2 March 2026",
    )  # fmt: skip
    assert [
        (line["type"], line["summary"], line["actor"]["type"]) for line in (await activity(api, onboarding))[-3:]
    ] == [
        ("automation.done", "After the launch: Wrote to Maya", "system"),
        ("automation.done", "After the launch: Sent Maya an entry for the calendar", "system"),
        ("automation.done", "After the launch: Drafted a recap", "system"),
    ]


async def test_whatever_runs_twice_does_it_once(
    api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps
) -> None:
    onboarding = await create(api, world)
    await launch(api, onboarding)
    await steps.work(times=3)
    assert len(await mails(connection)) == 2
    assert len(await runs(api, onboarding)) == 3
    assert await connection.fetchval("SELECT count(*) FROM activity WHERE type = 'automation.done'") == 3


async def test_another_launch_is_another_run(
    api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps, clock: SteeredClock
) -> None:
    onboarding = await create(api, world)
    await launch(api, onboarding)
    await steps.work()
    first = body_of(await api.get(f"/onboardings/{onboarding['id']}/recap"))
    body = {"reason": "Rolled back"}
    body_of(await api.post(f"/onboardings/{onboarding['id']}/send_back", json=body))
    clock.advance(3 * DAY)
    await launch(api, onboarding)
    await steps.work()
    assert len(await runs(api, onboarding)) == 6
    assert len(await mails(connection)) == 4
    second = body_of(await api.get(f"/onboardings/{onboarding['id']}/recap"))
    assert second["launched_at"] > first["launched_at"]
    page = body_of(await api.get(f"/onboardings/{onboarding['id']}/automation_runs", params={"limit": "4"}))
    assert (len(page["data"]), page["has_more"]) == (4, True)


async def test_a_test_key_launches_nothing_outside(
    test_api: httpx.AsyncClient, api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps
) -> None:
    for maker in (test_api, api):
        onboarding = await create(maker, world)
        await launch(test_api, onboarding)
        await steps.work()
        assert states(await runs(api, onboarding)) == dict.fromkeys(ALL, ("suppressed", "A test key launched it."))
        error = error_of(await api.get(f"/onboardings/{onboarding['id']}/recap"), 404)
        assert error["code"] == "launch_recap_not_found"
        assert "automation.done" not in [line["type"] for line in await activity(api, onboarding)]
    assert await mails(connection) == []


async def test_what_is_switched_off_does_not_run(
    api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps
) -> None:
    ours = body_of(await api.get("/automations"))
    assert ours == {"object": "automations", **dict.fromkeys(ALL, True), "updated_at": None}
    assert body_of(await api.patch("/automations", json={"launch_recap": True})) == ours
    changed = body_of(await api.patch("/automations", json={"launch_message": False, "calendar_entry": False}))
    assert (changed["launch_message"], changed["calendar_entry"], changed["launch_recap"]) == (False, False, True)
    assert body_of(await api.patch("/automations", json={"calendar_entry": False})) == changed
    assert body_of(await api.get("/automations")) == changed
    assert await connection.fetchval("SELECT summary FROM activity WHERE type = 'automations.updated'") == (
        "Switched the message at the launch off, the calendar entry of the launch off"
    )
    onboarding = await create(api, world)
    await launch(api, onboarding)
    await steps.work()
    assert [run["automation"] for run in await runs(api, onboarding)] == ["launch_recap"]
    assert await mails(connection) == []
    assert error_of(await api.patch("/automations", json={"launch_recap": None}), 400)["field"] == "launch_recap"


async def test_without_a_csm_there_is_nobody_to_tell(
    api: httpx.AsyncClient, connection: "Connection", steps: Steps
) -> None:
    onboarding = await create_onboarding(api)
    await launch(api, onboarding)
    await steps.work()
    assert states(await runs(api, onboarding)) == {
        "launch_message": ("skipped", "The onboarding has no CSM."),
        "calendar_entry": ("skipped", "The onboarding has no CSM."),
        "launch_recap": ("done", "Drafted a recap."),
    }
    assert await mails(connection) == []


async def test_what_was_deleted_or_is_no_longer_known_is_left_alone(
    api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps
) -> None:
    deleted, forgotten = await create(api, world), await create(api, world)
    await launch(api, deleted)
    body_of(await api.delete(f"/onboardings/{deleted['id']}"))
    await steps.work()
    await launch(api, forgotten)
    await steps.hear()
    await connection.execute("DELETE FROM events")
    await steps.work()
    assert await connection.fetchval("SELECT count(*) FROM automation_runs") == 0
    assert await mails(connection) == []


async def test_the_calendar_gets_the_day_in_the_workspaces_time_zone(
    api: httpx.AsyncClient,
    connection: "Connection",
    world: World,
    steps: Steps,
    tmp_path: Path,
) -> None:
    body_of(await api.patch("/calendar", json={"time_zone": "Pacific/Auckland"}))
    steps.clock.advance(4 * 3600)  # 13:00 in UTC, and past midnight there
    onboarding = await create(api, world)
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"name": "Ünïcode; with, commas\nSUMMARY:evil"}))
    await launch(api, onboarding)
    await steps.work()
    payload = (await mails(connection))[1]
    context = JobContext(steps.pool, Settings(data=tmp_path), steps.clock, asyncio.Event(), 1, steps.clock.now(), 1)
    await MAIL.handler(context, payload)

    (file,) = (tmp_path / "mail").iterdir()
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "text/calendar"
    assert (attachment.get_filename(), attachment["content-type"].params["method"]) == ("entry.ics", "PUBLISH")
    lines = attachment.get_payload(decode=True)
    assert isinstance(lines, bytes)
    assert lines.count(b"\n") == lines.count(b"\r\n") > 10
    calendar: Any = Calendar.from_ical(attachment.get_content())
    (entry,) = calendar.walk("VEVENT")
    assert (entry["dtstart"].dt, entry["dtend"].dt) == (date(2026, 3, 3), date(2026, 3, 4))
    assert entry["summary"] == "Aurora: Ünïcode; with, commas SUMMARY:evil launches"
    (run,) = [run for run in await runs(api, onboarding) if run["automation"] == "calendar_entry"]
    assert entry["uid"] == f"launch-{run['id']}@pivotal"
    assert entry["dtstamp"].dt.isoformat(timespec="seconds") == "2026-03-02T13:00:00+00:00"


async def test_a_recap_is_drafted_of_what_happened(
    api: httpx.AsyncClient, world: World, steps: Steps, clock: SteeredClock
) -> None:
    onboarding = await create(api, world, target_launch_date="2026-03-20T00:00:00Z", se_id=world.tomas.id)
    path = f"/onboardings/{onboarding['id']}"
    await create_contact(api, onboarding["customer_id"], name="Ana *Lima*", title="CTO")
    for number in range(3):
        task = await create_task(api, onboarding["id"], title=f"Task <{number}>")
        if number:
            body_of(await api.post(f"/tasks/{task['id']}/complete", json={}))
    clock.advance(5 * DAY)
    body_of(await api.post(f"{path}/advance", json={}))
    clock.advance(2 * DAY)
    body_of(await api.patch(path, json={"state": "waiting"}))
    clock.advance(3 * DAY)
    body_of(await api.patch(path, json={"state": "active"}))
    shift = {"target_launch_date": "2026-03-27T00:00:00Z", "reason": "Their [shop](x) first"}
    body_of(await api.patch(path, json=shift))
    body_of(await api.post(f"{path}/send_back", json={"reason": "Again"}))
    clock.advance(DAY)
    clock.advance(DAY * 17)
    await launch(api, onboarding)
    clock.advance(DAY)
    body_of(await api.post(f"{path}/advance", json={}))
    await steps.work()

    recap = body_of(await api.get(f"{path}/recap"))
    assert (recap["subject"], recap["format"]) == ("Aurora: from kickoff to launch", "markdown")
    assert (
        recap["body"]
        == """\
# Aurora loyalty is live

Aurora started on 2 March 2026 and launched on 30 March 2026,
3 days after the target date. That took 28 days.

## Phases

- **Before getting started**: 23 days in 2 visits, target 7 days
- **Program design**: 2 days and 3 days of waiting, target 14 days

## Launch date

- 12 March 2026: moved from 20 March 2026 to 27 March 2026, 7 days later. Their \\[shop\\](x) first

## Tasks

2 of 3 tasks are done. Still open:

- Task \\<0\\>

## People

- Maya, CSM
- Tomas, SE
- Ana \\*Lima\\*, CTO
"""
    )


async def test_a_recap_of_hardly_anything(
    api: httpx.AsyncClient, steps: Steps, connection: "Connection", world: World
) -> None:
    onboarding = await create_onboarding(api)
    await launch(api, onboarding)
    await steps.work()
    recap = body_of(await api.get(f"/onboardings/{onboarding['id']}/recap"))["body"]
    for sentence in (
        "without a target date. That took 0 days.",
        "- **Before getting started**: less than a day, target 7 days",
        "The target launch date never moved.",
        "There were no tasks.",
        "Nobody is named.",
    ):
        assert sentence in recap
    assert await connection.fetchval("SELECT count(*) FROM launch_recaps WHERE workspace_id = $1", world.northwind.id)


async def test_the_workspaces_words_are_used(
    api: httpx.AsyncClient, connection: "Connection", world: World, steps: Steps
) -> None:
    body = {"subject": "{{csm.first_name}}!", "body": "{{customer.name}}: {{onboarding.target_launch}}\n{{tasks}}"}
    body_of(await api.patch("/message_templates/launch_message", json=body))
    body_of(await api.patch("/message_templates/launch_recap", json={"body": "{{onboarding.duration}}"}))
    onboarding = await create(api, world)
    await launch(api, onboarding)
    await steps.work()
    message = (await mails(connection))[0]
    assert (message["subject"], message["text"]) == ("Maya!", "Aurora: not set yet\n- nothing")
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}/recap"))["body"] == "0 days"


@pytest.mark.parametrize(
    ("launched_on", "words"),
    [
        ("2026-07-15", "on the target date"),
        ("2026-07-16", "1 day after the target date"),
        ("2026-07-12", "3 days before the target date"),
    ],
)
def test_a_launch_compares_with_its_target(launched_on: str, words: str) -> None:
    assert against_target(date.fromisoformat(launched_on), date(2026, 7, 15)) == words


async def test_long_lists_have_an_end(api: httpx.AsyncClient, steps: Steps) -> None:
    onboarding = await create_onboarding(api)
    for number in range(52):
        await create_task(api, onboarding["id"], title=f"Task {number}")
    await launch(api, onboarding)
    await steps.work()
    recap = body_of(await api.get(f"/onboardings/{onboarding['id']}/recap"))["body"]
    assert "0 of 52 tasks are done." in recap
    assert recap.count("- Task ") == 50
    assert "- and 2 more\n" in recap
