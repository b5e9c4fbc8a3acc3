"""The days that are not worked, with their reasons, and the countries whose holidays are known."""

from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.calendars import public_holidays
from pivotal_server.calendars.queries import working_days_of
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def days_off(api: httpx.AsyncClient, path: str = "/calendar/days", **query: str) -> dict[str, str]:
    body: Json = body_of(await api.get(path, params=query))
    assert (body["object"], body["has_more"], body["next_cursor"]) == ("list", False, None)
    assert all(day["object"] == "non_working_day" for day in body["data"])
    return {day["date"]: day["reason"] for day in body["data"]}


async def test_each_day_off_has_its_reason(api: httpx.AsyncClient) -> None:
    fields = {
        "holidays_country": "DE",
        "holidays_subdivision": "BY",
        "extra_days_off": ["2026-12-24"],
        "extra_working_days": ["2026-12-19"],
    }
    body_of(await api.patch("/calendar", json=fields))
    assert await days_off(api, **{"from": "2026-12-19", "to": "2026-12-27"}) == {
        "2026-12-20": "Sunday",
        "2026-12-24": "Company day off",
        "2026-12-25": "Christmas Day",
        "2026-12-26": "Saturday",
        "2026-12-27": "Sunday",
    }


async def test_a_customer_has_its_own_days_off(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    body_of(await api.patch("/calendar", json={"holidays_country": "US"}))
    path, span = f"/customers/{customer['id']}/calendar", {"from": "2026-11-26", "to": "2026-11-28"}
    assert await days_off(api, f"{path}/days", **span) == {"2026-11-26": "Thanksgiving Day", "2026-11-28": "Saturday"}
    body_of(await api.patch(path, json={"holidays_country": "SA", "working_weekdays": [7, 1, 2, 3, 4]}))
    assert await days_off(api, f"{path}/days", **span) == {"2026-11-27": "Friday", "2026-11-28": "Saturday"}
    assert "2026-11-26" in await days_off(api, **span)


async def test_the_span_begins_today_and_takes_thirty_days(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    body_of(await api.patch("/calendar", json={"time_zone": "Pacific/Auckland", "working_weekdays": [1]}))
    clock.advance(3 * 3600)  # Monday noon; in Auckland Tuesday has begun
    found = await days_off(api)
    assert (min(found), max(found), len(found)) == ("2026-03-03", "2026-04-02", 31 - 4)
    assert min(await days_off(api, to="2026-03-05")) == "2026-03-03"
    assert max(await days_off(api, **{"from": "2026-07-01"})) == "2026-07-31"
    assert max(await days_off(api, **{"from": "2100-12-20"})) == "2100-12-31"


async def test_a_span_has_at_most_366_days(api: httpx.AsyncClient) -> None:
    assert len(await days_off(api, **{"from": "2028-01-01", "to": "2028-12-31"})) == 106
    for query, code, field in (
        ({"from": "2026-01-01", "to": "2027-01-02"}, "too_big", "to"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "too_small", "to"),
        ({"to": "2026-03-01"}, "too_small", "to"),
        ({"from": "2026-1-1"}, "invalid_string", "from"),
        ({"from": ""}, "invalid_string", "from"),
        ({"from": "1989-12-31"}, "too_small", "from"),
        ({"to": "2101-01-01"}, "too_big", "to"),
    ):
        error = error_of(await api.get("/calendar/days", params=query), 400)
        assert (error["code"], error["field"]) == (code, field), query


async def test_every_listed_country_can_be_set(api: httpx.AsyncClient) -> None:
    countries = body_of(await api.get("/calendar/countries"))["data"]
    assert len(countries) > 200
    names = {country["code"]: country["name"] for country in countries}
    assert names["DE"] == "Germany"
    assert names["IM"] == "Isle of Man"
    assert list(names.values()) == sorted(names.values())
    (germany,) = [country for country in countries if country["code"] == "DE"]
    assert {"code": "BY", "name": "Bayern"} in germany["subdivisions"]
    (spain,) = [country for country in countries if country["code"] == "ES"]
    assert {"code": "CT", "name": "Cataluña"} in spain["subdivisions"]
    for country in countries[::25]:
        for subdivision in [None, *(item["code"] for item in country["subdivisions"])][:3]:
            fields = {"holidays_country": country["code"], "holidays_subdivision": subdivision}
            calendar = body_of(await api.patch("/calendar", json=fields))
            assert {name: calendar[name] for name in fields} == fields


async def test_the_holidays_of_every_country_can_be_told_for_every_year() -> None:
    """The library warns of years that it knows little of, which must not reach anybody as an error."""
    await public_holidays.load()
    for country in public_holidays.countries().values():
        for year in (1990, 2026, 2100):
            for day, name in public_holidays.holidays_in(country.code, None, year).items():
                assert day.year == year
                assert name


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "name"),
    [
        ("US", None, date(2021, 12, 31), "New Year's Day (observed)"),
        ("GB", "SCT", date(2026, 11, 30), "Saint Andrew's Day"),
        ("GB", "ENG", date(2026, 11, 30), None),
        ("DE", "BY", date(2026, 6, 4), "Corpus Christi"),
        ("JP", None, date(2026, 5, 6), "Substitute Holiday"),
    ],
)
async def test_holidays_are_told_in_english(country: str, subdivision: str | None, day: date, name: str | None) -> None:
    await public_holidays.load()
    assert public_holidays.holidays_in(country, subdivision, day.year).get(day) == name


async def test_a_country_that_is_not_known_any_more_has_no_holidays(
    api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    body_of(await api.patch("/calendar", json={"holidays_country": "DE", "holidays_subdivision": "BY"}))
    for change in ("holidays_subdivision = 'XX'", "holidays_country = 'XX'"):
        await connection.execute(f"UPDATE working_calendars SET {change}")
        days, _ = await working_days_of(connection, world.northwind.id)
        assert days.is_working(date(2026, 12, 25))
        assert body_of(await api.patch("/calendar", json={"time_zone": "Europe/Berlin"}))["holidays_country"]
        await connection.execute("UPDATE working_calendars SET time_zone = 'UTC'")
