"""Changes to attachments, and the clean-up of files that nobody needs.

A file is stored before its attachment is committed. Until then, and once its attachment is gone, a row of
``leftover_files`` stands for it, and the clean-up removes it by that.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.comments.file_types import HEAD_BYTES, content_type_of
from pivotal_server.comments.models import EDIT_WINDOW, UNATTACHED_KEPT_FOR, AttachmentRow, file_key
from pivotal_server.comments.queries import ATTACHMENT_COLUMNS, get_attachment, get_comment
from pivotal_server.comments.scanning import have_scanned
from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import read_reference
from pivotal_server.core.resources import NEXT_NUMBER
from pivotal_server.timeline.change import Subject

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage
    from pivotal_server.timeline.change import Change

BATCH = 100

_EXPECT = "INSERT INTO leftover_files (workspace_id, id, remove_after) VALUES ($1, $2, $3)"
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="attachment")}), arrived AS (
    DELETE FROM leftover_files f WHERE f.workspace_id = $1 AND f.id = $3 RETURNING f.id
)
INSERT INTO attachments AS a (workspace_id, id, filename, size, content_type, sha256, scan,
    uploader_type, uploader_id, uploader_name, display_id, created_at)
SELECT $1, arrived.id, $4, $5, $6, $7, $8, $9, $10, $11, next.display_id, next.created_at FROM arrived, next
RETURNING {ATTACHMENT_COLUMNS}
"""
_ATTACH = """
UPDATE attachments a SET comment_id = $2
WHERE a.workspace_id = $1 AND a.{column} = $3 AND a.comment_id IS NULL AND a.deleted_at IS NULL
    AND a.uploader_type = $4 AND a.uploader_id = $5 AND a.scan <> 'infected'
RETURNING a.id
"""
_RELEASE = """
WITH gone AS (
    UPDATE attachments a SET deleted_at = $3 WHERE a.workspace_id = $1 AND {which} = $2 AND a.deleted_at IS NULL
    RETURNING a.id
)
INSERT INTO leftover_files (workspace_id, id, remove_after) SELECT $1, g.id, $3 FROM gone g
"""
_RELEASE_UNATTACHED = """
WITH old AS (
    SELECT a.workspace_id, a.id FROM attachments a
    WHERE a.comment_id IS NULL AND a.deleted_at IS NULL AND a.created_at < $1
    ORDER BY a.created_at LIMIT $3 FOR UPDATE SKIP LOCKED
), gone AS (
    UPDATE attachments a SET deleted_at = $2 FROM old
    WHERE a.workspace_id = old.workspace_id AND a.id = old.id RETURNING a.workspace_id, a.id
), left_over AS (
    INSERT INTO leftover_files (workspace_id, id, remove_after) SELECT g.workspace_id, g.id, $2 FROM gone g
)
SELECT count(*) FROM gone
"""
_FIND_LEFTOVERS = """
SELECT f.workspace_id, f.id FROM leftover_files f WHERE f.remove_after <= $1 ORDER BY f.remove_after LIMIT $2
"""
_FORGET = "DELETE FROM leftover_files f WHERE f.workspace_id = $1 AND f.id = $2"


class StoredFile(NamedTuple):
    """A file that lies in the storage and has no attachment yet."""

    id: str
    filename: str
    size: int
    sha256: bytes
    content_type: str


