"""The home page: what is due, what needs somebody, what launches next, what the team did."""

import re
from datetime import timedelta

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task
from tests.visitors import Visitor

PROBE = '"><img src=x onerror=alert(1)>'


def day(clock: SteeredClock, days: int) -> str:
    return f"{(clock.now() + timedelta(days=days)).date()}T00:00:00Z"


def numbers(html: str) -> dict[str, str]:
    """Return the numbers on top of the page, by what they count."""
    found = re.findall(r"<dt>([^<]+)</dt><dd><\w+[^>]*>([^<]+)<", html)
    return dict(found)


def section(html: str, title: str) -> str:
    """Return the part of the page below a heading."""
    return html.partition(f">{title}</h2>")[2].partition("</section>")[0]


async def start(api: httpx.AsyncClient, customer: Json, name: str, **fields: object) -> Json:
    return await create_onboarding(api, customer["id"], name=name, **fields)


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name=f"Aurora {PROBE}")


async def test_a_new_workspace_says_what_will_stand_there(maya: Visitor) -> None:
    page = await maya.get("/")
    assert page.status_code == 200
    for words in ("Nothing is due", "Everything is on its way", "No launch is due", "What happens with your customers"):
        assert words in page.text
    assert set(numbers(page.text).values()) == {"0"}


async def test_tasks_of_today_and_before_are_mine_and_done_in_place(
    maya: Visitor, api: httpx.AsyncClient, world: World, customer: Json, clock: SteeredClock
) -> None:
    onboarding = await start(api, customer, f"Loyalty {PROBE}", csm_id=world.maya.id)
    titles = {"late": -2, "now": 0, "soon": 1}
    for title, days in titles.items():
        await create_task(api, onboarding["id"], title=title, assignee_id=world.maya.id, due_date=day(clock, days))
    await create_task(api, onboarding["id"], title="by part", assignee_role="csm", due_date=day(clock, -1))
    other = await create_task(
        api, onboarding["id"], title="of Tomas", assignee_id=world.tomas.id, due_date=day(clock, 0)
    )
    page = await maya.get("/")
    assert numbers(page.text) | {"Overdue tasks": "2", "Due today": "1"} == numbers(page.text)
    mine = section(page.text, "Your tasks for today")
    found = re.findall(r'<a class="item-title"[^>]*>([^<]+)</a>', mine)
    assert found == ["late", "by part", "now"]
    assert other["title"] not in mine
    assert "<img" not in page.text
    number = re.search(r'action="(/tasks/\d+/complete)"', mine)
    assert number
    done = await maya.submit(number.group(1), {"back": "/"})
    assert done.headers["location"] == "/"
    fragment = (await maya.get("/", fragment=True)).text
    assert "<html" not in fragment
    assert numbers(fragment)["Overdue tasks"] == "1"


async def test_onboardings_that_need_me_the_worst_first(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, world: World, customer: Json, clock: SteeredClock
) -> None:
    mine = {"csm_id": world.maya.id}
    await start(api, customer, "Fine", target_launch_date=day(clock, 30), **mine)
    await start(api, customer, "Waits", state="waiting", **mine)
    await start(api, customer, "Stuck", state="blocked", target_launch_date=day(clock, 20), **mine)
    await start(api, customer, "Risky", state="at_risk", target_launch_date=day(clock, 10), **mine)
    await start(api, customer, "Past", target_launch_date=day(clock, -3), **mine)
    # Launched, completed, and of somebody else.
    await start(api, customer, "Live", phase="launch", target_launch_date=day(clock, -3), **mine)
    await start(api, customer, "Over", phase="completed", target_launch_date=day(clock, -3), **mine)
    await start(api, customer, "Theirs", state="at_risk", csm_id=world.tomas.id)
    gone = await create_customer(api, name="Gone")
    await start(api, gone, "Gone with it", state="at_risk", **mine)
    body_of(await api.delete(f"/customers/{gone['id']}"))
    page = (await maya.get("/")).text
    needy = section(page, "Your onboardings that need you")
    assert re.findall(r'<a class="item-title"[^>]*>([^<]+)</a>', needy) == ["Past", "Risky", "Stuck", "Waits"]
    assert numbers(page) | {
        "Past their launch date": "1", "At risk or blocked": "2", "Waiting on the customer": "1"
    } == numbers(page)  # fmt: skip
    assert f"/onboardings?owner={world.maya.id}&amp;state=at_risk" in page
    assert "Theirs" in section((await tomas.get("/")).text, "Your onboardings that need you")


async def test_what_launches_within_two_weeks_whoever_leads_it(
    maya: Visitor, api: httpx.AsyncClient, world: World, customer: Json, clock: SteeredClock
) -> None:
    for name, days in {"Today": 0, "Next": 5, "Last": 13, "Later": 14, "Before": -1}.items():
        await start(api, customer, name, target_launch_date=day(clock, days), csm_id=world.tomas.id)
    await start(api, customer, "Live", phase="launch", target_launch_date=day(clock, 3))
    launches = section((await maya.get("/")).text, "Launching in the next 14 days")
    assert re.findall(r'<span class="truncate">([^<]+)</span>', launches) == ["Today", "Next", "Last"]


async def test_what_the_team_did_is_told_once(maya: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    onboarding = await start(api, customer, "Loyalty")
    for _ in range(3):
        await create_task(api, onboarding["id"])
    page = (await maya.get("/")).text
    told = section(page, "What the team did")
    assert told.count("<li>") == 3
    assert "and 2 more" in told
    assert f'href="/onboardings/{onboarding["display_id"]}">Loyalty</a>' in told
    body_of(await api.delete(f"/customers/{customer['id']}"))
    assert "Loyalty" not in section((await maya.get("/")).text, "What the team did")


async def test_more_than_fits_is_counted(
    maya: Visitor, api: httpx.AsyncClient, world: World, customer: Json, clock: SteeredClock
) -> None:
    for number in range(10):
        await start(api, customer, f"Risky {number}", state="at_risk", csm_id=world.maya.id)
    onboarding = await start(api, customer, "Busy")
    for _ in range(52):
        await create_task(api, onboarding["id"], assignee_id=world.maya.id, due_date=day(clock, -1))
    page = (await maya.get("/")).text
    assert "And 2 more." in section(page, "Your onboardings that need you")
    assert numbers(page)["Overdue tasks"] == "50+"
    assert section(page, "Your tasks for today").count('class="item-title"') == 8
