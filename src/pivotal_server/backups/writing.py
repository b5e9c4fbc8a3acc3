"""Writing a backup: one snapshot of the database and the files that it knows, while everybody goes on working."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

import asyncpg
import orjson

from pivotal_server import __version__
from pivotal_server.backups.archive import FILE_LIST, FILES, PIECE, TABLES, Writer
from pivotal_server.backups.files import add_file, read_keys
from pivotal_server.backups.models import FORMAT, BackupError, Files, Manifest, TableContent
from pivotal_server.backups.tables import SESSION, copy_out, keep_tables, read_sequences, read_tables
from pivotal_server.core.clock import to_iso

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pivotal_server.backups.archive import Member
    from pivotal_server.backups.models import Progress
    from pivotal_server.backups.tables import Table
    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage

_MIGRATIONS = "SELECT version, checksum FROM schema_migrations ORDER BY version"
_WORKSPACES = "SELECT count(*) FROM workspaces"


async def write_backup(
    connection: Connection, storage: Storage, path: Path, now: datetime, progress: Progress, *, overwrite: bool
) -> Manifest:
    """Write everything that the database and the storage have to a file, and return what it is.

    Memory does not grow with what there is. Ending early, for whatever reason, leaves no file, or the one that was
    there before.

    Args:
        connection: outside a transaction.
        storage: where the files lie.
        path: of the file.
        now: the present.
        progress: is told how far it is.
        overwrite: whether the file may be there already.

    Raises:
        BackupError: it is there already, another process writes it, the database is being migrated, or a stored file is
            cut short.
        OSError: it cannot be written, or the storage cannot be read.
    """
    with Writer(path, overwrite=overwrite) as writer, tempfile.TemporaryFile(dir=path.parent) as known:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(SESSION)
            try:
                await keep_tables(connection)
            except asyncpg.LockNotAvailableError:
                raise BackupError("The database is being migrated or restored. Try again after that.") from None
            tables = await read_tables(connection)
            total, count = sum(table.size for table in tables), 0
            async for key, size in read_keys(connection):
                known.write(orjson.dumps((key, size)) + b"\n")
                total, count = total + size, count + 1
            progress.begin("Backing up", total)
            content = {table.name: await _add_table(connection, writer, table, progress) for table in tables}
            migrations = await connection.fetch(_MIGRATIONS)
            workspaces = await connection.fetchval(_WORKSPACES)
            sequences = await read_sequences(connection)
        known.seek(0)
        manifest = Manifest(
            format=FORMAT,
            product=f"Pivotal {__version__}",
            taken_at=to_iso(now),
            workspaces=workspaces,
            migrations={row["version"]: row["checksum"] for row in migrations},
            tables=content,
            sequences=sequences,
            files=await _add_files(writer, storage, known, count, progress),
        )
        writer.finish(manifest)
    return manifest


async def _add_table(connection: Connection, writer: Writer, table: Table, progress: Progress) -> TableContent:
    told = 0
    with writer.member(TABLES + table.name) as member:
        rows = _Rows(member)

        async def write(data: bytes) -> None:
            nonlocal told
            await rows.write(data)
            # The size on the disk is what there is to go by; text may take more room, or less.
            step = min(len(data), table.size - told)
            told += step
            progress.step(step)

        count = await copy_out(connection, table, write)
        await rows.flush()
    progress.step(table.size - told)
    return TableContent(columns=table.columns, rows=count, sha256=member.sha256)


class _Rows:
    """Gathers rows until compressing them is worth a thread."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._waiting: list[bytes] = []
        self._size = 0

    async def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= PIECE:
            await self.flush()

    async def flush(self) -> None:
        data, self._waiting, self._size = b"".join(self._waiting), [], 0
        await self._member.write(data)


async def _add_files(writer: Writer, storage: Storage, known: IO[bytes], count: int, progress: Progress) -> Files:
    """Write the files of a list, then the list of those that were there."""
    written = 0
    with tempfile.TemporaryFile(dir=writer.directory) as listing:
        with writer.member(FILES, compressed=False) as content:  # most are compressed already
            for line in known:
                key, size = orjson.loads(line)
                file = await add_file(content, storage, key, size)
                if file is not None:
                    listing.write(file.model_dump_json().encode() + b"\n")
                    written += 1
                progress.step(size)
        listing.seek(0)
        with writer.member(FILE_LIST) as lines:
            while piece := listing.read(PIECE):
                await lines.write(piece)
    return Files(
        count=written,
        size=content.size,
        missing=count - written,
        sha256=content.sha256,
        list_sha256=lines.sha256,
    )
