"""What a request has written, to be written again by bare statements: as little as the database can be asked to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from pivotal_server.core.db import Connection

_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attnum
"""
# A transaction's number is on every row that it wrote last. Every change leaves activity.
_LAST_CHANGE = "SELECT a.xmin::text FROM activity a ORDER BY a.created_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table.

    Attributes:
        table: its name.
        types: its columns that are not generated, with the names of their types.
        values: a tuple of such columns for each row.
    """

    table: str
    types: Mapping[str, str]
    values: Sequence[tuple[Any, ...]]

    @property
    def insert(self) -> str:
        """The statement that writes them, all at once; ``arguments`` are its parameters."""
        return f"INSERT INTO {self.table} ({', '.join(self.types)}) SELECT * FROM unnest({self._arrays}) u"

    @property
    def arguments(self) -> list[list[Any]]:
        """The values, column by column."""
        return [list(column) for column in zip(*self.values, strict=True)]

    def update(self, *keys: str) -> str:
        """Return the statement that writes them over rows of the same keys; ``arguments`` are its parameters."""
        assigned = ", ".join(f"{name} = u.{name}" for name in self.types if name not in keys)
        same = " AND ".join(f"t.{key} = u.{key}" for key in keys)
        columns = ", ".join(self.types)
        return f"UPDATE {self.table} t SET {assigned} FROM unnest({self._arrays}) u ({columns}) WHERE {same}"

    def only(self, names: Sequence[str]) -> Rows:
        """Return the same rows with these columns alone, in this order."""
        places = [list(self.types).index(name) for name in names]
        values = [tuple(row[place] for place in places) for row in self.values]
        return replace(self, types={name: self.types[name] for name in names}, values=values)

    def sorted(self, name: str) -> Rows:
        """Return the same rows in the order of a column."""
        place = list(self.types).index(name)
        return replace(self, values=sorted(self.values, key=lambda row: row[place]))

    def column(self, name: str) -> list[Any]:
        """Return one value of each row."""
        place = list(self.types).index(name)
        return [row[place] for row in self.values]

    def changed(self, **columns: Callable[[Any], Any]) -> Rows:
        """Return rows whose columns of these names are what the functions make of them."""
        functions = [columns.get(name) for name in self.types]
        values = [
            tuple(function(value) if function else value for function, value in zip(functions, row, strict=True))
            for row in self.values
        ]
        return replace(self, values=values)

    def later(self, by: timedelta) -> Rows:
        """Return rows all of whose instants are so much later."""
        instants = [name for name, kind in self.types.items() if kind == "timestamp with time zone"]
        return self.changed(**dict.fromkeys(instants, lambda at: at and at + by))

    @property
    def _arrays(self) -> str:
        return ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(self.types.values(), 1))


async def last_written(connection: Connection, table: str) -> Rows:
    """Return the rows of a table that the last change has written; there has been one."""
    number = await connection.fetchval(_LAST_CHANGE)
    types = {record["attname"]: record["format_type"] for record in await connection.fetch(_COLUMNS, table)}
    sql = f"SELECT {', '.join(f't.{name}' for name in types)} FROM {table} t WHERE t.xmin::text = $1 ORDER BY t.ctid"
    return Rows(table, types, [tuple(record) for record in await connection.fetch(sql, number)])
