"""Tasks on the page of their onboarding: what is done to one of them, in place or in a form."""

import re

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, create_contact, create_onboarding, create_task, events
from tests.tasks.story import act, on, plan, read
from tests.visitors import Visitor


@pytest.fixture
async def onboarding(api: httpx.AsyncClient) -> Json:
    return await create_onboarding(api, name="Aurora rollout")


def place(onboarding: Json, rest: str = "") -> str:
    return f"/onboardings/{onboarding['display_id']}{rest}"


def of(task: Json, rest: str = "") -> str:
    return f"/tasks/{task['display_id']}{rest}"


async def test_a_title_alone_makes_a_task_of_its_phase(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    response = await maya.submit(place(onboarding, "/tasks"), {"title": "Design", "phase": "program_design"})
    assert response.status_code == 303
    [task] = await plan(api, onboarding)
    assert (task["title"], task["phase"]) == ("Design", "program_design")
    assert (await events(api, "task.created"))[0]["data"]["object"]["id"] == task["id"]
    added = await maya.submit(place(onboarding, "/tasks"), {"title": "Review", "phase": "review"}, fragment=True)
    assert added.status_code == 204
    assert "Added Review" in added.headers["hx-trigger"]
    shown = await maya.get(place(onboarding, "/plan"), fragment=True)
    assert re.search(r"Design.*Review", shown.text, re.DOTALL)


async def test_the_whole_form_says_everything_of_a_task(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    first = await create_task(api, onboarding["id"], title="Workshop", due_date=on("03-04"))
    contact = await create_contact(api, onboarding["customer_id"], name="Mira")
    form = (await maya.get(place(onboarding, "/tasks/new?phase=review&title=Design"))).text
    assert 'value="Design"' in form
    assert "Mira" in form
    fields = {
        "title": "Design",
        "phase": "review",
        "description": "With **care**",
        "assignee": f"contact:{contact['id']}",
        "due_type": "task",
        "due_days": "3",
        "due_task": first["id"],
        "duration_days": "2",
        "depends_on_sent": "true",
        "depends_on": first["id"],
        f"lag_{first['id']}": "1",
        "visible_in_portal": ["false", "true"],
    }
    assert (await maya.submit(place(onboarding, "/tasks"), fields)).status_code == 303
    task = (await plan(api, onboarding))[1]
    assert task["assignee_contact_id"] == contact["id"]
    assert task["due"] == {"type": "task", "date": None, "days": 3, "task_id": first["id"]}
    assert task["depends_on"] == [{"task_id": first["id"], "lag_days": 1}]
    assert task["visible_in_portal"] is True
    detail = (await maya.get(of(task))).text
    assert "<strong>care</strong>" in detail
    assert "Mira" in detail
    edit = (await maya.get(of(task, "/edit"))).text
    assert re.search(rf'value="{first["id"]}" checked', edit)
    changed = {**fields, "assignee": "", "due_type": "", "depends_on": "", "visible_in_portal": "false"}
    assert (await maya.submit(of(task), changed)).status_code == 303
    after = await read(api, task)
    assert (after["assignee_contact_id"], after["due"], after["depends_on"]) == (None, None, [])
    assert after["visible_in_portal"] is False


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Fill this in."),
        ({"title": "x" * 256}, "At most 255 characters."),
        ({"title": "A", "phase": "nowhere"}, "Invalid enum value"),
        ({"title": "A", "assignee": "person:nobody"}, "No teammate of this workspace has this id."),
        ({"title": "A", "assignee": "contact:nobody"}, "The customer has no such contact."),
        ({"title": "A", "assignee": "nobody"}, "No teammate of this workspace has this id."),
        ({"title": "A", "due_type": "fixed", "due_day": "soon"}, "This is not a date."),
        ({"title": "A", "due_type": "fixed", "due_day": ""}, "This is not a date."),
        ({"title": "A", "due_type": "start", "due_days": "many"}, "A whole number"),
        ({"title": "A", "due_type": "task", "due_days": "1"}, "Fill this in."),
        ({"title": "A", "duration_days": "0"}, "At least 1."),
        ({"title": "A", "depends_on_sent": "1", "depends_on": "999"}, "This onboarding has no task 999."),
    ],
)
async def test_what_is_wrong_stands_in_the_form_with_what_was_typed(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, fields: dict[str, str], words: str
) -> None:
    for fragment in (False, True):
        response = await maya.submit(place(onboarding, "/tasks"), fields, fragment=fragment)
        assert response.status_code == 422, response.text
        assert words in response.text
        assert f'value="{fields["title"]}"' in response.text
    assert await plan(api, onboarding) == []


