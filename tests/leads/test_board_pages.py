"""The board of leads: columns, cards, what narrows them down, paging, moving, adding and deleting."""

import re
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from tests.harness import World
from tests.support import SteeredClock, body_of
from tests.visitors import Visitor

PROBE = "<script>x</script>\"'<img src=x onerror=y>"
DAY = 86_400


def columns_of(html: str) -> dict[str, str]:
    """Return the columns of a board by stage."""
    return dict(re.findall(r'<section class="column" data-key="(\w+)"(.*?)</section>', html, re.DOTALL))


def titles(html: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'data-title="([^"]*)"', html)]


async def add(visitor: Visitor, name: str, **fields: str) -> int:
    """Add a lead by the form and return its number."""
    answer = await visitor.submit("/leads", {"name": name, **fields})
    assert answer.status_code == 303, answer.text
    found = re.match(r"/leads/(\d+)-", answer.headers["location"])
    assert found
    return int(found[1])


async def board(visitor: Visitor, **query: str) -> dict[str, list[str]]:
    """Return the names on the board by stage."""
    html = (await visitor.get(f"/leads?{urlencode(query)}")).text
    return {key: titles(column) for key, column in columns_of(html).items()}


async def test_an_empty_board_says_what_will_stand_there(maya: Visitor) -> None:
    page = await maya.get("/leads")
    assert page.status_code == 200
    assert "No leads yet" in page.text
    assert 'id="shown"' not in page.text
    assert '<a href="/leads"' in page.text or 'href="/leads" aria-current="page"' in page.text


async def test_a_card_says_how_it_stands(maya: Visitor, clock: SteeredClock, world: World) -> None:
    number = await add(
        maya, "Ines Moreau", email="ines@saltgrass.example", company="Saltgrass Swim", owner=world.tomas.id,
        lead_source="trade fair",
    )  # fmt: skip
    await add(maya, "Bo")
    clock.advance(3 * DAY + 60)
    columns = columns_of((await maya.get("/leads")).text)
    assert list(columns) == ["new", "contacted", "qualified", "proposal", "won", "lost"]
    assert titles(columns["new"]) == ["Bo", "Ines Moreau"]
    for words in ("Ines Moreau", "Saltgrass Swim", "trade fair", "Tomas", "3 days", f"/leads/{number}-ines-moreau"):
        assert words in columns["new"], words
    assert 'aria-label="No owner"' in columns["new"]
    assert 'aria-label="2 leads"' in columns["new"]
    assert 'data-asks="move"' in columns["lost"]
    assert 'data-asks="win"' in columns["won"]
    assert "data-stays" in columns["won"]


