"""Counting in working days: quick, pure, no database (documentation: API reference, Working calendar).

Every count goes by one rule, the one that spreadsheets follow too: the day that it starts from is never counted.
With Monday to Friday worked, three working days after a Monday is the Thursday, and three working days after a
Saturday is the Wednesday, because Monday, Tuesday and Wednesday are worked in between.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta

FIRST_YEAR = 1990
LAST_YEAR = 2100
COMPANY_DAY_OFF = "Company day off"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)


class DateOutOfRangeError(ValueError):
    """A date before 1990 or after 2100, given or arrived at: working days are not counted there."""

    def __init__(self) -> None:
        super().__init__(f"Dates have to lie in the years {FIRST_YEAR} to {LAST_YEAR}.")


def no_holidays(year: int) -> Mapping[date, str]:  # noqa: ARG001 - one of the functions that tell a year's holidays
    """Return no holidays, whatever the year."""
    return {}


class WorkingDays:
    """The days that are worked on; years are worked out when they are first asked for, and kept.

    An extra working day is worked whatever else it is. Of all other days those are worked whose weekday is worked,
    that are no holiday and no extra day off.

    Every method raises ``DateOutOfRangeError`` where it is given, or arrives at, a date outside the years that are
    counted.

    Args:
        weekdays: those that are worked, by ISO number: Monday is 1.
        holidays: returns the names of a year's holidays by date; asked once for each year.
        extra_days_off: not worked, on top of holidays.
        extra_working_days: worked all the same.
    """

    __slots__ = ("_days", "_extra_days_off", "_extra_working_days", "_first_year", "_holidays", "_last_year", "_names",
                 "_weekdays")  # fmt: skip

    def __init__(
        self,
        weekdays: Collection[int],
        holidays: Callable[[int], Mapping[date, str]] = no_holidays,
        extra_days_off: Collection[date] = (),
        extra_working_days: Collection[date] = (),
    ) -> None:
        self._weekdays = frozenset(weekdays)
        self._holidays = holidays
        self._extra_days_off = frozenset(extra_days_off)
        self._extra_working_days = frozenset(extra_working_days)
        # The ordinals of all working days from the first year to the last, ascending, so that a count of days is a
        # difference of two places. The span is empty until a date is asked for.
        self._days = array("i")
        self._first_year = 0
        self._last_year = -1
        self._names: dict[date, str] = {}

    def is_working(self, day: date) -> bool:
        """Return whether the day is worked."""
        ordinal = self._cover(day)
        place = bisect_left(self._days, ordinal)
        return place < len(self._days) and self._days[place] == ordinal

    def why_not(self, day: date) -> str | None:
        """Return why the day is not worked: its weekday, its holiday or a company day off; ``None`` where it is."""
        if self.is_working(day):
            return None
        if day.isoweekday() not in self._weekdays:
            return _WEEKDAYS[day.weekday()]
        return self._names.get(day, COMPANY_DAY_OFF)

    def next(self, day: date) -> date:
        """Return the day itself where it is worked, else the first working day after it."""
        ordinal = self._cover(day)
        return self._at(bisect_left(self._days, ordinal))

    def previous(self, day: date) -> date:
        """Return the day itself where it is worked, else the last working day before it."""
        ordinal = self._cover(day)
        return self._at(bisect_right(self._days, ordinal) - 1)

    def add(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after the day, or before it where ``count`` is negative.

        The day itself is not counted, worked or not. Zero moves a day that is not worked on to the next that is. With
        Monday to Friday worked: Friday and 1 is Monday, Saturday and 1 is Monday, Saturday and 0 is Monday, Monday and
        -1 is Friday, Sunday and -1 is Friday.
        """
        if count == 0:
            return self.next(day)
        ordinal = self._cover(day)
        if count > 0:
            return self._at(bisect_right(self._days, ordinal) + count - 1)
        return self._at(bisect_left(self._days, ordinal) + count)

    def between(self, start: date, end: date) -> int:
        """Return how many working days the end lies after the start, negative where it lies before.

        The start is not counted, the end is: Monday to Friday of a week are 4, Friday to Monday 1, Saturday to Sunday
        0. ``between(day, add(day, count))`` is the count again, zero from a day that is not worked excepted.
        """
        first, last = self._cover(start), self._cover(end)
        if first <= last:
            return bisect_right(self._days, last) - bisect_right(self._days, first)
        return bisect_left(self._days, last) - bisect_left(self._days, first)

    def _cover(self, day: date) -> int:
        """Return the day's ordinal, having seen to it that its year is worked out."""
        if not self._first_year <= day.year <= self._last_year:
            self._grow_to(day.year)
        return day.toordinal()

    def _grow_to(self, year: int) -> None:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise DateOutOfRangeError
        if self._last_year < self._first_year:
            self._first_year, self._last_year = year + 1, year
        while year < self._first_year:
            self._grow_down()
        while year > self._last_year:
            self._grow_up()

    def _at(self, place: int) -> date:
        """Return the working day at this place of the list, which grows until it has one there."""
        while place < 0:
            place += self._grow_down()
        while place >= len(self._days):
            self._grow_up()
        return date.fromordinal(self._days[place])

    def _grow_up(self) -> None:
        self._days = self._days + self._worked_in(self._last_year + 1)
        self._last_year += 1

    def _grow_down(self) -> int:
        """Put a year before the first; returns by how much every place moved."""
        added = self._worked_in(self._first_year - 1)
        self._days = added + self._days
        self._first_year -= 1
        return len(added)

    def _worked_in(self, year: int) -> "array[int]":
        """Return the ordinals of the year's working days, ascending."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise DateOutOfRangeError
        names = self._holidays(year)
        self._names.update(names)
        first, last = date(year, 1, 1), date(year, 12, 31)
        days = (first + _DAY * count for count in range((last - first).days + 1))
        return array("i", (day.toordinal() for day in days if self._worked(day, names)))

    def _worked(self, day: date, names: Mapping[date, str]) -> bool:
        if day in self._extra_working_days:
            return True
        return day.isoweekday() in self._weekdays and day not in names and day not in self._extra_days_off
