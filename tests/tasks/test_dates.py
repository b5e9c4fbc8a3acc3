"""Dates follow from rules, dependencies and the calendar, and say why; a preview is what the change then is."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_onboarding, create_task, error_of, events
from tests.tasks.story import act, activity, change, on, plan, read

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

DAY = 86400


async def due(api: httpx.AsyncClient, onboarding: Json) -> dict[str, str | None]:
    """Return the due dates of an onboarding's tasks by their titles, as month and day."""
    return {task["title"]: task["due_date"] and task["due_date"][5:10] for task in await plan(api, onboarding)}


async def chain_of(api: httpx.AsyncClient, onboarding: Json, titles: str, **first: object) -> dict[str, Json]:
    """Add tasks of which each depends on the one before."""
    made: dict[str, Json] = {}
    fields: dict[str, Any] = first
    for title in titles:
        made[title] = await create_task(api, onboarding["id"], title=title, **fields)
        fields = {"depends_on": [{"task_id": made[title]["id"]}]}
    return made


@pytest.mark.parametrize(
    ("rule", "expected", "sentence"),
    [
        (
            {"type": "fixed", "date": "2026-03-08T12:00:00-11:00"},
            "03-08",
            "is due on 8 March 2026, the date set for it.",
        ),
        ({"type": "start", "days": 0}, "03-02", "is due on 2 March 2026: the day of the start of the onboarding."),
        (
            {"type": "start", "days": 6},
            "03-10",
            (
                "is due on 10 March 2026: 6 working days after the start of the onboarding (2 March 2026), not "
                "counting 2 days off."
            ),
        ),
        (
            {"type": "phase", "days": 2},
            "03-25",
            "is due on 25 March 2026: 2 working days after the start of phase Review (23 March 2026).",
        ),
        (
            {"type": "launch", "days": -1},
            "04-29",
            "is due on 29 April 2026: 1 working day before the target launch date (30 April 2026).",
        ),
    ],
)
async def test_a_rule_gives_a_date(rule: Json, expected: str, sentence: str, api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api, target_launch_date="2026-04-30T00:00:00Z")
    task = await create_task(api, onboarding["id"], title="This", phase="review", due=rule)
    assert task["due_date"] == task["baseline_due_date"] == task["start_date"] == on(expected)
    assert task["slip_days"] == 0
    assert task["due_reason"] == {
        "kind": rule["type"],
        "task_id": None,
        "days": rule.get("days", 0),
        "sentence": f"This {sentence}",
    }
    (step,) = body_of(await api.get(f"/tasks/{task['id']}"))["chain"]
    assert (step["kind"], step["task_id"], step["sentence"]) == (rule["type"], task["id"], f"This {sentence}")
    # Sent back as it was read, it changes nothing.
    assert await change(api, task, due=task["due"]) == task


async def test_without_an_anchor_there_is_no_date(api: httpx.AsyncClient) -> None:
    task = await create_task(api, due={"type": "launch", "days": 3})
    assert (task["due"]["type"], task["due_date"], task["due_reason"], task["slip_days"]) == (
        "launch",
        None,
        None,
        None,
    )


