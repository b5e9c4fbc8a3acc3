import httpx

from tests.harness import World
from tests.support import Json, body_of, create_customer, create_onboarding, create_task, error_of, events
from tests.templates.support import PROGRAMME, apply, create_template


def on(day: str) -> str:
    """Return a day of 2026; tests begin on Monday 2 March."""
    return f"2026-{day}T00:00:00.000Z"


async def plan(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/tasks"))["data"]
    return found


def by_key(tasks: list[Json]) -> dict[str, Json]:
    return {task["template_task_key"]: task for task in tasks}


async def refused(api: httpx.AsyncClient, onboarding: Json, status: int, **fields: object) -> Json:
    return error_of(await api.post(f"/onboardings/{onboarding['id']}/apply_template", json=fields), status)


async def test_a_whole_plan_lands_with_dates_parts_and_dependencies(api: httpx.AsyncClient, world: World) -> None:
    template = await create_template(api)
    onboarding = await create_onboarding(api, csm_id=world.maya.id, target_launch_date=on("04-20"))
    own = await create_task(api, onboarding["id"], phase="program_design")
    landed = await apply(api, onboarding, template)
    assert (landed["template_id"], landed["version"], landed["dry_run"]) == (template["id"], 1, False)
    tasks = by_key(landed["tasks"])
    assert list(tasks) == ["kickoff", "agenda", "minutes", "assets", "tiers", "announce"]
    assert [task["position"] for task in landed["tasks"]] == [1, 1, 2, 2, 3, 1]
    assert tasks["agenda"]["parent_id"] == tasks["minutes"]["parent_id"] == tasks["kickoff"]["id"]
    assert tasks["kickoff"]["assignee_email"] == world.maya.email
    assert tasks["minutes"]["depends_on"] == [{"task_id": tasks["agenda"]["id"], "lag_days": 1}]
    assert tasks["assets"]["visible_in_portal"]
    assert tasks["assets"]["description"] == (
        "Logo as SVG.\n\n- [What \\[exactly\\]](<https://help.northwind.example/assets_(1)>)"
    )
    dates = {key: task["due_date"] for key, task in tasks.items()}
    assert dates == {
        "kickoff": on("03-04"), "agenda": on("03-03"), "minutes": on("03-05"), "assets": on("03-06"),
        "tiers": on("03-11"), "announce": on("04-13"),
    }  # fmt: skip
    assert tasks["assets"]["due_reason"]["sentence"].startswith(
        "Send us your brand assets is due on 6 March 2026: it follows Hold the kickoff call (4 March 2026)"
    )
    shown = await plan(api, onboarding)
    assert {task["id"]: task for task in shown if task["id"] != own["id"]} == {
        task["id"]: task for task in landed["tasks"]
    }
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}"))["template_id"] == template["id"]
    origin = body_of(await api.get(f"/tasks/{tasks['tiers']['id']}"))["template"]
    assert origin == {"id": template["id"], "version": 1, "task_key": "tiers"}
    assert body_of(await api.get(f"/tasks/{own['id']}"))["template"] is None


async def test_what_landed_is_told_once_on_the_timeline_and_task_by_task_in_events(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api)
    landed = await apply(api, onboarding, template)
    created = await events(api, "task.created")
    assert [event["data"]["object"] for event in created] == landed["tasks"]
    path = f"/customers/{onboarding['customer_id']}/timeline"
    (latest, *_) = body_of(await api.get(path))["data"]
    assert (latest["type"], latest["summary"]) == ("template.applied", "Applied template Loyalty programme (6 tasks)")
    assert latest["data"] == {"template_id": template["id"], "version": 1, "task_count": 6}
    numbers = [task["display_id"] for task in landed["tasks"]]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    assert (await create_task(api, onboarding["id"]))["display_id"] == numbers[-1] + 1
    assert len({task["created_at"] for task in body_of(await api.get("/tasks"))["data"]}) <= 7
    walked = body_of(await api.get("/tasks", params={"limit": "4"}))
    rest = body_of(await api.get("/tasks", params={"cursor": walked["next_cursor"]}))
    assert [task["display_id"] for task in walked["data"] + rest["data"]] == [numbers[-1] + 1, *reversed(numbers)]


