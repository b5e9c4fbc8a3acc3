"""The shapes of comments and attachments."""

from datetime import datetime, timedelta
from typing import NamedTuple

# For so long its author may change or delete a comment, and its uploader a file.
EDIT_WINDOW = timedelta(hours=24)
# After so long a file that no comment took is removed.
UNATTACHED_KEPT_FOR = timedelta(hours=24)

MAX_BODY = 20_000
MAX_ATTACHMENTS = 10
MAX_FILE_BYTES = 25 * 1024 * 1024

SCANS = ("off", "pending", "clean", "infected")


class CommentRow(NamedTuple):
    """A comment as stored, and what is looked up with it.

    Attributes:
        customer_id: the onboarding's.
        task_id: the task that it is on; None where it is on the onboarding itself.
        mentions: JSON text: a list of ``person_id``, ``name`` and ``email``.
        attachments: JSON text: a list of ``id``, ``filename``, ``size``, ``content_type`` and ``scan``.
    """

    id: str
    display_id: int
    onboarding_id: str
    customer_id: str
    task_id: str | None
    body: str
    author_type: str
    author_id: str
    author_name: str
    mentions: str
    attachments: str
    pinned_at: datetime | None
    edited_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class AttachmentRow(NamedTuple):
    """A file as stored; its bytes lie in the storage, under the key of ``file_key``."""

    id: str
    display_id: int
    comment_id: str | None
    filename: str
    size: int
    content_type: str
    sha256: bytes
    scan: str
    uploader_type: str
    uploader_id: str
    uploader_name: str
    created_at: datetime
    deleted_at: datetime | None


def file_key(workspace_id: str, file_id: str) -> str:
    """Return where the storage keeps a file; the two digits spread a workspace's files over directories."""
    return f"{workspace_id}/{file_id[-2:]}/{file_id}"
