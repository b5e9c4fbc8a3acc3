"""Counting in working days: the documented examples, and everything else against a walk from day to day."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pivotal_server.calendars.working_days import DateOutOfRangeError, WorkingDays

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)
FRIDAY, SATURDAY, SUNDAY = MONDAY + 4 * DAY, MONDAY + 5 * DAY, MONDAY + 6 * DAY
WEEK = (1, 2, 3, 4, 5)
CHRISTMAS = {(12, 25): "Christmas Day", (12, 26): "Boxing Day"}


def christmas(year: int) -> Mapping[date, str]:
    return {date(year, month, day): name for (month, day), name in CHRISTMAS.items()}


@pytest.mark.parametrize(
    ("day", "count", "arrival"),
    [
        (MONDAY, 3, MONDAY + 3 * DAY),
        (MONDAY, 0, MONDAY),
        (FRIDAY, 1, MONDAY + 7 * DAY),
        (SATURDAY, 0, MONDAY + 7 * DAY),
        (SATURDAY, 1, MONDAY + 7 * DAY),
        (SATURDAY, 3, MONDAY + 9 * DAY),
        (MONDAY, -1, FRIDAY - 7 * DAY),
        (SUNDAY, -1, FRIDAY),
        (SUNDAY, -5, MONDAY),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 12, 31), 3, date(2027, 1, 5)),
        (date(2027, 1, 1), -5, date(2026, 12, 24)),
    ],
)
def test_days_are_added_as_documented(day: date, count: int, arrival: date) -> None:
    days = WorkingDays(WEEK, christmas)
    assert days.add(day, count) == arrival
    if count:
        assert days.between(day, arrival) == count


def test_days_between_are_counted_as_documented() -> None:
    days = WorkingDays(WEEK)
    assert days.between(MONDAY, FRIDAY) == 4
    assert days.between(FRIDAY, MONDAY) == -4
    assert days.between(FRIDAY, MONDAY + 7 * DAY) == 1
    assert days.between(SATURDAY, SUNDAY) == 0
    assert days.between(MONDAY, MONDAY) == 0


def test_a_day_off_has_its_reason() -> None:
    inventory, fair = date(2026, 3, 3), date(2026, 3, 7)
    days = WorkingDays(WEEK, christmas, [inventory], [fair, date(2027, 12, 25)])
    reasons = {
        MONDAY: None,
        inventory: "Company day off",
        fair: None,
        SUNDAY: "Sunday",
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 26): "Saturday",
        date(2027, 12, 25): None,
    }
    assert {day: days.why_not(day) for day in reasons} == reasons


def test_each_year_is_asked_for_its_holidays_once() -> None:
    asked: list[int] = []

    def holidays(year: int) -> Mapping[date, str]:
        asked.append(year)
        return {}

    days = WorkingDays(WEEK, holidays)
    assert asked == []
    for _ in range(3):
        days.add(MONDAY, 200)
        days.add(MONDAY, -100)
        days.is_working(SUNDAY)
    assert sorted(asked) == [2025, 2026]


def test_years_are_counted_from_1990_to_2100() -> None:
    days = WorkingDays(WEEK)
    assert days.add(date(1990, 1, 1), 0) == date(1990, 1, 1)
    assert days.previous(date(2100, 12, 31)) == date(2100, 12, 31)
    whole = days.between(date(1990, 1, 1), date(2100, 12, 31))
    assert days.add(date(1990, 1, 1), whole) == date(2100, 12, 31)
    for wrong in (
        lambda: days.add(MONDAY, 10**12),
        lambda: days.add(MONDAY, -(10**12)),
        lambda: days.add(date(2100, 12, 31), 1),
        lambda: days.add(date(1990, 1, 1), -1),
        lambda: days.next(date(2101, 1, 1)),
        lambda: days.previous(date(1989, 12, 31)),
        lambda: days.is_working(date.max),
        lambda: days.why_not(date.min),
        lambda: days.between(MONDAY, date.max),
    ):
        with pytest.raises(DateOutOfRangeError, match="the years 1990 to 2100"):
            wrong()
    assert WorkingDays(WEEK).between(MONDAY, FRIDAY) == 4


DATES = st.dates(date(2024, 1, 1), date(2028, 12, 31))
CALENDARS = st.builds(
    lambda weekdays, holidays, off, working: (frozenset(weekdays), holidays, off, working),
    st.sets(st.integers(1, 7), min_size=1),
    st.dictionaries(DATES, st.just("Holiday"), max_size=40),
    st.frozensets(DATES, max_size=40),
    st.frozensets(DATES, max_size=10),
)
Parts = tuple[frozenset[int], dict[date, str], frozenset[date], frozenset[date]]


class Walk:
    """What working days are, said as plainly as can be: everything is counted on foot."""

    def __init__(self, parts: Parts) -> None:
        self.weekdays, self.holidays, self.off, self.working = parts

    def is_working(self, day: date) -> bool:
        usual = day.isoweekday() in self.weekdays and day not in self.holidays and day not in self.off
        return usual or day in self.working

    def first(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day += step
        return day

    def add(self, day: date, count: int) -> date:
        if count == 0:
            return self.first(day, DAY)
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day = self.first(day + step, step)
        return day

    def between(self, start: date, end: date) -> int:
        step = DAY if start <= end else -DAY
        count = 0
        while start != end:
            start += step
            count += self.is_working(start)
        return count if step == DAY else -count


def made_of(parts: Parts) -> WorkingDays:
    weekdays, holidays, off, working = parts
    return WorkingDays(
        weekdays, lambda year: {day: name for day, name in holidays.items() if day.year == year}, off, working
    )


@settings(deadline=None)
@given(CALENDARS, st.lists(st.tuples(DATES, DATES, st.integers(-60, 60)), min_size=1, max_size=8))
def test_counting_is_a_walk_from_day_to_day(parts: Parts, questions: list[tuple[date, date, int]]) -> None:
    days, walk = made_of(parts), Walk(parts)
    for day, other, count in questions:
        assert days.add(day, count) == walk.add(day, count)
        assert days.between(day, other) == walk.between(day, other)
        assert days.next(day) == walk.first(day, DAY)
        assert days.previous(day) == walk.first(day, -DAY)
        assert days.is_working(day) == walk.is_working(day)
        assert (days.why_not(day) is None) == walk.is_working(day)


@settings(deadline=None)
@given(CALENDARS, DATES, st.integers(-60, 60), st.integers(-60, 60))
def test_counts_go_forth_and_back(parts: Parts, day: date, count: int, more: int) -> None:
    days = made_of(parts)
    start = days.next(day)
    there = days.add(start, count)
    assert days.between(start, there) == count
    assert days.add(there, -count) == start
    assert days.add(there, more) == days.add(start, count + more)
    assert days.between(there, start) == -count
