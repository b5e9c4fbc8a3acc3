"""The board: columns, cards, what narrows them down, paging, and the ways to move a card."""

import re
from urllib.parse import urlencode

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task
from tests.visitors import Visitor

PROBE = "<script>x</script>\"'<img src=x onerror=y>"


@pytest.fixture
async def customer(api: httpx.AsyncClient) -> Json:
    return await create_customer(api, name="Aurora Outfitters")


def columns_of(html: str) -> dict[str, str]:
    """Return the columns of a board by phase."""
    return dict(re.findall(r'<section class="column" data-key="(\w+)"(.*?)</section>', html, re.DOTALL))


def titles(html: str) -> list[str]:
    return re.findall(r'data-title="([^"]*)"', html)


async def add(api: httpx.AsyncClient, customer: Json, name: str, **fields: object) -> Json:
    return await create_onboarding(api, customer["id"], name=name, **fields)


async def test_an_empty_board_says_what_will_stand_there(maya: Visitor) -> None:
    page = await maya.get("/onboardings")
    assert page.status_code == 200
    assert "No onboardings yet" in page.text
    assert 'id="shown"' not in page.text


async def test_a_card_says_how_it_stands(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, clock: SteeredClock, world: World
) -> None:
    late = await add(
        api, customer, "Late one", phase="review", state="blocked", csm_id=world.tomas.id,
        target_launch_date="2026-03-05T00:00:00Z",
    )  # fmt: skip
    done = await create_task(api, late["id"], title="Kick-off")
    body_of(await api.post(f"/tasks/{done['id']}/complete", json={}))
    await create_task(api, late["id"], title="Design")
    await add(api, customer, "Done one", phase="completed")
    clock.advance(8 * 86_400 + 60)
    columns = columns_of((await maya.get("/onboardings")).text)
    assert list(columns) == [phase["key"] for phase in body_of(await api.get("/phases"))["data"]]
    card = columns["review"]
    for words in ("Late one", "Aurora Outfitters", "5 Mar 2026", "5 days ago", "Blocked", "day 9 of 7", "Tomas"):
        assert words in card
    assert re.search(r'<span class="tone risk" title="Target launch', card)
    assert re.search(r'<span class="tone watch" title="Days in this phase', card)
    assert 'value="1" max="2" aria-label="Tasks done: 1 of 2"' in card
    assert f"/onboardings/{late['display_id']}-late-one" in card
    assert "Completed 2 Mar 2026" in columns["completed"]
    assert "day " not in columns["completed"]
    assert "Launching writes to the CSM, sends a calendar entry and drafts a recap." in columns["launch"]


async def test_what_launches_next_comes_first_and_a_column_pages(
    maya: Visitor, api: httpx.AsyncClient, customer: Json
) -> None:
    await add(api, customer, "undated")
    for day in range(25, 0, -1):
        await add(api, customer, f"on {day}", target_launch_date=f"2026-04-{day:02}T00:00:00Z")
    html = (await maya.get("/onboardings")).text
    column = columns_of(html)["before_getting_started"]
    assert titles(column) == [f"on {day}" for day in range(1, 21)]
    assert 'aria-label="26 onboardings"' in column
    more = re.search(r'href="(/onboardings/column\?[^"]+)"', column)
    assert more
    path = more.group(1).replace("&amp;", "&")
    part = await maya.get(path, fragment=True)
    assert "<html" not in part.text
    assert titles(part.text) == [*(f"on {day}" for day in range(21, 26)), "undated"]
    assert "/onboardings/column" not in part.text
    whole = await maya.get(path)
    assert titles(whole.text) == titles(part.text)
    assert list(columns_of(whole.text)) == ["before_getting_started"]
    assert (await maya.get("/onboardings/column?phase=nowhere")).status_code == 400
    for odd in ("", "x", "9" * 30, "999999"):
        assert (await maya.get("/onboardings/column", phase="review", last=odd)).status_code == 200


async def test_completed_ones_stand_the_last_first(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, clock: SteeredClock
) -> None:
    for number in range(22):
        clock.advance(86_400)
        await add(api, customer, f"no {number}", phase="completed")
    column = columns_of((await maya.get("/onboardings")).text)["completed"]
    assert titles(column) == [f"no {number}" for number in range(21, 1, -1)]
    path = re.search(r'href="(/onboardings/column\?[^"]+)"', column)
    assert path
    assert titles((await maya.get(path.group(1).replace("&amp;", "&"), fragment=True)).text) == ["no 1", "no 0"]


