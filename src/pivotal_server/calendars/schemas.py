"""Calendars over the API, in and out (documentation: API reference, Working calendar)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.calendars.models import Calendar
from pivotal_server.calendars.public_holidays import Country
from pivotal_server.calendars.working_days import FIRST_YEAR, LAST_YEAR
from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, Count, Date, RequestModel, Timestamp, shown_as

MAX_DAYS = 366
MAX_CODE_LENGTH = 64
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)

EXAMPLE: dict[str, Any] = {
    "object": "calendar",
    "customer_id": None,
    "inherited": False,
    "time_zone": "Europe/Berlin",
    "working_weekdays": [1, 2, 3, 4, 5],
    "holidays_country": "DE",
    "holidays_subdivision": "BY",
    "extra_days_off": ["2026-12-24", "2026-12-31"],
    "extra_working_days": [],
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}
EXAMPLE_UPDATE = {
    "time_zone": "Europe/Berlin",
    "holidays_country": "DE",
    "holidays_subdivision": "BY",
    "extra_days_off": ["2026-12-24", "2026-12-31"],
}
EXAMPLE_DAY = {"object": "non_working_day", "date": "2026-12-25", "reason": "Christmas Day"}
EXAMPLE_COUNTRY = {
    "object": "holidays_country",
    "code": "DE",
    "name": "Germany",
    "subdivisions": [{"code": "BE", "name": "Berlin"}, {"code": "BY", "name": "Bayern"}],
}


def _check_counted(day: date) -> date:
    if day < FIRST_DAY:
        raise PydanticCustomError("too_small", f"Date must be {FIRST_DAY} or later")
    if day > LAST_DAY:
        raise PydanticCustomError("too_big", f"Date must be {LAST_DAY} or earlier")
    return day


_DATE_SCHEMA = WithJsonSchema({"type": "string", "format": "date"})
CalendarDate = Annotated[Date, AfterValidator(_check_counted), _DATE_SCHEMA]
CalendarDates = Annotated[list[CalendarDate], Field(max_length=MAX_DAYS)]
Weekday = Annotated[Count, Field(ge=1, le=7), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 7})]
Code = Annotated[str, Field(min_length=1, max_length=MAX_CODE_LENGTH)]


class CalendarUpdate(RequestModel):
    """Body of update-calendar and update-customer-calendar: only what is sent changes; ``null`` clears."""

    model_config = shown_as(EXAMPLE_UPDATE)

    time_zone: Annotated[Code, Field(description="IANA name, such as `Europe/Berlin`; says when a day begins.")] = (
        UNSENT
    )
    working_weekdays: Annotated[
        list[Weekday], Field(min_length=1, max_length=7, description="ISO numbers: 1 is Monday, 7 Sunday.")
    ] = UNSENT
    holidays_country: Annotated[
        Code | None,
        Field(
            description="Whose public holidays are days off; list-calendar-countries tells the codes. "
            "Another country clears the subdivision, unless that is sent as well."
        ),
    ] = None
    holidays_subdivision: Annotated[Code | None, Field(description="State or region of the country.")] = None
    extra_days_off: Annotated[CalendarDates, Field(description="Not worked, on top of holidays.")] = UNSENT
    extra_working_days: Annotated[CalendarDates, Field(description="Worked, whatever else they are.")] = UNSENT


class CalendarDaysQuery(RequestModel):
    """Query of list-calendar-days and list-customer-calendar-days."""

    first: Annotated[
        CalendarDate | None,
        Field(alias="from", description="The first day to look at; today, by the calendar's time zone, unless given."),
        _DATE_SCHEMA,
    ] = None
    last: Annotated[
        CalendarDate | None,
        Field(
            alias="to",
            description=f"The last day to look at, at most {MAX_DAYS} in all; 30 days after the first unless given.",
        ),
        _DATE_SCHEMA,
    ] = None


class CalendarResource(TypedDict):
    """When people work."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["calendar"]
    customer_id: Annotated[str | None, Field(description="The customer that it was asked for; `null`: the workspace.")]
    inherited: Annotated[bool, Field(description="The customer has none of its own: this is the workspace's.")]
    time_zone: Annotated[str, Field(description="IANA name, such as `Europe/Berlin`; says when a day begins.")]
    working_weekdays: Annotated[list[int], Field(description="ISO numbers: 1 is Monday, 7 Sunday.")]
    holidays_country: Annotated[str | None, Field(description="Whose public holidays are days off; `null` for none.")]
    holidays_subdivision: Annotated[
        str | None, Field(description="State or region of the country; `null` for the holidays of the whole country.")
    ]
    extra_days_off: Annotated[list[Annotated[str, _DATE_SCHEMA]], Field(description="Ascending, each once.")]
    extra_working_days: Annotated[list[Annotated[str, _DATE_SCHEMA]], Field(description="Ascending, each once.")]
    created_at: Annotated[Timestamp | None, Field(description="`null` where nobody has set anything yet.")]
    updated_at: Timestamp | None


