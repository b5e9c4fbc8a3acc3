"""Making takeouts, in the background: from one snapshot, in memory that does not grow with the workspace."""

from __future__ import annotations

import logging
import tempfile
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.comments.file_actions import expect_file
from pivotal_server.comments.models import file_key
from pivotal_server.core.db import in_transaction
from pivotal_server.core.ids import new_id
from pivotal_server.core.jobs import Job, JobContext
from pivotal_server.core.live import tell_pages
from pivotal_server.core.storage import storage_of
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change
from pivotal_server.transfer.actions import begin_takeout, fail_takeout, finish_takeout, tell_progress
from pivotal_server.transfer.archive import Archive
from pivotal_server.transfer.queries import count_everything, read_files, read_people, read_rows, shape_of
from pivotal_server.transfer.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage
    from pivotal_server.transfer.models import Takeout

logger = logging.getLogger(__name__)

_ATTEMPTS = 4
_TOLD_EVERY_SECONDS = 1.0


class _UnwantedError(Exception):
    """Somebody has cancelled the takeout, or another worker makes it."""


class _Progress:
    """Tells how far a takeout is, about once a second, on a connection of its own."""

    def __init__(self, context: JobContext, actor: Actor, takeout: Takeout) -> None:
        self._context, self._actor = context, actor
        self.takeout = takeout
        self._told_at: datetime | None = None

    async def begin(self, total: int) -> None:
        self.takeout = self.takeout._replace(total=total)
        await self._tell()

    async def step(self, count: int) -> None:
        """Count what was done.

        Raises:
            _UnwantedError: nobody wants the rest.
        """
        self.takeout = self.takeout._replace(done=self.takeout.done + count)
        now = self._context.clock.now()
        if self._told_at is None or (now - self._told_at).total_seconds() >= _TOLD_EVERY_SECONDS:
            await self._tell()

    async def _tell(self) -> None:
        self._told_at = self._context.clock.now()
        async with self._context.pool.acquire() as connection:
            wanted = await tell_progress(connection, self._actor.workspace_id, self.takeout, self._told_at)
            await tell_pages(connection, self._actor.workspace_id, {f"takeout:{self.takeout.id}"})
        if not wanted:
            raise _UnwantedError


async def take_out(context: JobContext, payload: dict[str, Any]) -> None:
    """Make a takeout. Begun again, it begins anew: the file that was begun before goes with the clean-up."""
    actor = Actor(payload["workspace_id"], "system", "takeouts", "Pivotal", role="admin")
    takeout_id, file_id, now = payload["takeout_id"], new_id(), context.clock.now()
    async with context.pool.acquire() as connection:
        takeout = await begin_takeout(connection, actor.workspace_id, takeout_id, file_id, now)
    if takeout is None:
        return
    try:
        await _make(context, actor, _Progress(context, actor, takeout))
    except _UnwantedError:
        logger.info("Takeout %s is not wanted any more", takeout_id)
    except Exception:
        if context.attempt >= _ATTEMPTS:
            await _commit(context, actor, takeout_id, lambda change: fail_takeout(change, takeout_id, _page(context)))
        raise


async def _make(context: JobContext, actor: Actor, progress: _Progress) -> None:
    storage, file_id = storage_of(context.settings), progress.takeout.file_id
    assert file_id is not None  # noqa: S101 - whoever begins gives it one
    directory = context.settings.data / "tmp"
    archive = Archive(directory)
    try:
        taken_at = context.clock.now()
        # The list of files is part of the snapshot, and may be longer than memory.
        with tempfile.TemporaryFile(dir=directory) as files:
            # Reading all of a table for its size may take longer than statements usually get.
            async with (
                context.pool.apart(statement_timeout="15min") as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                workspace = await _add_tables(connection, actor, archive, progress)
                async for batch in read_files(connection, actor):
                    files.writelines(orjson.dumps(file) + b"\n" for file in batch)
            files.seek(0)
            await _add_files(storage, actor, archive, progress, files)
        size, sha256 = await archive.finish(workspace, taken_at)
        async with context.pool.acquire() as connection:
            await expect_file(connection, actor.workspace_id, file_id, context.clock.now())
        await storage.put(file_key(actor.workspace_id, file_id), archive.pieces())
    finally:
        archive.close()
    takeout = progress.takeout
    await _commit(
        context, actor, takeout.id, lambda change: finish_takeout(change, takeout, size, sha256, _page(context))
    )
    logger.info("Made takeout %s: %d bytes", takeout.id, size)


async def _add_tables(connection: Connection, actor: Actor, archive: Archive, progress: _Progress) -> str:
    """Write every table of a snapshot, and return the workspace as JSON."""
    await progress.begin(await count_everything(connection, actor, TABLES))
    workspace, people = await read_people(connection, actor)
    await archive.add_lines("people", people)
    for table in TABLES:
        names, key = await shape_of(connection, table)
        batches = read_rows(connection, actor, table, names, key)
        await archive.add_table(table.name, names, table.left_out, batches, progress.step)
    return workspace


async def _add_files(
    storage: Storage, actor: Actor, archive: Archive, progress: _Progress, files: Iterable[bytes]
) -> None:
    """Write the files that there were, while no connection is held; those that went meanwhile are counted."""
    for line in files:
        id_, name, size = orjson.loads(line)
        try:
            pieces = await storage.open(file_key(actor.workspace_id, id_), 0, size)
        except FileNotFoundError:
            pieces = None
        await archive.add_file(id_, name, pieces)
        await progress.step(1)


async def _commit(
    context: JobContext, actor: Actor, takeout_id: str, work: Callable[[Change], Awaitable[object]]
) -> None:
    async with context.pool.acquire() as connection:

        async def run() -> None:
            change = Change(connection, actor, context.clock)
            await work(change)
            await change.write_records()

        await in_transaction(connection, context.clock, run)
        await tell_pages(connection, actor.workspace_id, {f"takeout:{takeout_id}"})


def _page(context: JobContext) -> str:
    return f"{context.settings.base_url}/settings/data"


TAKE_OUT = Job("take_out", take_out, attempts=_ATTEMPTS)