async def test_a_circle_is_named(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    first = await create_task(api, onboarding["id"], title="Design")
    second = await create_task(api, onboarding["id"], title="Review", depends_on=[{"task_id": first["id"]}])
    fields = {"title": "Design", "depends_on_sent": "true", "depends_on": second["id"]}
    response = await maya.submit(of(first), fields)
    assert response.status_code == 422
    assert "Tasks would wait for each other: Design" in response.text


async def test_a_title_is_changed_where_it_stands(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    response = await maya.submit(of(task, "/title"), {"title": "Design it"}, fragment=True)
    assert response.status_code == 200
    assert "data-saved" in response.text
    assert (await read(api, task))["title"] == "Design it"
    for fragment in (True, False):
        refused = await maya.submit(of(task, "/title"), {"title": ""}, fragment=fragment)
        assert refused.status_code == 422
        assert "Fill this in." in refused.text
    assert (await maya.submit(of(task, "/title"), {"title": "Design"})).status_code == 303


async def test_a_title_that_somebody_else_changed_is_shown_with_what_was_typed(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    await tomas.submit(of(task, "/title"), {"title": "Tomas's", "was": "Design"})
    for fragment in (True, False):
        refused = await maya.submit(of(task, "/title"), {"title": "Maya's", "was": "Design"}, fragment=fragment)
        assert refused.status_code == 409
        assert "Tomas" in refused.text
        assert "Tomas&#39;s" in refused.text
        assert "Maya&#39;s" in refused.text
    assert (await read(api, task))["title"] == "Tomas's"
    await maya.submit(of(task, "/title"), {"title": "Maya's", "was": "Tomas's"})
    assert (await read(api, task))["title"] == "Maya's"


async def test_completing_can_be_undone(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    for title in ("Sketch", "Draw"):
        await create_task(api, onboarding["id"], title=title, parent_id=task["id"])
    response = await maya.submit(of(task, "/complete"), fragment=True)
    assert "Completed Design and 2 more" in response.headers["hx-trigger"]
    assert [one["status"] for one in await plan(api, onboarding)] == ["completed"] * 3
    assert (await read(api, task))["completed_by"] == "maya@northwind.example"
    assert of(task, "/reopen") in response.headers["hx-trigger"]
    await maya.submit(of(task, "/reopen"))
    assert [one["status"] for one in await plan(api, onboarding)] == ["open"] * 3


async def test_the_last_subtask_completes_its_task(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    new = await maya.get(place(onboarding, f"/tasks/new?parent={task['display_id']}"))
    assert "New subtask" in new.text
    await maya.submit(place(onboarding, "/tasks"), {"title": "Sketch", "parent_id": str(task["display_id"])})
    subtask = (await plan(api, onboarding))[1]
    assert subtask["parent_id"] == task["id"]
    response = await maya.submit(of(subtask, "/complete"), {"back": "/tasks"})
    assert response.headers["location"] == "/tasks"
    assert (await read(api, task))["status"] == "completed"


async def test_undo_leads_back_to_the_page_that_offered_it(maya: Visitor, api: httpx.AsyncClient) -> None:
    task = await create_task(api)
    await act(api, task, "complete")
    data = {"csrf": await maya.token()}
    for referer, leads_to in (
        ("http://testserver/onboardings/1-x/timeline?zoom=month", "/onboardings/1-x/timeline?zoom=month"),
        ("http://evil.example/customers", f"/onboardings/{task['onboarding_id']}#task-{task['display_id']}"),
    ):
        response = await maya.client.post(of(task, "/reopen"), data=data, headers={"referer": referer})
        assert response.headers["location"] == leads_to


async def test_a_deletion_of_long_ago_stays(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, clock: SteeredClock
) -> None:
    task = await create_task(api, onboarding["id"])
    await maya.submit(of(task, "/delete"))
    for _ in range(4):  # the session lasts for as long as it is used
        clock.advance(8 * 86_400)
        await maya.get("/customers")
    refused = await maya.submit(of(task, "/restore"))
    assert refused.status_code == 409
    assert "restored for 30 days" in refused.text


async def test_deleting_can_be_undone_with_all_that_hung_on_it(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    first = await create_task(api, onboarding["id"], title="Workshop", due_date=on("03-04"))
    second = await create_task(api, onboarding["id"], title="Design", depends_on=[{"task_id": first["id"]}])
    subtask = await create_task(api, onboarding["id"], title="Sketch", parent_id=first["id"])
    before = await plan(api, onboarding)
    response = await maya.submit(of(first, "/delete"), fragment=True)
    assert of(first, "/restore") in response.headers["hx-trigger"]
    [left] = await plan(api, onboarding)
    assert (left["id"], left["depends_on"], left["due_date"]) == (second["id"], [], None)
    assert (await maya.submit(of(subtask, "/restore"))).status_code == 409
    assert (await maya.submit(of(first, "/restore"))).status_code == 303
    after = await plan(api, onboarding)
    moving = {"updated_at"}
    for was, now in zip(before, after, strict=True):
        assert {k: v for k, v in was.items() if k not in moving} == {k: v for k, v in now.items() if k not in moving}
    assert (await maya.submit(of(first, "/restore"))).status_code == 303  # again changes nothing
    assert await plan(api, onboarding) == after


async def test_a_task_comes_back_only_where_it_fits(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    parent = await create_task(api, onboarding["id"], title="Design")
    subtask = await create_task(api, onboarding["id"], title="Sketch", parent_id=parent["id"])
    await maya.submit(of(subtask, "/delete"))
    await act(api, parent, "complete")
    refused = await maya.submit(of(subtask, "/restore"))
    assert refused.status_code == 409
    assert "Its task Design is completed." in refused.text
    await act(api, parent, "reopen")
    await api.patch(f"/tasks/{parent['id']}", json={"phase": "review"})
    await maya.submit(of(subtask, "/restore"))
    assert (await read(api, subtask))["phase"] == "review"

    first = await create_task(api, onboarding["id"], title="One")
    second = await create_task(api, onboarding["id"], title="Two", depends_on=[{"task_id": first["id"]}])
    await maya.submit(of(second, "/delete"))
    third = await create_task(api, onboarding["id"], title="Three")
    await maya.submit(of(second, "/restore"))
    await maya.submit(of(second, "/delete"))
    assert (await read(api, third))["depends_on"] == []
    assert (await maya.submit("/tasks/999/restore")).status_code == 404


async def test_a_task_is_moved_to_another_place(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    tasks = [await create_task(api, onboarding["id"], title=title) for title in "ABC"]
    response = await maya.submit(of(tasks[2], "/move"), {"position": "1"}, fragment=True)
    assert response.status_code == 204
    assert [task["title"] for task in await plan(api, onboarding)] == ["C", "A", "B"]
    await maya.submit(of(tasks[2], "/move"), {"position": "1", "phase": "review"})
    assert (await read(api, tasks[2]))["phase"] == "review"
    for fields in ({"position": "0"}, {}, {"position": "1", "phase": "nowhere"}):
        assert (await maya.submit(of(tasks[0], "/move"), fields)).status_code == 422


async def test_three_things_can_be_pinned(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    tasks = [await create_task(api, onboarding["id"], title=f"Task {number}") for number in range(4)]
    for task in tasks[:3]:
        assert (await maya.submit(of(task, "/pin"))).status_code == 303
    refused = await maya.submit(of(tasks[3], "/pin"), fragment=True)
    assert refused.status_code == 409
    assert "at most 3" in refused.headers["hx-trigger"]
    head = await maya.get(place(onboarding, "/header"), fragment=True)
    assert head.text.count("Unpin") >= 3
    await maya.submit(of(tasks[0], "/unpin"))
    assert (await read(api, tasks[0]))["pinned"] is False


async def test_a_date_tells_its_reasons_and_what_moving_it_would_do(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    first = await create_task(api, onboarding["id"], title="Workshop", due_date=on("03-04"))
    second = await create_task(api, onboarding["id"], title="Design", depends_on=[{"task_id": first["id"]}])
    shown = (await maya.get(of(second, "/due"), fragment=True)).text
    assert "Design is due on 5 March 2026: it follows Workshop (4 March 2026)." in shown
    assert "Workshop is due on 4 March 2026, the date set for it." in shown
    fields = {"due_type": "fixed", "due_day": "2026-03-09"}
    preview = (await maya.submit(of(first, "/due"), {**fields, "preview": "true"})).text
    assert "Moves 2 tasks. The last task before the launch is due 3 working days later, on 10 March 2026." in preview
    assert (await read(api, first))["due_date"] == on("03-04")
    response = await maya.submit(of(first, "/due"), fields, fragment=True)
    assert "Moved Workshop; 1 other task moved with it" in response.headers["hx-trigger"]
    assert (await read(api, second))["due_date"] == on("03-10")
    for wrong in ({"due_type": "fixed", "due_day": "x"}, {"due_type": "x"}, {"due_type": "task", "due_days": "2"}):
        for more in ({}, {"preview": "true"}):
            assert (await maya.submit(of(first, "/due"), wrong | more)).status_code == 422
    far = {"due_type": "fixed", "due_day": "2100-12-31", "preview": "true"}
    assert "out of range" in (await maya.submit(of(first, "/due"), far)).text


async def test_an_assignee_is_somebody_known(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    task = await create_task(api, onboarding["id"], title="Design")
    await api.patch(f"/onboardings/{onboarding['id']}", json={"se_id": world.tomas.id})
    for value, field, id_ in (("role:se", "assignee_role", "se"), (f"person:{world.maya.id}", "assignee_id", None)):
        assert (await maya.submit(of(task), {"assignee": value})).status_code == 303
        assert (await read(api, task))[field] == (id_ or world.maya.id)
    shown = (await maya.get(place(onboarding, "/plan"), fragment=True)).text
    assert "Maya" in shown
