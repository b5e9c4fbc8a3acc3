"""What the API can do, as the command line knows it: a table that ``make sdk-generate`` makes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["string", "choice", "integer", "number", "boolean", "texts", "json"]


@dataclass(frozen=True, slots=True)
class Field:
    """An argument or an option.

    Attributes:
        place: ``path``, ``query`` or ``body``.
        values: those that are known; of a ``choice``, all.
        nullable: whether it may be null, which clears it.
    """

    name: str
    place: str
    kind: Kind
    help: str = ""
    required: bool = False
    values: tuple[str, ...] = ()
    nullable: bool = False

    @property
    def option(self) -> str:
        """What it is called in a shell, without the dashes before it."""
        return self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Operation:
    """A call of the API.

    Attributes:
        answer: ``json``, ``text`` or ``bytes``.
        rows: whether it answers a list.
        pages: whether that list comes in pages.
        writes: whether it takes an idempotency key.
        body: ``json`` or ``bytes``, or nothing.
    """

    resource: str
    method: str
    summary: str
    description: str
    arguments: tuple[Field, ...]
    options: tuple[Field, ...]
    answer: str
    rows: bool
    pages: bool
    writes: bool
    body: str | None

    @property
    def body_fields(self) -> dict[str, Field]:
        """The fields of the body, by name."""
        return {field.name: field for field in self.options if field.place == "body"}


@cache
def _table() -> dict[str, dict[str, dict[str, Any]]]:
    table: dict[str, dict[str, dict[str, Any]]] = json.loads(
        files("pivotal_server.cli").joinpath("operations.json").read_bytes()
    )
    return table


def resources() -> dict[str, list[str]]:
    """Return the resources with their methods, all as they are written in a shell."""
    return {name.replace("_", "-"): [method.replace("_", "-") for method in table] for name, table in _table().items()}


def operation(resource: str, method: str) -> Operation:
    """Return what is known of an operation; both names as they are written in a shell."""
    resource, method = resource.replace("-", "_"), method.replace("-", "_")
    found = _table()[resource][method]
    return Operation(
        resource=resource,
        method=method,
        summary=found["summary"],
        description=found["description"],
        arguments=tuple(map(_field, found["arguments"])),
        options=tuple(map(_field, found["options"])),
        answer=found["answer"],
        rows="rows" in found,
        pages="pages" in found,
        writes="writes" in found,
        body=found.get("body"),
    )


def _field(told: dict[str, Any]) -> Field:
    return Field(
        name=told["name"],
        place=told["in"],
        kind=told["kind"],
        help=told.get("help", ""),
        required="required" in told,
        values=tuple(told.get("values", ())),
        nullable="nullable" in told,
    )
