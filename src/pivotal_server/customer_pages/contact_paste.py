"""A table of contacts that somebody pasted, from a spreadsheet or a CSV file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from pivotal_server.contacts.actions import create_contact
from pivotal_server.contacts.schemas import ContactCreate
from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.timeline.change import Change

MAX_ROWS = 500
_COLUMNS = {
    "name": "name",
    "full name": "name",
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "title": "title",
    "role": "title",
    "job title": "title",
}


class Pasted(NamedTuple):
    """A line of the table; ``problem`` says why it cannot be added, if it cannot."""

    number: int
    name: str
    email: str
    title: str
    problem: str | None = None


def read_rows(text: str) -> tuple[list[Pasted], str | None]:
    """Return the lines of a table, and what is wrong with it as a whole.

    The columns are named by a first line, or come as name, e-mail and title; commas, semicolons or tabs part them.
    """
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    try:
        table = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error:
        return [], "This is no table that can be read: look for a quotation mark that is never closed."
    if not table:
        return [], "Paste at least one line: name, e-mail, title."
    names = [_COLUMNS.get(cell.strip().lower(), "") for cell in table[0]]
    has_head = "email" in names
    columns = names if has_head else ["name", "email", "title"]
    rows = table[1:] if has_head else table
    if not rows:
        return [], "There is nothing below the names of the columns."
    if len(rows) > MAX_ROWS:
        return [], f"At most {MAX_ROWS} lines at a time; these are {len(rows)}."
    return [_line(number, dict(zip(columns, row, strict=False))) for number, row in enumerate(rows, 1)], None


async def add_rows(change: Change, customer_id: str, rows: Sequence[Pasted]) -> list[Pasted]:
    """Add those lines that can be, each for itself, and return all with their problems."""
    return [row._replace(problem=await _add(change, customer_id, row)) for row in rows]


async def _add(change: Change, customer_id: str, row: Pasted) -> str | None:
    try:
        body = ContactCreate(name=row.name, email=row.email, title=row.title or None)
        async with change.connection.transaction():  # a line that is refused takes none with it
            await create_contact(change, customer_id, body)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        field, told = detail["loc"][0], explain(detail).message
        return {"Invalid email": "This is no e-mail address."}.get(told, f"{str(field).capitalize()}: {told}")
    except ApiError as error:
        return error.message
    return None


def _line(number: int, cells: dict[str, str]) -> Pasted:
    name, email, title = (cells.get(column, "").strip() for column in ("name", "email", "title"))
    return Pasted(number, name, email, title)
