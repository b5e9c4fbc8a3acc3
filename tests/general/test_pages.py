"""General settings: the name, and the calendar with what a change to it means before it is made."""

import re
from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.general.days import read_days, write_days
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, create_onboarding, create_task
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/general"
PROBE = '"><script>alert(1)</script>'
PLAIN: Json = {"time_zone": "UTC", "working_weekdays": ["1", "2", "3", "4", "5"], "holidays_country": "", "seen": ""}


async def stored(api: httpx.AsyncClient) -> Json:
    return body_of(await api.get("/calendar"))


async def name_of(connection: "Connection", world: World) -> str:
    return str(await connection.fetchval("SELECT name FROM workspaces WHERE id = $1", world.northwind.id))


async def entries(connection: "Connection", type_: str) -> list[tuple[str, str]]:
    sql = "SELECT actor_name, summary FROM activity WHERE type = $1 ORDER BY created_at"
    return [(row["actor_name"], row["summary"]) for row in await connection.fetch(sql, type_)]


async def queued(connection: "Connection") -> int:
    return int(await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'replan'"))


async def planned_task(api: httpx.AsyncClient, customer: Json) -> None:
    onboarding = await create_onboarding(api, customer["id"], target_launch_date="2026-06-01T00:00:00Z")
    await create_task(api, onboarding["id"], title="Data", due={"type": "launch", "days": -5})


async def test_settings_lead_admins_to_it_and_members_to_their_own(maya: Visitor, tomas: Visitor) -> None:
    assert (await maya.get("/settings")).headers["location"] == PATH
    assert (await tomas.get("/settings")).headers["location"] == "/settings/profile"
    assert 'href="/settings/general"' not in (await tomas.get("/settings/profile")).text


async def test_the_workspace_is_renamed_and_named_back(maya: Visitor, connection: "Connection", world: World) -> None:
    answer = await maya.submit(f"{PATH}/name", {"name": f"North {PROBE}", "was": "Northwind"})
    assert answer.headers["location"] == PATH
    assert await name_of(connection, world) == f"North {PROBE}"
    page = await maya.get(PATH)
    assert PROBE not in page.text
    undo = re.search(r'action="(/settings/general/name\?[^"]+)"', page.text)
    assert undo
    await maya.submit(undo.group(1).replace("&amp;", "&"))
    assert await name_of(connection, world) == "Northwind"
    assert await entries(connection, "workspace.renamed") == [
        ("Maya", f"Renamed the workspace to North {PROBE}"),
        ("Maya", "Renamed the workspace to Northwind"),
    ]


async def test_the_same_name_leaves_no_trace(maya: Visitor, connection: "Connection") -> None:
    await maya.submit(f"{PATH}/name", {"name": "Northwind", "was": "Northwind"})
    assert await entries(connection, "workspace.renamed") == []


@pytest.mark.parametrize(("name", "words"), [("", "Fill this in."), (" ", "Fill this in."), ("x" * 256, "At most 255")])
async def test_what_is_no_name_is_told_beside_the_field(
    maya: Visitor, connection: "Connection", world: World, name: str, words: str
) -> None:
    answer = await maya.submit(f"{PATH}/name", {"name": name, "was": "Northwind"})
    assert answer.status_code == 422
    assert words in answer.text
    assert await name_of(connection, world) == "Northwind"


async def test_two_who_rename_see_both_names(maya: Visitor, connection: "Connection", world: World) -> None:
    await maya.submit(f"{PATH}/name", {"name": "Nordwind", "was": "Northwind"})
    answer = await maya.submit(f"{PATH}/name", {"name": "Southwind", "was": "Northwind"})
    assert answer.status_code == 409
    assert "Maya changed this to <strong>Nordwind</strong> meanwhile" in answer.text
    assert "Keep Southwind" in answer.text
    assert await name_of(connection, world) == "Nordwind"
    await maya.submit(f"{PATH}/name", {"name": "Southwind", "was": "Nordwind"})
    assert await name_of(connection, world) == "Southwind"


async def test_the_calendar_is_saved_as_chosen(maya: Visitor, api: httpx.AsyncClient, connection: "Connection") -> None:
    fields = {
        **PLAIN,
        "time_zone": "Europe/Berlin",
        "working_weekdays": ["1", "2", "3", "4"],
        "holidays_country": "DE",
        "holidays_subdivision": "BY",
        "extra_days_off": "2026-12-24\r\n2026-12-28 to 2026-12-30",
        "extra_working_days": "2026-12-26",
    }
    assert (await maya.submit(f"{PATH}/calendar", fields)).headers["location"] == PATH
    calendar = await stored(api)
    assert {name: calendar[name] for name in ("time_zone", "holidays_country", "holidays_subdivision")} == {
        "time_zone": "Europe/Berlin",
        "holidays_country": "DE",
        "holidays_subdivision": "BY",
    }
    assert calendar["working_weekdays"] == [1, 2, 3, 4]
    assert calendar["extra_days_off"] == ["2026-12-24", "2026-12-28", "2026-12-29", "2026-12-30"]
    assert calendar["extra_working_days"] == ["2026-12-26"]
    words = "time zone, weekdays, holidays, region of the holidays, days off, working days"
    assert await entries(connection, "calendar.updated") == [("Maya", f"Changed the working calendar: {words}")]
    assert await queued(connection) == 1
    page = (await maya.get(PATH)).text
    assert "2026-12-28 to 2026-12-30" in page
    assert re.search(r'<option value="BY"[^>]* selected>', page)
    assert "Easter Monday" in page


async def test_what_did_not_change_moves_nothing(maya: Visitor, connection: "Connection") -> None:
    await maya.submit(f"{PATH}/calendar", PLAIN)
    assert await queued(connection) == 0
    assert await entries(connection, "calendar.updated") == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"time_zone": "Europe/Munich"}, "There is no such time zone."),
        ({"time_zone": ""}, "Fill this in."),
        ({"working_weekdays": []}, "Choose at least one day."),
        ({"working_weekdays": ["8"]}, "7"),
        ({"working_weekdays": ["Monday"]}, "A whole number"),
        ({"holidays_country": "XX"}, "The holidays of no such country are known."),
        ({"extra_days_off": f"2026-12-24\n{PROBE}"}, "is not a date. Write it like 2026-12-24."),
        ({"extra_days_off": "2026-02-30"}, "“2026-02-30” is not a date."),
        ({"extra_days_off": "2026-12-30 to 2026-12-24"}, "has to end after it begins"),
        ({"extra_days_off": "2026-01-01 to 2026-12-31\n2027-01-01 to 2027-01-31"}, "At most 366 of them."),
        ({"extra_days_off": "1950-01-01"}, "1990-01-01 or later"),
        ({"extra_days_off": "2026-12-24", "extra_working_days": "2026-12-24"}, "is both an extra day off"),
    ],
)
async def test_what_cannot_be_is_told_and_kept_as_typed(
    maya: Visitor, api: httpx.AsyncClient, fields: Json, words: str
) -> None:
    before = await stored(api)
    for path in (f"{PATH}/calendar", f"{PATH}/calendar/preview"):
        answer = await maya.submit(path, {**PLAIN, **fields})
        assert answer.status_code == 422
        assert words in answer.text
        assert PROBE not in answer.text
        fragment = await maya.submit(f"{PATH}/calendar/preview", {**PLAIN, **fields}, fragment=True)
        assert fragment.status_code == 422
        assert words in fragment.text
    assert await stored(api) == before


