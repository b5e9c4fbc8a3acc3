"""Ranges as the dialect writes them: JSON in a parameter, such as ``{"from": "2026-03-01", "to": "2026-03-31"}``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import orjson
from pydantic_core import PydanticCustomError

from pivotal_server.contacts.listing import Hours, Span
from pivotal_server.core.errors import invalid_field
from pivotal_server.core.validation import parse_date, parse_datetime

if TYPE_CHECKING:
    from pivotal_server.core.errors import ApiError

_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DATE_LENGTH = len("2026-03-01")
_MILLISECOND, _MINUTE, _DAY = timedelta(milliseconds=1), timedelta(minutes=1), timedelta(days=1)
_END_OF_DAY = time(23, 59)


def read_span(field: str, text: str) -> Span:
    """Return the instants from ``from`` to ``to``, each the whole day or the whole millisecond that it names.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    ends = _read_ends(field, text)
    since, until = (_read_instant(field, name, ends.get(name)) for name in ("from", "to"))
    if since and until and since[0] > until[0]:
        raise _backwards(field)
    return Span(since and since[0], until and until[1])


def read_hours(field: str, text: str) -> Hours:
    """Return the times of day from ``from`` to ``to``, the minute of which counts; over midnight where that is earlier.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    ends = _read_ends(field, text)
    since, last = (_read_time(field, name, ends.get(name)) for name in ("from", "to"))
    since = since or time(0)
    if last is None or last == _END_OF_DAY:
        return Hours(since)
    until = time(last.hour + (last.minute + 1) // 60, (last.minute + 1) % 60)
    return Hours(time(0)) if until == since else Hours(since, until)


def _read_ends(field: str, text: str) -> dict[str, str]:
    """Return what the JSON says of either end, null left out."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid_field(field, 'Send a JSON object with "from", "to" or both.') from None
    if not isinstance(value, dict):
        raise invalid_field(field, 'Send a JSON object with "from", "to" or both.')
    if unknown := value.keys() - {"from", "to"}:
        raise invalid_field(field, f'It takes "from" and "to", and not {_quoted(min(unknown))}.')
    ends = {name: end for name, end in value.items() if end is not None}
    if not ends:
        raise invalid_field(field, 'It needs "from", "to" or both.')
    for name, end in ends.items():
        if not isinstance(end, str):
            raise invalid_field(field, f'"{name}" is no text.')
    return ends


def _read_instant(field: str, name: str, text: str | None) -> tuple[datetime, datetime | None] | None:
    """Return where what a text names begins, and where it has ended; None for the latter where time ends before."""
    if text is None:
        return None
    try:
        if len(text) == _DATE_LENGTH:
            begin, length = datetime.combine(parse_date(text), time(0), UTC), _DAY
        else:
            at = parse_datetime(text)
            begin, length = at.replace(microsecond=at.microsecond // 1000 * 1000), _MILLISECOND
    except PydanticCustomError:
        message = f'"{name}" is neither a date (2026-03-01) nor an instant (2026-03-01T09:00:00Z).'
        raise invalid_field(field, message) from None
    try:
        return begin, begin + length
    except OverflowError:
        return begin, None


def _read_time(field: str, name: str, text: str | None) -> time | None:
    if text is None:
        return None
    if not _TIME_OF_DAY.fullmatch(text):
        raise invalid_field(field, f'"{name}" is no time of day (09:00).')
    return time.fromisoformat(text)


def _backwards(field: str) -> ApiError:
    return invalid_field(field, '"from" is after "to".')


def _quoted(name: str) -> str:
    return orjson.dumps(name[:100]).decode()
