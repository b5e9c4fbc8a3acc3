"""The workspace's calendar and those of customers that differ: read, changed, inherited, told of."""

import asyncio
from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.calendars.queries import working_days_of
from tests.harness import NewKeyOf, World
from tests.support import Json, SteeredClock, body_of, create_customer, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from tests.harness import ClientOf

DEFAULT = {
    "object": "calendar",
    "customer_id": None,
    "inherited": False,
    "time_zone": "UTC",
    "working_weekdays": [1, 2, 3, 4, 5],
    "holidays_country": None,
    "holidays_subdivision": None,
    "extra_days_off": [],
    "extra_working_days": [],
    "created_at": None,
    "updated_at": None,
}
BAVARIA = {"time_zone": "Europe/Berlin", "holidays_country": "DE", "holidays_subdivision": "BY"}


async def patch(api: httpx.AsyncClient, path: str, **fields: object) -> Json:
    answer: Json = body_of(await api.patch(path, json=fields))
    return answer


async def entries(connection: "Connection") -> list[tuple[str, str, str | None]]:
    sql = "SELECT type, summary, customer_id FROM activity WHERE subject_type = 'calendar' ORDER BY created_at"
    return [(row["type"], row["summary"], row["customer_id"]) for row in await connection.fetch(sql)]


async def test_a_new_workspace_works_from_monday_to_friday(api: httpx.AsyncClient) -> None:
    assert body_of(await api.get("/calendar")) == DEFAULT


async def test_a_patch_changes_what_it_names(
    api: httpx.AsyncClient, clock: SteeredClock, connection: "Connection"
) -> None:
    first = await patch(api, "/calendar", **BAVARIA, extra_days_off=["2026-12-31", "2026-12-24", "2026-12-31"])
    assert first == DEFAULT | BAVARIA | {
        "extra_days_off": ["2026-12-24", "2026-12-31"],
        "created_at": "2026-03-02T09:00:00.123Z",
        "updated_at": "2026-03-02T09:00:00.123Z",
    }
    clock.advance(60)
    second = await patch(api, "/calendar", working_weekdays=[7, 1.0, 2, 2], extra_working_days=["2026-12-26"])
    assert second == first | {
        "working_weekdays": [1, 2, 7],
        "extra_working_days": ["2026-12-26"],
        "updated_at": "2026-03-02T09:01:00.123Z",
    }
    assert body_of(await api.get("/calendar")) == second
    words = "time zone, holidays, region of the holidays, days off"
    assert await entries(connection) == [
        ("calendar.updated", f"Changed the working calendar: {words}", None),
        ("calendar.updated", "Changed the working calendar: weekdays, working days", None),
    ]
    data = await connection.fetchval(
        "SELECT data->'changes'->>'working_weekdays' FROM activity ORDER BY id DESC LIMIT 1"
    )
    assert data == "[[1,2,3,4,5],[1,2,7]]"


