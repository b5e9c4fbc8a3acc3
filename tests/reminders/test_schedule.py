"""Reminders that come round by themselves: on which days, at what time, how often, and when they are quiet."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.core.settings import Settings
from pivotal_server.reminders import jobs
from tests.harness import World
from tests.reminders.support import create_late, log, mails, owe, run
from tests.support import SteeredClock, body_of, create_contact
from tests.tasks.story import activity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pivotal_server.core.db import Connection

    # Runs the worker's round at a moment such as "03-03T09:00" of 2026, in UTC, and returns how many mails it made.
    RoundAt = Callable[[str], Awaitable[int]]


@pytest.fixture
def round_at(dsn: str, settings: Settings, clock: SteeredClock, connection: "Connection") -> "RoundAt":
    async def run_at(moment: str) -> int:
        clock.seconds = datetime.fromisoformat(f"2026-{moment}").replace(tzinfo=UTC).timestamp()
        before = len(await mails(connection))
        await run(dsn, settings, clock)
        return len(await mails(connection)) - before

    return run_at


async def test_reminders_come_every_so_many_days_until_it_is_done(api: httpx.AsyncClient, round_at: "RoundAt") -> None:
    onboarding = await create_late(api, reminder_frequency_days=3)
    (task,) = body_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"))["data"]
    moments = ("03-02T09:00", "03-02T09:15", "03-03T09:00", "03-04T12:00", "03-05T09:00", "03-05T17:45", "03-06T09:00")
    assert [await round_at(moment) for moment in moments] == [1, 0, 0, 0, 1, 0, 0]
    # Three days later is a Sunday: it waits for the Monday, from which it counts on.
    assert [await round_at(f"03-{day}T09:00") for day in ("07", "08", "09", "10", "11", "12")] == [0, 0, 1, 0, 0, 1]
    body_of(await api.post(f"/tasks/{task['id']}/complete", json={}))
    assert await round_at("03-16T09:00") == 0
    body_of(await api.post(f"/tasks/{task['id']}/reopen", json={}))
    assert await round_at("03-16T09:15") == 1
    assert [(entry["origin"], entry["actor"]["type"]) for entry in await log(api, onboarding)] == [
        ("schedule", "system")
    ] * 5
    assert [entry["summary"] for entry in await activity(api, onboarding)].count(
        "Reminded Ana Lima of 1 overdue task"
    ) == 5  # fmt: skip


async def test_every_day_is_every_working_day(api: httpx.AsyncClient, round_at: "RoundAt") -> None:
    body_of(await api.patch("/calendar", json={"extra_days_off": ["2026-03-04"], "extra_working_days": ["2026-03-07"]}))
    await create_late(api)
    days = ("02", "03", "04", "05", "06", "07", "08", "09")
    assert [await round_at(f"03-{day}T10:00") for day in days] == [1, 1, 0, 1, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("time_zone", "too_early", "first", "last", "too_late"),
    [
        ("UTC", "03-03T08:59", "03-03T09:00", "03-03T17:59", "03-03T18:00"),
        ("Asia/Kathmandu", "03-03T03:14", "03-03T03:15", "03-03T12:14", "03-03T12:15"),  # five hours and three quarters
        ("America/Los_Angeles", "03-03T16:59", "03-03T17:00", "03-04T01:59", "03-04T02:00"),
        ("Pacific/Kiritimati", "03-03T18:59", "03-03T19:00", "03-04T03:59", "03-04T04:00"),  # the first of all
        ("Europe/Berlin", "03-27T07:59", "03-27T08:00", "03-27T16:59", "03-27T17:00"),
        (
            "Europe/Berlin",
            "03-30T06:59",
            "03-30T07:00",
            "03-30T15:59",
            "03-30T16:00",
        ),  # summer time since the day before
        ("America/New_York", "03-09T12:59", "03-09T13:00", "03-09T21:59", "03-09T22:00"),  # likewise
    ],
)
async def test_they_come_in_the_morning_where_the_customer_is(
    api: httpx.AsyncClient, round_at: "RoundAt", time_zone: str, too_early: str, first: str, last: str, too_late: str
) -> None:
    for moment, count in ((too_early, 0), (too_late, 0), (first, 1)):
        onboarding = await create_late(api, reminder_frequency_days=100)
        path = f"/customers/{onboarding['customer_id']}/calendar"
        body_of(await api.patch(path, json={"time_zone": time_zone}))
        assert await round_at(moment) == count
        body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    onboarding = await create_late(api)
    body_of(await api.patch(f"/customers/{onboarding['customer_id']}/calendar", json={"time_zone": time_zone}))
    assert await round_at(last) == 1


async def test_nothing_is_late_before_its_day_is_over_for_both(api: httpx.AsyncClient, round_at: "RoundAt") -> None:
    """Nine in Los Angeles is the next day in Tokyo, and nine in Kiritimati the day before in New York."""
    for ours, theirs, moments in (
        ("Asia/Tokyo", "America/Los_Angeles", {"03-03T17:00": 0, "03-04T17:00": 1}),
        ("America/New_York", "Pacific/Kiritimati", {"03-03T19:00": 0, "03-04T19:00": 1}),
    ):
        body_of(await api.patch("/calendar", json={"time_zone": ours}))
        contact = await create_contact(api)
        body_of(await api.patch(f"/customers/{contact['customer_id']}/calendar", json={"time_zone": theirs}))
        onboarding = await create_late(api, "Long ago", contact=contact)
        body_of(await api.delete(f"/tasks/{(await tasks_of(api, onboarding))[0]}"))
        await owe(api, onboarding, contact, "Third of March", due_date="2026-03-03T00:00:00Z")
        assert {moment: await round_at(moment) for moment in moments} == moments
        body_of(await api.delete(f"/onboardings/{onboarding['id']}"))


async def tasks_of(api: httpx.AsyncClient, onboarding: dict[str, Any]) -> list[str]:
    return [task["id"] for task in body_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"))["data"]]


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"state": "active"}, 1),
        ({"state": "at_risk"}, 1),
        ({"state": "blocked"}, 1),
        ({"state": "waiting"}, 1),
        ({"state": "paused"}, 0),
        ({"phase": "launch"}, 1),
        ({"phase": "completed"}, 0),
        ({"reminder_email": False}, 0),
        ({"reminder_slack": False}, 1),
    ],
    ids=str,
)
async def test_they_are_quiet_while_paused_and_after_the_end(
    api: httpx.AsyncClient, round_at: "RoundAt", fields: dict[str, Any], count: int
) -> None:
    onboarding = await create_late(api)
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json=fields))
    assert await round_at("03-03T09:00") == count


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/customers/{customer}", {"status": "churned"}),
        ("PATCH", "/customers/{customer}", {"archived": True}),
        ("DELETE", "/customers/{customer}", None),
        ("DELETE", "/onboardings/{onboarding}", None),
        ("PATCH", "/contacts/{contact}", {"archived": True}),
        ("DELETE", "/contacts/{contact}", None),
    ],
)
async def test_whoever_has_left_hears_nothing(
    api: httpx.AsyncClient, round_at: "RoundAt", method: str, path: str, body: dict[str, Any] | None
) -> None:
    late = await create_late(api)
    ids = {"customer": late["customer_id"], "onboarding": late["id"], "contact": late["contact"]["id"]}
    assert await round_at("03-03T09:00") == 1
    body_of(await api.request(method, path.format(**ids), json=body))
    assert await round_at("03-04T09:00") == 0


async def test_each_contact_has_a_rhythm_of_their_own(
    api: httpx.AsyncClient, round_at: "RoundAt", connection: "Connection"
) -> None:
    onboarding = await create_late(api, reminder_frequency_days=2)
    assert await round_at("03-03T09:00") == 1
    ben = await create_contact(api, onboarding["customer_id"], name="Ben")
    await owe(api, onboarding, ben, "Later")
    assert await round_at("03-04T09:00") == 1
    assert (await mails(connection))[-1]["to"] == ben["email"]
    # Who was reminded by hand is not reminded again the day after.
    body_of(await api.post(f"/onboardings/{onboarding['id']}/reminders", json={}), 201)
    assert [await round_at(f"03-{day}T09:00") for day in ("05", "06")] == [0, 2]


async def test_what_was_only_tried_out_keeps_nobody_from_being_reminded(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, round_at: "RoundAt"
) -> None:
    onboarding = await create_late(api)
    body_of(await test_api.post(f"/onboardings/{onboarding['id']}/reminders", json={}), 201)
    assert await round_at("03-02T09:15") == 1


async def test_what_a_test_key_made_is_never_reminded_of(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, round_at: "RoundAt"
) -> None:
    await create_late(test_api)
    live = await create_late(api)
    body_of(await api.delete(f"/tasks/{(await tasks_of(api, live))[0]}"))
    await owe(test_api, live, live["contact"], "Made up")
    await owe(api, live, await create_contact(test_api, live["customer_id"]), "For a stranger")
    assert await round_at("03-03T09:00") == 0
    await owe(api, live, live["contact"], "Real")
    assert await round_at("03-03T09:00") == 1


async def test_a_round_goes_through_everything_page_by_page(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, round_at: "RoundAt", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_BATCH", 2)
    for client in (api, fabrikam_api):
        for _ in range(5):
            await create_late(client, "A", "B")
    assert await round_at("03-03T09:00") == 10
    assert await round_at("03-03T09:15") == 0


async def test_one_that_fails_keeps_no_other_from_being_reminded(
    api: httpx.AsyncClient,
    round_at: "RoundAt",
    connection: "Connection",
    world: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    late = [await create_late(api) for _ in range(3)]
    await connection.execute(
        "ALTER TABLE reminders ADD CONSTRAINT broken CHECK (onboarding_id <> '{}')".format(late[1]["id"])
    )
    with pytest.raises(jobs.UnremindedError, match="1 onboardings were not reminded"):
        await round_at("03-03T09:00")
    assert f"Onboarding {late[1]['id']} was not reminded" in caplog.text
    assert [len(await log(api, one)) for one in late] == [1, 0, 1]
    assert await connection.fetchval("SELECT count(*) FROM reminders WHERE workspace_id = $1", world.northwind.id) == 2
