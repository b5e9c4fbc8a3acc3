"""Days as people write them: one on a line, or from one to another."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pivotal_server.calendars.rules import make_working_days
from pivotal_server.calendars.schemas import LAST_DAY, MAX_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pivotal_server.calendars.rules import CalendarRules

_DAY = timedelta(days=1)
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})\s*(?:to|–|-|\.{2,3})\s*(\d{4}-\d{2}-\d{2})", re.ASCII)
_SHOWN = 12


def read_days(text: str) -> list[str]:
    """Return the days of a text as ``YYYY-MM-DD``, spans written out.

    Raises:
        ValueError: a line is no day, or a span ends before it begins or is longer than a year; the message says which.
    """
    days: list[str] = []
    for line in re.split(r"[\n,;]", text):
        words = line.strip()
        if words:
            days += _read_line(words)
    return days


def write_days(days: Sequence[date]) -> str:
    """Return days as ``read_days`` reads them, a line for each run of them."""
    lines: list[str] = []
    first = last = None
    for day in [*sorted(days), None]:
        if last is not None and day == last + _DAY:
            last = day
            continue
        if first is not None:
            lines.append(str(first) if first == last else f"{first} to {last}")
        first = last = day
    return "\n".join(lines)


async def days_off_ahead(rules: CalendarRules, today: date) -> list[tuple[date, str]]:
    """Return the next days off of a year that are no weekend, each with its reason; the first twelve of them."""
    days = await make_working_days(rules)
    ahead = (today + count * _DAY for count in range(min(MAX_DAYS, (LAST_DAY - today).days)))
    return list(
        _first(_SHOWN, ((day, days.why_not(day)) for day in ahead if day.isoweekday() in rules.working_weekdays))
    )


def _read_line(words: str) -> list[str]:
    if span := _SPAN.fullmatch(words):
        first, last = _read_day(span[1]), _read_day(span[2])
        if not 0 <= (last - first).days < MAX_DAYS:
            raise ValueError(f"“{words[:40]}” has to end after it begins, within a year.")
        return [str(first + count * _DAY) for count in range((last - first).days + 1)]
    return [str(_read_day(words))]


def _read_day(words: str) -> date:
    try:
        if len(words) != len("2026-12-24"):
            raise ValueError(words)
        return date.fromisoformat(words)
    except ValueError:
        raise ValueError(f"“{words[:40]}” is not a date. Write it like 2026-12-24.") from None


def _first(count: int, days: Iterable[tuple[date, str | None]]) -> Iterable[tuple[date, str]]:
    for day, reason in days:
        if reason is not None:
            yield day, reason
            count -= 1
            if not count:
                return
