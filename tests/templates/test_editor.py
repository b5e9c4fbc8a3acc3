"""The editor of a template: every edit, each refusal, two at once, versions to go back to, and the dates of a plan."""

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.harness import World
from tests.support import Json, body_of, create_customer
from tests.templates.support import create_template
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def programme(api: httpx.AsyncClient) -> Json:
    return await create_template(api)


@pytest.fixture
def path(programme: Json) -> str:
    return f"/settings/templates/{programme['display_id']}"


async def said(api: httpx.AsyncClient, programme: Json) -> Json:
    return body_of(await api.get(f"/templates/{programme['id']}"))


async def keys(api: httpx.AsyncClient, programme: Json, phase: str) -> list[str]:
    return [task["key"] for task in (await said(api, programme))["tasks"] if task["phase"] == phase]


async def task(api: httpx.AsyncClient, programme: Json, key: str) -> Json:
    tasks = (await said(api, programme))["tasks"]
    found: Json = next(one for parent in tasks for one in (parent, *parent["subtasks"]) if one["key"] == key)
    return found


def values(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - of a form
    """Return what the form of the kickoff sends, with these fields."""
    return {
        "title": "Hold the kickoff call",
        "phase": "before_getting_started",
        "assignee_role": "csm",
        "due_type": "start",
        "due_days": "2",
        "duration_days": "1",
        **fields,
    }


async def test_the_plan_shows_what_each_task_says(maya: Visitor, path: str) -> None:
    page = (await maya.get(path)).text
    for words in (
        "Loyalty programme",
        "Version 1",
        "2 working days after the start",
        "3 working days after Send us your brand assets",
        "5 working days before the target launch",
        "As soon as what it waits for is done",
        "Send the agenda",
        "Waits for Hold the kickoff call",
        "Designer",
    ):
        assert words in page, words
    assert (await maya.get(path, fragment=True)).text.lstrip().startswith('<div class="plan card flush" id="plan"')


async def test_a_task_is_added_with_a_title_alone_and_taken_back(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    fields = {"phase": "program_design", "title": "Hold the kickoff call"}
    response = await maya.submit(f"{path}/tasks", fields, fragment=True)
    assert response.status_code == 204
    undo = f"{path}/versions/1/restore?instead_of=2"
    assert f'"undo": "{undo}"' in response.headers["hx-trigger"]
    assert await keys(api, programme, "program_design") == ["assets", "tiers", "hold_the_kickoff_call"]
    assert (await maya.submit(undo)).status_code == 303
    after = await said(api, programme)
    assert after["version"] == 3
    assert after["tasks"] == programme["tasks"]
    assert (await maya.submit(undo)).status_code == 409


async def test_a_task_is_added_with_all_its_details(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    form = (await maya.get(f"{path}/new-task", phase="review")).text
    assert '<option value="review" selected>' in form
    fields = {
        "title": PROBE,
        "phase": "review",
        "assignee_role": "se",
        "due_type": "task",
        "due_days": "-2",
        "due_task": "tiers",
        "duration_days": "3",
        "description": "**Why**",
        "depends_on": ["assets", "minutes"],
        "lag_assets": "4",
        "link_label": ["Docs", "", ""],
        "link_url": ["https://docs.example/", "https://more.example/", ""],
        "visible_in_portal": "true",
    }
    response = await maya.submit(f"{path}/tasks", fields)
    assert response.headers["location"] == path
    (key,) = await keys(api, programme, "review")
    made = await task(api, programme, key)
    assert made == {
        "key": key,
        "title": PROBE,
        "phase": "review",
        "assignee_role": "se",
        "due": {"type": "task", "days": -2, "task": "tiers"},
        "duration_days": 3,
        "description": "**Why**",
        "depends_on": [{"task": "assets", "lag_days": 4}, {"task": "minutes", "lag_days": 0}],
        "links": [
            {"label": "Docs", "url": "https://docs.example/"},
            {"label": "https://more.example/", "url": "https://more.example/"},
        ],
        "visible_in_portal": True,
        "subtasks": [],
    }
    for place in ("", f"/tasks/{key}", "/preview", "/versions/2"):
        assert PROBE not in (await maya.get(f"{path}{place}")).text


async def test_a_subtask_is_added_changed_moved_and_taken_out(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    assert "New subtask" in (await maya.get(f"{path}/new-task", parent="kickoff")).text
    await maya.submit(f"{path}/tasks", {"parent": "kickoff", "title": "Book a room", "due_type": ""})
    assert [one["key"] for one in (await task(api, programme, "kickoff"))["subtasks"]][-1] == "book_a_room"
    fields = {"title": "Book a large room", "due_type": "start", "due_days": "1", "duration_days": "2"}
    await maya.submit(f"{path}/tasks/book_a_room", fields)
    assert (await task(api, programme, "book_a_room"))["title"] == "Book a large room"
    await maya.submit(f"{path}/tasks/book_a_room/move", {"position": "1", "list": ""}, fragment=True)
    subtasks = [one["key"] for one in (await task(api, programme, "kickoff"))["subtasks"]]
    assert subtasks == ["book_a_room", "agenda", "minutes"]
    await maya.submit(f"{path}/tasks/agenda/remove")
    assert [one["key"] for one in (await task(api, programme, "kickoff"))["subtasks"]] == ["book_a_room", "minutes"]
    assert (await task(api, programme, "minutes"))["depends_on"] == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Fill this in."),
        ({"title": "x" * 256}, "At most 255 characters."),
        ({"phase": "nowhere"}, "Invalid enum value"),
        ({"due_days": "soon"}, "A whole number"),
        ({"due_days": "1001"}, "At most 1000."),
        ({"due_type": "task", "due_task": ""}, "Required"),
        ({"due_type": "task", "due_task": "nothing"}, "The template has no task nothing."),
        ({"due_type": "moon"}, "Invalid enum value"),
        ({"duration_days": "0"}, "At least 1."),
        ({"assignee_role": "boss"}, "Invalid enum value"),
        ({"depends_on": "nothing"}, "The template has no task nothing."),
        ({"depends_on": "assets", "lag_assets": "x"}, "A whole number"),
        ({"link_label": "A", "link_url": "javascript:alert(1)"}, "characters that do not belong here"),
    ],
)
@pytest.mark.parametrize("key", ["", "/kickoff"])
async def test_what_a_task_cannot_say_is_told_beside_its_field(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str, key: str, fields: dict[str, str], words: str
) -> None:
    for fragment in (True, False):
        sent = values(description="kept as typed", **fields)
        response = await maya.submit(f"{path}/tasks{key}", sent, fragment=fragment)
        assert response.status_code == 422
        assert words in response.text
        assert "kept as typed" in response.text
    assert await said(api, programme) == programme


async def test_a_circle_is_named(maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str) -> None:
    response = await maya.submit(f"{path}/tasks/kickoff", values(depends_on="tiers"))
    assert response.status_code == 422
    assert "Tasks would wait for each other" in response.text
    assert await said(api, programme) == programme


async def test_a_task_is_changed_and_goes_to_another_phase_as_its_last(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    form = (await maya.get(f"{path}/tasks/kickoff")).text
    assert 'value="Hold the kickoff call"' in form
    response = await maya.submit(f"{path}/tasks/kickoff", values(title="Kick off", phase="program_design", seen="1"))
    assert response.headers["location"] == path
    assert await keys(api, programme, "program_design") == ["assets", "tiers", "kickoff"]
    changed = await task(api, programme, "kickoff")
    assert changed["title"] == "Kick off"
    assert len(changed["subtasks"]) == 2
    again = await maya.submit(f"{path}/tasks/kickoff", values(title="Kick off", phase="program_design"), fragment=True)
    assert "Nothing was changed" in again.headers["hx-trigger"]
    assert (await said(api, programme))["version"] == 2


async def test_two_who_change_the_same_task_see_each_other(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    await maya.submit(f"{path}/tasks/kickoff", values(title="Theirs", seen="1"))
    for fragment in (True, False):
        sent = values(title="Mine", seen="1")
        response = await maya.submit(f"{path}/tasks/kickoff", sent, fragment=fragment)
        assert response.status_code == 409
        assert "Maya changed this task meanwhile: <strong>Title</strong>" in response.text
        assert "<strong>Theirs</strong>" in response.text
        assert 'value="Mine"' in response.text
        assert 'name="seen" value="2"' in response.text
    await maya.submit(f"{path}/tasks/kickoff", values(title="Mine", seen="2"))
    assert (await task(api, programme, "kickoff"))["title"] == "Mine"


async def test_two_who_change_different_tasks_do_not_meet(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    await maya.submit(f"{path}/tasks/kickoff", values(title="Theirs", seen="1"))
    fields = {"title": "Assets", "phase": "program_design", "due_type": "", "duration_days": "2", "seen": "1"}
    assert (await maya.submit(f"{path}/tasks/assets", fields)).status_code == 303
    assert (await task(api, programme, "assets"))["title"] == "Assets"
    assert (await task(api, programme, "kickoff"))["title"] == "Theirs"


async def test_what_was_taken_out_cannot_be_changed(maya: Visitor, path: str) -> None:
    await maya.submit(f"{path}/tasks/assets/remove")
    for place in ("", "/move", "/remove"):
        assert (await maya.submit(f"{path}/tasks/assets{place}", values(position="1"))).status_code == 404
    assert (await maya.submit(f"{path}/tasks", {"parent": "assets", "title": "A"})).status_code in {404, 422}
    assert (await maya.get(f"{path}/new-task", parent="assets")).status_code == 404


async def test_a_task_is_taken_out_with_all_that_named_it(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    response = await maya.submit(f"{path}/tasks/assets/remove", fragment=True)
    assert "Took Send us your brand assets out" in response.headers["hx-trigger"]
    tiers = await task(api, programme, "tiers")
    assert (tiers["due"], tiers["depends_on"]) == (None, [])


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"position": "1", "list": "program_design"}, ["tiers", "assets"]),
        ({"position": "2", "list": "program_design"}, ["assets", "tiers"]),
        ({"position": "1"}, ["tiers", "assets"]),
    ],
)
async def test_a_task_is_moved_in_its_phase(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str, sent: dict[str, str], where: list[str]
) -> None:
    assert (await maya.submit(f"{path}/tasks/tiers/move", sent, fragment=True)).status_code == 204
    assert await keys(api, programme, "program_design") == where


async def test_a_task_is_moved_to_another_phase(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    await maya.submit(f"{path}/tasks/kickoff/move", {"position": "2", "list": "program_design"})
    assert await keys(api, programme, "program_design") == ["assets", "kickoff", "tiers"]
    await maya.submit(f"{path}/tasks/kickoff/move", {"position": "1", "list": "review"})
    assert await keys(api, programme, "review") == ["kickoff"]


@pytest.mark.parametrize(
    "sent",
    [{"position": "0"}, {"position": "9"}, {"position": "x"}, {}, {"position": "1", "list": "nowhere"}],
)
async def test_a_task_goes_to_no_place_that_is_none(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str, sent: dict[str, str]
) -> None:
    assert (await maya.submit(f"{path}/tasks/tiers/move", sent)).status_code == 400
    assert await said(api, programme) == programme


async def test_a_template_is_renamed_and_two_at_once_are_told(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    assert 'value="Loyalty programme"' in (await maya.get(f"{path}/about")).text
    response = await maya.submit(f"{path}/about", {"name": PROBE, "description": PROBE, "seen": "1"})
    assert response.headers["location"] == path
    assert (await said(api, programme))["name"] == PROBE
    assert PROBE not in (await maya.get(path)).text
    stale = await maya.submit(f"{path}/about", {"name": "Mine", "description": "", "seen": "1"})
    assert stale.status_code == 409
    assert "Somebody else changed this meanwhile" in stale.text
    assert 'value="Mine"' in stale.text
    for name, words in (("", "Fill this in."), ("x" * 256, "At most 255 characters.")):
        refused = await maya.submit(f"{path}/about", {"name": name, "seen": "2"})
        assert refused.status_code == 422
        assert words in refused.text


async def test_a_version_is_looked_at_and_restored(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str, connection: "Connection", world: World
) -> None:
    await maya.submit(f"{path}/tasks/assets/remove")
    page = (await maya.get(f"{path}/versions")).text
    assert [int(number) for number in re.findall(r"versions/(\d+)\"", page)] == [2, 1]
    assert "Maya" in page
    assert "Send us your brand assets" in (await maya.get(f"{path}/versions/1")).text
    assert "Send us your brand assets" not in (await maya.get(f"{path}/versions/2")).text
    await maya.submit(f"{path}/versions/1/restore")
    assert (await said(api, programme))["tasks"] == programme["tasks"]
    same = await maya.submit(f"{path}/versions/1/restore", fragment=True)
    assert "Nothing was changed" in same.headers["hx-trigger"]
    for number in ("0", "9", "x"):
        assert (await maya.get(f"{path}/versions/{number}")).status_code == 404
        assert (await maya.submit(f"{path}/versions/{number}/restore")).status_code == 404
    sql = "SELECT actor_name FROM activity WHERE workspace_id = $1 AND summary LIKE 'Made version 3 %'"
    assert await connection.fetchval(sql, world.northwind.id) == "Maya"


async def test_the_plan_has_dates_for_a_start_and_a_launch(maya: Visitor, path: str) -> None:
    page = (await maya.get(f"{path}/preview", start="2026-03-02", launch="2026-06-01")).text
    row = re.search(r"Hold the kickoff call</th>(.*?)</tr>", page, re.DOTALL)
    assert row
    assert "4 Mar 2026" in row.group(1)
    assert "The last task before the launch is due on <strong>11 Mar 2026</strong>, before the target launch" in page
    assert "25 May 2026" in page
    late = (await maya.get(f"{path}/preview", start="2026-03-02", launch="2026-03-05")).text
    assert "after the target launch" in late
    fragment = await maya.get(f"{path}/preview", fragment=True)
    assert fragment.text.lstrip().startswith('<div class="stack" id="dates"')


async def test_the_dates_follow_the_calendar_of_a_customer(maya: Visitor, api: httpx.AsyncClient, path: str) -> None:
    customer = await create_customer(api, name=PROBE)
    body_of(await api.patch(f"/customers/{customer['id']}/calendar", json={"working_weekdays": [5]}))
    page = (await maya.get(f"{path}/preview", start="2026-03-02", customer=customer["id"])).text
    row = re.search(r"Hold the kickoff call</th>(.*?)</tr>", page, re.DOTALL)
    assert row
    assert "13 Mar 2026" in row.group(1)
    assert f'href="{path}/preview?start=2026-03-02&launch="' in page
    assert PROBE not in page
    assert (await maya.get(f"{path}/preview", customer="nobodys")).status_code == 404


@pytest.mark.parametrize(
    ("start", "words"),
    [("soon", "A date, such as"), ("1989-12-31", "1990 to 2100"), ("9999-12-31", "1990 to 2100")],
)
async def test_what_is_no_start_is_told(maya: Visitor, path: str, start: str, words: str) -> None:
    response = await maya.get(f"{path}/preview", start=start)
    assert response.status_code == 422
    assert words in response.text


async def test_dates_beyond_all_calendars_are_told(maya: Visitor, path: str) -> None:
    response = await maya.get(f"{path}/preview", start="2100-12-31")
    assert response.status_code == 422
    assert "1990 to 2100" in response.text


async def test_tasks_of_a_retired_phase_stand_where_its_onboardings_went(
    maya: Visitor, api: httpx.AsyncClient, programme: Json, path: str
) -> None:
    body_of(await api.delete("/phases/program_design", params={"move_to": "review"}))
    page = (await maya.get(path)).text
    assert "Program design" not in page
    await maya.submit(f"{path}/tasks", {"phase": "review", "title": "More"})
    assert await keys(api, programme, "review") == ["assets", "tiers", "more"]
