"""Everything that a database and a data directory have, in a form that can be compared."""

import hashlib
from pathlib import Path
from typing import Any

import asyncpg

_TABLES = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_SHAPES = """
SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT 'key ' || conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'seen'
UNION ALL SELECT 'function ' || p.oid::regprocedure || md5(prosrc) FROM pg_proc p
WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'column ' || table_name || column_name || data_type || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'sequence ' || sequencename || coalesce(last_value::text, 'unused') FROM pg_sequences
WHERE schemaname = 'public'
ORDER BY 1
"""


async def tables_in(dsn: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return {row[0] for row in await connection.fetch(_TABLES)}
    finally:
        await connection.close()


async def dump(dsn: str) -> dict[str, Any]:
    """Return the rows of every table, sorted, and what there is beside rows."""
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC"})
    try:
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        rows: dict[str, Any] = {
            name: [row[0] for row in await connection.fetch(f'SELECT t::text FROM "{name}" t ORDER BY 1')]
            for name in tables
        }
        return rows | {"shapes": [row[0] for row in await connection.fetch(_SHAPES)]}
    finally:
        await connection.close()


def files_in(data: Path) -> dict[str, str]:
    """Return the digest of every stored file of a data directory, by its key."""
    root = data / "files"
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())