async def test_a_lead_is_added_with_all_that_is_known(maya: Visitor, world: World) -> None:
    form = await maya.get("/leads/new")
    assert re.search(r'<option value="1/new" selected>New</option>', form.text)
    assert "1/won" not in form.text
    assert "1/lost" not in form.text
    assert f'value="{world.maya.id}"' in form.text
    await add(maya, "Ines", place="1/qualified", lead_source="fair")
    assert (await board(maya))["qualified"] == ["Ines"]
    assert '<option value="fair"></option>' in (await maya.get("/leads/new")).text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "Fill this in."),
        ({"name": "X", "email": "no"}, "This is not an e-mail address."),
        ({"name": "X", "place": "1/nowhere"}, "has no such stage"),
        ({"name": "X", "place": "99/new"}, "No pipeline of this workspace has this id."),
        ({"name": "X", "place": "1/won"}, "A lead is won with"),
        ({"name": "X", "owner": "nobody"}, "teammate"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(maya: Visitor, fields: dict[str, str], problem: str) -> None:
    answer = await maya.submit("/leads", {"phone": "+33 1 99", **fields})
    assert answer.status_code == 422
    assert problem in answer.text
    assert "+33 1 99" in answer.text


async def test_who_came_last_stands_first_and_a_column_pages(maya: Visitor, clock: SteeredClock) -> None:
    for number in range(23):
        clock.advance(60)
        await add(maya, f"Lead {number}")
    html = (await maya.get("/leads")).text
    column = columns_of(html)["new"]
    assert titles(column) == [f"Lead {number}" for number in range(22, 2, -1)]
    assert 'aria-label="23 leads"' in column
    more = re.search(r'href="(/leads/column\?[^"]+)"', column)
    assert more
    path = unescape(more[1])
    part = await maya.get(path, fragment=True)
    assert "<html" not in part.text
    assert titles(part.text) == ["Lead 2", "Lead 1", "Lead 0"]
    assert "/leads/column" not in part.text
    whole = await maya.get(path)
    assert titles(whole.text) == titles(part.text)
    assert list(columns_of(whole.text)) == ["new"]
    assert len(titles((await maya.get("/leads?pages=2", fragment=True)).text)) == 23
    assert (await maya.get("/leads/column?stage=nowhere")).status_code == 400
    for odd in ("", "x", "9" * 30, "999999"):
        assert (await maya.get("/leads/column", stage="new", last=odd)).status_code == 200


async def test_filters_narrow_the_board_down(maya: Visitor, api: httpx.AsyncClient, world: World) -> None:
    await add(maya, "Ines Moreau", company="Saltgrass", email="ines@swim.example", owner=world.tomas.id)
    number = await add(maya, "Bo 100%", lead_source="fair")
    await maya.submit(f"/leads/{number}/move", {"to": "lost", "reason": "Too dear"})
    body_of(await api.patch("/leads/1", json={"assignees": [world.tomas.id]}))
    cases: list[tuple[dict[str, str], list[str]]] = [
        ({}, ["Bo 100%", "Ines Moreau"]),
        ({"assignee": world.tomas.id}, ["Ines Moreau"]),
        ({"q": "moreau"}, ["Ines Moreau"]),
        ({"q": "SALT ines"}, ["Ines Moreau"]),
        ({"q": "swim.ex"}, ["Ines Moreau"]),
        ({"q": "0%"}, ["Bo 100%"]),
        ({"q": "_\\"}, []),
        ({"owner": world.tomas.id}, ["Ines Moreau"]),
        ({"owner": "nobody"}, ["Bo 100%"]),
        ({"assignee": world.maya.id}, []),
        ({"source": "app"}, ["Bo 100%", "Ines Moreau"]),
        ({"source": "api"}, []),
        ({"lead_source": "fair"}, ["Bo 100%"]),
        ({"status": "open"}, ["Ines Moreau"]),
        ({"status": "lost"}, ["Bo 100%"]),
        ({"owner": "x\0y", "q": PROBE}, []),
    ]
    for query, expected in cases:
        page = await maya.get(f"/leads?{urlencode(query)}")
        assert page.status_code == 200, query
        assert sorted(titles(page.text)) == sorted(expected), query
        part = await maya.get(f"/leads?{urlencode(query)}", fragment=True)
        assert "<html" not in part.text
        assert sorted(titles(part.text)) == sorted(expected), query
        assert PROBE not in page.text
    assert list(await board(maya, status="lost")) == ["lost"]
    assert (await maya.get("/leads?pipeline=99")).status_code == 404
    assert (await maya.get("/leads?pipeline=x")).status_code == 404


async def test_the_list_has_orders_pages_and_filters(maya: Visitor, clock: SteeredClock) -> None:
    for number in range(52):
        clock.advance(60)
        await add(maya, f"Lead {number:02}", company="Even" if number % 2 == 0 else "Odd")
    await maya.submit("/leads/2/move", {"to": "qualified"})

    def rows(html: str) -> list[str]:
        return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)

    page = await maya.get("/leads?as=list")
    assert "52 leads" in page.text
    names = [f"Lead {number:02}" for number in range(52)]
    assert rows(page.text) == names[:1:-1]
    for sort, expected in (("-created", names[::-1]), ("created", names), ("name", names), ("-name", names[::-1])):
        first = await maya.get(f"/leads?as=list&sort={sort}", fragment=True)
        more = re.search(r'hx-get="(/leads\?[^"]*after=[^"]+)"', first.text)
        assert more
        rest = await maya.get(unescape(more[1]), fragment=True)
        assert rows(first.text) + rows(rest.text) == expected, sort
        assert rows((await maya.get(f"/leads?as=list&sort={sort}&pages=2", fragment=True)).text) == expected
    assert rows((await maya.get("/leads?as=list&stage=qualified")).text) == ["Lead 01"]
    assert len(rows((await maya.get("/leads?as=list&q=even")).text)) == 26
    assert "No lead is like that" in (await maya.get("/leads?as=list&q=nothing")).text
    assert (await maya.get("/leads?as=list&after=x")).status_code == 400


async def test_the_filters_own_request_becomes_the_address(maya: Visitor) -> None:
    headers = {"hx-request": "true", "hx-trigger": "filters"}
    answer = await maya.client.get("/leads?pipeline=1&q=a+b&owner=&status=open", headers=headers)
    assert answer.headers["hx-push-url"] == "/leads?q=a+b&status=open&pipeline=1"
    page = await maya.get("/leads?pipeline=1&q=a")
    assert 'name="pipeline" value="1"' in page.text or "No leads yet" in page.text


