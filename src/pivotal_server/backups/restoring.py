"""Restoring a backup: all of it or nothing, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from pivotal_server.backups.archive import TABLES
from pivotal_server.backups.files import listed, put_files, read_keys, remove_files
from pivotal_server.backups.models import BackupError
from pivotal_server.backups.tables import (
    SESSION,
    copy_in,
    empty_tables,
    made,
    put_aside,
    remove_everything,
    set_sequences,
)
from pivotal_server.core.migrations import HISTORY, check_schema, known_migrations, migrate

if TYPE_CHECKING:
    from pivotal_server.backups.models import Manifest, Progress
    from pivotal_server.backups.reading import Reader
    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage

_IS_MIGRATED = f"SELECT to_regclass('{HISTORY}') IS NOT NULL"
_WORKSPACES = "SELECT slug FROM workspaces ORDER BY slug"
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'pivotal%' AND pid <> pg_backend_pid()
"""


def require_known(manifest: Manifest) -> None:
    """Check that this version can make the schema that a backup was taken from.

    Raises:
        BackupError: it comes from a newer version, or from another one's migrations, or has what is none of ours.
    """
    known = {migration.version: migration.checksum for migration in known_migrations()}
    if set(manifest.migrations) - set(known):
        raise BackupError(
            f"The backup was taken by {manifest.product}, whose database this version does not know. Restore it with "
            "that version, or a newer one."
        )
    for version, checksum in manifest.migrations.items():
        if known[version] != checksum:
            raise BackupError(
                f"The backup was taken from a database whose migration {version:04d} had another text. Restore it "
                f"with the version that took it ({manifest.product})."
            )
    strange = sorted(set(manifest.tables) - set(made("TABLE")))
    if strange:
        raise BackupError(f"The backup has a table that Pivotal has not: {strange[0]}. Use another backup.")


async def workspaces_in(connection: Connection) -> list[str]:
    """Return the slugs of the workspaces that a restored backup would replace, where nobody works on them.

    Raises:
        BackupError: servers, or other commands, use the database.
        SchemaError: its schema is not this version's.
    """
    others = await connection.fetchval(_OTHERS)
    if others:
        raise BackupError(
            f"Pivotal is running on the database ({others} connections). Stop its servers and workers first."
        )
    if not await connection.fetchval(_IS_MIGRATED):
        return []
    await check_schema(connection)
    return [row["slug"] for row in await connection.fetch(_WORKSPACES)]


async def restore_backup(connection: Connection, storage: Storage, reader: Reader, progress: Progress) -> None:
    """Put everything that a backup has in the place of what is there, and bring it to this version's schema.

    Files come first: nobody knows them before the transaction commits, and where it does not they go again. What
    was replaced goes last.

    Args:
        connection: outside a transaction, to a database as ``workspaces_in`` has seen it.
        storage: where files lie.
        reader: the backup, as ``require_known`` has seen it.
        progress: is told how far it is.

    Raises:
        BackupError: it is not what its manifest tells of, or somebody works on the database.
        asyncpg.PostgresError: the database refuses it. Nothing has changed.
        OSError: the storage cannot be written.
    """
    before = await _files_there(connection)
    progress.begin("Restoring", reader.size)
    try:
        await put_files(reader, storage, progress)
        async with connection.transaction():
            await _restore_tables(connection, reader, progress)
    except BaseException:
        await remove_files(reader, storage, besides=before)
        raise
    for key in before.difference(file.key for file in listed(reader)):
        await storage.delete(key)
    await connection.execute("ANALYZE")


async def _restore_tables(connection: Connection, reader: Reader, progress: Progress) -> None:
    manifest = reader.manifest
    await connection.execute(SESSION)
    try:
        await remove_everything(connection)
    except asyncpg.LockNotAvailableError:
        raise BackupError("Somebody else works on the database. Disconnect them first.") from None
    await migrate(connection, up_to=max(manifest.migrations))
    await empty_tables(connection)
    later = await put_aside(connection)
    for name, table in manifest.tables.items():
        pieces = reader.pieces(TABLES + name, table.sha256, progress.step)
        count = await copy_in(connection, name, table.columns, pieces)
        if count != table.rows:
            raise BackupError(f"Table {name} has got {count} rows and not {table.rows}. Use another backup.")
    progress.begin("Making indexes", len(later))
    for statement in later:
        await connection.execute(statement)
        progress.step(1)
    await set_sequences(connection, manifest.sequences)
    await migrate(connection)


async def _files_there(connection: Connection) -> set[str]:
    if not await connection.fetchval(_IS_MIGRATED):
        return set()
    async with connection.transaction(readonly=True):
        return {key async for key, _ in read_keys(connection)}
