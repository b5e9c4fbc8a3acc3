"""The columns of the list of customers: those that there are, and those that somebody wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.customer_pages.list_queries import CustomerLine
    from pivotal_server.fields.models import FieldRow

# As many of the workspace's own fields can be columns.
MAX_FIELDS = 20
MAX_COLUMNS = 40
CUSTOM = "custom_"
_PLAIN = {
    "status": "Status",
    "plan": "Plan",
    "arr": "ARR",
    "owner": "Owner",
    "open": "Open",
    "launch": "Launch",
    "tags": "Tags",
    "activity": "Last activity",
    "updated": "Updated",
    "created": "Added",
    "domain": "Domain",
    "mrr": "MRR",
}
_BY_ITSELF = ("status", "plan", "arr", "owner", "open", "launch", "tags", "activity", "updated", "created")
_NUMBERS = frozenset({"arr", "mrr", "open"})
_SORTS = frozenset({"arr", "updated", "created"})
# Columns that the list has by itself only where there is room for them.
_ROOMY = frozenset({"updated", "created"})


class Column(NamedTuple):
    """A column of the list.

    Attributes:
        key: as an address names it.
        sort: by what clicking its head sorts, the largest first; None where it does not.
        field: the key of the custom field that it shows.
    """

    key: str
    label: str
    is_number: bool = False
    sort: str | None = None
    field: str | None = None
    is_roomy: bool = False

    @property
    def css(self) -> str:
        """The classes of its cells."""
        return " ".join(name for name, holds in (("number", self.is_number), ("roomy", self.is_roomy)) if holds)

    def value(self, line: CustomerLine) -> str:
        """Return the value of its custom field as people read it."""
        value = orjson.loads(line.custom_fields).get(self.field)
        return "" if value is None else str(value)


def possible(names: Sequence[str]) -> list[str]:
    """Return those of the names that a column can have, each once, as many as a list takes."""
    known = (name for name in names if name in _PLAIN or name.startswith(CUSTOM))
    return list(dict.fromkeys(known))[:MAX_COLUMNS]


def all_columns(fields: Sequence[FieldRow]) -> list[Column]:
    """Return every column that there can be: the list's own, then the workspace's fields."""
    own = [
        Column(key, label, is_number=key in _NUMBERS, sort=key if key in _SORTS else None)
        for key, label in _PLAIN.items()
    ]
    return own + [
        Column(f"{CUSTOM}{field.key}", field.name, is_number=field.type == "number", field=field.key)
        for field in fields[:MAX_FIELDS]
    ]


def chosen_columns(fields: Sequence[FieldRow], names: Sequence[str] | None) -> list[Column]:
    """Return the columns that somebody wants, without fields that are gone, or those that the list has by itself."""
    known = {column.key: column for column in all_columns(fields)}
    wanted = [known[name] for name in known if names is not None and name in names]
    # An open list asks for its rows by the names of its columns; where those are its own, they give way as its own do.
    if not wanted or {column.key for column in wanted} == set(_BY_ITSELF):
        return [known[name]._replace(is_roomy=name in _ROOMY) for name in _BY_ITSELF]
    return wanted