async def test_a_patch_that_changes_nothing_leaves_no_trace(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    await patch(api, "/calendar", **{name: DEFAULT[name] for name in ("time_zone", "working_weekdays")})
    await patch(api, "/calendar")
    assert body_of(await api.get("/calendar")) == DEFAULT
    told = await patch(api, "/calendar", **BAVARIA)
    clock.advance(60)
    assert await patch(api, "/calendar", **BAVARIA, working_weekdays=[5, 4, 3, 2, 1]) == told
    assert len(await entries(connection)) == 1


async def test_another_country_clears_the_subdivision(api: httpx.AsyncClient) -> None:
    await patch(api, "/calendar", **BAVARIA)
    again = await patch(api, "/calendar", holidays_country="DE")
    assert again["holidays_subdivision"] == "BY"
    other = await patch(api, "/calendar", holidays_country="US")
    assert (other["holidays_country"], other["holidays_subdivision"]) == ("US", None)
    both = await patch(api, "/calendar", holidays_country="GB", holidays_subdivision="SCT")
    assert (both["holidays_country"], both["holidays_subdivision"]) == ("GB", "SCT")
    none = await patch(api, "/calendar", holidays_country=None)
    assert (none["holidays_country"], none["holidays_subdivision"]) == (None, None)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"time_zone": "Europe/Munich"}, "invalid_field", "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "invalid_field", "time_zone"),
        ({"time_zone": None}, "invalid_type", "time_zone"),
        ({"time_zone": "x" * 65}, "too_big", "time_zone"),
        ({"working_weekdays": []}, "too_small", "working_weekdays"),
        ({"working_weekdays": [0]}, "too_small", "working_weekdays.0"),
        ({"working_weekdays": [1, 8]}, "too_big", "working_weekdays.1"),
        ({"working_weekdays": ["1"]}, "invalid_type", "working_weekdays.0"),
        ({"holidays_country": "XX"}, "invalid_field", "holidays_country"),
        ({"holidays_country": "de"}, "invalid_field", "holidays_country"),
        ({"holidays_country": "XX", "holidays_subdivision": "BY"}, "invalid_field", "holidays_country"),
        ({"holidays_country": "DE", "holidays_subdivision": "CA"}, "invalid_field", "holidays_subdivision"),
        ({"holidays_subdivision": "BY"}, "invalid_field", "holidays_subdivision"),
        ({"holidays_country": None, "holidays_subdivision": "BY"}, "invalid_field", "holidays_subdivision"),
        ({"extra_days_off": ["2026-02-29"]}, "invalid_string", "extra_days_off.0"),
        ({"extra_days_off": ["20261224"]}, "invalid_string", "extra_days_off.0"),
        ({"extra_days_off": ["2026-12-24T00:00:00Z"]}, "invalid_string", "extra_days_off.0"),
        ({"extra_days_off": [20261224]}, "invalid_type", "extra_days_off.0"),
        ({"extra_days_off": None}, "invalid_type", "extra_days_off"),
        ({"extra_days_off": ["2026-12-24"] * 367}, "too_big", "extra_days_off"),
        ({"extra_days_off": ["2101-01-01"]}, "too_big", "extra_days_off.0"),
        ({"extra_working_days": ["1989-12-31"]}, "too_small", "extra_working_days.0"),
        (
            {"extra_days_off": ["2026-12-24"], "extra_working_days": ["2026-12-24"]},
            "invalid_field",
            "extra_working_days",
        ),
    ],
)
async def test_what_makes_no_sense_is_refused(api: httpx.AsyncClient, fields: Json, code: str, field: str) -> None:
    customer = await create_customer(api)
    for path in ("/calendar", f"/customers/{customer['id']}/calendar"):
        error = error_of(await api.patch(path, json=fields), 400)
        assert (error["code"], error["field"]) == (code, field)
    assert body_of(await api.get("/calendar")) == DEFAULT


async def test_a_day_off_cannot_become_a_working_day_unnoticed(api: httpx.AsyncClient) -> None:
    await patch(api, "/calendar", extra_working_days=["2026-12-24"])
    error = error_of(await api.patch("/calendar", json={"extra_days_off": ["2026-12-24"]}), 400)
    assert error["field"] == "extra_days_off"
    assert "2026-12-24 is both" in error["message"]
    moved = await patch(api, "/calendar", extra_days_off=["2026-12-24"], extra_working_days=[])
    assert (moved["extra_days_off"], moved["extra_working_days"]) == (["2026-12-24"], [])


