"""Several people write to the same plan at once: it stays whole, and nothing is told twice."""

import asyncio
import itertools

import httpx

from tests.support import Json, body_of, create_contact, create_onboarding, create_task, events
from tests.tasks.story import on, plan, read

TIMES = 6


async def test_two_complete_the_same_task_at_once(api: httpx.AsyncClient) -> None:
    task = await create_task(api)
    answers = await asyncio.gather(*(api.post(f"/tasks/{task['id']}/complete", json={}) for _ in range(TIMES)))
    bodies = [body_of(answer) for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert len(await events(api, "task.completed")) == 1


async def test_the_last_two_subtasks_completed_at_once_complete_the_parent_once(api: httpx.AsyncClient) -> None:
    for _ in range(TIMES):
        parent = await create_task(api)
        parts = [await create_task(api, parent["onboarding_id"], parent_id=parent["id"]) for _ in range(2)]
        told = len(await events(api, "task.completed"))
        await asyncio.gather(*(api.post(f"/tasks/{part['id']}/complete", json={}) for part in parts))
        done = await read(api, parent)
        assert (done["status"], done["completed_by"]) == ("completed", "automation:subtasks")
        assert len(await events(api, "task.completed")) == told + 3


async def test_no_more_than_three_are_pinned_at_once(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    tasks = [await create_task(api, onboarding["id"]) for _ in range(TIMES)]
    answers = await asyncio.gather(*(api.post(f"/tasks/{task['id']}/pin") for task in tasks))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * (TIMES - 3)
    assert sum(task["pinned"] for task in await plan(api, onboarding)) == 3


async def test_of_two_dependencies_that_make_a_circle_one_is_refused(api: httpx.AsyncClient) -> None:
    for _ in range(TIMES):
        onboarding = await create_onboarding(api)
        one, other = [await create_task(api, onboarding["id"]) for _ in range(2)]
        answers = await asyncio.gather(
            api.patch(f"/tasks/{one['id']}", json={"depends_on": [{"task_id": other["id"]}]}),
            api.patch(f"/tasks/{other['id']}", json={"depends_on": [{"task_id": one["id"]}]}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_places_are_taken_once(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    path = f"/onboardings/{onboarding['id']}/tasks"
    tasks = [await create_task(api, onboarding["id"]) for _ in range(TIMES)]
    requests = [api.post(path, json={"title": "New", "position": 2}) for _ in range(TIMES)]
    requests += [api.post(f"/tasks/{task['id']}/move", json={"position": 1}) for task in tasks[3:]]
    requests += [api.delete(f"/tasks/{task['id']}") for task in tasks[:2]]
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {200, 201}
    assert [task["position"] for task in await plan(api, onboarding)] == list(range(1, 2 * TIMES - 1))


async def test_a_plan_follows_the_last_of_many_changes(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    first = await create_task(api, onboarding["id"], due_date=on("03-02"))
    second = await create_task(api, onboarding["id"], depends_on=[{"task_id": first["id"]}])
    days = [f"2026-03-{day:02}T00:00:00Z" for day in (3, 4, 5, 9, 10, 11)]
    await asyncio.gather(*(api.patch(f"/tasks/{first['id']}", json={"due_date": day}) for day in days))
    nights: dict[str, str] = {"03-03": "03-04", "03-04": "03-05", "03-05": "03-06", "03-09": "03-10", "03-10": "03-11"}
    last = (await read(api, first))["due_date"]
    assert (await read(api, second))["due_date"] == on((nights | {"03-11": "03-12"})[last[5:10]])
    told = [event["data"] for event in await events(api, "task.updated")]
    of_second = [data for data in told if data["object"]["id"] == second["id"]]
    for before, after in itertools.pairwise(of_second):  # no change of a date is left out or told twice
        assert after["previous_attributes"]["due_date"] == before["object"]["due_date"]


async def test_a_contact_is_deleted_while_tasks_are_given_to_it(api: httpx.AsyncClient) -> None:
    for _ in range(TIMES):
        contact = await create_contact(api)
        onboarding = await create_onboarding(api, contact["customer_id"])
        body = {"title": "Yours", "assignee_contact_id": contact["id"]}
        given, changed, gone = await asyncio.gather(
            api.post(f"/onboardings/{onboarding['id']}/tasks", json=body),
            api.patch(f"/contacts/{contact['id']}", json={"is_primary": True}),
            api.delete(f"/contacts/{contact['id']}"),
        )
        assert (given.status_code in {201, 400}, changed.status_code in {200, 404}, gone.status_code) == (
            True,
            True,
            200,
        )


async def test_an_onboarding_and_its_tasks_change_at_once(api: httpx.AsyncClient) -> None:
    """Whoever holds what first, nobody waits for the other in a circle."""
    contact = await create_contact(api)
    onboarding = await create_onboarding(api, contact["customer_id"])
    tasks: list[Json] = [await create_task(api, onboarding["id"]) for _ in range(3)]
    requests = []
    for number in range(TIMES):
        requests += [
            api.patch(f"/onboardings/{onboarding['id']}", json={"notes": f"{number}"}),
            api.post(f"/onboardings/{onboarding['id']}/advance", json={}),
            api.patch(f"/tasks/{tasks[number % 3]['id']}", json={"title": f"{number}", "phase": "launch"}),
            api.post(
                f"/onboardings/{onboarding['id']}/tasks", json={"title": "A", "assignee_contact_id": contact["id"]}
            ),
            api.post(f"/onboardings/{onboarding['id']}/tasks/complete", json={"task_ids": [tasks[0]["id"]]}),
        ]
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {200, 201}
