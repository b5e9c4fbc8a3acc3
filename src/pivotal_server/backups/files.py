"""The files of all workspaces, which lie in the storage."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from pivotal_server.backups.archive import FILE_LIST, FILES, PIECE
from pivotal_server.backups.models import BackupError, StoredFile
from pivotal_server.backups.reading import read_line
from pivotal_server.comments.models import file_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from pivotal_server.backups.archive import Member
    from pivotal_server.backups.models import Progress
    from pivotal_server.backups.reading import Content, Reader
    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage

_BATCH = 1000
# Of the list of files: more is none of ours, and is not taken into memory.
_LONGEST_LINE = 4096
# A file whose row is marked as deleted is about to go.
_FILES = """
SELECT workspace_id, id, size::bigint AS size FROM attachments WHERE deleted_at IS NULL
UNION ALL SELECT workspace_id, id, size::bigint FROM brand_images
UNION ALL SELECT workspace_id, file_id, size FROM takeouts WHERE status = 'done' AND expires_at > now()
"""


async def read_keys(connection: Connection) -> AsyncIterator[tuple[str, int]]:
    """Yield key and size of every file that the database knows; the connection is in a transaction."""
    cursor = await connection.cursor(_FILES)
    while rows := await cursor.fetch(_BATCH):
        for row in rows:
            yield file_key(row["workspace_id"], row["id"]), row["size"]


async def add_file(member: Member, storage: Storage, key: str, size: int) -> StoredFile | None:
    """Write a file behind those that are there; None where the storage does not have it any more.

    Raises:
        BackupError: the storage has less of it than there should be.
    """
    try:
        pieces = await storage.open(key, 0, size)
    except FileNotFoundError:
        return None
    digest, begin = hashlib.sha256(), member.size
    async for piece in pieces:
        digest.update(piece)
        await member.write(piece)
    if member.size - begin != size:
        raise BackupError(f"The stored file {key} has {member.size - begin} bytes and not {size}. Remove it first.")
    return StoredFile(key=key, size=size, sha256=digest.hexdigest())


def listed(reader: Reader) -> Iterator[StoredFile]:
    """Yield what a backup's list of files has.

    Raises:
        BackupError: it cannot be read.
    """
    with reader.open(FILE_LIST) as lines:
        while line := lines.readline(_LONGEST_LINE):
            file = read_line(line, StoredFile)
            assert isinstance(file, StoredFile)  # noqa: S101 - as asked for
            yield file


async def put_files(reader: Reader, storage: Storage, progress: Progress) -> None:
    """Put all files of a backup into the storage.

    Raises:
        BackupError: one is not what the list tells of; it is not stored.
    """
    with reader.open(FILES) as content:
        for file in listed(reader):
            await storage.put(file.key, _pieces(content, file))
            progress.step(file.size)


async def remove_files(reader: Reader, storage: Storage, besides: Collection[str]) -> None:
    """Remove the files that a backup has brought, besides those that were there before."""
    for file in listed(reader):
        if file.key not in besides:
            await storage.delete(file.key)


async def _pieces(content: Content, file: StoredFile) -> AsyncIterator[bytes]:
    digest, left = hashlib.sha256(), file.size
    while left and (piece := await asyncio.to_thread(content.read, min(PIECE, left))):
        digest.update(piece)
        left -= len(piece)
        yield piece
    if left or digest.hexdigest() != file.sha256:
        raise BackupError(f"The file {file.key} in the backup is not what its list tells of. Use another backup.")
