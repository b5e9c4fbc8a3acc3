"""Tasks follow their onboarding, the phases and the calendar."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from pivotal_server.core.jobs.runner import JobRunner
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.plans.replanning import REPLAN
from tests.support import Json, SteeredClock, body_of, create_onboarding, events, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# The tests begin on Monday, the second of March 2026.
LAUNCH = "2026-03-20T00:00:00Z"  # a Friday


async def add_task(api: httpx.AsyncClient, onboarding: Json, title: str, **fields: Any) -> Json:  # noqa: ANN401
    body = {"title": title} | fields
    return body_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json=body), 201)


async def due(api: httpx.AsyncClient, task: Json) -> str:
    return str(body_of(await api.get(f"/tasks/{task['id']}"))["due_date"])[:10]


@asynccontextmanager
async def worker(dsn: str, settings: Settings, clock: SteeredClock) -> AsyncIterator[None]:
    """Do jobs for as long as the context lasts."""
    pool, stopping = Pool(dsn, 3), asyncio.Event()
    task = asyncio.create_task(JobRunner(pool, settings, clock, (REPLAN,), ()).run(stopping))
    yield
    stopping.set()
    await task
    await pool.close()


async def test_tasks_follow_the_target_launch_date_and_say_why(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date=LAUNCH)
    go_live = await add_task(api, onboarding, "Rehearse", due={"type": "launch", "days": -2})
    after = await add_task(api, onboarding, "Clean up", depends_on=[{"task_id": go_live["id"]}])
    assert (await due(api, go_live), await due(api, after)) == ("2026-03-18", "2026-03-19")
    body = {"target_launch_date": "2026-03-24T00:00:00Z", "reason": "Theme is late"}
    path = f"/onboardings/{onboarding['id']}"

    preview = body_of(await api.post(f"{path}/preview", json=body))
    assert (preview["object"], preview["onboarding"]["target_launch_date"]) == (
        "onboarding_preview",
        "2026-03-24T00:00:00.000Z",
    )
    assert await due(api, go_live) == "2026-03-18"
    assert body_of(await api.get(path))["target_launch_date"] == "2026-03-20T00:00:00.000Z"

    body_of(await api.patch(path, json=body))
    assert (await due(api, go_live), await due(api, after)) == ("2026-03-20", "2026-03-23")
    assert [(move["task_id"], move["to"][:10], move["days"]) for move in preview["moves"]] == [
        (go_live["id"], "2026-03-20", 2),
        (after["id"], "2026-03-23", 2),
    ]
    moved = await events(api, "task.updated")
    assert [event["data"]["object"]["id"] for event in moved] == [go_live["id"], after["id"]]
    timeline = body_of(await api.get(f"/customers/{onboarding['customer_id']}/timeline"))["data"]
    assert "task.rescheduled" in [entry["type"] for entry in timeline]


async def test_tasks_follow_the_phase(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding = await create_onboarding(api)
    task = await add_task(api, onboarding, "Workshop", phase="program_design", due={"type": "phase", "days": 1})
    planned = await due(api, task)
    clock.advance(24 * 3600)
    body_of(await api.post(f"/onboardings/{onboarding['id']}/advance", json={}))
    assert planned == "2026-03-10"  # a week in the phase before, then a working day
    assert await due(api, task) == "2026-03-04"
    body_of(await api.post(f"/onboardings/{onboarding['id']}/send_back", json={"reason": "Not yet"}))
    assert await due(api, task) != "2026-03-04"


async def test_a_patch_that_moves_nothing_tells_nothing(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date=LAUNCH)
    await add_task(api, onboarding, "Kick off", due={"type": "start", "days": 1})
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"target_launch_date": None}))
    assert await events(api, "task.updated") == []


async def test_open_plans_follow_the_calendar(
    api: httpx.AsyncClient, dsn: str, settings: Settings, clock: SteeredClock, connection: "Connection"
) -> None:
    onboarding, other = await create_onboarding(api), await create_onboarding(api)
    task = await add_task(api, onboarding, "Kick off", due={"type": "start", "days": 2})
    elsewhere = await add_task(api, other, "Kick off", due={"type": "start", "days": 2})
    assert await due(api, task) == "2026-03-04"
    async with worker(dsn, settings, clock):
        body = {"extra_days_off": ["2026-03-03"]}
        body_of(await api.patch(f"/customers/{onboarding['customer_id']}/calendar", json=body))

        async def moved() -> bool:
            return await due(api, task) == "2026-03-05"

        await eventually(moved)
        assert await due(api, elsewhere) == "2026-03-04"
        body_of(await api.patch("/calendar", json={"extra_days_off": ["2026-03-04"]}))

        async def followed() -> bool:
            return await due(api, elsewhere) == "2026-03-05"

        await eventually(followed)
    kinds = "SELECT actor_type FROM activity WHERE type = 'task.rescheduled'"
    assert {row[0] for row in await connection.fetch(kinds)} == {"system"}


async def test_open_plans_follow_the_phases(
    api: httpx.AsyncClient, dsn: str, settings: Settings, clock: SteeredClock
) -> None:
    onboarding = await create_onboarding(api)
    task = await add_task(api, onboarding, "Workshop", phase="program_design", due={"type": "phase", "days": 0})
    assert await due(api, task) == "2026-03-09"
    async with worker(dsn, settings, clock):
        body_of(await api.patch("/phases/before_getting_started", json={"target_days": 2}))

        async def moved() -> bool:
            return await due(api, task) == "2026-03-04"

        await eventually(moved)
