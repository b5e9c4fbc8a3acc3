import httpx
import pytest

from tests.support import Json, body_of, error_of
from tests.templates.support import PROGRAMME, create_template


def task(key: str, **fields: object) -> Json:
    return {"key": key, "title": key.title(), "phase": "review"} | fields


def after(*keys: str) -> list[Json]:
    return [{"task": key} for key in keys]


async def test_a_template_says_what_it_was_told_and_the_defaults(api: httpx.AsyncClient) -> None:
    response = await api.post("/templates", json=PROGRAMME)
    template = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/templates/{template['id']}"
    assert template == body_of(await api.get(f"/templates/{template['display_id']}"))
    assert (template["version"], template["task_count"], template["archived"]) == (1, 6, False)
    assert template["phases"] == ["before_getting_started", "program_design", "launch"]
    kickoff, assets, tiers, announce = template["tasks"]
    assert kickoff["subtasks"][1] == {
        "key": "minutes",
        "title": "Send the minutes",
        "description": None,
        "assignee_role": None,
        "due": None,
        "duration_days": 1,
        "depends_on": [{"task": "agenda", "lag_days": 1}],
        "visible_in_portal": False,
        "links": [],
    }
    assert assets["depends_on"] == [{"task": "kickoff", "lag_days": 0}]
    assert tiers["due"] == {"type": "task", "days": 3, "task": "assets"}
    assert announce["due"] == {"type": "launch", "days": -5, "task": None}


