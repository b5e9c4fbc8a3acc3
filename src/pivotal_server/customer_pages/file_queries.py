"""Reads of a customer's files: what was attached to comments on its onboardings and their tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.core.errors import invalid_field
from pivotal_server.web.filters import slug

if TYPE_CHECKING:
    from pivotal_server.identity.models import Actor

_FILES = """
SELECT a.id, a.filename, a.size, a.scan, a.uploader_name, a.created_at, m.display_id, o.display_id, o.name,
    t.display_id, t.title
FROM onboardings o
JOIN comments m ON m.workspace_id = $1 AND m.onboarding_id = o.id AND m.deleted_at IS NULL
JOIN attachments a ON a.workspace_id = $1 AND a.comment_id = m.id AND a.deleted_at IS NULL
LEFT JOIN tasks t ON t.workspace_id = $1 AND t.id = m.task_id
WHERE o.workspace_id = $1 AND o.customer_id = $2 AND o.deleted_at IS NULL AND t.deleted_at IS NULL
    AND a.filename ILIKE $3 AND (a.created_at, a.id) < ($4, $5)
ORDER BY a.created_at DESC, a.id DESC LIMIT $6
"""
_LAST = datetime.max.replace(tzinfo=UTC)


class FileLine(NamedTuple):
    """A file as the page of its customer shows it.

    Attributes:
        comment: the display_id of the comment that it was attached to.
        onboarding: the onboarding's display_id.
        task: the task's, where the comment is on one.
    """

    id: str
    filename: str
    size: int
    scan: str
    uploader_name: str
    created_at: datetime
    comment: int
    onboarding: int
    onboarding_name: str
    task: int | None
    task_title: str | None

    @property
    def place(self) -> str:
        """Where the comment is."""
        if self.task is not None:
            return f"/tasks/{self.task}-{slug(self.task_title or '')}#comment-{self.comment}"
        return f"/onboardings/{self.onboarding}-{slug(self.onboarding_name)}/comments#comment-{self.comment}"

    @property
    def position(self) -> str:
        """What the page that follows goes on after."""
        return f"{self.created_at.isoformat()}_{self.id}"


async def list_files(
    connection: Connection, actor: Actor, customer_id: str, *, words: str, after: str, limit: int
) -> list[FileLine]:
    """Return a customer's files, newest first.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        customer_id: the customer's cuid.
        words: part of the name.
        after: the position of the last file of the page before; empty at the beginning.
        limit: how many at most.

    Raises:
        ApiError: 400 where ``after`` is no position.
    """
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    at, _, id_ = after.partition("_")
    try:
        before = datetime.fromisoformat(at).astimezone(UTC) if after else _LAST
    except (ValueError, OverflowError):
        raise invalid_field("after", "This is no place in the list.") from None
    values = (actor.workspace_id, customer_id, f"%{pattern}%", before, id_, limit)
    return await fetch_all(connection, FileLine, _FILES, *values)
