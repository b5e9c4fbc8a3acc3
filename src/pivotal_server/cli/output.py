"""How answers are shown: as a table to people, as JSON or CSV to programs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any, Literal

import click

from pivotal_server.core.spreadsheets import marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Format = Literal["table", "json", "csv"]
Row = dict[str, Any]

# What tells people most, and so stands first; the rest follows in the API's order as long as there is room.
_FIRST = (
    *("display_id", "key", "name", "title", "type", "email", "slug", "status", "state", "phase", "summary", "body"),
    *("method", "path", "url", "domain", "customer_id", "onboarding_id", "target_launch_date", "due_date"),
)
_NOT_SHOWN = {"object"}
_WIDEST = 40
_GAP = "  "
# Rows whose widths decide those of all others.
_MEASURED = 100


def format_of(chosen: str | None) -> Format:
    """Return the format to write in: what was chosen, else a table on a terminal, and JSON to a program."""
    if chosen is not None:
        return chosen  # type: ignore[return-value] # Click let through nothing else
    return "table" if sys.stdout.isatty() else "json"


def show_rows(rows: Iterable[Row], form: Format) -> None:
    """Write rows as they come, on standard output."""
    lines = {"table": table_lines, "json": json_lines, "csv": csv_lines}[form](rows)
    for line in lines:
        click.echo(line)


def show_object(answer: Any, form: Format) -> None:  # noqa: ANN401 - JSON
    """Write one object on standard output."""
    if form == "json" or not isinstance(answer, dict):
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    elif form == "csv":
        show_rows([answer], form)
    else:
        shown = {name: _cell(value) for name, value in answer.items() if name not in _NOT_SHOWN}
        width = max(map(len, shown), default=0)
        for name, value in shown.items():
            click.echo(f"{name:<{width}}{_GAP}{value}".rstrip())


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a JSON array, one for each row."""
    before = "["
    for row in rows:
        yield before
        # The comma belongs to the line before, which is not the last one only now.
        before = f"  {json.dumps(row, ensure_ascii=False)},"
    yield before.removesuffix(",")
    if before == "[":
        yield "]"
    else:
        yield "]"


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV file: the first row's fields as its head; what has parts is written as JSON.

    A text that a spreadsheet would run as a formula is marked as text.
    """
    buffer = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(buffer, [*row], restval="", extrasaction="ignore")
            writer.writeheader()
            yield _taken(buffer)
        writer.writerow({name: _csv_cell(value) for name, value in row.items()})
        yield _taken(buffer)


def table_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a table that fits the terminal."""
    source = iter(rows)
    measured = [row for row, _ in zip(source, range(_MEASURED), strict=False)]
    if not measured:
        return
    room = shutil.get_terminal_size().columns
    widths: dict[str, int] = {}
    for name in _order(measured):
        width = min(_WIDEST, max(len(name), *(len(_cell(row.get(name))) for row in measured)))
        if widths and sum(widths.values()) + len(_GAP) * len(widths) + width > room:
            break
        widths[name] = width
    yield _line({name: name.upper() for name in widths}, widths)
    for row in measured:
        yield _line(row, widths)
    for row in source:
        yield _line(row, widths)


def text_of(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value of an answer as one text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
    return json.dumps(value, ensure_ascii=False)


def _order(rows: list[Row]) -> list[str]:
    """Return the fields of rows that say anything, those first that say most."""
    telling = [
        name
        for name in rows[0]
        if name not in _NOT_SHOWN
        and any(row.get(name) not in (None, "", [], {}) for row in rows)
        and not any(isinstance(row.get(name), dict | list) for row in rows)
    ]
    first = [name for name in _FIRST if name in telling]
    return first + [name for name in telling if name not in first]


def _line(row: Row, widths: dict[str, int]) -> str:
    return _GAP.join(_fitted(_cell(row.get(name)), width) for name, width in widths.items()).rstrip()


def _fitted(text: str, width: int) -> str:
    return f"{text[: width - 1]}…" if len(text) > width else text.ljust(width)


def _csv_cell(value: Any) -> str:  # noqa: ANN401 - JSON
    return marked(value) if isinstance(value, str) else text_of(value)  # a negative number is no formula


def _cell(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value as people see it: nothing in it moves the cursor or starts a line."""
    return "".join(letter if letter.isprintable() else " " for letter in text_of(value))


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue().removesuffix("\r\n")
    buffer.seek(0)
    buffer.truncate()
    return text