async def test_a_preview_is_what_the_run_will_be(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api, target_launch_date=on("04-20"))
    told = len(await events(api))
    preview = await apply(api, onboarding, template, dry_run=True)
    assert preview["dry_run"]
    assert await plan(api, onboarding) == []
    assert body_of(await api.get(f"/onboardings/{onboarding['id']}")) == onboarding
    assert len(await events(api)) == told

    def essence(tasks: list[Json]) -> list[object]:
        keys = {task["id"]: task["template_task_key"] for task in tasks}
        return [
            (
                *(task[name] for name in ("title", "phase", "position", "due", "due_date", "start_date", "display_id")),
                task["due_reason"] and task["due_reason"]["sentence"],
                [keys[one["task_id"]] for one in task["depends_on"]],
            )
            for task in tasks
        ]

    for task in preview["tasks"]:
        if task["due"] and task["due"]["task_id"]:
            task["due"]["task_id"] = "the other"
    run = await apply(api, onboarding, template)
    for task in run["tasks"]:
        if task["due"] and task["due"]["task_id"]:
            task["due"]["task_id"] = "the other"
    assert essence(preview["tasks"]) == essence(run["tasks"])


async def test_a_part_can_land_first_and_the_rest_ties_to_it(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api)
    first = by_key((await apply(api, onboarding, template, phases=["before_getting_started"]))["tasks"])
    assert list(first) == ["kickoff", "agenda", "minutes"]
    second = by_key((await apply(api, onboarding, template, task_keys=["assets"]))["tasks"])
    assert second["assets"]["depends_on"] == [{"task_id": first["kickoff"]["id"], "lag_days": 0}]
    assert second["assets"]["due_date"] == on("03-06")
    third = by_key((await apply(api, onboarding, template, phases=["program_design"], task_keys=["tiers"]))["tasks"])
    assert third["tiers"]["due"]["task_id"] == second["assets"]["id"]


async def test_what_does_not_land_holds_nothing(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api)
    (tiers,) = (await apply(api, onboarding, template, task_keys=["tiers"]))["tasks"]
    assert (tiers["depends_on"], tiers["due"], tiers["due_date"]) == ([], None, None)


async def test_tasks_land_a_second_time_only_on_purpose(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api)
    first = by_key((await apply(api, onboarding, template))["tasks"])
    error = await refused(api, onboarding, 409, template_id=template["id"], task_keys=["tiers"])
    assert error["code"] == "template_applied"
    second = by_key((await apply(api, onboarding, template, again=True))["tasks"])
    assert second["assets"]["depends_on"] == [{"task_id": second["kickoff"]["id"], "lag_days": 0}]
    assert len(await plan(api, onboarding)) == 12
    third = by_key((await apply(api, onboarding, template, again=True, task_keys=["assets"]))["tasks"])
    assert third["assets"]["depends_on"] == [{"task_id": second["kickoff"]["id"], "lag_days": 0}]
    for task in (*first.values(), *second.values(), *third.values()):
        if task["parent_id"] is None:
            body_of(await api.delete(f"/tasks/{task['id']}"))
    await apply(api, onboarding, template)


async def test_an_onboarding_keeps_the_version_that_it_came_from(api: httpx.AsyncClient) -> None:
    template, old, new = await create_template(api), await create_onboarding(api), await create_onboarding(api)
    before = await apply(api, old, template)
    body_of(await api.patch(f"/templates/{template['id']}", json={"tasks": template["tasks"][:1]}))
    assert await plan(api, old) == before["tasks"]
    assert len((await apply(api, new, template))["tasks"]) == 3
    assert len((await apply(api, new, template, version=1, again=True))["tasks"]) == 6
    origin = body_of(await api.get(f"/tasks/{before['tasks'][0]['id']}"))["template"]
    assert origin["version"] == 1
    body_of(await api.delete(f"/templates/{template['id']}"))
    assert body_of(await api.get(f"/tasks/{before['tasks'][0]['id']}"))["template"] == origin


