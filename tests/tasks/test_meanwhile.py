"""Two people with the form of one task: nothing that either of them did is lost without a word."""

import html
import re
from typing import Any

import httpx
import pytest

from tests.harness import World
from tests.support import Json, create_onboarding, create_task
from tests.visitors import Visitor


@pytest.fixture
async def task(api: httpx.AsyncClient, world: World) -> Json:
    onboarding = await create_onboarding(api)
    before = await create_task(api, onboarding["id"], title="Before")
    waits = [{"task_id": before["id"], "lag_days": 2}]
    return await create_task(
        api, onboarding["id"], title="Agree", description="one\ntwo", assignee_id=world.maya.id, depends_on=waits
    )


def shown(text: str) -> dict[str, Any]:
    """Return what a browser would send of the form as it is shown."""
    [form] = re.findall(r'<form[^>]*action="/tasks/\d+"[^>]*>.*?</form>', text, re.DOTALL)
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if given.get("type") != "checkbox" or " checked" in tag:
            fields.setdefault(given.get("name", ""), []).append(html.unescape(given.get("value", "")))
    for name, inner in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = (
            re.findall(r'<option value="([^"]*)" selected', inner) or re.findall(r'<option value="([^"]*)"', inner)[:1]
        )
        fields[name] = [html.unescape(value) for value in chosen]
    for name, inner in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = [html.unescape(inner).lstrip("\n").replace("\n", "\r\n")]
    return {name: values for name, values in fields.items() if name and name != "csrf"}


async def test_what_only_the_other_changed_stays(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, task: Json, world: World
) -> None:
    path = f"/tasks/{task['display_id']}"
    mine, theirs = shown((await maya.get(f"{path}/edit")).text), shown((await tomas.get(f"{path}/edit")).text)
    assert mine == theirs
    changed = {"assignee": f"person:{world.tomas.id}", "depends_on": [], "due_type": "fixed", "due_day": "2026-06-01"}
    assert (await tomas.submit(path, theirs | changed)).status_code == 303
    assert (await maya.submit(path, mine | {"title": "Agree on it", "description": "three"})).status_code == 303
    now = (await api.get(path)).json()
    assert (now["title"], now["description"]) == ("Agree on it", "three")
    assert (now["assignee_email"], now["depends_on"]) == (world.tomas.email, [])
    assert now["due"]["date"] == "2026-06-01T00:00:00.000Z"


async def test_what_both_changed_is_shown_and_kept_only_if_meant(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, task: Json
) -> None:
    path = f"/tasks/{task['display_id']}"
    mine, theirs = shown((await maya.get(f"{path}/edit")).text), shown((await tomas.get(f"{path}/edit")).text)
    await tomas.submit(path, theirs | {"title": "Tomas's", "duration_days": "4", "depends_on": []})
    answer = await maya.submit(path, mine | {"title": "Maya's", "description": "three"})
    assert answer.status_code == 409
    told = html.unescape(answer.text)
    assert "Tomas changed this meanwhile, to: Tomas's. Save again to keep yours." in told
    assert told.count("changed this meanwhile") == 1
    assert (await api.get(path)).json()["title"] == "Tomas's"
    again = shown(answer.text)
    assert (again["title"], again["description"], again["duration_days"]) == (["Maya's"], ["three"], ["4"])
    assert "depends_on" not in again
    assert (await maya.submit(path, again)).status_code == 303
    now = (await api.get(path)).json()
    assert (now["title"], now["description"], now["duration_days"], now["depends_on"]) == ("Maya's", "three", 4, [])


async def test_each_part_of_the_form_is_compared(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, task: Json, world: World
) -> None:
    path = f"/tasks/{task['display_id']}"
    mine, theirs = shown((await maya.get(f"{path}/edit")).text), shown((await tomas.get(f"{path}/edit")).text)
    tomas_has = {
        "phase": "review",
        "assignee": f"person:{world.tomas.id}",
        "due_type": "start",
        "due_days": "3",
        "depends_on": [],
        "visible_in_portal": ["false", "true"],
    }
    maya_has = {
        "phase": "launch",
        "assignee": "role:csm",
        "due_type": "start",
        "due_days": "5",
        "visible_in_portal": ["false", "true"],
        **{name: "7" for name in mine if name.startswith("lag_")},
    }
    assert (await tomas.submit(path, theirs | tomas_has)).status_code == 303
    answer = await maya.submit(path, mine | maya_has)
    assert answer.status_code == 409
    told = html.unescape(answer.text)
    for theirs_now in ("Review", "Tomas", "working days after the start", "nothing"):
        assert f"to: {theirs_now}" in told
    assert told.count("changed this meanwhile") == 4
    assert (await maya.submit(path, shown(answer.text))).status_code == 303
    assert (await api.get(path)).json()["due"]["days"] == 5


@pytest.mark.parametrize("was", [None, "", "no JSON", "[]", '{"title": 1, "else": {}}'])
async def test_a_form_that_does_not_say_what_it_showed_counts_as_it_is(
    maya: Visitor, api: httpx.AsyncClient, task: Json, was: str | None
) -> None:
    path = f"/tasks/{task['display_id']}"
    fields = {"title": "Anew"} | ({} if was is None else {"was": was})
    answer = await maya.submit(path, fields)
    assert answer.status_code in {303, 409}
    assert "Traceback" not in answer.text
    if was != '{"title": 1, "else": {}}':
        assert (await api.get(path)).json()["title"] == "Anew"
