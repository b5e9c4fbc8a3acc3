"""Backups taken and restored in this process."""

from pathlib import Path

from pivotal_server.backups.models import Manifest
from pivotal_server.backups.reading import Reader
from pivotal_server.backups.restoring import require_known, restore_backup, workspaces_in
from pivotal_server.backups.writing import write_backup
from pivotal_server.cli.progress import Bars
from pivotal_server.core.clock import Clock
from pivotal_server.core.databases import connection_to
from pivotal_server.core.storage import Directory


async def take(dsn: str, data: Path, file: Path, *, overwrite: bool = False) -> Manifest:
    async with connection_to(dsn) as connection:
        storage = Directory(data / "files")
        return await write_backup(connection, storage, file, Clock().now(), Bars(), overwrite=overwrite)


async def bring_back(file: Path, dsn: str, data: Path) -> None:
    async with connection_to(dsn) as connection:
        with Reader(file, Bars()) as reader:
            require_known(reader.manifest)
            await workspaces_in(connection)
            await restore_backup(connection, Directory(data / "files"), reader, Bars())