async def test_what_cannot_land_is_told(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api)
    id_ = template["id"]
    theirs = await create_template(fabrikam_api)
    for fields, field in (
        ({"template_id": "9"}, "template_id"),
        ({"template_id": theirs["id"]}, "template_id"),
        ({"template_id": id_, "version": 2}, "version"),
        ({"template_id": id_, "version": 0}, "version"),
        ({"template_id": id_, "phases": ["launch", "review"]}, "phases.1"),
        ({"template_id": id_, "phases": []}, "phases"),
        ({"template_id": id_, "task_keys": ["kickoff", "nobody"]}, "task_keys.1"),
        ({"template_id": id_, "task_keys": ["agenda"]}, "task_keys.0"),
        ({"template_id": id_, "task_keys": ["kickoff"], "phases": ["launch"]}, "task_keys"),
        ({}, "template_id"),
    ):
        assert (await refused(api, onboarding, 400, **fields))["field"] == field
    body_of(await api.patch(f"/templates/{id_}", json={"archived": True}))
    assert (await refused(api, onboarding, 400, template_id=id_))["field"] == "template_id"
    assert await plan(api, onboarding) == []


async def test_an_empty_template_lands_nothing(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api, tasks=[]), await create_onboarding(api)
    landed = await apply(api, onboarding, template)
    assert (landed["tasks"], landed["moves"]) == ([], [])


async def test_the_limit_of_tasks_holds(api: httpx.AsyncClient) -> None:
    tasks = [{"key": f"t{n}", "title": f"Task {n}", "phase": "review"} for n in range(500)]
    template, onboarding = await create_template(api, tasks=tasks), await create_onboarding(api)
    for _ in range(4):
        await apply(api, onboarding, template, again=True)
    error = await refused(api, onboarding, 409, template_id=template["id"], again=True)
    assert error["code"] == "task_limit_reached"
    assert len(await plan(api, onboarding)) == 2000


async def test_a_retired_phase_is_where_its_onboardings_went(api: httpx.AsyncClient) -> None:
    template, onboarding = await create_template(api), await create_onboarding(api)
    await create_onboarding(api, phase="program_design")
    body_of(await api.delete("/phases/program_design?move_to=review"))
    tasks = by_key((await apply(api, onboarding, template))["tasks"])
    assert tasks["assets"]["phase"] == tasks["tiers"]["phase"] == "review"
    assert error_of(await api.post("/templates", json=PROGRAMME), 400)["field"] == "tasks.1.phase"


async def test_a_plan_becomes_a_template(api: httpx.AsyncClient, world: World) -> None:
    customer = await create_customer(api)
    onboarding = await create_onboarding(api, customer["id"], csm_id=world.maya.id)
    await apply(api, onboarding, await create_template(api))
    fixed = {"title": "Sign the contract!", "due_date": on("03-06"), "assignee_id": world.maya.id}
    await create_task(api, onboarding["id"], **fixed)
    await create_task(api, onboarding["id"], title="Sign the contract?", assignee_id=world.tomas.id)
    path = f"/onboardings/{onboarding['id']}/save_as_template"
    saved = body_of(await api.post(path, json={"name": "As for Aurora"}), 201)
    tasks = {task["key"]: task for task in saved["tasks"]}
    assert list(tasks) == [
        "kickoff", "sign_the_contract", "sign_the_contract_2", "assets", "tiers", "announce",
    ]  # fmt: skip
    contract = tasks["sign_the_contract"]
    assert (contract["due"], contract["assignee_role"]) == ({"type": "phase", "days": 4, "task": None}, "csm")
    assert tasks["sign_the_contract_2"]["assignee_role"] is None
    original = body_of(await api.post("/templates", json=PROGRAMME), 201)
    for task in original["tasks"]:
        if task["key"] != "assets":
            assert tasks[task["key"]] == task
    assert tasks["assets"]["depends_on"] == [{"task": "kickoff", "lag_days": 0}]
    other = await create_onboarding(api)
    shape = [(task["title"], task["due_date"]) for task in await plan(api, onboarding)]
    landed = (await apply(api, other, saved))["tasks"]
    assert [(task["title"], task["due_date"]) for task in landed] == shape


async def test_tasks_of_before_that_move_meanwhile_are_told(api: httpx.AsyncClient) -> None:
    onboarding = await create_onboarding(api)
    task = await create_task(api, onboarding["id"], due={"type": "start", "days": 3})
    assert task["due_date"] == on("03-05")
    # The workers are about to bring all plans up to date.
    body_of(await api.patch("/calendar", json={"extra_days_off": ["2026-03-04"]}))
    landed = await apply(api, onboarding, await create_template(api))
    assert [(move["task_id"], move["from"], move["to"]) for move in landed["moves"]] == [
        (task["id"], on("03-05"), on("03-06"))
    ]
