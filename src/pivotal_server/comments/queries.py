"""Reads of comments and attachments; nothing is found outside the actor's workspace."""

from pivotal_server.comments.models import AttachmentRow, CommentRow
from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor

COLUMNS = columns(
    CommentRow,
    "c",
    customer_id="(SELECT o.customer_id FROM onboardings o WHERE o.workspace_id = c.workspace_id"
    " AND o.id = c.onboarding_id)",
    mentions="""(
        SELECT coalesce(json_agg(json_build_object('person_id', p.id, 'name', p.name, 'email', p.email)
            ORDER BY m.created_at, p.email), '[]')::text
        FROM comment_mentions m JOIN people p ON p.id = m.person_id
        WHERE m.workspace_id = c.workspace_id AND m.comment_id = c.id
    )""",
    attachments="""(
        SELECT coalesce(json_agg(json_build_object('id', a.id, 'filename', a.filename, 'size', a.size,
            'content_type', a.content_type, 'scan', a.scan) ORDER BY a.display_id), '[]')::text
        FROM attachments a
        WHERE a.workspace_id = c.workspace_id AND a.comment_id = c.id AND a.deleted_at IS NULL
    )""",
)
ATTACHMENT_COLUMNS = columns(AttachmentRow, "a")
_BY_REFERENCE = f"SELECT {COLUMNS} FROM comments c WHERE c.workspace_id = $1 AND c.{{column}} = $2"
_LIST = f"""
SELECT {COLUMNS} FROM comments c
WHERE c.workspace_id = $1 AND {{place}} = $2 AND c.created_at < $3 ORDER BY c.created_at DESC LIMIT $4
"""
_OF_ONBOARDING = "c.task_id IS NULL AND c.onboarding_id"
_OF_TASK = "c.task_id"
_ATTACHMENT = f"SELECT {ATTACHMENT_COLUMNS} FROM attachments a WHERE a.workspace_id = $1 AND a.{{column}} = $2"


async def get_comment(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> CommentRow:
    """Return the comment with this cuid or display_id, whatever became of its onboarding or task.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted comment is found as well.
        lock: whether to hold the row until the end of the transaction, for a change to it.

    Raises:
        ApiError: 404 ``comment_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (" FOR NO KEY UPDATE OF c" if lock else "")
        row = await fetch_one(connection, CommentRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("comment")


async def list_onboarding_comments(
    connection: Connection, actor: Actor, onboarding_id: str, query: PageQuery
) -> list[CommentRow]:
    """Return a page of the comments on an onboarding itself, newest first, and one more where more follow."""
    return await _list(connection, actor, _OF_ONBOARDING, onboarding_id, query)


async def list_task_comments(connection: Connection, actor: Actor, task_id: str, query: PageQuery) -> list[CommentRow]:
    """Return a page of the comments on a task, newest first, and one more where more follow."""
    return await _list(connection, actor, _OF_TASK, task_id, query)


async def _list(connection: Connection, actor: Actor, place: str, id_: str, query: PageQuery) -> list[CommentRow]:
    sql = _LIST.format(place=place)
    return await fetch_all(connection, CommentRow, sql, actor.workspace_id, id_, query.before, query.fetch)


async def get_attachment(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> AttachmentRow:
    """Return the attachment with this cuid or display_id; the arguments are those of ``get_comment``.

    Raises:
        ApiError: 404 ``attachment_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _ATTACHMENT.format(column=parsed.column) + (" FOR NO KEY UPDATE" if lock else "")
        row = await fetch_one(connection, AttachmentRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("attachment")


async def find_file(connection: Connection, workspace_id: str, id_: str) -> AttachmentRow | None:
    """Return the attachment that a signed link leads to, or None where it is no longer there."""
    sql = f"{_ATTACHMENT.format(column='id')} AND a.deleted_at IS NULL"
    return await fetch_one(connection, AttachmentRow, sql, workspace_id, id_)
