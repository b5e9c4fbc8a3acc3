"""The life of a plan, told over the API: it lands, slips over a holiday, is undone, its launch moves, and comes."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.settings import Settings
from tests.automations.support import Steps, launch, runs, steps_on
from tests.harness import World
from tests.reminders.support import mails
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, events
from tests.tasks.story import activity, on, plan
from tests.templates.support import apply, create_template

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

CHAIN = 30


def rollout() -> list[Json]:
    """Return forty tasks: a chain of thirty through the middle of the way, and ten that hang off start and launch."""
    first = {"key": "step_1", "title": "Step 1", "phase": "program_design", "due": {"type": "start", "days": 20}}
    steps = [
        {
            "key": f"step_{number}",
            "title": f"Step {number}",
            "phase": "program_design" if number <= CHAIN / 2 else "review",
            "depends_on": [{"task": f"step_{number - 1}"}],
        }
        for number in range(2, CHAIN + 1)
    ]
    others = [
        {
            "key": f"other_{number}",
            "title": f"Other {number}",
            "phase": "launch" if number % 2 else "before_getting_started",
            "due": {"type": "launch", "days": -number} if number % 2 else {"type": "start", "days": number},
            "visible_in_portal": True,
        }
        for number in range(1, 11)
    ]
    return [first, *steps, *others]


@pytest.fixture
async def onboarding(api: httpx.AsyncClient, world: World) -> Json:
    """An onboarding in Germany, where Good Friday and Easter Monday 2026 (3 and 6 April) are holidays."""
    body_of(await api.patch("/calendar", json={"holidays_country": "DE", "holidays_subdivision": "BE"}))
    customer = await create_customer(api, name="Aurora")
    return await create_onboarding(
        api, customer["id"], csm_id=world.maya.id, target_launch_date="2026-06-15T00:00:00Z", name="Aurora"
    )


def dates(tasks: list[Json]) -> dict[str, str]:
    return {task["title"]: task["due_date"] for task in tasks}


@pytest.fixture
async def steps(dsn: str, connection: "Connection", settings: Settings, clock: SteeredClock) -> AsyncIterator[Steps]:
    async with steps_on(dsn, connection, settings, clock) as made:
        yield made


async def launch_and_follow(api: httpx.AsyncClient, onboarding: Json, steps: Steps) -> None:
    """Launch the onboarding, and see what that sets going."""
    path = f"/onboardings/{onboarding['id']}"
    body_of(await api.patch(path, json={"phase": "launch", "reason": "Signed off"}))
    await steps.queue()
    assert [(run["automation"], run["state"]) for run in await runs(api, onboarding)] == [
        ("launch_message", "queued"), ("calendar_entry", "queued"), ("launch_recap", "queued"),
    ]  # fmt: skip
    await steps.work()
    assert {run["state"] for run in await runs(api, onboarding)} == {"done"}
    recap = body_of(await api.get(f"{path}/recap"))["body"]
    assert "7 days later. Their shop moves first" in recap
    assert "0 of 40 tasks are done." in recap


async def try_a_launch(test_api: httpx.AsyncClient, world: World, steps: Steps) -> None:
    """Launch an onboarding with a test key, which sets nothing going."""
    tried = await create_onboarding(test_api, csm_id=world.maya.id)
    await launch(test_api, tried)
    await steps.work()
    assert {run["state"] for run in await runs(test_api, tried)} == {"suppressed"}


async def test_a_plan_lands_slips_over_a_holiday_comes_back_and_launches_later(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, onboarding: Json, world: World, steps: Steps
) -> None:
    template = await create_template(api, name="Rollout", tasks=rollout())
    path = f"/onboardings/{onboarding['id']}"

    # Forty tasks with dates, as the preview said.
    preview = await apply(api, onboarding, template, dry_run=True)
    assert await plan(api, onboarding) == []
    landed = (await apply(api, onboarding, template))["tasks"]
    assert dates(landed) == dates(preview["tasks"])
    assert len(landed) == 40
    assert all(task["due_date"] and task["due_reason"]["sentence"] for task in landed)
    planned = await plan(api, onboarding)
    tasks = {task["title"]: task for task in planned}
    # Twenty working days after Monday 2 March; what follows does so day by day, but not on the days off of Easter.
    assert [tasks[f"Step {number}"]["due_date"] for number in (1, 2, 3, 4, 5, 6)] == [
        on("03-30"), on("03-31"), on("04-01"), on("04-02"), on("04-07"), on("04-08"),
    ]  # fmt: skip
    assert tasks["Other 1"]["due_date"] == on("06-12")

    # The third slips by three working days, from 1 April over Easter to 8 April.
    change = {"due_date": "2026-04-08T00:00:00Z"}
    foreseen = body_of(await api.patch(f"/tasks/{tasks['Step 3']['id']}", json=change | {"dry_run": True}))["moves"]
    assert await plan(api, onboarding) == planned
    before = len(await events(api))
    body_of(await api.patch(f"/tasks/{tasks['Step 3']['id']}", json=change))
    slipped = {task["title"]: task for task in await plan(api, onboarding)}
    moved = [title for title in tasks if tasks[title]["due_date"] != slipped[title]["due_date"]]
    assert moved == [f"Step {number}" for number in range(3, CHAIN + 1)]
    assert {move["title"]: (move["to"], move["reason"], move["days"]) for move in foreseen} == {
        title: (slipped[title]["due_date"], slipped[title]["due_reason"]["sentence"], 3) for title in moved
    }
    assert (slipped["Step 3"]["slip_days"], slipped["Step 4"]["due_date"]) == (3, on("04-09"))
    for number in range(4, CHAIN + 1):
        cause = slipped[f"Step {number}"]["due_reason"]
        assert (cause["kind"], cause["task_id"]) == ("dependency", slipped[f"Step {number - 1}"]["id"])
        assert f"it follows Step {number - 1} (" in cause["sentence"]
    chain = body_of(await api.get(f"/tasks/{slipped['Step 5']['id']}"))["chain"]
    assert [step["kind"] for step in chain] == ["dependency", "dependency", "fixed"]
    assert chain[-1]["sentence"] == "Step 3 is due on 8 April 2026, the date set for it."
    told = (await events(api))[before:]
    assert [event["type"] for event in told] == ["task.updated"] * len(moved)
    assert {event["data"]["object"]["title"] for event in told} == set(moved)

    # Back to where it was: everything is.
    body_of(await api.patch(f"/tasks/{tasks['Step 3']['id']}", json={"due": None}))
    assert dates(await plan(api, onboarding)) == dates(planned)

    # Done late, and undone.
    done = body_of(
        await api.post(f"/tasks/{tasks['Step 1']['id']}/complete", json={"completed_at": "2026-03-02T08:00:00Z"})
    )
    assert done["completed_by"].startswith("API: ")
    assert (await plan(api, onboarding)) != planned
    body_of(await api.post(f"/tasks/{tasks['Step 1']['id']}/reopen", json={}))
    assert dates(await plan(api, onboarding)) == dates(planned)

    # The launch moves a week, for a reason that is kept.
    change = {"target_launch_date": "2026-06-22T00:00:00Z", "reason": "Their shop moves first"}
    row = body_of(await api.patch(path, json=change))
    assert row["slippage_days"] == 7
    (shift,) = body_of(await api.get(f"{path}/launch_date_shifts"))["data"]
    assert (shift["days"], shift["reason"]) == (7, "Their shop moves first")
    later = {task["title"]: task["due_date"] for task in await plan(api, onboarding)}
    assert {title for title in later if later[title] != tasks[title]["due_date"]} == {
        f"Other {number}" for number in range(1, 11, 2)
    }
    assert later["Other 1"] == on("06-19")

    # It launches, and what follows is queued and done; where a test key launches one, nothing is.
    await launch_and_follow(api, onboarding, steps)
    await try_a_launch(test_api, world, steps)
    assert [mail["to"] for mail in await mails(steps.connection)] == [world.maya.email] * 2

    await all_is_told(api, onboarding)


async def all_is_told(api: httpx.AsyncClient, onboarding: Json) -> None:
    """Check that timeline, transitions and events tell the whole story, in order."""
    assert [entry["type"] for entry in await activity(api, onboarding)] == [
        "customer.created", "onboarding.created", "template.applied", "task.updated", "task.rescheduled",
        "task.updated", "task.rescheduled", "task.completed", "task.rescheduled", "task.reopened", "task.rescheduled",
        "onboarding.launch_date_shifted", "task.rescheduled", "onboarding.phase_changed",
        "automation.done", "automation.done", "automation.done",
    ]  # fmt: skip
    transitions = body_of(await api.get(f"/onboardings/{onboarding['id']}/phase_transitions"))["data"]
    assert [(step["from_phase"], step["to_phase"], step["reason"]) for step in transitions] == [
        ("before_getting_started", "launch", "Signed off"), (None, "before_getting_started", None),
    ]  # fmt: skip
    of_onboardings = [event for event in await events(api) if event["type"].startswith("onboarding.")]
    assert [(event["type"], event["livemode"]) for event in of_onboardings] == [
        ("onboarding.phase_changed", True), ("onboarding.launched", True), ("onboarding.created", False),
        ("onboarding.phase_changed", False), ("onboarding.launched", False),
    ]  # fmt: skip
