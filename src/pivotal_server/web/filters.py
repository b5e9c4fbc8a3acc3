"""How values read on a page: dates, distances, money, names."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from pivotal_server.web.markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Callable

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WEEKS_AS_DAYS = 14
_MONTHS_AS_DAYS = 60
_YEARS_AS_DAYS = 700
_KILO = 1024
_WORD = re.compile(r"[a-z0-9]+")


def day(value: date | datetime | None) -> str:
    """Return ``26 May 2026``, or a dash where there is no date."""
    return "–" if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """Return ``26 May 2026, 17:21 UTC``."""
    return "–" if value is None else f"{day(value)}, {value.astimezone(UTC):%H:%M} UTC"


def ago(value: datetime, now: datetime) -> str:
    """Return how long ago something was, such as ``5 min ago``."""
    seconds = max(int((now - value).total_seconds()), 0)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h ago"
    return distance((value.date() - now.date()).days)


def distance(days: int) -> str:
    """Return how far away a day is: ``in 12 days``, ``3 days ago``, ``today``."""
    if days == 0:
        return "today"
    if abs(days) == 1:
        return "tomorrow" if days > 0 else "yesterday"
    size = abs(days)
    if size <= _MONTHS_AS_DAYS:
        text = f"{size} days"
    elif size <= _YEARS_AS_DAYS:
        text = f"{round(size / 30.4)} months"
    else:
        text = f"{round(size / 365.25)} years"
    return f"in {text}" if days > 0 else f"{text} ago"


def until(value: date | datetime, today: date) -> str:
    """Return how far a day is from today."""
    return distance(((value.date() if isinstance(value, datetime) else value) - today).days)


def duration(seconds: int | None) -> str:
    """Return how long something took, such as ``3 days`` or ``5 h``, or a dash."""
    if seconds is None:
        return "–"
    if seconds < _MINUTE:
        return "moments"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    return f"{seconds // _HOUR} h" if seconds < _DAY else plural(round(seconds / _DAY), "day")


def money(cents: int | None) -> str:
    """Return an amount in whole units, such as ``5,988``, or a dash."""
    return "–" if cents is None else f"{cents / 100:,.0f}"


def number(value: float | None) -> str:
    """Return a number with its thousands apart, or a dash."""
    return "–" if value is None else f"{value:,}"


def initials(name: str) -> str:
    """Return the first letters of the first and the last word."""
    words = name.split() or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(text: str) -> int:
    """Return one of eight numbers for a text, always the same: the colour of an avatar."""
    return sum(map(ord, text)) % 8


def words(value: str) -> str:
    """Return an API value as words: ``at_risk`` is ``At risk``."""
    return value.replace("_", " ").capitalize()


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 task`` or ``3 tasks``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def slug(text: str) -> str:
    """Return a text as the readable end of a URL."""
    return "-".join(_WORD.findall(text.lower()))[:60].strip("-") or "x"


def time_tag(value: datetime, now: datetime) -> Markup:
    """Return a ``<time>`` that tells how long ago something was, and exactly when on hovering."""
    tag = Markup('<time datetime="{}" title="{}" data-relative>{}</time>')
    return tag.format(value.isoformat(), moment(value), ago(value, now))


def size(count: int) -> str:
    """Return a number of bytes in the largest unit of which there is at least one, such as ``1.4 MB``."""
    if count < _KILO:
        return plural(count, "byte")
    kilos = count / _KILO
    return f"{kilos:.0f} kB" if kilos < _KILO else f"{kilos / _KILO:.1f} MB"


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "ago": ago,
    "until": until,
    "duration": duration,
    "money": money,
    "number": number,
    "initials": initials,
    "hue": hue,
    "words": words,
    "plural": plural,
    "slug": slug,
    "time_tag": time_tag,
    "markdown": to_html,
    "size": size,
}