REFUSED: dict[str, tuple[list[Json], str, str, str]] = {
    "a key that another has": ([task("a"), task("a")], "tasks.1.key", "invalid_field", "has the key a already"),
    "a subtask's key that another has": (
        [task("a", subtasks=[{"key": "a", "title": "A"}])],
        "tasks.0.subtasks.0.key",
        "invalid_field",
        "has the key a already",
    ),
    "a dependency on nobody": (
        [task("a"), task("b", depends_on=after("a", "c"))],
        "tasks.1.depends_on.1.task",
        "invalid_field",
        "no task c",
    ),
    "a dependency told twice": (
        [task("a"), task("b", depends_on=after("a", "a"))],
        "tasks.1.depends_on.1.task",
        "invalid_field",
        "depends on a already",
    ),
    "a rule about nobody": (
        [task("a", due={"type": "task", "days": 1, "task": "c"})],
        "tasks.0.due.task",
        "invalid_field",
        "no task c",
    ),
    "a rule without its task": (
        [task("a", due={"type": "task", "days": 1})],
        "tasks.0.due.task",
        "invalid_type",
        "Required",
    ),
    "a rule without days": ([task("a", due={"type": "start"})], "tasks.0.due.days", "invalid_type", "Required"),
    "a fixed date": (
        [task("a", due={"type": "fixed", "days": 1})],
        "tasks.0.due.type",
        "invalid_enum_value",
        "'start' | 'phase' | 'launch' | 'task'",
    ),
    "a circle": (
        [task("a", depends_on=after("c")), task("b", depends_on=after("a")), task("c", depends_on=after("b"))],
        "tasks.0.depends_on",
        "invalid_field",
        "a → c → b → a",
    ),
    "a circle through a rule": (
        [task("a", depends_on=after("b")), task("b", due={"type": "task", "days": 1, "task": "a"})],
        "tasks.0.depends_on",
        "invalid_field",
        "a → b → a",
    ),
    "a task that waits for itself": (
        [task("a", depends_on=after("a"))],
        "tasks.0.depends_on",
        "invalid_field",
        "a → a",
    ),
    "a phase that there is not": ([task("a", phase="nowhere")], "tasks.0.phase", "invalid_enum_value", "'nowhere'"),
    "a key with a space": ([task("a b")], "tasks.0.key", "invalid_string", "Invalid"),
    "a link to a script": (
        [task("a", links=[{"label": "x", "url": "javascript:alert(1)"}])],
        "tasks.0.links.0.url",
        "invalid_string",
        "Invalid",
    ),
    "too many with their subtasks": (
        [task(f"a{n}", subtasks=[{"key": f"b{n}", "title": "B"}]) for n in range(251)],
        "tasks",
        "too_big",
        "at most 500 tasks",
    ),
    "too much text": (
        [task(f"a{n}", description="x" * 90_000) for n in range(3)],
        "tasks",
        "too_big",
        "at most 262144 bytes",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_meant_is_named_by_its_path(api: httpx.AsyncClient, case: str) -> None:
    tasks, field, code, words = REFUSED[case]
    error = error_of(await api.post("/templates", json={"name": "A", "tasks": tasks}), 400)
    assert (error["field"], error["code"]) == (field, code)
    assert words in error["message"]
    assert body_of(await api.get("/templates"))["data"] == []


async def test_every_edit_makes_a_version_and_old_ones_stay(api: httpx.AsyncClient) -> None:
    first = await create_template(api)
    path = f"/templates/{first['id']}"
    second = body_of(await api.patch(path, json={"tasks": first["tasks"][:1], "name": "Shorter"}))
    assert (second["version"], second["task_count"], second["phases"]) == (2, 3, ["before_getting_started"])
    assert second == body_of(await api.get(path)) == body_of(await api.get(f"{path}?version=2"))
    was = body_of(await api.get(f"{path}?version=1"))
    assert was == first | {"updated_at": second["updated_at"]}
    unchanged = body_of(await api.patch(path, json={"name": "Shorter", "tasks": second["tasks"]}))
    assert unchanged == second
    versions = body_of(await api.get(f"{path}/versions"))["data"]
    assert [(one["number"], one["task_count"]) for one in versions] == [(2, 3), (1, 6)]
    assert all(one["created_by"].startswith("API: ") for one in versions)
    page = body_of(await api.get(f"{path}/versions?limit=1"))
    rest = body_of(await api.get(f"{path}/versions", params={"cursor": page["next_cursor"]}))
    assert [one["number"] for one in page["data"] + rest["data"]] == [2, 1]
    error = error_of(await api.get(f"{path}?version=3"), 404)
    assert error["code"] == "template_version_not_found"
    assert error_of(await api.get(f"{path}?version=x"), 400)["field"] == "version"


async def test_a_bad_edit_leaves_the_template_as_it_is(api: httpx.AsyncClient) -> None:
    template = await create_template(api)
    path = f"/templates/{template['id']}"
    error = error_of(await api.patch(path, json={"tasks": [task("a", depends_on=after("b"))]}), 400)
    assert error["field"] == "tasks.0.depends_on.0.task"
    assert body_of(await api.get(path)) == template


async def test_templates_are_found_by_phase_and_hidden_when_archived_or_deleted(api: httpx.AsyncClient) -> None:
    programme = await create_template(api)
    review = await create_template(api, name="Review", tasks=[task("a")])

    async def names(**query: str) -> list[str]:
        return [one["name"] for one in body_of(await api.get("/templates", params=query))["data"]]

    assert await names() == ["Review", "Loyalty programme"]
    assert await names(phase="program_design") == ["Loyalty programme"]
    assert await names(phase="completed") == []
    assert error_of(await api.get("/templates?phase=nowhere"), 400)["code"] == "invalid_enum_value"
    page = body_of(await api.get("/templates?limit=1"))
    assert "tasks" not in page["data"][0]
    assert await names(cursor=page["next_cursor"]) == ["Loyalty programme"]
    archived = body_of(await api.patch(f"/templates/{review['id']}", json={"archived": True}))
    assert (archived["archived"], archived["version"]) == (True, 1)
    assert await names() == ["Loyalty programme"]
    assert await names(archived="true") == ["Review"]
    path = f"/templates/{programme['id']}"
    gone = body_of(await api.delete(path))
    assert gone == body_of(await api.delete(path)) == {
        "object": "deleted", "id": programme["id"], "display_id": programme["display_id"], "deleted": True,
    }  # fmt: skip
    assert await names() == []
    assert error_of(await api.get(path), 404)["code"] == "template_not_found"
    assert error_of(await api.patch(path, json={"name": "B"}), 404)["code"] == "template_not_found"
