"""What is done with several tasks at once on the page of their onboarding."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import Json, create_onboarding, create_task, events
from tests.tasks.story import act, activity, on, plan
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    return await create_onboarding(api, name="Aurora rollout")


@pytest.fixture
async def tasks(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    first = await create_task(api, onboarding["id"], title="Workshop", due_date=on("03-04"))
    second = await create_task(api, onboarding["id"], title="Design", due={"type": "start", "days": 5})
    third = await create_task(api, onboarding["id"], title="Review", depends_on=[{"task_id": second["id"]}])
    return [first, second, third]


def ids(tasks: list[Json]) -> list[str]:
    return [str(task["display_id"]) for task in tasks]


def place(onboarding: Json, rest: str = "/tasks/bulk") -> str:
    return f"/onboardings/{onboarding['display_id']}{rest}"


async def test_completing_several_can_be_undone(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, tasks: list[Json]
) -> None:
    await act(api, tasks[2], "complete")
    response = await maya.submit(place(onboarding), {"do": "complete", "task_ids": ids(tasks)}, fragment=True)
    assert "Completed 3 tasks" in response.headers["hx-trigger"]
    assert {task["status"] for task in await plan(api, onboarding)} == {"completed"}
    undo = re.search(r'"undo": "([^"]+)"', response.headers["hx-trigger"])
    assert undo
    assert (await maya.submit(undo[1])).status_code == 303
    # The one that was done before stays done.
    assert [task["status"] for task in await plan(api, onboarding)] == ["open", "open", "completed"]
    assert (await maya.submit(undo[1])).status_code == 303
    assert (await maya.submit(place(onboarding, "/tasks/reopen?at=then"))).status_code == 400


async def test_open_subtasks_are_in_the_way(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    await create_task(api, onboarding["id"], title="Sketch", parent_id=task["id"])
    response = await maya.submit(place(onboarding), {"do": "complete", "task_ids": ids([task])}, fragment=True)
    assert response.status_code == 409
    assert "Design has 1 open subtask." in response.headers["hx-trigger"]


async def test_several_get_the_same_assignee(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, tasks: list[Json], world: World
) -> None:
    fields = {"do": "assign", "task_ids": ids(tasks), "assignee": f"person:{world.tomas.id}"}
    assert (await maya.submit(place(onboarding), fields)).status_code == 303
    assert {task["assignee_email"] for task in await plan(api, onboarding)} == {"tomas@northwind.example"}
    assert len(await events(api, "task.updated")) == 3
    assert (await activity(api, onboarding))[-1]["summary"] == "Changed 3 tasks: assignee"
    await maya.submit(place(onboarding), fields | {"task_ids": ids(tasks[:1])})
    assert len(await events(api, "task.updated")) == 3  # nothing differs, nothing is told
    await maya.submit(place(onboarding), fields | {"task_ids": ids(tasks[:1]), "assignee": ""})
    assert [task["assignee_id"] for task in await plan(api, onboarding)] == [None, world.tomas.id, world.tomas.id]
    refused = await maya.submit(place(onboarding), fields | {"assignee": f"person:{world.fabian.id}"})
    assert refused.status_code == 400


async def test_moving_several_shows_what_moves_before(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, tasks: list[Json]
) -> None:
    fields = {"do": "shift", "task_ids": ids(tasks), "days": "2"}
    before = [task["due_date"] for task in await plan(api, onboarding)]
    assert before == [on("03-04"), on("03-09"), on("03-10")]
    shown = await maya.submit(place(onboarding), fields)
    assert shown.status_code == 200
    assert "Move 3 tasks" in shown.text
    assert "Moves 3 tasks." in shown.text
    assert [task["due_date"] for task in await plan(api, onboarding)] == before
    done = await maya.submit(place(onboarding), fields | {"confirmed": "true"})
    assert done.status_code == 303
    after = await plan(api, onboarding)
    assert [task["due_date"] for task in after] == [on("03-06"), on("03-11"), on("03-12")]
    # What counted from the start still does; what only followed another has a date of its own now.
    assert [task["due"]["type"] for task in after] == ["fixed", "start", "fixed"]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"do": "shift", "days": "2"}, 400, "Choose the tasks first."),
        ({"do": "complete"}, 400, "Choose the tasks first."),
        ({"do": "assign"}, 400, "Choose the tasks first."),
        ({"do": "explode", "task_ids": "1"}, 400, "Choose what is to be done"),
        ({}, 400, "Choose what is to be done"),
        ({"do": "shift", "task_ids": "1", "days": "soon"}, 422, "A whole number"),
        ({"do": "shift", "task_ids": "1", "days": "soon", "confirmed": "1"}, 422, "A whole number"),
        ({"do": "shift", "task_ids": "999", "days": "2"}, 422, "This onboarding has no task 999."),
        ({"do": "shift", "task_ids": "999", "days": "2", "confirmed": "1"}, 422, "This onboarding has no task 999."),
        ({"do": "complete", "task_ids": "999"}, 400, "This onboarding has no task 999."),
    ],
)
async def test_what_cannot_be_done_is_said(
    maya: Visitor, onboarding: Json, tasks: list[Json], fields: dict[str, str], status: int, words: str
) -> None:
    assert tasks
    response = await maya.submit(place(onboarding), fields)
    assert response.status_code == status
    assert words in response.text


async def undone(maya: Visitor, onboarding: Json, fields: Json) -> str:
    """Do something with several tasks and return the path of its way back."""
    done = await maya.submit(place(onboarding), fields, fragment=True)
    told = done.headers.get("hx-trigger") or (await maya.get("/customers")).text  # any page tells what was done
    undo = re.search(r'(/onboardings/\d+/tasks/bulk/[^"/]+/undo)', told)
    assert undo
    return undo[1]


async def test_handing_over_several_can_be_undone(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, tasks: list[Json], world: World, connection: "Connection"
) -> None:
    await api.patch(f"/tasks/{tasks[0]['id']}", json={"assignee_role": "csm"})
    await api.patch(f"/tasks/{tasks[1]['id']}", json={"assignee_id": world.tomas.id})
    assign = {"do": "assign", "task_ids": ids(tasks), "assignee": f"person:{world.maya.id}"}
    undo = await undone(maya, onboarding, assign)
    await api.patch(f"/tasks/{tasks[2]['id']}", json={"assignee_role": "se"})  # somebody else's, and it stays
    answer = await maya.submit(undo, fragment=True)
    assert "2 tasks as before; 1 had been changed since and stay" in answer.headers["hx-trigger"]
    found = [(task["assignee_id"], task["assignee_role"]) for task in await plan(api, onboarding)]
    assert found == [(None, "csm"), (world.tomas.id, None), (None, "se")]
    again = await maya.submit(undo, fragment=True)
    assert "0 tasks as before; 3" in again.headers["hx-trigger"]
    undo = await undone(maya, onboarding, assign)
    await connection.execute("UPDATE memberships SET removed_at = now() WHERE person_id = $1", world.tomas.id)
    answer = await maya.submit(undo, fragment=True)  # nothing goes to somebody who has left
    assert "2 tasks as before; 1 had been changed since and stay" in answer.headers["hx-trigger"]


async def test_moving_several_can_be_undone(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, tasks: list[Json]
) -> None:
    before = [(task["due_date"], task["due"]) for task in await plan(api, onboarding)]
    shift = {"do": "shift", "task_ids": ids(tasks), "days": "2", "confirmed": "true"}
    undo = await undone(maya, onboarding, shift)
    assert [(task["due_date"], task["due"]) for task in await plan(api, onboarding)] != before
    other = await create_onboarding(api)
    nowhere = undo.replace(f"/onboardings/{onboarding['display_id']}/", f"/onboardings/{other['display_id']}/")
    assert "0 tasks as before" in (await maya.submit(nowhere, fragment=True)).headers["hx-trigger"]
    assert (await maya.submit(undo)).status_code == 303
    assert [(task["due_date"], task["due"]) for task in await plan(api, onboarding)] == before
    assert (await maya.submit(place(onboarding, "/tasks/bulk/1-req_x/undo"))).status_code == 404


async def test_a_date_is_not_hung_on_a_task_that_is_gone(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, tasks: list[Json]
) -> None:
    rule = {"type": "task", "days": 3, "task_id": tasks[0]["id"]}
    follower = await create_task(api, onboarding["id"], title="Follow", due=rule)
    blocker = await create_task(api, onboarding["id"], title="Late", due_date=on("06-01"))
    await api.patch(f"/tasks/{follower['id']}", json={"depends_on": [{"task_id": blocker["id"]}]})
    shift = {"do": "shift", "task_ids": ids([follower]), "days": "2", "confirmed": "true"}
    undo = await undone(maya, onboarding, shift)
    await api.delete(f"/tasks/{tasks[0]['id']}")
    assert "0 tasks as before; 1" in (await maya.submit(undo, fragment=True)).headers["hx-trigger"]
