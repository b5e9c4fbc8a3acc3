"""The page of tasks over all onboardings."""

import re

import httpx
import pytest

from tests.harness import World
from tests.support import Json, create_customer, create_onboarding, create_task
from tests.tasks.story import act, on
from tests.visitors import Visitor


@pytest.fixture
async def onboarding(api: httpx.AsyncClient, world: World) -> Json:
    customer = await create_customer(api, name="Aurora Outfitters")
    return await create_onboarding(api, customer["id"], name="Rollout", se_id=world.maya.id, csm_id=world.tomas.id)


def sections(html: str) -> dict[str, list[str]]:
    """Return the titles of tasks by the headings that they stand below."""
    found = {}
    for part in html.split("<h2 ")[1:]:
        heading = re.sub(r"^[^>]*>", "", part).split("<")[0]
        found[heading] = re.findall(r'class="item-title"[^>]*>([^<]+)<', part)
    return found


async def test_mine_are_there_by_when_they_are_due(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    mine = {"assignee_id": world.maya.id}
    await create_task(api, onboarding["id"], title="Today's", due_date=on("03-02"), **mine)
    await create_task(api, onboarding["id"], title="Late", due_date=on("02-27"), assignee_role="se")
    await create_task(api, onboarding["id"], title="On Friday", due_date=on("03-06"), **mine)
    await create_task(api, onboarding["id"], title="Some time", due_date=on("03-09"), **mine)
    await create_task(api, onboarding["id"], title="Whenever", **mine)
    await create_task(api, onboarding["id"], title="Tomas's", due_date=on("03-02"), assignee_role="csm")
    await create_task(api, onboarding["id"], title="Nobody's", due_date=on("03-02"))
    page = await maya.get("/tasks")
    assert sections(page.text) == {
        "Today": ["Today&#39;s"],
        "Overdue": ["Late"],
        "This week": ["On Friday"],
        "Later": ["Some time"],
        "No date": ["Whenever"],
    }
    assert "Aurora Outfitters" in page.text
    assert sections((await maya.get("/tasks", who=world.tomas.id)).text) == {"Today": ["Tomas&#39;s"]}
    everybody = sections((await maya.get("/tasks", who="anyone")).text)
    assert sorted(everybody["Today"]) == ["Nobody&#39;s", "Today&#39;s", "Tomas&#39;s"]
    assert "No date" not in everybody


async def test_a_task_is_completed_in_its_place_and_stands_with_what_is_done(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    task = await create_task(api, onboarding["id"], title="Call", due_date=on("03-02"), assignee_id=world.maya.id)
    response = await maya.submit(f"/tasks/{task['display_id']}/complete", {"back": "/tasks?who=anyone"})
    assert response.headers["location"] == "/tasks?who=anyone"
    assert sections((await maya.get("/tasks")).text) == {}
    assert "Nothing to do" in (await maya.get("/tasks")).text
    assert sections((await maya.get("/tasks", show="done")).text) == {"Done in the last 30 days": ["Call"]}
    assert "Nothing done lately" in (await maya.get("/tasks", show="done", who=world.tomas.id)).text


async def test_one_customers_tasks(maya: Visitor, api: httpx.AsyncClient, onboarding: Json) -> None:
    await create_task(api, onboarding["id"], title="Theirs", due_date=on("03-02"))
    await create_task(api, title="Another's", due_date=on("03-02"))
    number = (await api.get(f"/customers/{onboarding['customer_id']}")).json()["display_id"]
    shown = (await maya.get("/tasks", who="anyone", customer=str(number))).text
    assert sections(shown) == {"Today": ["Theirs"]}
    assert sections((await maya.get("/tasks", who="anyone", customer="x")).text)["Today"] == ["Theirs", "Another&#39;s"]


async def test_long_lists_go_on(maya: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World) -> None:
    mine = {"assignee_id": world.maya.id}
    tasks = [
        await create_task(api, onboarding["id"], title=f"Task {number}", due_date=on("03-05"), **mine)
        for number in range(53)
    ]
    first = await maya.get("/tasks")
    assert len(sections(first.text)["This week"]) == 50
    for show, expected in (("", "This week"), ("done", "Done in the last 30 days")):
        page = await maya.get("/tasks", show=show)
        more = re.search(r'hx-get="([^"]+cursor[^"]+)"', page.text)
        assert more
        rest = await maya.get(more[1].replace("&amp;", "&"), fragment=True)
        assert "<html" not in rest.text
        shown = sections(page.text)[expected] + sections(rest.text)[expected]
        assert sorted(shown) == sorted(task["title"] for task in tasks)
        for task in tasks if not show else []:
            await act(api, task, "complete")


async def test_what_was_deleted_is_not_to_be_done(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    await create_task(api, onboarding["id"], title="Gone", due_date=on("03-02"), assignee_id=world.maya.id)
    await create_task(api, onboarding["id"], title="Gone too", due_date=on("03-02"), assignee_role="se")
    await api.delete(f"/customers/{onboarding['customer_id']}")
    for who in ("", "anyone"):
        assert sections((await maya.get("/tasks", who=who)).text) == {}
    assert (await maya.get("/tasks", cursor="soon")).status_code == 400


async def test_a_list_that_was_extended_is_asked_for_as_far_as_it_is_open(
    maya: Visitor, api: httpx.AsyncClient, onboarding: Json
) -> None:
    for number in range(60):
        await create_task(api, onboarding["id"], title=f"Task {number}", due_date=on("03-20"))
    for pages, tasks in (("1", 50), ("2", 60)):
        page = await maya.get("/tasks", who="anyone", pages=pages, fragment=True)
        assert len(sections(page.text)["Later"]) == tasks
