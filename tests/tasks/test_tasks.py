"""Tasks: made, read, changed, deleted, and what is wrong with what one may send."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.tasks.models import MAX_TASKS
from tests.harness import World
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
from tests.tasks.story import act, activity, change, on, plan, read

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOBODY = "c" + "0" * 24


async def test_a_task_with_nothing_but_a_title(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, phase="review")
    response = await api.post(f"/onboardings/{onboarding['display_id']}/tasks", json={"title": "Say hello"})
    task = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/tasks/{task['id']}"
    nothing = ("parent_id", "description", "assignee_id", "assignee_role", "assignee_contact_id", "assignee_email")
    undated = ("due", "due_date", "due_reason", "start_date", "baseline_due_date", "slip_days")
    assert task == {
        "object": "task",
        "id": task["id"],
        "display_id": 1,
        "onboarding_id": onboarding["id"],
        "customer_id": onboarding["customer_id"],
        "title": "Say hello",
        "phase": "review",
        "status": "open",
        "position": 1,
        "visible_in_portal": False,
        "duration_days": 1,
        "depends_on": [],
        "subtask_count": 0,
        "completed_subtask_count": 0,
        "pinned": False,
        "template_task_key": None,
        "completed_at": None,
        "completed_by": None,
        "created_at": task["created_at"],
        "updated_at": task["created_at"],
        **dict.fromkeys((*nothing, *undated)),
    }
    for reference in (task["id"], "1", "001"):
        assert body_of(await api.get(f"/tasks/{reference}")) == task | {"chain": [], "template": None}
    assert await plan(api, onboarding) == [task]


async def test_a_task_with_everything(api: httpx.AsyncClient, world: World) -> None:
    onboarding = await create_onboarding(api)
    first = await create_task(api, onboarding["id"])
    fields: Json = {
        "title": "Build",
        "description": "**All** of it",
        "phase": "program_buildout",
        "assignee_id": world.tomas.id,
        "due": {"type": "start", "days": 5},
        "duration_days": 2,
        "depends_on": [{"task_id": str(first["display_id"]), "lag_days": 1}],
        "visible_in_portal": True,
        "position": 7,
    }
    task = await create_task(api, onboarding["id"], **fields)
    due = {"type": "start", "date": None, "days": 5, "task_id": None}
    depends_on = [{"task_id": first["id"], "lag_days": 1}]
    expected = fields | {"due": due, "depends_on": depends_on, "position": 1, "assignee_email": world.tomas.email}
    assert {name: task[name] for name in expected} == expected
    assert (task["start_date"], task["due_date"]) == (on("03-06"), on("03-09"))


async def test_who_is_to_do_it(api: httpx.AsyncClient, world: World) -> None:
    contact = await create_contact(api)
    onboarding = await create_onboarding(api, contact["customer_id"], se_id=world.tomas.id)
    task = await create_task(api, onboarding["id"], assignee_role="se")
    assert (task["assignee_role"], task["assignee_email"]) == ("se", world.tomas.email)
    task = await change(api, task, assignee_role="designer")
    assert task["assignee_email"] is None
    task = await change(api, task, assignee_contact_id=str(contact["display_id"]))
    assert (task["assignee_role"], task["assignee_contact_id"]) == (None, contact["id"])
    assert task["assignee_email"] == contact["email"]
    task = await change(api, task, assignee_id=world.maya.id)
    assert (task["assignee_contact_id"], task["assignee_email"]) == (None, world.maya.email)
    assert (await change(api, task, assignee_role=None))["assignee_id"] == world.maya.id
    assert (await change(api, task, assignee_id=None))["assignee_email"] is None


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_type", "title"),
        ({"title": ""}, "too_small", "title"),
        ({"title": "x" * 256}, "too_big", "title"),
        ({"title": "A", "description": "€" * 33_334}, "too_big", "description"),
        ({"title": "A", "phase": "kickoff"}, "invalid_enum_value", "phase"),
        ({"title": "A", "parent_id": NOBODY}, "invalid_field", "parent_id"),
        ({"title": "A", "parent_id": "x"}, "invalid_field", "parent_id"),
        ({"title": "A", "assignee_id": NOBODY}, "invalid_field", "assignee_id"),
        ({"title": "A", "assignee_role": "boss"}, "invalid_enum_value", "assignee_role"),
        ({"title": "A", "assignee_contact_id": "9"}, "invalid_field", "assignee_contact_id"),
        ({"title": "A", "assignee_role": "se", "assignee_contact_id": "9"}, "invalid_field", "assignee_contact_id"),
        ({"title": "A", "due": {}}, "invalid_type", "due.type"),
        ({"title": "A", "due": {"type": "soon"}}, "invalid_enum_value", "due.type"),
        ({"title": "A", "due": {"type": "fixed", "days": 1}}, "invalid_type", "due.date"),
        ({"title": "A", "due": {"type": "launch"}}, "invalid_type", "due.days"),
        ({"title": "A", "due": {"type": "start", "days": 1001}}, "too_big", "due.days"),
        ({"title": "A", "due": {"type": "task", "days": 1}}, "invalid_type", "due.task_id"),
        ({"title": "A", "due": {"type": "task", "days": 1, "task_id": "9"}}, "invalid_field", "due.task_id"),
        ({"title": "A", "due": "tomorrow"}, "invalid_type", "due"),
        ({"title": "A", "due_date": "2026-03-04"}, "invalid_string", "due_date"),
        ({"title": "A", "due_date": "2101-01-01T00:00:00Z"}, "too_big", "due_date"),
        ({"title": "A", "due_date": "1989-12-31T00:00:00Z"}, "too_small", "due_date"),
        ({"title": "A", "due_date": None, "due": None}, "invalid_field", "due_date"),
        ({"title": "A", "duration_days": 0}, "too_small", "duration_days"),
        ({"title": "A", "duration_days": 366}, "too_big", "duration_days"),
        ({"title": "A", "depends_on": [{"task_id": NOBODY}]}, "invalid_field", "depends_on.0.task_id"),
        ({"title": "A", "depends_on": [{"task_id": "1", "lag_days": -1}]}, "too_small", "depends_on.0.lag_days"),
        ({"title": "A", "depends_on": [{"task_id": "1"}] * 101}, "too_big", "depends_on"),
        ({"title": "A", "visible_in_portal": 1}, "invalid_type", "visible_in_portal"),
        ({"title": "A", "position": 0}, "too_small", "position"),
    ],
)
async def test_what_cannot_be_is_refused(body: Json, code: str, field: str, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    told = len(await events(api))
    error = error_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json=body), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert await plan(api, onboarding) == []
    assert len(await events(api)) == told


async def test_a_contact_has_to_be_there_and_the_customers(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    strangers = await create_contact(api)
    gone = await create_contact(api, onboarding["customer_id"])
    body_of(await api.delete(f"/contacts/{gone['id']}"))
    archived = await create_contact(api, onboarding["customer_id"])
    body_of(await api.patch(f"/contacts/{archived['id']}", json={"archived": True}))
    for contact in (strangers, gone, archived):
        body = {"title": "A", "assignee_contact_id": contact["id"]}
        error = error_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json=body), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "assignee_contact_id")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Other"),
        ("description", "Other"),
        ("description", None),
        ("duration_days", 3),
        ("visible_in_portal", True),
        ("phase", "launch"),
        ("assignee_role", "csm"),
    ],
)
async def test_each_field_changes_alone(field: str, value: object, api: httpx.AsyncClient, clock: SteeredClock) -> None:
    task = await create_task(api, description="Some", title="Title")
    clock.advance(5)
    after = await change(api, task, **{field: value})
    assert after[field] == value
    assert after["updated_at"] > task["updated_at"]
    assert after == task | {field: value, "updated_at": after["updated_at"]}
    assert await read(api, task) == after
    (event,) = await events(api, "task.updated")
    assert event["data"] == {"object": after, "previous_attributes": {field: task[field]}}


async def test_what_changes_nothing_leaves_no_trace(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    first = await create_task(api, onboarding["id"])
    task = await create_task(
        api, onboarding["id"], due_date="2026-03-09T00:00:00Z", depends_on=[{"task_id": first["id"], "lag_days": 2}]
    )
    noted, told = len(await activity(api, onboarding)), len(await events(api))
    same: list[dict[str, Any]] = [{}, {name: task[name] for name in ("title", "phase", "due_date", "depends_on")}]
    for fields in (
        *same,
        {"due": {"type": "fixed", "date": task["due_date"]}},
        {"due_date": "2026-03-09T23:00:00+14:00"},
    ):
        assert await change(api, task, **fields) == task
    assert await act(api, task, "move", position=2) == task
    assert await act(api, task, "reopen") == task
    assert (len(await activity(api, onboarding)), len(await events(api))) == (noted, told)


async def test_deleting_hides_a_task_and_its_subtasks(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    first, second, third = [await create_task(api, onboarding["id"]) for _ in range(3)]
    part = await create_task(api, onboarding["id"], parent_id=second["id"])
    gone = {"object": "deleted", "id": second["id"], "display_id": second["display_id"], "deleted": True}
    for _ in range(2):
        assert body_of(await api.delete(f"/tasks/{second['display_id']}")) == gone
    for task in (second, part):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"title": "A"}),
            ("POST", "/complete", {}),
            ("POST", "/reopen", {}),
            ("POST", "/move", {"position": 1}),
            ("POST", "/pin", None),
            ("DELETE", "/pin", None),
        ):
            error = error_of(await api.request(method, f"/tasks/{task['id']}{path}", json=body), 404)
            assert error["code"] == "task_not_found"
    assert [(task["id"], task["position"]) for task in await plan(api, onboarding)] == [
        (first["id"], 1),
        (third["id"], 2),
    ]
    entries = [entry for entry in await activity(api, onboarding) if entry["type"] == "task.deleted"]
    assert [entry["summary"] for entry in entries] == [f"Deleted task {second['title']} and its 1 subtask"]
    fourth = await create_task(api, onboarding["id"])
    assert (fourth["position"], fourth["display_id"]) == (3, 5)


async def test_tasks_of_what_was_deleted_answer_and_leave_the_lists(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    onboarding, other = [await create_onboarding(api, customer["id"]) for _ in range(2)]
    task, of_other = await create_task(api, onboarding["id"]), await create_task(api, other["id"])
    body_of(await api.delete(f"/onboardings/{onboarding['id']}"))
    assert error_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"), 404)["code"] == "onboarding_not_found"
    for path, body in (("tasks", {"title": "A"}), ("tasks/complete", {"task_ids": [task["id"]]})):
        response = await api.post(f"/onboardings/{onboarding['id']}/{path}", json=body)
        assert error_of(response, 404)["code"] == "onboarding_not_found"
    assert await read(api, task) == task
    assert (await change(api, task, title="Still here"))["title"] == "Still here"
    assert [one["id"] for one in body_of(await api.get("/tasks"))["data"]] == [of_other["id"]]
    body_of(await api.delete(f"/customers/{customer['id']}"))
    assert body_of(await api.get("/tasks"))["data"] == []
    assert await read(api, of_other) == of_other


async def test_three_tasks_are_pinned(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    tasks = [await create_task(api, onboarding["id"]) for _ in range(4)]
    for _ in range(2):  # again changes nothing
        for task in tasks[:3]:
            assert body_of(await api.post(f"/tasks/{task['id']}/pin"))["pinned"] is True
    assert error_of(await api.post(f"/tasks/{tasks[3]['id']}/pin"), 409)["code"] == "pin_limit_reached"
    assert len(await events(api, "task.updated")) == 3
    for _ in range(2):
        assert body_of(await api.delete(f"/tasks/{tasks[0]['id']}/pin"))["pinned"] is False
    assert body_of(await api.post(f"/tasks/{tasks[3]['id']}/pin"))["pinned"] is True
    body_of(await api.delete(f"/tasks/{tasks[1]['id']}"))  # gives its pin up
    assert body_of(await api.post(f"/tasks/{tasks[0]['id']}/pin"))["pinned"] is True
    other = await create_task(api)
    assert body_of(await api.post(f"/tasks/{other['id']}/pin"))["pinned"] is True
    last = (await events(api, "task.updated"))[-1]
    assert last["data"]["previous_attributes"] == {"pinned": False}


async def test_an_onboarding_has_so_many_tasks_at_most(api: httpx.AsyncClient, connection: "Connection") -> None:
    onboarding = await create_onboarding(api)
    task = await create_task(api, onboarding["id"])
    await connection.execute(
        "INSERT INTO tasks (workspace_id, id, display_id, onboarding_id, phase, title, status, position, created_at, "
        "updated_at) SELECT workspace_id, 'c' || lpad(n::text, 24, '0'), n, onboarding_id, phase, title, status, n, "
        "created_at + n * interval '1 second', updated_at FROM tasks, generate_series(2, $1) n",
        MAX_TASKS,
    )
    path = f"/onboardings/{onboarding['id']}/tasks"
    assert error_of(await api.post(path, json={"title": "One more"}), 409)["code"] == "task_limit_reached"
    assert len(await plan(api, onboarding)) == MAX_TASKS
    body_of(await api.delete(f"/tasks/{task['id']}"))
    await connection.execute("UPDATE counters SET value = $1 WHERE resource = 'task'", MAX_TASKS)
    assert body_of(await api.post(path, json={"title": "One more"}), 201)["display_id"] == MAX_TASKS + 1


async def test_a_repeated_request_adds_one_task(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    path, headers = f"/onboardings/{onboarding['id']}/tasks", {"Idempotency-Key": "once"}
    first, second = [await api.post(path, json={"title": "A"}, headers=headers) for _ in range(2)]
    assert second.content == first.content
    assert second.headers["idempotent-replay"] == "true"
    assert len(await plan(api, onboarding)) == 1
    path = f"/tasks/{body_of(first, 201)['id']}/complete"
    first, second = [await api.post(path, json={}, headers=headers) for _ in range(2)]
    assert second.content == first.content
    assert len(await events(api, "task.completed")) == 1
