"""The onboardings as a list: orders, filters, pages, file, edits of many, and views of any layout."""

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task, events
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PROBE = "<script>x</script>\"'<img src=x onerror=y>"
PATH = "/onboardings/bulk"
_ROW = re.compile(r'<th scope="row"><a href="(/onboardings/\d+-[^"]+)">([^<]*)</a>')


def listed(**query: str) -> str:
    return f"/onboardings?{urlencode({'as': 'list', **query})}"


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [unescape(name) for _, name in _ROW.findall(response.text)]


@pytest.fixture
async def three(api: httpx.AsyncClient, world: World, clock: SteeredClock) -> list[Json]:
    """Late, Done and Undated, made in this order."""
    customer = await create_customer(api, name="Aurora")
    made = []
    for fields in (
        {"name": "Late", "target_launch_date": "2026-03-05T00:00:00Z", "csm_id": world.tomas.id, "phase": "review"},
        {"name": "Done", "phase": "completed", "target_launch_date": "2026-02-05T00:00:00Z"},
        {"name": "Undated", "tags": ["eu"], "state": "paused"},
    ):
        clock.advance(60)
        made.append(await create_onboarding(api, customer["id"], **fields))
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Late", "Undated", "Done"]),
        ({"sort": "-launch"}, ["Done", "Undated", "Late"]),
        ({"sort": "name"}, ["Done", "Late", "Undated"]),
        ({"sort": "-created"}, ["Undated", "Done", "Late"]),
        ({"sort": "nonsense"}, ["Late", "Undated", "Done"]),
        ({"phase": "open"}, ["Late", "Undated"]),
        ({"phase": "review"}, ["Late"]),
        ({"state": "paused"}, ["Undated"]),
        ({"tag": "eu"}, ["Undated"]),
        ({"owner": "nobody", "phase": "open"}, ["Undated"]),
        ({"q": "aur", "sort": "-name"}, ["Undated", "Late", "Done"]),
        ({"q": PROBE}, []),
    ],
)
@pytest.mark.usefixtures("three")
async def test_orders_and_filters(maya: Visitor, query: dict[str, Any], expected: list[str]) -> None:
    page = await maya.get(listed(**query))
    assert names(page) == expected
    assert PROBE not in page.text
    part = await maya.get(listed(**query), fragment=True)
    assert "<html" not in part.text
    assert names(part) == expected


async def test_a_row_says_how_it_stands(
    maya: Visitor, api: httpx.AsyncClient, three: list[Json], clock: SteeredClock
) -> None:
    late = three[0]["id"]
    task = await create_task(api, late, title="Kick-off")
    body_of(await api.post(f"/tasks/{task['id']}/complete", json={}))
    await create_task(api, late, title="Design")
    shift = {"target_launch_date": "2026-03-08T00:00:00Z", "reason": "A holiday"}
    body_of(await api.patch(f"/onboardings/{late}", json=shift))
    clock.advance(20 * 86_400)
    html = (await maya.get("/onboardings?as=list")).text
    row = re.search(r"<tr data-item [^>]*>.*?Late</a>.*?</tr>", html, re.DOTALL)
    assert row
    for words in ("Aurora", "Review", "Tomas", "3 days late", "tone risk", "day 21 of 7", 'value="1" max="2"'):
        assert words in row.group(0)
    assert "3 onboardings" in html
    assert "Completed" in html


@pytest.mark.parametrize("sort", ["launch", "-launch", "name", "-name", "created", "-created", "updated", "-updated"])
async def test_pages_follow_each_other_without_a_gap(
    maya: Visitor, connection: "Connection", three: list[Json], sort: str
) -> None:
    await connection.execute(
        """INSERT INTO onboardings (workspace_id, id, display_id, customer_id, name, phase, state, started_at,
            reminder_email, reminder_slack, reminder_frequency_days, phase_entered_at, created_at, updated_at,
            target_launch_date, completed_at)
        SELECT workspace_id, 'o' || n, 1000 + n, customer_id, 'Same ' || n / 40, phase, state, started_at, false,
            false, 1, phase_entered_at, created_at + n * interval '1.001 second', updated_at + n / 10 * interval '1 s',
            CASE WHEN n % 3 > 0 THEN target_launch_date + n / 30 * interval '1 day' END,
            CASE WHEN n % 5 = 0 THEN created_at END
        FROM onboardings, generate_series(1, 117) n WHERE id = $1""",
        three[0]["id"],
    )
    seen = await maya.get(listed(sort=sort))
    assert "120 onboardings" in seen.text
    found = _ROW.findall(seen.text)
    again = await maya.get(listed(sort=sort, pages="2"), fragment=True)
    assert len(_ROW.findall(again.text)) == 100
    while more := re.search(r'hx-get="([^"]+after=[^"]+)"', seen.text):
        query: dict[str, Any] = dict(parse_qsl(urlsplit(unescape(more.group(1))).query))
        seen = await maya.get("/onboardings", fragment=True, **query)
        assert "<table" not in seen.text
        found += _ROW.findall(seen.text)
    assert len(found) == 120
    assert len({href for href, _ in found}) == 120


