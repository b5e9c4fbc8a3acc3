"""Rows as a CSV file that any spreadsheet opens, made piece by piece."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pivotal_server.core.spreadsheets import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as lines of a CSV file; a text that a spreadsheet would run as a formula is marked as text."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([marked(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def amount(cents: int | None) -> str:
    """Return money in whole units with its hundredths; nothing where there is none."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


def instant(value: datetime | None) -> str:
    """Return an instant to the second; nothing where there is none."""
    return "" if value is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"
