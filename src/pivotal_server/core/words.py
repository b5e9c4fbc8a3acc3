"""Days and counts as sentences for people have them."""

from collections.abc import Sequence
from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day_in_words(day: date) -> str:
    """Return a day such as ``2 June 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def count_in_words(count: int, one: str, many: str) -> str:
    """Return a count with its unit, such as ``1 task`` or ``3 tasks``."""
    return f"{count} {one if count == 1 else many}"


def join_words(parts: Sequence[str]) -> str:
    """Return parts of a sentence as a row, such as ``one, two and three``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
