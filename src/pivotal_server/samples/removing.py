"""Removing a workspace with all that is in it, whatever tables there are."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from pivotal_server.comments.models import file_key

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attname = 'workspace_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relnamespace = current_schema()::regnamespace
"""
# Which table has to be emptied before which.
_REFERENCES = """
SELECT DISTINCT r.relname AS referring, t.relname AS referred
FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND r.relnamespace = current_schema()::regnamespace
"""
_FILES = """
SELECT id FROM attachments WHERE workspace_id = $1 UNION SELECT id FROM brand_images WHERE workspace_id = $1
UNION SELECT id FROM leftover_files WHERE workspace_id = $1
"""
# Written by triggers while contacts were removed.
_TRACES = "DELETE FROM contact_tally_changes WHERE workspace_id = $1"
_IS_SAMPLE = "SELECT w.sample FROM workspaces w WHERE w.id = $1 FOR UPDATE"
_LEAVE = "UPDATE sessions SET current_workspace_id = NULL WHERE current_workspace_id = $1"
_REMOVE = "DELETE FROM workspaces WHERE id = $1 RETURNING slug"
# Its made-up team belongs nowhere else.
_REMOVE_TEAM = "DELETE FROM people p WHERE p.email LIKE '%@' || $1 || '.example'"


async def remove_workspace(connection: Connection, storage: Storage, workspace_id: str) -> None:
    """Remove a sample workspace, its rows in every table and its files; one that is no sample stays.

    Args:
        connection: outside a transaction.
        storage: where its files are.
        workspace_id: the workspace's id; where it is gone, nothing happens.
    """
    async with connection.transaction():
        if not await connection.fetchval(_IS_SAMPLE, workspace_id):
            return
        files = [row["id"] for row in await connection.fetch(_FILES, workspace_id)]
        for table in await _tables_from_the_outside_in(connection):
            await connection.execute(f"DELETE FROM {table} WHERE workspace_id = $1", workspace_id)
        await connection.execute(_TRACES, workspace_id)
        await connection.execute(_LEAVE, workspace_id)
        slug = await connection.fetchval(_REMOVE, workspace_id)
        await connection.execute(_REMOVE_TEAM, slug)
    for file_id in files:
        await storage.delete(file_key(workspace_id, file_id))


async def _tables_from_the_outside_in(connection: Connection) -> list[str]:
    """Return the tables of workspaces, each before those that it refers to."""
    tables = {row["relname"] for row in await connection.fetch(_TABLES)}
    order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(tables, ()))
    for row in await connection.fetch(_REFERENCES):
        if {row["referring"], row["referred"]} <= tables:
            order.add(row["referred"], row["referring"])
    return list(order.static_order())
