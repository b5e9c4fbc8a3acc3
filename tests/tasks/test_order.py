"""The order of a plan: by phase and position, subtasks under their parent, places without gaps."""

import httpx
import pytest

from tests.support import Json, body_of, create_onboarding, create_task, error_of, events
from tests.tasks.story import act, change, plan


async def titles(api: httpx.AsyncClient, onboarding: Json) -> str:
    """Return the plan as one line, having found every place taken once."""
    tasks = await plan(api, onboarding)
    groups: dict[tuple[str | None, str], list[int]] = {}
    for task in tasks:
        groups.setdefault((task["parent_id"], task["phase"]), []).append(task["position"])
    assert all(places == list(range(1, len(places) + 1)) for places in groups.values())
    return "".join(task["title"] for task in tasks)


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    return await create_onboarding(api)


@pytest.fixture
async def tasks(api: httpx.AsyncClient, onboarding: Json) -> dict[str, Json]:
    """A, B (with its parts x and y) and C in one phase, D in the one before."""
    made = {title: await create_task(api, onboarding["id"], title=title, phase="review") for title in "ABC"}
    made |= {title: await create_task(api, onboarding["id"], title=title, parent_id=made["B"]["id"]) for title in "xy"}
    made["D"] = await create_task(api, onboarding["id"], title="D", phase="program_design")
    return made


async def test_a_plan_is_in_order(api: httpx.AsyncClient, onboarding: Json, tasks: dict[str, Json]) -> None:
    assert await titles(api, onboarding) == "DABxyC"
    await create_task(api, onboarding["id"], title="E", phase="review", position=2)
    await create_task(api, onboarding["id"], title="z", parent_id=tasks["B"]["id"], position=1)
    await create_task(api, onboarding["id"], title="F", phase="review", position=2000)
    assert await titles(api, onboarding) == "DAEBzxyCF"


@pytest.mark.parametrize(
    ("title", "position", "after"),
    [
        ("A", 1, "DABxyC"),
        ("A", 2, "DBxyAC"),
        ("A", 3, "DBxyCA"),
        ("A", 9, "DBxyCA"),
        ("C", 1, "DCABxy"),
        ("B", 1, "DBxyAC"),
        ("y", 1, "DAByxC"),
        ("x", 2, "DAByxC"),
    ],
)
async def test_a_task_moves_among_its_siblings(
    title: str, position: int, after: str, api: httpx.AsyncClient, onboarding: Json, tasks: dict[str, Json]
) -> None:
    moved = await act(api, tasks[title], "move", position=position)
    assert await titles(api, onboarding) == after
    told = await events(api, "task.updated")
    if after == "DABxyC":
        assert (moved, told) == (moved | tasks[title] | {"subtask_count": moved["subtask_count"]}, [])
    else:
        (event,) = told
        assert event["data"]["previous_attributes"] == {"position": tasks[title]["position"]}


async def test_a_task_takes_its_parts_into_another_phase(
    api: httpx.AsyncClient, onboarding: Json, tasks: dict[str, Json]
) -> None:
    moved = await act(api, tasks["B"], "move", phase="program_design", position=1)
    assert (moved["phase"], moved["position"]) == ("program_design", 1)
    assert await titles(api, onboarding) == "BxyDAC"
    told = {event["data"]["object"]["title"]: event["data"] for event in await events(api, "task.updated")}
    assert set(told) == {"B", "x", "y"}
    assert told["x"]["object"]["phase"] == "program_design"
    assert told["x"]["previous_attributes"] == {"phase": "review"}
    changed = await change(api, tasks["A"], phase="program_design")
    assert changed["position"] == 3
    assert await titles(api, onboarding) == "BxyDAC"
    await change(api, tasks["B"], phase="launch")
    assert await titles(api, onboarding) == "DACBxy"


async def test_a_part_stays_with_its_parent(api: httpx.AsyncClient, onboarding: Json, tasks: dict[str, Json]) -> None:
    for path, send in ((f"/tasks/{tasks['x']['id']}/move", api.post), (f"/tasks/{tasks['x']['id']}", api.patch)):
        error = error_of(await send(path, json={"phase": "launch", "position": 1}), 400)
        assert (error["code"], error["field"]) == ("invalid_field", "phase")
        body_of(await send(path, json={"phase": "review", "position": 1}))
    body = {"title": "A", "parent_id": tasks["B"]["id"], "phase": "launch"}
    error = error_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json=body), 400)
    assert (error["code"], error["field"]) == ("invalid_field", "phase")


async def test_a_task_moves_to_a_phase_that_there_is(api: httpx.AsyncClient, tasks: dict[str, Json]) -> None:
    path = f"/tasks/{tasks['A']['id']}/move"
    error = error_of(await api.post(path, json={"phase": "kickoff", "position": 1}), 400)
    assert (error["code"], error["field"]) == ("invalid_enum_value", "phase")
    assert error_of(await api.post(path, json={"phase": "launch"}), 400)["field"] == "position"


async def test_a_task_in_a_retired_phase_is_worked_on(
    api: httpx.AsyncClient, onboarding: Json, tasks: dict[str, Json]
) -> None:
    body_of(await api.delete("/phases/review"))
    await create_task(api, onboarding["id"], title="z", parent_id=tasks["B"]["id"])
    await act(api, tasks["A"], "move", position=2)
    assert await titles(api, onboarding) == "DBxyzAC"
    body = {"title": "E", "phase": "review"}
    assert error_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json=body), 400)["field"] == "phase"
