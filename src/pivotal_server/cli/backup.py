"""``pivotal backup`` and ``pivotal restore``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pivotal_server.backups.models import BackupError
from pivotal_server.backups.reading import Reader, check_members
from pivotal_server.backups.restoring import require_known, restore_backup, workspaces_in
from pivotal_server.backups.writing import write_backup
from pivotal_server.cli.database import on_database
from pivotal_server.cli.progress import Bars
from pivotal_server.core.clock import Clock
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import storage_of
from pivotal_server.run import claim

if TYPE_CHECKING:
    from pivotal_server.backups.models import Manifest
    from pivotal_server.core.db import Connection

_FILE = click.Path(dir_okay=False, path_type=Path)
_MEGABYTE = 1_000_000
# What somebody types who means it.
_WORD = "replace"


@click.command()
@click.argument("file", type=_FILE)
@click.option("--verify", is_flag=True, help="Check a backup that is there, and restore nothing.")
@click.option("--overwrite", is_flag=True, help="FILE may be there: it is replaced once the new one is whole.")
def backup(*, file: Path, verify: bool, overwrite: bool) -> None:
    """Write everything that Pivotal has, database and files, to one FILE, at one moment, while it goes on running.

    The file holds all that is secret in the database as well; only this account may read it.
    """
    try:
        if verify:
            with Bars() as bars, Reader(file, bars) as reader:
                asyncio.run(check_members(reader, bars))
            click.echo(f"{file} is whole: {_describe(reader.manifest)}.")
            return
        manifest = _write(file, overwrite=overwrite)
    except OSError as error:
        raise _failed(file, error) from error
    click.echo(f"Backed up {_describe(manifest)}. {file} has {file.stat().st_size / _MEGABYTE:,.1f} MB.")
    if manifest.files.missing:
        click.echo(f"{manifest.files.missing} files were not in the storage, and are not in the backup.", err=True)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="There may be workspaces already: what is there goes.")
def restore(*, file: Path, replace: bool) -> None:
    """Put back what a backup FILE has, all of it or nothing; Pivotal has to be stopped.

    A backup of an older version is brought to this one's schema.
    """
    settings = Settings()
    storage = storage_of(settings)

    async def work(connection: Connection) -> None:
        there = await workspaces_in(connection)
        if there and not replace:
            raise BackupError(
                f"{_count(len(there), 'workspace')} would be lost here ({_first(there)}). Restore to an "
                "empty database, or let the backup take their place with --replace."
            )
        if there:
            bars.end()
            _confirm(there)
        await restore_backup(connection, storage, reader, bars)

    try:
        with Bars() as bars, Reader(file, bars) as reader, claim(settings.data):
            require_known(reader.manifest)
            on_database(work, new=True)
    except OSError as error:
        raise _failed(file, error) from error
    click.echo(f"Restored {_describe(reader.manifest)}.")


def _write(file: Path, *, overwrite: bool) -> Manifest:
    storage = storage_of(Settings())

    async def work(connection: Connection) -> Manifest:
        with Bars() as bars:
            return await write_backup(connection, storage, file, Clock().now(), bars, overwrite=overwrite)

    return on_database(work)


def _confirm(slugs: list[str]) -> None:
    click.echo(f"This removes {_count(len(slugs), 'workspace')} with all that is there: {_first(slugs)}.", err=True)
    if click.prompt(f"Type {_WORD} to go on", err=True) != _WORD:
        raise BackupError("Nothing was restored.")


def _describe(manifest: Manifest) -> str:
    parts = (_count(manifest.workspaces, "workspace"), _count(manifest.rows, "row"))
    return f"{', '.join(parts)} and {_count(manifest.files.count, 'file')} as of {manifest.taken_at}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _first(slugs: list[str], most: int = 3) -> str:
    return ", ".join(slugs[:most]) + (", …" if len(slugs) > most else "")


def _failed(file: Path, error: OSError) -> BackupError:
    return BackupError(f"{error.filename or file}: {error.strerror or error}. Nothing was changed.")