async def test_a_region_goes_with_its_country(maya: Visitor, api: httpx.AsyncClient) -> None:
    await maya.submit(f"{PATH}/calendar", {**PLAIN, "holidays_country": "FR", "holidays_subdivision": "BY"})
    assert (await stored(api))["holidays_subdivision"] is None


async def test_a_preview_tells_what_would_move_and_changes_nothing(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection"
) -> None:
    await planned_task(api, await create_customer(api, name="Aurora"))
    apart = await create_customer(api, name="Borealis")
    await planned_task(api, apart)
    body_of(await api.patch(f"/customers/{apart['id']}/calendar", json={"time_zone": "Asia/Tokyo"}))
    await connection.execute("DELETE FROM pgqueuer")
    chosen = {**PLAIN, "holidays_country": "DE", "extra_days_off": "2026-03-04"}
    fragment = await maya.submit(f"{PATH}/calendar/preview", chosen, fragment=True)
    assert fragment.status_code == 200
    assert "Good Friday" in fragment.text
    assert "Wed 4 Mar 2026" in fragment.text
    assert "plans 1 open task in 1 onboarding anew" in fragment.text
    assert "1 customer with a calendar of its own is left alone" in fragment.text
    assert "Bavaria" in fragment.text or "Bayern" in fragment.text
    whole = await maya.submit(f"{PATH}/calendar/preview", chosen)
    assert "<h1>General</h1>" in whole.text
    assert "2026-03-04</textarea>" in whole.text
    assert (await stored(api))["holidays_country"] is None
    assert await queued(connection) == 0


async def test_a_preview_of_the_same_says_nothing_of_tasks(maya: Visitor) -> None:
    fragment = await maya.submit(f"{PATH}/calendar/preview", PLAIN, fragment=True)
    assert "open task" not in fragment.text
    assert "None in the year ahead" in fragment.text


async def test_a_calendar_that_changed_meanwhile_is_shown_beside_ones_own(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    clock.advance(60)
    body_of(await api.patch("/calendar", json={"time_zone": "Asia/Tokyo", "holidays_country": "JP"}))
    mine = {**PLAIN, "time_zone": "Europe/Berlin", "extra_days_off": "2026-12-24"}
    answer = await maya.submit(f"{PATH}/calendar", mine)
    assert answer.status_code == 409
    assert "API: northwind-live changed the calendar since" in answer.text
    assert "Time zone Asia/Tokyo" in answer.text
    assert "Holidays of Japan" in answer.text
    assert "2026-12-24</textarea>" in answer.text
    assert (await stored(api))["time_zone"] == "Asia/Tokyo"
    seen = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert seen
    await maya.submit(f"{PATH}/calendar", {**mine, "seen": seen.group(1)})
    assert (await stored(api))["time_zone"] == "Europe/Berlin"


async def test_members_do_not_change_the_calendar(tomas: Visitor, api: httpx.AsyncClient) -> None:
    for path in (f"{PATH}/name", f"{PATH}/calendar", f"{PATH}/calendar/preview"):
        assert (await tomas.submit(path, {**PLAIN, "name": "Mine", "time_zone": "Asia/Tokyo"})).status_code == 403
    assert (await stored(api))["time_zone"] == "UTC"


def test_days_are_read_as_they_are_written() -> None:
    days = [date(2026, 12, 24), date(2026, 12, 28), date(2026, 12, 29), date(2027, 1, 1)]
    assert write_days(days) == "2026-12-24\n2026-12-28 to 2026-12-29\n2027-01-01"
    assert read_days(write_days(days)) == [str(day) for day in days]
    assert read_days("") == read_days(" \n , ") == []
    assert write_days([]) == ""
    assert read_days("2026-12-24..2026-12-25; 2026-12-31") == ["2026-12-24", "2026-12-25", "2026-12-31"]
