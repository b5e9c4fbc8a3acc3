"""The database's side of backups: its tables as COPY reads and writes them, and a schema to put them into."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.backups.models import BackupError, Sequence
from pivotal_server.core.migrations import HISTORY, known_migrations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable

    from pivotal_server.core.db import Connection

# How values are written must not depend on what somebody has set for the role or the database.
SESSION = """
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL timezone = 'UTC';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '3s';
"""
_MADE = re.compile(r"^CREATE (?:UNLOGGED )?(TABLE|TYPE|FUNCTION|SCHEMA) (?:IF NOT EXISTS )?(\w+)", re.MULTILINE)

_TABLES = """
SELECT c.relname::text AS name, pg_table_size(c.oid) AS size, (
    SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
) AS columns
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname = ANY ($1::text[])
ORDER BY c.relname
"""
_SEQUENCES = """
SELECT s.relname::text FROM pg_class s
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
WHERE s.relkind = 'S' AND t.relnamespace = current_schema()::regnamespace AND t.relname = ANY ($1::text[])
ORDER BY s.relname
"""
_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS away,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS back
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1::text[])
ORDER BY c.relname, k.conname
"""
_INDEXES = """
SELECT format('DROP INDEX %s', i.indexrelid::regclass) AS away, pg_get_indexdef(i.indexrelid) AS back
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1::text[])
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
ORDER BY 2
"""
_TRIGGERS = """
SELECT DISTINCT format('ALTER TABLE %s DISABLE TRIGGER USER', c.oid::regclass) AS away,
    format('ALTER TABLE %s ENABLE TRIGGER USER', c.oid::regclass) AS back
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1::text[])
"""


class Table(NamedTuple):
    """A table of the database: its columns that are stored as they are given, and about how many bytes it has."""

    name: str
    size: int
    columns: list[str]


@cache
def made(kind: str) -> tuple[str, ...]:
    """Return the names of everything of a kind (TABLE, TYPE, FUNCTION, SCHEMA) that migrations make.

    A database may have other tables in it, which are none of our business.
    """
    names = {HISTORY} if kind == "TABLE" else set()
    for migration in known_migrations():
        names |= {name for what, name in _MADE.findall(migration.sql) if what == kind}
    return tuple(sorted(names))


async def read_tables(connection: Connection) -> list[Table]:
    """Return the tables that there are."""
    rows = await connection.fetch(_TABLES, made("TABLE"))
    return [Table(row["name"], row["size"], row["columns"]) for row in rows]


async def keep_tables(connection: Connection) -> None:
    """Let nobody change the shape of a table until the transaction ends; rows may change."""
    names = [table.name for table in await read_tables(connection)]
    await connection.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS SHARE MODE")


async def read_sequences(connection: Connection) -> dict[str, Sequence]:
    """Return where each sequence stands, by its name."""
    found = {}
    for row in await connection.fetch(_SEQUENCES, made("TABLE")):
        state = await connection.fetchrow(f"SELECT last_value, is_called FROM {row[0]}")
        assert state is not None  # noqa: S101 - a sequence has one row
        found[str(row[0])] = Sequence(last_value=state["last_value"], is_called=state["is_called"])
    return found


async def set_sequences(connection: Connection, sequences: dict[str, Sequence]) -> None:
    """Let sequences go on where they stood.

    Raises:
        BackupError: one is none of ours.
    """
    ours = {row[0] for row in await connection.fetch(_SEQUENCES, made("TABLE"))}
    for name, state in sequences.items():
        if name not in ours:
            raise BackupError(f"The backup has a sequence that Pivotal has not: {name}. Use another backup.")
        await connection.execute("SELECT setval($1::text::regclass, $2, $3)", name, state.last_value, state.is_called)


async def copy_out(connection: Connection, table: Table, write: Callable[[bytes], Coroutine[None, None, None]]) -> int:
    """Write all rows of a table, and return how many there were."""
    status = await connection.copy_from_table(table.name, columns=table.columns, output=write, format="text")
    return int(status.split()[-1])


async def copy_in(connection: Connection, name: str, columns: list[str], pieces: AsyncIterator[bytes]) -> int:
    """Read rows into an empty table, and return how many there were."""
    status = await connection.copy_to_table(name, columns=columns, source=pieces, format="text")
    return int(status.split()[-1])


async def remove_everything(connection: Connection) -> None:
    """Remove all that migrations make; what else is in the database stays."""
    for kind, word in (("SCHEMA", "SCHEMA"), ("TABLE", "TABLE"), ("FUNCTION", "ROUTINE"), ("TYPE", "TYPE")):
        await connection.execute(f"DROP {word} IF EXISTS {', '.join(made(kind))} CASCADE")


async def empty_tables(connection: Connection) -> None:
    """Remove the rows that migrations themselves have written."""
    names = [table.name for table in await read_tables(connection)]
    await connection.execute(f"TRUNCATE {', '.join(names)}")


async def put_aside(connection: Connection) -> list[str]:
    """Remove from empty tables what would check or index each row by itself; return the statements that bring it back.

    Rows then come in any order, and an index that is made of all rows at once takes a fraction of the time.
    """
    steps = [step for sql in (_FOREIGN_KEYS, _INDEXES, _TRIGGERS) for step in await _steps(connection, sql)]
    for away, _ in steps:
        await connection.execute(away)
    # Indexes first: a foreign key looks rows up by them.
    return [back for _, back in sorted(steps, key=lambda step: not step[0].startswith("DROP INDEX"))]


async def _steps(connection: Connection, sql: str) -> Iterable[tuple[str, str]]:
    return [(row["away"], row["back"]) for row in await connection.fetch(sql, made("TABLE"))]