class Intake:
    """The bytes of an upload on their way into the storage: measured, hashed, and looked at.

    Attributes:
        failure: why they ended early; a storage may tell it in words of its own.
    """

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._hash = hashlib.sha256()
        self._head = b""
        self._size = 0
        self.failure: ApiError | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the bytes.

        Raises:
            ApiError: 400 ``too_small`` where there are none, or what ``Call.read`` raises.
        """
        try:
            async for piece in self._pieces:
                self._hash.update(piece)
                self._size += len(piece)
                self._head += piece[: HEAD_BYTES - len(self._head)]
                yield piece
            if not self._size:
                raise ApiError(400, "too_small", "The file is empty.")
        except ApiError as error:
            self.failure = error
            raise

    def finished(self, id_: str, filename: str) -> StoredFile:
        """Return what has come in."""
        content_type = content_type_of(self._head, filename)
        return StoredFile(id_, filename, self._size, self._hash.digest(), content_type)


async def store_file(storage: Storage, key: str, intake: Intake) -> None:
    """Store an upload.

    Raises:
        ApiError: the upload's own failure.
    """
    try:
        await storage.put(key, aiter(intake))
    except Exception:
        if intake.failure is not None:
            raise intake.failure from None
        raise


async def expect_file(connection: Connection, workspace_id: str, id_: str, now: datetime) -> None:
    """Write down that a file is about to be stored; committed before its first byte is."""
    await connection.execute(_EXPECT, workspace_id, id_, now + UNATTACHED_KEPT_FOR)


async def create_attachment(change: Change, file: StoredFile, *, scanned: bool) -> AttachmentRow:
    """Make an attachment of a file that was expected and has been stored; ``scanned`` where there is a scanner."""
    actor, scan = change.actor, "pending" if scanned else "off"
    row = await fetch_one(
        change.connection,
        AttachmentRow,
        _CREATE,
        *(actor.workspace_id, change.at, file.id, file.filename, file.size, file.content_type, file.sha256, scan),
        *(actor.type, actor.id, actor.name),
    )
    assert row is not None  # noqa: S101 - it is expected for a day, and an upload takes minutes
    if scanned:
        await have_scanned(change.connection, actor.workspace_id, row.id)
    change.note("attachment.created", f"Uploaded {row.filename}", Subject("attachment", row.id))
    return row


async def attach(change: Change, comment_id: str, references: Sequence[str]) -> None:
    """Make files part of a comment that is being written.

    Raises:
        ApiError: 400 ``invalid_field`` where one is not there, not the actor's, or part of a comment already.
    """
    actor = change.actor
    for place, reference in enumerate(dict.fromkeys(references)):
        parsed = read_reference(reference)
        if parsed is None or not await change.connection.fetchval(
            _ATTACH.format(column=parsed.column), actor.workspace_id, comment_id, parsed.value, actor.type, actor.id
        ):
            message = "There is no such attachment of yours that is free to be attached."
            raise invalid_field(f"attachment_ids.{place}", message)


async def delete_attachment(change: Change, reference: str) -> AttachmentRow:
    """Take a file back; deleting it again changes nothing.

    Raises:
        ApiError: 404 where there never was such an attachment; 403 ``not_the_author``; 409 ``edit_window_closed``.
    """
    actor = change.actor
    before = await get_attachment(change.connection, actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    if (before.uploader_type, before.uploader_id) != (actor.type, actor.id):
        raise ApiError(403, "not_the_author", "Only whoever uploaded a file may delete it.")
    if change.now - before.created_at > EDIT_WINDOW:
        raise ApiError(409, "edit_window_closed", "A file can be deleted for 24 hours.")
    await change.connection.execute(_RELEASE.format(which="a.id"), actor.workspace_id, before.id, change.at)
    place: dict[str, str] = {}
    if before.comment_id is not None:
        comment = await get_comment(change.connection, actor, before.comment_id)
        place = {"customer_id": comment.customer_id, "onboarding_id": comment.onboarding_id}
    subject = Subject("attachment", before.id, **place)
    change.note("attachment.deleted", f"Deleted the file {before.filename}", subject)
    return before


async def release_files_of(change: Change, comment_id: str) -> None:
    """Let the files of a comment go with it."""
    sql = _RELEASE.format(which="a.comment_id")
    await change.connection.execute(sql, change.actor.workspace_id, comment_id, change.at)


async def remove_leftovers(
    connection: Connection, storage: Storage, now: datetime, stopping: Callable[[], bool], *, batch: int = BATCH
) -> int:
    """Remove the files that nobody needs, those that no comment took among them; return how many that were.

    Args:
        connection: outside a transaction.
        storage: where they lie.
        now: the present.
        stopping: asked after every file whether to leave the rest for another time.
        batch: how many to look for at a time.
    """
    while not stopping():
        released = await connection.fetchval(_RELEASE_UNATTACHED, now - UNATTACHED_KEPT_FOR, now, batch)
        if released < batch:
            break
    removed = 0
    while not stopping() and (found := await connection.fetch(_FIND_LEFTOVERS, now, batch)):
        for workspace_id, id_ in found:
            await storage.delete(file_key(workspace_id, id_))
            await connection.execute(_FORGET, workspace_id, id_)
            removed += 1
            if stopping():
                break
    return removed