async def test_changes_at_once_are_all_kept(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    for path in ("/calendar", f"/customers/{customer['id']}/calendar"):
        fields: list[Json] = [{"time_zone": "Asia/Tokyo"}, {"holidays_country": "JP"}, {"working_weekdays": [2, 3]}]
        await asyncio.gather(*(patch(api, path, **one) for one in fields))
        calendar = body_of(await api.get(path))
        assert [{name: calendar[name] for name in one} for one in fields] == fields


async def test_a_customer_inherits_until_it_differs(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    customer = await create_customer(api)
    path = f"/customers/{customer['display_id']}/calendar"
    theirs = {"customer_id": customer["id"], "inherited": True}
    assert body_of(await api.get(path)) == DEFAULT | theirs
    workspace = await patch(api, "/calendar", **BAVARIA)
    assert body_of(await api.get(path)) == workspace | theirs
    assert await patch(api, path) == workspace | theirs
    clock.advance(60)
    own = await patch(api, path, time_zone="Asia/Tokyo", holidays_country="JP")
    assert own == workspace | {
        "customer_id": customer["id"],
        "time_zone": "Asia/Tokyo",
        "holidays_country": "JP",
        "holidays_subdivision": None,
        "created_at": "2026-03-02T09:01:00.123Z",
        "updated_at": "2026-03-02T09:01:00.123Z",
    }
    await patch(api, "/calendar", extra_days_off=["2026-12-24"])
    assert body_of(await api.get(path)) == own
    assert (await patch(api, path, holidays_country=None))["holidays_country"] is None
    changed = body_of(await api.get("/calendar"))
    for _ in range(2):
        assert body_of(await api.delete(path)) == changed | theirs
    assert body_of(await api.get(path)) == changed | theirs
    told = [entry for entry in await entries(connection) if entry[2] == customer["id"]]
    assert told == [
        ("calendar.created", "Gave the customer a working calendar of its own", customer["id"]),
        ("calendar.updated", "Changed the customer's working calendar: holidays", customer["id"]),
        ("calendar.deleted", "Went back to the workspace's working calendar", customer["id"]),
    ]
    timeline = body_of(await api.get(f"/customers/{customer['id']}/timeline"))["data"]
    assert [entry["type"] for entry in timeline][:3] == ["calendar.deleted", "calendar.updated", "calendar.created"]


async def test_a_calendar_of_its_own_may_say_the_same(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    path = f"/customers/{customer['id']}/calendar"
    own = await patch(api, path, working_weekdays=[1, 2, 3, 4, 5])
    assert own["inherited"] is False
    await patch(api, "/calendar", working_weekdays=[7, 1, 2, 3, 4])
    assert body_of(await api.get(path)) == own


async def test_a_deleted_customer_has_no_calendar(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    path = f"/customers/{customer['id']}/calendar"
    await patch(api, path, time_zone="Asia/Tokyo")
    body_of(await api.delete(f"/customers/{customer['id']}"))
    for response in (
        await api.get(path),
        await api.get(f"{path}/days"),
        await api.patch(path, json={"time_zone": "UTC"}),
        await api.delete(path),
    ):
        assert error_of(response, 404)["code"] == "customer_not_found"


async def test_a_retried_patch_is_answered_as_the_first_time(api: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "set-calendar"}
    first = await api.patch("/calendar", json=BAVARIA, headers=headers)
    await patch(api, "/calendar", time_zone="UTC")
    again = await api.patch("/calendar", json=BAVARIA, headers=headers)
    assert (again.content, again.headers["idempotent-replay"]) == (first.content, "true")
    assert body_of(await api.get("/calendar"))["time_zone"] == "UTC"


async def test_each_calendar_has_its_scopes(api: httpx.AsyncClient, new_key: NewKeyOf, client: "ClientOf") -> None:
    customer = await create_customer(api)
    settings_key = client(await new_key(scopes=("settings:read", "settings:write")))
    customers_key = client(await new_key(scopes=("customers:read", "customers:write")))
    its = f"/customers/{customer['id']}/calendar"
    for allowed, refused, path in ((settings_key, customers_key, "/calendar"), (customers_key, settings_key, its)):
        await patch(allowed, path, **BAVARIA)
        assert error_of(await refused.patch(path, json=BAVARIA), 403)["code"] == "insufficient_scope"
        for read in (path, f"{path}/days"):
            body_of(await allowed.get(read))
            assert error_of(await refused.get(read), 403)["code"] == "insufficient_scope"
    body_of(await settings_key.get("/calendar/countries"))
    error_of(await customers_key.get("/calendar/countries"), 403)


async def test_working_days_follow_the_calendar_that_holds(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    customer, other = await create_customer(api), await create_customer(api)
    await patch(api, "/calendar", **BAVARIA)
    await patch(api, f"/customers/{customer['id']}/calendar", holidays_subdivision="BE")
    own, _ = await working_days_of(connection, world.northwind.id, customer["id"])
    inherited, zone = await working_days_of(connection, world.northwind.id, other["id"])
    workspace, _ = await working_days_of(connection, world.northwind.id)
    theirs, their_zone = await working_days_of(connection, world.fabrikam.id)
    assert (zone.key, their_zone.key) == ("Europe/Berlin", "UTC")
    assert inherited is workspace
    epiphany = date(2026, 1, 6)
    assert (workspace.why_not(epiphany), own.why_not(epiphany), theirs.why_not(epiphany)) == ("Epiphany", None, None)