async def test_a_move_is_told_and_can_be_taken_back(maya: Visitor) -> None:
    number = await add(maya, "Ines")
    moved = await maya.submit(f"/leads/{number}/move", {"to": "qualified"}, fragment=True)
    assert moved.status_code == 204
    assert "Moved to Qualified" in moved.headers["hx-trigger"]
    found = re.search(r'"undo": "([^"]+)"', moved.headers["hx-trigger"])
    assert found
    assert (await board(maya))["qualified"] == ["Ines"]
    back = await maya.submit(found[1], fragment=True)
    assert back.status_code == 204
    assert "Back in New" in back.headers["hx-trigger"]
    assert (await board(maya))["new"] == ["Ines"]
    assert (await maya.submit(found[1])).status_code == 409


async def test_losing_one_asks_why_which_may_stay_empty(maya: Visitor) -> None:
    one, other = await add(maya, "Ines"), await add(maya, "Bo")
    form = await maya.get(f"/leads/{one}/move?to=lost", fragment=True)
    assert "<html" not in form.text
    assert 'name="reason"' in form.text
    assert (await maya.submit(f"/leads/{one}/move", {"to": "lost", "reason": "Too dear"})).status_code == 303
    assert (await maya.submit(f"/leads/{other}/move", {"to": "lost", "reason": ""})).status_code == 303
    column = columns_of((await maya.get("/leads")).text)["lost"]
    assert sorted(titles(column)) == ["Bo", "Ines"]
    assert column.count("Too dear") == 1
    refused = await maya.submit(f"/leads/{one}/move", {"to": "new", "reason": "x" * 1001})
    assert refused.status_code == 422
    assert "At most 1000 characters." in refused.text
    for to in ("won", "nowhere", ""):
        assert (await maya.get(f"/leads/{one}/move", to=to or "x")).status_code == 404
        assert (await maya.submit(f"/leads/{one}/move", {"to": to})).status_code == 404
    assert (await maya.get(f"/leads/{one}/move")).headers["location"] == f"/leads/{one}/stage"
    for path in ("/leads/999/stage", "/leads/999/move?to=lost", "/leads/x/stage"):
        assert (await maya.get(path)).status_code == 404


async def test_the_stages_to_move_to_without_a_script(maya: Visitor) -> None:
    number = await add(maya, "Ines", place="1/contacted")
    page = await maya.get(f"/leads/{number}/stage")
    assert re.findall(r'name="to" value="(\w+)"', page.text) == ["new", "qualified", "proposal"]
    assert f'href="/leads/{number}/move?to=lost"' in page.text
    assert f'href="/leads/{number}/win"' in page.text
    assert "where it is" in page.text
    shown = (await maya.get(f"/leads/{number}/stage", fragment=True)).text
    assert "<html" not in shown


async def test_a_deleted_lead_comes_back(maya: Visitor) -> None:
    number = await add(maya, "Ines")
    gone = await maya.submit(f"/leads/{number}/delete")
    assert gone.headers["location"] == "/leads"
    assert titles((await maya.get("/leads")).text) == []
    assert (await maya.submit(f"/leads/{number}/restore")).status_code == 303
    assert (await board(maya))["new"] == ["Ines"]


async def test_archived_ones_are_shown_when_asked_for(maya: Visitor, api: httpx.AsyncClient, world: World) -> None:
    number = await add(maya, "Ines")
    await add(maya, "Bo")
    body_of(await api.patch(f"/leads/{number}", json={"archived": True, "assignees": [world.tomas.id]}))
    assert (await board(maya))["new"] == ["Bo"]
    archived = await board(maya, status="archived")
    assert [*archived] == ["new", "contacted", "qualified", "proposal", "won", "lost"]
    assert archived["new"] == ["Ines"]
    assert (await board(maya, status="archived", assignee=world.tomas.id))["new"] == ["Ines"]
    listed = (await maya.get("/leads?as=list&status=archived")).text
    assert "1 lead<" in listed
    assert ">Ines</a>" in listed


async def test_views_are_kept(maya: Visitor) -> None:
    await add(maya, "Ines")
    made = await maya.submit("/leads/views", {"name": "Mine", "query": "owner=nobody&as=board&q="})
    assert re.fullmatch(r"/leads\?view=\w+", made.headers["location"])
    page = await maya.get(made.headers["location"])
    assert ">Mine</span>" in page.text


async def test_nothing_that_somebody_wrote_is_markup(maya: Visitor) -> None:
    number = await add(maya, PROBE, company=PROBE, lead_source=PROBE)
    await maya.submit(f"/leads/{number}/move", {"to": "lost", "reason": PROBE})
    for path in ("/leads", f"/leads/{number}/stage", f"/leads/{number}/move?to=new", "/leads/new"):
        page = await maya.get(path)
        assert page.status_code == 200
        assert PROBE not in page.text
        assert not re.search(r"<script>|<img|<style|\sstyle=", page.text)


async def test_what_is_no_view_is_not_found(maya: Visitor) -> None:
    for nonsense in ("%00", "1", "nobody"):
        assert (await maya.get(f"/leads?view={nonsense}")).status_code == 404