@pytest.mark.usefixtures("three")
async def test_a_place_that_is_none_is_refused(maya: Visitor) -> None:
    for after in ("x", "2026-13-01", "9" * 400):
        assert (await maya.get(listed(after=after))).status_code == 400
    assert names(await maya.get(listed(after="infinity", after_id="z"))) == []


@pytest.mark.usefixtures("three")
async def test_the_file_is_the_list(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name="=HYPERLINK(1)")
    await create_onboarding(api, customer["id"], name="Rollout", phase="review")
    file = await maya.get("/onboardings.csv", phase="open", sort="name")
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["Title"] for row in rows] == ["Late", "Rollout", "Undated"]
    assert [row["Customer"] for row in rows] == ["Aurora", "'=HYPERLINK(1)", "Aurora"]
    assert (rows[0]["Target launch"], rows[0]["Owner"]) == ("2026-03-05", "tomas@northwind.example")


def ids(rows: list[Json]) -> list[str]:
    return [row["id"] for row in rows]


async def shown(api: httpx.AsyncClient, rows: list[Json], field: str) -> list[Any]:
    return [body_of(await api.get(f"/onboardings/{row['id']}"))[field] for row in rows]


async def undo_of(visitor: Visitor) -> str:
    found = re.search(r'action="(/onboardings/bulk/[^"]+/undo)"', (await visitor.get("/onboardings")).text)
    assert found
    return found.group(1)


# What is done, and the field that it changes, before and after.
EDITS: list[tuple[Json, str, list[Any], list[Any]]] = [
    ({"action": "owner", "owner": "tomas"}, "csm_id", ["tomas", None], ["tomas", "tomas"]),
    ({"action": "state", "state": "blocked", "reason": "Why"}, "state", ["active", "paused"], ["blocked", "blocked"]),
    (
        {"action": "phase", "phase": "program_design", "reason": "Anew"},
        "phase",
        ["review", "before_getting_started"],
        ["program_design", "program_design"],
    ),
]


@pytest.mark.parametrize("case", EDITS, ids=["owner", "state", "phase"])
async def test_many_are_edited_seen_and_undone(
    maya: Visitor, api: httpx.AsyncClient, world: World, three: list[Json], case: tuple[Any, ...]
) -> None:
    rows, people = [three[0], three[2]], {"tomas": world.tomas.id}
    fields, field = {name: people.get(value, value) for name, value in case[0].items()}, case[1]
    before, after = ([people.get(one, one) for one in values] for values in case[2:])
    changing = sum(one != other for one, other in zip(before, after, strict=True))
    assert "What to do" in (await maya.submit(PATH, {"ids": ids(rows)})).text
    body = {"ids": ids(rows), "back": "/onboardings?as=list", **fields}
    preview = await maya.submit(PATH, body)
    assert preview.status_code == 200, preview.text
    assert f"{changing} onboarding{'s' if changing > 1 else ''} will change" in preview.text
    assert await shown(api, rows, field) == before
    done = await maya.submit(PATH, {**body, "seen": "true"})
    assert done.headers["location"] == "/onboardings?as=list"
    assert await shown(api, rows, field) == after
    told = len(await events(api, f"onboarding.{field}_changed"))
    assert told == (0 if field == "csm_id" else changing)  # a change of people has no event
    await maya.submit(await undo_of(maya))
    assert await shown(api, rows, field) == before


async def test_what_was_changed_since_stays(maya: Visitor, api: httpx.AsyncClient, three: list[Json]) -> None:
    rows = [three[0], three[2]]
    body = {"ids": ids(rows), "action": "state", "state": "waiting", "seen": "true"}
    await maya.submit(PATH, body)
    undo = await undo_of(maya)
    await api.patch(f"/onboardings/{rows[0]['id']}", json={"state": "blocked"})
    await maya.submit(undo)
    assert await shown(api, rows, "state") == ["blocked", "paused"]
    assert "1 had been changed since and stay" in (await maya.get("/onboardings")).text