async def test_the_day_is_that_of_the_calendars_time_zone(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    body_of(await api.patch("/calendar", json={"time_zone": "Pacific/Auckland"}))
    clock.advance(12 * 3600)  # it is Tuesday morning there
    onboarding = await create_onboarding(api, target_launch_date="2026-04-30T00:00:00Z")
    task = await create_task(api, onboarding["id"], due={"type": "start", "days": 0})
    assert task["due_date"] == on("03-03")
    task = await create_task(api, onboarding["id"], due={"type": "launch", "days": 0})
    assert task["due_date"] == on("04-30")


async def test_a_slip_moves_its_chain_and_each_move_names_its_cause(api: httpx.AsyncClient) -> None:
    body_of(await api.patch("/calendar", json={"extra_days_off": ["2026-03-11"]}))
    onboarding = await create_onboarding(api)
    tasks = await chain_of(api, onboarding, "ABC", due_date="2026-03-04T00:00:00Z")
    await create_task(api, onboarding["id"], title="D", due={"type": "task", "task_id": tasks["C"]["id"], "days": 2})
    await create_task(api, onboarding["id"], title="E", due={"type": "start", "days": 1})
    assert await due(api, onboarding) == {"A": "03-04", "B": "03-05", "C": "03-06", "D": "03-10", "E": "03-03"}
    before, noted, told = await plan(api, onboarding), await activity(api, onboarding), await events(api)

    path, body = f"/tasks/{tasks['A']['id']}", {"due_date": "2026-03-09T00:00:00Z"}
    preview = body_of(await api.patch(path, json=body | {"dry_run": True}, headers={"Idempotency-Key": "slip"}))
    assert (await plan(api, onboarding), await activity(api, onboarding), await events(api)) == (before, noted, told)
    changed = body_of(await api.patch(path, json=body, headers={"Idempotency-Key": "slip"}))
    assert set(preview) == {"object", "task", "moves"}
    assert (preview["object"], preview["task"]) == ("plan_preview", changed)

    after = {task["title"]: task for task in await plan(api, onboarding)}
    assert await due(api, onboarding) == {"A": "03-09", "B": "03-10", "C": "03-12", "D": "03-16", "E": "03-03"}
    assert [(move["title"], move["from"], move["to"], move["days"]) for move in preview["moves"]] == [
        ("A", on("03-04"), on("03-09"), 3),
        ("B", on("03-05"), on("03-10"), 3),
        ("C", on("03-06"), on("03-12"), 3),
        ("D", on("03-10"), on("03-16"), 3),
    ]
    assert {move["title"]: move["reason"] for move in preview["moves"]} == {
        title: after[title]["due_reason"]["sentence"] for title in "ABCD"
    }
    assert after["C"]["due_reason"] == {
        "kind": "dependency",
        "task_id": tasks["B"]["id"],
        "days": 0,
        "sentence": "C is due on 12 March 2026: it follows B (10 March 2026), not counting 1 day off.",
    }
    assert (after["C"]["baseline_due_date"], after["C"]["slip_days"]) == (on("03-06"), 3)
    steps = body_of(await api.get(f"/tasks/{after['D']['id']}"))["chain"]
    assert [step["kind"] for step in steps] == ["task", "dependency", "dependency", "fixed"]
    assert [step["to_date"] for step in steps] == [on(day) for day in ("03-16", "03-12", "03-10", "03-09")]
    assert [step["from_date"] for step in steps[:3]] == [step["to_date"] for step in steps[1:]]

    dates = [
        (event["data"]["object"]["title"], event["data"]["previous_attributes"])
        for event in (await events(api))[len(told) :]
    ]
    rule = tasks["A"]["due"]
    assert dates == [
        ("A", {"due": rule, "due_date": on("03-04"), "start_date": on("03-04")}),
        ("B", {"due_date": on("03-05"), "start_date": on("03-05")}),
        ("C", {"due_date": on("03-06"), "start_date": on("03-06")}),
        ("D", {"due_date": on("03-10"), "start_date": on("03-10")}),
    ]
    line, moved = (await activity(api, onboarding))[len(noted) :]
    assert (line["type"], line["summary"]) == ("task.updated", "Changed task A: due date, start date")
    assert (moved["type"], moved["summary"]) == ("task.rescheduled", "Moved 3 tasks")
    assert moved["data"] == {"cause": "Changed task A", "count": 3, "moves": preview["moves"][1:]}

    await change(api, tasks["A"], due_date="2026-03-04T00:00:00Z")
    for task, was in zip(await plan(api, onboarding), before, strict=True):
        assert task == was | {"updated_at": task["updated_at"]}


async def test_finishing_early_or_late_moves_what_follows_and_an_undo_restores_it(
    api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    onboarding = await create_onboarding(api)
    tasks = await chain_of(api, onboarding, "ABC", due={"type": "start", "days": 3}, duration_days=2)
    planned = {"A": "03-05", "B": "03-06", "C": "03-09"}
    assert await due(api, onboarding) == planned
    preview = await act(api, tasks["A"], "complete", dry_run=True)
    assert [(move["title"], move["days"]) for move in preview["moves"]] == [("B", -3), ("C", -3)]
    assert preview["task"]["status"] == "completed"
    assert await act(api, tasks["A"], "complete") == preview["task"]
    assert await due(api, onboarding) == {"A": "03-05", "B": "03-03", "C": "03-04"}
    assert (await act(api, tasks["A"], "reopen", dry_run=True))["moves"][0]["to"] == on("03-06")
    await act(api, tasks["A"], "reopen")
    assert await due(api, onboarding) == planned
    clock.advance(7 * DAY)
    await act(api, tasks["A"], "complete")
    assert await due(api, onboarding) == {"A": "03-05", "B": "03-10", "C": "03-11"}
    steps = body_of(await api.get(f"/tasks/{tasks['B']['id']}"))["chain"]
    assert steps[1]["sentence"] == "A was completed on 9 March 2026, 2 working days late."
    assert [entry["summary"] for entry in (await activity(api, onboarding))[-2:]] == [
        "Completed task A",
        "Moved 2 tasks",
    ]


async def test_a_new_task_may_be_previewed(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    first = await create_task(api, onboarding["id"], due={"type": "start", "days": 1})
    path = f"/onboardings/{onboarding['id']}/tasks"
    body = {"title": "Next", "depends_on": [{"task_id": first["id"]}]}
    headers = {"Idempotency-Key": "next"}
    told = await events(api)
    response = await api.post(path, json=body | {"dry_run": True}, headers=headers)
    preview = body_of(response, 200)
    assert "location" not in response.headers
    assert (preview["moves"], preview["task"]["due_date"]) == ([], on("03-04"))
    assert (await plan(api, onboarding), await events(api)) == ([first], told)
    assert error_of(await api.get(f"/tasks/{preview['task']['id']}"), 404)["code"] == "task_not_found"
    task = body_of(await api.post(path, json=body, headers=headers), 201)
    assert task == preview["task"] | {name: task[name] for name in ("id", "created_at", "updated_at")} | {
        "due_reason": task["due_reason"]
    }


async def test_a_circle_is_refused_and_named(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    tasks = await chain_of(api, onboarding, "ABC", due={"type": "start", "days": 1})
    before, told = await plan(api, onboarding), await events(api)
    numbers = {title: task["display_id"] for title, task in tasks.items()}
    circle = "Tasks would wait for each other: {0} (#{A}) → {1} (#{C}) → {2} (#{B}) → {0} (#{A}).".format(
        *"ACB", **numbers
    )
    for body in (
        {"depends_on": [{"task_id": tasks["C"]["id"]}]},
        {"due": {"type": "task", "task_id": tasks["C"]["id"], "days": 1}},
        {"depends_on": [{"task_id": tasks["C"]["id"]}], "dry_run": True},
    ):
        error = error_of(await api.patch(f"/tasks/{tasks['A']['id']}", json=body), 409)
        assert (error["code"], error["message"]) == ("dependency_cycle", circle)
    itself = [{"task_id": tasks["A"]["id"]}]
    for body in ({"depends_on": itself}, {"due": {"type": "task", "days": 1, **itself[0]}}):
        error = error_of(await api.patch(f"/tasks/{tasks['A']['id']}", json=body), 409)
        assert error["message"] == f"Tasks would wait for each other: A (#{numbers['A']}) → A (#{numbers['A']})."
    assert (await plan(api, onboarding), await events(api)) == (before, told)


async def test_dependencies_are_replaced_as_a_whole(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    first = await create_task(api, onboarding["id"], title="A", due={"type": "start", "days": 1})
    second = await create_task(api, onboarding["id"], title="B", due={"type": "start", "days": 4})
    task = await create_task(api, onboarding["id"], title="C", depends_on=[{"task_id": first["id"], "lag_days": 1}])
    assert task["due_date"] == on("03-05")
    wanted = [{"task_id": second["id"], "lag_days": 0}]
    after = await change(api, task, depends_on=[*wanted, *wanted])
    assert (after["depends_on"], after["due_date"]) == (wanted, on("03-09"))
    (event,) = await events(api, "task.updated")
    dates = {"due_date": on("03-05"), "start_date": on("03-05")}
    assert event["data"]["previous_attributes"] == {"depends_on": task["depends_on"], **dates}
    after = await change(api, task, depends_on=[])
    assert (after["depends_on"], after["due_date"], after["slip_days"]) == ([], None, None)
    assert after["baseline_due_date"] == on("03-05")


async def test_dependencies_on_a_deleted_task_vanish(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    tasks = await chain_of(api, onboarding, "ABC", due={"type": "start", "days": 1})
    body_of(await api.delete(f"/tasks/{tasks['A']['id']}"))
    assert await due(api, onboarding) == {"B": None, "C": None}
    assert (await read(api, tasks["B"]))["depends_on"] == []
    told = {
        event["data"]["object"]["title"]: event["data"]["previous_attributes"]
        for event in await events(api, "task.updated")
    }
    dates = {"due_date": on("03-04"), "start_date": on("03-04")}
    assert told["B"] == {"depends_on": tasks["B"]["depends_on"], **dates}
    assert set(told) == {"B", "C"}
    line, moved = (await activity(api, onboarding))[-2:]
    assert (line["summary"], moved["data"]["cause"], moved["data"]["count"]) == ("Deleted task A", "Deleted task A", 2)
    # Nothing depends on it in an error either, nor may it be depended on again.
    error = error_of(
        await api.patch(f"/tasks/{tasks['B']['id']}", json={"depends_on": [{"task_id": tasks["A"]["id"]}]}), 400
    )
    assert error["field"] == "depends_on.0.task_id"


async def test_a_date_beyond_all_calendars_is_refused(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    task = await create_task(api, onboarding["id"], due_date="2100-12-30T00:00:00Z")
    body = {"title": "After", "depends_on": [{"task_id": task["id"], "lag_days": 5}]}
    error = error_of(await api.post(f"/onboardings/{onboarding['id']}/tasks", json=body), 409)
    assert error["code"] == "date_out_of_range"
    assert len(await plan(api, onboarding)) == 1


async def test_phases_begin_when_they_did_or_when_they_will(
    api: httpx.AsyncClient, clock: SteeredClock, connection: "Connection"
) -> None:
    onboarding = await create_onboarding(api)
    clock.advance(3 * DAY)
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "review"}))
    entered = {}
    for phase in body_of(await api.get("/phases"))["data"]:
        rule = {"type": "phase", "days": 0}
        await create_task(api, onboarding["id"], title=phase["key"], phase=phase["key"], due=rule)
    entered = await due(api, onboarding)
    assert entered == {
        "before_getting_started": "03-02",
        "program_design": "03-05",  # skipped
        "review": "03-05",
        "program_buildout": "03-12",
        "internal_qa": "04-02",
        "launch": "04-09",
        "completed": "04-16",
    }
    await connection.execute(
        "UPDATE phases SET retired_at = now(), moved_to = 'launch' WHERE key = 'internal_qa' AND workspace_id = "
        "(SELECT workspace_id FROM onboardings)"
    )
    task = await create_task(api, onboarding["id"], due={"type": "start", "days": 0})
    assert (await due(api, onboarding))["internal_qa"] == "04-02"  # the new launch: 12 March and 21 days
    assert task["due_date"] == on("03-02")
