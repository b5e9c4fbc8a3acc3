"""Reads of takeouts, and of everything that goes into one; nothing is found outside the actor's workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.db import columns, fetch_all, fetch_one
from pivotal_server.transfer.models import Takeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.transfer.tables import Table

COLUMNS = columns(Takeout, "t")
LISTED = 20
"""How many takeouts are listed, the newest."""

_ROWS_AT_A_TIME = 500
_GET = f"SELECT {COLUMNS} FROM takeouts t WHERE t.workspace_id = $1 AND t.id = $2"
_LIST = f"SELECT {COLUMNS} FROM takeouts t WHERE t.workspace_id = $1 ORDER BY t.created_at DESC LIMIT {LISTED}"
_SHAPE = """
SELECT a.attname::text AS name, a.attnum = ANY (k.conkey) AS is_key
FROM pg_attribute a CROSS JOIN LATERAL (
    SELECT k.conkey FROM pg_constraint k
    WHERE k.conrelid = a.attrelid AND k.contype IN ('p', 'u') ORDER BY k.contype = 'u' LIMIT 1
) k
WHERE a.attrelid = to_regclass('public.' || quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY array_position(k.conkey, a.attnum), a.attnum
"""
# By the table's key, which is an index that begins with the workspace: nothing has to be sorted.
_ROWS = """
SELECT row_to_json(r)::text FROM (SELECT {columns} FROM public.{table} WHERE workspace_id = $1 ORDER BY {key}) r
"""
_COUNT = "SELECT count(*) FROM public.{table} WHERE workspace_id = $1"
_WORKSPACE = "SELECT row_to_json(w)::text FROM workspaces w WHERE w.id = $1"
_PEOPLE = """
SELECT row_to_json(p)::text FROM (
    SELECT p.id, p.email, p.name, p.created_at FROM memberships m JOIN people p ON p.id = m.person_id
    WHERE m.workspace_id = $1 ORDER BY p.id
) p
"""
_FILES = """
SELECT a.id, a.filename, a.size FROM attachments a
WHERE a.workspace_id = $1 AND a.deleted_at IS NULL AND a.scan <> 'infected'
UNION ALL
SELECT i.id, 'image.' || split_part(i.content_type, '/', 2), i.size FROM brand_images i WHERE i.workspace_id = $1
"""
_COUNT_FILES = """
SELECT (SELECT count(*) FROM attachments a WHERE a.workspace_id = $1 AND a.deleted_at IS NULL AND a.scan <> 'infected')
    + (SELECT count(*) FROM brand_images i WHERE i.workspace_id = $1)
"""


async def find_takeout(connection: Connection, workspace_id: str, takeout_id: str) -> Takeout | None:
    """Return a takeout, or None where the workspace has no such one."""
    return await fetch_one(connection, Takeout, _GET, workspace_id, takeout_id)


async def list_takeouts(connection: Connection, actor: Actor) -> list[Takeout]:
    """Return the newest takeouts of the actor's workspace, the newest first."""
    return await fetch_all(connection, Takeout, _LIST, actor.workspace_id)


async def shape_of(connection: Connection, table: Table) -> tuple[list[str], list[str]]:
    """Return the columns of a table that go out, and those of its key."""
    rows = await connection.fetch(_SHAPE, table.name)
    return [row["name"] for row in rows if row["name"] not in table.left_out], [
        row["name"] for row in rows if row["is_key"]
    ]


async def count_everything(connection: Connection, actor: Actor, tables: tuple[Table, ...]) -> int:
    """Return how many rows and files a takeout has."""
    total = int(await connection.fetchval(_COUNT_FILES, actor.workspace_id))
    for table in tables:
        total += int(await connection.fetchval(_COUNT.format(table=table.name), actor.workspace_id))
    return total


async def read_rows(
    connection: Connection, actor: Actor, table: Table, names: list[str], key: list[str]
) -> AsyncIterator[list[str]]:
    """Yield the rows of a table as lines of JSON, some hundred at a time; the connection is in a transaction."""
    sql = _ROWS.format(table=table.name, columns=", ".join(f'"{name}"' for name in names), key=", ".join(key))
    cursor = await connection.cursor(sql, actor.workspace_id)
    while rows := await cursor.fetch(_ROWS_AT_A_TIME):
        yield [row[0] for row in rows]


async def read_people(connection: Connection, actor: Actor) -> tuple[str, list[str]]:
    """Return the workspace itself, and everybody who belongs or belonged to it, as JSON."""
    workspace = str(await connection.fetchval(_WORKSPACE, actor.workspace_id))
    return workspace, [row[0] for row in await connection.fetch(_PEOPLE, actor.workspace_id)]


async def read_files(connection: Connection, actor: Actor) -> AsyncIterator[list[tuple[str, str, int]]]:
    """Yield id, name and size of the stored files, some hundred at a time; the connection is in a transaction."""
    cursor = await connection.cursor(_FILES, actor.workspace_id)
    while rows := await cursor.fetch(_ROWS_AT_A_TIME):
        yield [(row["id"], row["filename"], row["size"]) for row in rows]