async def test_an_edit_that_cannot_be_is_refused_beside_its_field(
    maya: Visitor, tomas: Visitor, api: httpx.AsyncClient, world: World, three: list[Json]
) -> None:
    rows = ids([three[0], three[2]])
    for fields, told in (
        ({"ids": []}, "Choose 1 to 100 onboardings"),
        ({"ids": ["x"] * 101}, "Choose 1 to 100 onboardings"),
        ({"ids": rows, "action": "state", "state": "blocked"}, "Say why"),
        ({"ids": rows, "action": "state", "state": "gone"}, "Choose one of these."),
        ({"ids": rows, "action": "phase"}, "Choose one of these."),
        ({"ids": rows, "action": "phase", "phase": "nowhere"}, "phase-note"),
        ({"ids": rows, "action": "phase", "phase": "launch"}, "Late goes back, or over phases: say why"),
        ({"ids": rows, "action": "owner", "owner": world.fabian.id}, "No teammate of this workspace has this id."),
        ({"ids": [*rows, "nobody"], "action": "owner", "owner": ""}, 'role="alert"'),
    ):  # fmt: skip
        answer = await maya.submit(PATH, {**fields, "seen": "true"})
        assert answer.status_code == 422, fields
        assert told in answer.text, fields
    skip = {"ids": rows, "action": "phase", "phase": "launch", "reason": "Now", "seen": "true"}
    refused = await tomas.submit(PATH, skip)
    assert refused.status_code == 422
    assert "Only admins" in refused.text
    assert await shown(api, three, "phase") == ["review", "completed", "before_getting_started"]
    for name in ("1-x", "x-y", "\u0663-y", "9" * 30 + "-x"):
        assert (await maya.submit(f"/onboardings/bulk/{name}/undo")).status_code == 404


@pytest.mark.usefixtures("three")
async def test_a_view_keeps_the_layout_and_the_layouts_keep_the_filters(maya: Visitor) -> None:
    board = await maya.get("/onboardings", state="paused")
    links = [unescape(link) for link in re.findall(r'<a href="(/onboardings[^"]*)" data-tip=', board.text)]
    assert "/onboardings?state=paused&as=list" in links
    answer = await maya.submit("/onboardings/views", {"name": "Paused", "query": "state=paused&as=list&sort=launch"})
    place = answer.headers["location"]
    page = await maya.get(place)
    assert names(page) == ["Undated"]
    assert "Save as a new view" not in page.text
    back = re.search(r'<a href="([^"]+)" data-tip="Board"', page.text)
    assert back
    other = await maya.get(unescape(back.group(1)))
    assert 'data-title="Undated"' in other.text
    assert "Save as a new view" in other.text
    cleared = re.search(r'<a class="button ghost small" href="([^"]+)">Clear</a>', page.text)
    assert cleared
    assert len(names(await maya.get(unescape(cleared.group(1))))) == 3


@pytest.mark.usefixtures("three")
async def test_a_change_of_the_filters_brings_what_depends_on_them(maya: Visitor) -> None:
    headers = {"hx-request": "true", "hx-trigger": "filters"}
    answer = await maya.client.get("/onboardings?as=list&q=late&state=", headers=headers)
    assert answer.headers["hx-push-url"] == "/onboardings?q=late&as=list"
    assert 'id="board-tools" hx-swap-oob="true"' in answer.text
    assert "board-tools" not in (await maya.get("/onboardings?as=list&q=late", fragment=True)).text


async def test_nothing_that_somebody_wrote_is_markup(maya: Visitor, api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, name=PROBE)
    made = await create_onboarding(api, customer["id"], name=PROBE, tags=[PROBE])
    await maya.submit("/onboardings/views", {"name": PROBE[:60], "query": f"q={PROBE}"})
    pages = [await maya.get("/onboardings?as=list"), await maya.get(listed(q=PROBE))]
    pages.append(await maya.submit(PATH, {"ids": made["id"], "reason": PROBE}))
    for page in pages:
        assert page.status_code == 200
        assert PROBE[:20] not in page.text
        assert not re.search(r"<script>|<img|<style|\sstyle=", page.text)
