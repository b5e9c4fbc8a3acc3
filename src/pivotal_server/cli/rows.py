"""Rows of a file, and what they say in the fields of an operation."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from pivotal_server.core.spreadsheets import meant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pivotal_server.cli.operations import Field, Operation

# What an export adds to a row, by which its customer is found where ids are others.
CUSTOMER_NAMES = ("customer_slug", "customer_domain")
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class FileRow(NamedTuple):
    """A row as it stands in the file; ``number`` counts from 1, without the head."""

    number: int
    cells: dict[str, Any]


class RowError(Exception):
    """A row cannot be sent; the message says which field of it is wrong, and how."""


def read_rows(path: Path) -> Iterator[FileRow]:
    """Yield the rows of a CSV file, or of a JSON file that has an array of objects.

    Raises:
        click.UsageError: it is neither.
    """
    try:
        if path.suffix == ".json":
            found = json.loads(path.read_text(encoding="utf-8-sig"))
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise click.UsageError(f"{path} is no JSON array of objects.")
            yield from (FileRow(number, row) for number, row in enumerate(found, 1))
            return
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            delimiter = ";" if head.count(";") > head.count(",") else ","
            for number, row in enumerate(csv.DictReader(file, delimiter=delimiter, strict=True), 1):
                yield FileRow(number, {name: meant(value or "") for name, value in row.items() if name is not None})
    except (OSError, ValueError, csv.Error) as error:
        raise click.UsageError(f"{path} cannot be read: {error}.") from error


class Columns:
    """Which column says what.

    Args:
        operation: whose fields they are.
        names: of the file's columns.
        mapping: ``column=field`` where the two have different names; ``column=`` leaves a column out.

    Raises:
        click.UsageError: a mapping names what there is not.
    """

    def __init__(self, operation: Operation, names: Sequence[str], mapping: Sequence[str]) -> None:
        fields = {field.name: field for field in (*operation.arguments, *operation.options)}
        given = dict(_pair(text) for text in mapping)
        if unknown := [column for column in given if column not in names]:
            raise click.UsageError(f"The file has no column {unknown[0]!r}. It has: {', '.join(names)}.")
        if unknown := [field for field in given.values() if field and field not in fields]:
            raise click.UsageError(f"There is no field {unknown[0]!r}. There are: {', '.join(fields)}.")
        said = {name: given.get(name, name.strip().lower().replace(" ", "_").replace("-", "_")) for name in names}
        self._fields = {name: fields[field] for name, field in said.items() if field in fields}
        self._needed = [field.name for field in fields.values() if field.required]
        known = (*self._fields, *CUSTOMER_NAMES) if "customer_id" in fields else tuple(self._fields)
        self.ignored = [name for name in names if name not in known]
        self.customer_names = [name for name in CUSTOMER_NAMES if name in names and "customer_id" in fields]

    def fields_of(self, row: FileRow) -> dict[str, Any]:
        """Return what a row says; of its customer's names those that it has.

        Raises:
            RowError: it says what cannot be meant, or lacks what is needed.
        """
        said: dict[str, Any] = {}
        for name, field in self._fields.items():
            value = row.cells.get(name)
            if value not in ("", None):
                said[field.name] = _value(value, field) if isinstance(value, str) else value
        names = {name: row.cells[name] for name in self.customer_names if row.cells.get(name)}
        for needed in self._needed:
            if needed not in said and not (needed == "customer_id" and names):
                raise RowError(f"{needed}: Required")
        return said | names


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals:
        raise click.UsageError(f"--map takes COLUMN=FIELD, and not {text!r}.")
    return column, field.strip()


def _value(text: str, field: Field) -> Any:  # noqa: ANN401 - JSON
    """Return what a cell says, or raise ``RowError``."""
    try:
        return _READERS.get(field.kind, str)(text)
    except (ValueError, KeyError):
        raise RowError(f"{field.name}: {text!r} is no {field.kind}") from None


def _texts(text: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(text) if text.startswith("[") else [part.strip() for part in text.split(",") if part.strip()]


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "json": json.loads,
    "boolean": lambda text: _TRUTHS[text.lower()],
    "texts": _texts,
}
