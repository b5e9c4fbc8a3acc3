"""What a calendar says, and the working days that follow from it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources

from pivotal_server.calendars import public_holidays
from pivotal_server.calendars.working_days import WorkingDays, no_holidays

# Each has the years in it that were asked for, 1 kB a year.
_KEPT_IN_MEMORY = 128


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """When people work; calendars with the same rules have the same working days.

    Attributes:
        time_zone: IANA name; says when a day begins.
        working_weekdays: ISO numbers, ascending; Monday is 1.
        holidays_country: whose public holidays are days off, as the holidays library names it.
        holidays_subdivision: of the country, likewise.
        extra_days_off: ascending.
        extra_working_days: ascending; they are worked whatever else they are.
    """

    time_zone: str = "UTC"
    working_weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays_country: str | None = None
    holidays_subdivision: str | None = None
    extra_days_off: tuple[date, ...] = ()
    extra_working_days: tuple[date, ...] = ()


async def make_working_days(rules: CalendarRules) -> WorkingDays:
    """Return the working days of a calendar; the same rules get the same object, with what it has worked out."""
    if rules.holidays_country is not None:
        await public_holidays.load()
    return _make(rules)


@functools.lru_cache(_KEPT_IN_MEMORY)
def _make(rules: CalendarRules) -> WorkingDays:
    country, subdivision = rules.holidays_country, rules.holidays_subdivision

    def holidays(year: int) -> Mapping[date, str]:
        return public_holidays.holidays_in(country, subdivision, year) if country else no_holidays(year)

    return WorkingDays(rules.working_weekdays, holidays, rules.extra_days_off, rules.extra_working_days)


@functools.cache
def time_zones() -> frozenset[str]:
    """Return the names of all IANA time zones; the list is the same on every machine."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())
