"""Tasks are completed and reopened, and take their parents and subtasks along."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.identity.models import Actor
from pivotal_server.tasks.completion import complete_task
from pivotal_server.tasks.request_schemas import TaskComplete
from pivotal_server.timeline.change import Change
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_contact, create_onboarding, create_task, error_of, events
from tests.tasks.story import act, activity, plan, read

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 86400
KEY = "API: northwind-live"


async def family(api: httpx.AsyncClient, parts: int) -> tuple[Json, Json, list[Json]]:
    """Return an onboarding, a task in it and its subtasks."""
    onboarding = await create_onboarding(api)
    parent = await create_task(api, onboarding["id"], title="Design")
    return onboarding, parent, [await create_task(api, onboarding["id"], parent_id=parent["id"]) for _ in range(parts)]


async def test_a_task_is_completed_and_reopened(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    task = await create_task(api)
    clock.advance(60)
    done = await act(api, task, "complete")
    changed = {
        "status": "completed",
        "completed_by": KEY,
        **dict.fromkeys(("completed_at", "updated_at"), "2026-03-02T09:01:00.123Z"),
    }
    assert done == task | changed
    assert await act(api, task, "complete", completed_at="2026-03-01T00:00:00Z") == done  # it is done already
    clock.advance(60)
    back = await act(api, task, "reopen")
    assert back == task | {"updated_at": "2026-03-02T09:02:00.123Z"}
    completed, reopened = (await events(api))[-2:]
    assert [completed["type"], reopened["type"]] == ["task.completed", "task.reopened"]
    nothing = {"status": "open", "completed_at": None, "completed_by": None}
    assert completed["data"] == {"object": done, "previous_attributes": nothing}
    assert reopened["data"] == {"object": back, "previous_attributes": {name: done[name] for name in nothing}}


async def test_a_task_was_done_earlier_but_never_later(api: httpx.AsyncClient) -> None:
    task = await create_task(api)
    error = error_of(
        await api.post(f"/tasks/{task['id']}/complete", json={"completed_at": "2026-03-02T09:01:00Z"}), 400
    )
    assert (error["code"], error["field"]) == ("invalid_field", "completed_at")
    error = error_of(
        await api.post(f"/tasks/{task['id']}/complete", json={"completed_at": "0001-01-01T00:00:00Z"}), 400
    )
    assert (error["code"], error["field"]) == ("too_small", "completed_at")
    done = await act(api, task, "complete", completed_at="2026-02-27T16:00:00+01:00")
    assert done["completed_at"] == "2026-02-27T15:00:00.000Z"


async def test_an_undo_is_possible_for_thirty_days(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    first, second = await create_task(api), await create_task(api)
    for task in (first, second):
        await act(api, task, "complete")
    clock.advance(30 * DAY)
    assert (await act(api, first, "reopen"))["status"] == "open"
    clock.advance(1)
    error = error_of(await api.post(f"/tasks/{second['id']}/reopen", json={}), 409)
    assert error["code"] == "undo_expired"
    assert (await read(api, second))["status"] == "completed"


async def test_the_last_subtask_completes_its_parent(api: httpx.AsyncClient) -> None:
    onboarding, parent, (first, second) = await family(api, 2)
    await act(api, first, "complete")
    assert (await read(api, parent))["completed_subtask_count"] == 1
    await act(api, second, "complete")
    done = await read(api, parent)
    assert (done["status"], done["completed_by"], done["subtask_count"]) == ("completed", "automation:subtasks", 2)
    assert done["completed_at"] == (await read(api, second))["completed_at"]
    assert [event["data"]["object"]["id"] for event in await events(api, "task.completed")] == [
        first["id"],
        second["id"],
        parent["id"],
    ]
    last = (await activity(api, onboarding))[-1]
    assert (last["type"], last["summary"]) == ("task.completed", "Completed 2 tasks")
    assert [task["task_id"] for task in last["data"]["tasks"]] == [second["id"], parent["id"]]

    await act(api, first, "reopen")
    assert [task["status"] for task in await plan(api, onboarding)] == ["open", "open", "completed"]
    assert [event["data"]["object"]["id"] for event in await events(api, "task.reopened")] == [
        first["id"],
        parent["id"],
    ]


async def test_a_parent_waits_for_its_subtasks_unless_they_come_along(api: httpx.AsyncClient) -> None:
    onboarding, parent, parts = await family(api, 3)
    await act(api, parts[0], "complete", completed_at="2026-03-01T00:00:00Z")
    error = error_of(await api.post(f"/tasks/{parent['id']}/complete", json={}), 409)
    assert (error["code"], error["message"]) == ("open_subtasks", "Design has 2 open subtasks.")
    assert (await act(api, parent, "complete", subtasks=True))["completed_by"] == KEY
    assert {task["status"] for task in await plan(api, onboarding)} == {"completed"}
    # What was done together is undone together; what was done before stays.
    await act(api, parent, "reopen")
    assert [task["status"] for task in await plan(api, onboarding)] == ["open", "completed", "open", "open"]
    assert len(await events(api, "task.reopened")) == 3


async def test_a_parent_alone_is_reopened_alone(api: httpx.AsyncClient) -> None:
    onboarding, parent, (part,) = await family(api, 1)
    await act(api, part, "complete")
    await act(api, parent, "reopen")
    assert [task["status"] for task in await plan(api, onboarding)] == ["open", "completed"]
    assert (await act(api, parent, "complete"))["status"] == "completed"


async def test_there_is_one_level_of_subtasks(api: httpx.AsyncClient) -> None:
    onboarding, parent, (part,) = await family(api, 1)
    path = f"/onboardings/{onboarding['id']}/tasks"
    error = error_of(await api.post(path, json={"title": "A", "parent_id": part["id"]}), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "parent_id")
    await act(api, parent, "complete", subtasks=True)
    error = error_of(await api.post(path, json={"title": "A", "parent_id": parent["id"]}), 400)
    assert (error["field"], error["message"]) == ("parent_id", "This task is completed. Reopen it first.")
    other = await create_onboarding(api)
    error = error_of(
        await api.post(f"/onboardings/{other['id']}/tasks", json={"title": "A", "parent_id": parent["id"]}), 400
    )
    assert (error["code"], error["field"]) == ("invalid_field", "parent_id")


async def test_many_are_completed_at_once(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    onboarding, parent, parts = await family(api, 2)
    alone = await create_task(api, onboarding["id"])
    before = await create_task(api, onboarding["id"])
    done = await act(api, before, "complete")
    clock.advance(60)
    ids = [alone["id"], str(parts[1]["display_id"]), parts[0]["id"], before["id"], alone["id"]]
    path = f"/onboardings/{onboarding['id']}/tasks/complete"
    answer = body_of(await api.post(path, json={"task_ids": ids}))
    assert (answer["has_more"], answer["next_cursor"]) == (False, None)
    assert [task["id"] for task in answer["data"]] == [alone["id"], parts[1]["id"], parts[0]["id"], before["id"]]
    assert answer["data"][3] == done
    assert {task["status"] for task in await plan(api, onboarding)} == {"completed"}
    assert (await read(api, parent))["completed_by"] == "automation:subtasks"
    assert len(await events(api, "task.completed")) == 5
    assert [entry["summary"] for entry in await activity(api, onboarding)][-2:] == [
        f"Completed task {before['title']}",
        "Completed 4 tasks",
    ]
    answer = body_of(await api.post(path, json={"task_ids": ids}))
    assert len(await events(api, "task.completed")) == 5


@pytest.mark.parametrize("wrong", ["x", "99", "c" + "0" * 24])
async def test_of_many_all_are_completed_or_none(wrong: str, api: httpx.AsyncClient) -> None:
    onboarding, parent, (part, _) = await family(api, 2)
    path = f"/onboardings/{onboarding['id']}/tasks/complete"
    error = error_of(await api.post(path, json={"task_ids": [part["id"], wrong]}), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "task_ids.1")
    error = error_of(await api.post(path, json={"task_ids": [part["id"], parent["id"]]}), 409)
    assert error["code"] == "open_subtasks"
    for ids, code in (([], "too_small"), (["1"] * 501, "too_big")):
        assert error_of(await api.post(path, json={"task_ids": ids}), 400)["code"] == code
    assert {task["status"] for task in await plan(api, onboarding)} == {"open"}
    assert await events(api, "task.completed") == []


async def test_a_teammate_is_told_by_e_mail(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World
) -> None:
    task = await create_task(api)
    actor = Actor(world.northwind.id, "person", world.tomas.id, world.tomas.name)
    async with connection.transaction():
        await complete_task(Change(connection, actor, clock), task["id"], TaskComplete())
    assert (await read(api, task))["completed_by"] == world.tomas.email


async def test_a_contact_is_told_by_the_id(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World
) -> None:
    onboarding = await create_onboarding(api)
    contact = await create_contact(api, onboarding["customer_id"])
    task = await create_task(api, onboarding["id"])
    actor = Actor(world.northwind.id, "portal", contact["id"], contact["name"])
    async with connection.transaction():
        change = Change(connection, actor, clock)
        await complete_task(change, task["id"], TaskComplete())
        await change.write_records()
    assert (await read(api, task))["completed_by"] == f"portal:contact_{contact['id'][1:]}"
    assert (await activity(api, onboarding))[-1]["actor"] == {
        "type": "portal", "id": contact["id"], "name": contact["name"],
    }  # fmt: skip