class NonWorkingDay(TypedDict):
    """A day that is not worked."""

    __pydantic_config__ = shown_as(EXAMPLE_DAY)  # type: ignore[misc]

    object: Literal["non_working_day"]
    date: Annotated[str, _DATE_SCHEMA, Field(description="The day.")]
    reason: Annotated[str, Field(description="Its weekday, the holiday's name or `Company day off`.")]


class NonWorkingDayList(TypedDict):
    """All days of the span that are not worked, in order."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_DAY))  # type: ignore[misc]

    object: Literal["list"]
    data: list[NonWorkingDay]
    has_more: bool
    next_cursor: str | None


class HolidaysSubdivision(TypedDict):
    """A state or region with holidays of its own."""

    code: Annotated[str, Field(description="What `holidays_subdivision` takes.")]
    name: Annotated[str, Field(description="For people.")]


class HolidaysCountry(TypedDict):
    """A country whose public holidays are known."""

    __pydantic_config__ = shown_as(EXAMPLE_COUNTRY)  # type: ignore[misc]

    object: Literal["holidays_country"]
    code: Annotated[str, Field(description="What `holidays_country` takes.")]
    name: Annotated[str, Field(description="For people.")]
    subdivisions: Annotated[
        list[HolidaysSubdivision], Field(description="What `holidays_subdivision` takes with this country.")
    ]


class HolidaysCountryList(TypedDict):
    """All countries whose public holidays are known, by name."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE_COUNTRY))  # type: ignore[misc]

    object: Literal["list"]
    data: list[HolidaysCountry]
    has_more: bool
    next_cursor: str | None


def present(calendar: Calendar) -> dict[str, Any]:
    """Return the calendar as the API shows it: a ``CalendarResource``."""
    row = calendar.row
    return {
        "object": "calendar",
        "customer_id": calendar.customer_id,
        "inherited": calendar.inherited,
        **present_rules(calendar),
        "created_at": to_iso(row.created_at) if row else None,
        "updated_at": to_iso(row.updated_at) if row else None,
    }


def present_rules(calendar: Calendar) -> dict[str, Any]:
    """Return what the calendar says, without whose it is."""
    rules = calendar.rules
    return {
        "time_zone": rules.time_zone,
        "working_weekdays": rules.working_weekdays,
        "holidays_country": rules.holidays_country,
        "holidays_subdivision": rules.holidays_subdivision,
        "extra_days_off": [str(day) for day in rules.extra_days_off],
        "extra_working_days": [str(day) for day in rules.extra_working_days],
    }


def present_day(day: date, reason: str) -> dict[str, Any]:
    """Return a day that is not worked as the API shows it."""
    return {"object": "non_working_day", "date": str(day), "reason": reason}


def present_country(country: Country) -> dict[str, Any]:
    """Return the country as the API shows it."""
    subdivisions = [{"code": code, "name": name} for code, name in country.subdivisions.items()]
    return {"object": "holidays_country", "code": country.code, "name": country.name, "subdivisions": subdivisions}


def present_all(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a list that is small by nature, on its one page."""
    return {"object": "list", "data": items, "has_more": False, "next_cursor": None}