async def test_filters_narrow_the_board_down(
    maya: Visitor, api: httpx.AsyncClient, customer: Json, world: World
) -> None:
    other = await create_customer(api, name="Blue 100% Heron")
    await add(api, customer, "Rollout", csm_id=world.tomas.id, tags=["eu"])
    await add(api, other, "Pilot", state="paused")
    cases: list[tuple[dict[str, str], list[str]]] = [
        ({}, ["Rollout", "Pilot"]),
        ({"q": "aurora"}, ["Rollout"]),
        ({"q": "PILOT"}, ["Pilot"]),
        ({"q": "100%"}, ["Pilot"]),
        ({"q": "%"}, ["Pilot"]),
        ({"q": "_\\"}, []),
        ({"owner": world.tomas.id}, ["Rollout"]),
        ({"owner": "nobody"}, ["Pilot"]),
        ({"state": "paused"}, ["Pilot"]),
        ({"tag": "eu"}, ["Rollout"]),
        ({"customer": other["id"]}, ["Pilot"]),
        ({"customer": str(customer["display_id"])}, ["Rollout"]),
        ({"customer": "nobody"}, []),
        ({"template": "none"}, []),
        ({"owner": "x\0y", "q": PROBE}, []),
    ]
    for query, expected in cases:
        page = await maya.get(f"/onboardings?{urlencode(query)}")
        assert page.status_code == 200, query
        assert sorted(titles(page.text)) == sorted(expected), query
        part = await maya.get(f"/onboardings?{urlencode(query)}", fragment=True)
        assert "<html" not in part.text
        assert sorted(titles(part.text)) == sorted(expected), query
        assert PROBE not in page.text
    assert ">Blue 100% Heron</strong>" in (await maya.get("/onboardings", customer=other["id"])).text


async def test_the_filters_own_request_becomes_the_address(maya: Visitor) -> None:
    headers = {"hx-request": "true", "hx-trigger": "filters"}
    answer = await maya.client.get("/onboardings?q=a+b&owner=&state=paused", headers=headers)
    assert answer.headers["hx-push-url"] == "/onboardings?q=a+b&state=paused"
    refreshed = await maya.get("/onboardings?q=a", fragment=True)
    assert "hx-push-url" not in refreshed.headers


async def test_what_is_deleted_stands_nowhere(maya: Visitor, api: httpx.AsyncClient, customer: Json) -> None:
    gone = await add(api, customer, "Gone")
    await api.delete(f"/onboardings/{gone['id']}")
    other = await create_customer(api, name="Left")
    await add(api, other, "Orphan")
    await api.delete(f"/customers/{other['id']}")
    html = (await maya.get("/onboardings")).text
    assert titles(html) == []
    assert "1 onboardings" not in html


async def test_nothing_that_somebody_wrote_is_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name=PROBE)
    made = await add(api, customer, PROBE, tags=[PROBE])
    for path in ("/onboardings", f"/onboardings?tag={PROBE}", f"/onboardings/{made['display_id']}/phase"):
        page = await maya.get(path)
        assert page.status_code == 200
        assert PROBE not in page.text
        assert not re.search(r"<script>|<img|<style|\sstyle=", page.text)


async def test_the_phases_to_move_to_without_a_script(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, customer: Json
) -> None:
    made = await add(api, customer, "Rollout", phase="program_design")
    path = f"/onboardings/{made['display_id']}/phase"
    page = await maya.get(path)
    assert re.findall(r'href="/onboardings/\d+/move\?to=(\w+)"', page.text) == [
        "before_getting_started", "review", "program_buildout", "internal_qa", "launch", "completed",
    ]  # fmt: skip
    assert "where it is" in page.text
    shown = (await tomas.get(path, fragment=True)).text
    assert "<html" not in shown
    assert re.findall(r'href="/onboardings/\d+/move\?to=(\w+)"', shown) == ["before_getting_started", "review"]
    assert shown.count("for admins") == 4
    assert (await maya.get("/onboardings/999/phase")).status_code == 404


async def test_a_board_that_was_extended_is_asked_for_as_far_as_it_is_open(
    maya: Visitor, api: httpx.AsyncClient, customer: Json
) -> None:
    for number in range(45):
        await add(api, customer, f"Rollout {number}")
    for pages, cards in (("1", 20), ("2", 40), ("3", 45), ("11", 20), ("-1", 20), ("x", 20), ("٣", 20)):
        board = await maya.get("/onboardings", pages=pages, fragment=True)
        assert len(titles(board.text)) == cards, pages
        assert ("last=" in board.text) is (cards < 45)
