"""Changes to comments: each writes the rows and their activity in the caller's transaction."""

from typing import Any

from pivotal_server.comments.file_actions import attach, release_files_of
from pivotal_server.comments.mentions import find_mentions
from pivotal_server.comments.models import EDIT_WINDOW, CommentRow
from pivotal_server.comments.queries import COLUMNS, get_comment
from pivotal_server.comments.schemas import CommentCreate, CommentUpdate
from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, moment_of_change
from pivotal_server.customers.access import require_sight
from pivotal_server.onboardings.pins import require_place_for_pin
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.queries import get_task
from pivotal_server.timeline.change import Change, Subject

_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="comment")})
INSERT INTO comments AS c (workspace_id, id, onboarding_id, task_id, body, author_type, author_id, author_name,
    display_id, created_at, updated_at)
SELECT $1, $3, $4, $5, $6, $7, $8, $9, next.display_id, next.created_at, next.created_at FROM next
"""
_UPDATE = "UPDATE comments c SET {assignments} WHERE c.workspace_id = $1 AND c.id = $2"
_READ = f"SELECT {COLUMNS} FROM comments c WHERE c.workspace_id = $1 AND c.id = $2"
_MENTION = """
INSERT INTO comment_mentions (workspace_id, comment_id, person_id, created_at)
SELECT m.workspace_id, $2, m.person_id, $4
FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.workspace_id = $1 AND m.removed_at IS NULL AND p.email = ANY ($3::text[])
ON CONFLICT DO NOTHING
"""
_UNMENTION = """
DELETE FROM comment_mentions m WHERE m.workspace_id = $1 AND m.comment_id = $2
    AND NOT EXISTS (SELECT FROM people p WHERE p.id = m.person_id AND p.email = ANY ($3::text[]))
"""
_TASK_TITLE = "SELECT t.title FROM tasks t WHERE t.workspace_id = $1 AND t.id = $2"


async def comment_on_onboarding(change: Change, reference: str, body: CommentCreate) -> CommentRow:
    """Add a comment to an onboarding.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_field`` for an attachment that cannot be attached, or
            where somebody is mentioned who does not see the customer.
    """
    onboarding = await get_onboarding(change.connection, change.actor, reference)
    await _require_sight(change, onboarding.customer_id, body.body)
    return await _create(change, onboarding.id, None, body)


async def comment_on_task(change: Change, reference: str, body: CommentCreate) -> CommentRow:
    """Add a comment to a task.

    Raises:
        ApiError: 404 ``task_not_found``; 400 ``invalid_field`` as above.
    """
    task = await get_task(change.connection, change.actor, reference)
    await _require_sight(change, task.customer_id, body.body)
    return await _create(change, task.onboarding_id, task.id, body)


async def update_comment(change: Change, reference: str, body: CommentUpdate) -> CommentRow:
    """Change what a comment says, and so whom it mentions; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``comment_not_found``; 403 ``not_the_author``; 409 ``edit_window_closed``; 400 ``invalid_field``
            where somebody is mentioned who does not see the customer.
    """
    before = await get_comment(change.connection, change.actor, reference, lock=True)
    _require_author(change, before)
    fields = {name: value for name, value in body.changes().items() if value != getattr(before, name)}
    if not fields:
        return before
    await _require_sight(change, before.customer_id, fields["body"])
    await _mention(change, before.id, fields["body"])
    row = await _update(change, before, {**fields, "edited_at": change.at})
    await _note(change, "comment.updated", "Edited a comment", row, announce=True)
    return row


async def delete_comment(change: Change, reference: str) -> CommentRow:
    """Take back what a comment says, and its files; its place in the thread stays. Again, it changes nothing.

    Raises:
        ApiError: 404 where there never was such a comment; 403 ``not_the_author``; 409 ``edit_window_closed``.
    """
    before = await get_comment(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    _require_author(change, before)
    await release_files_of(change, before.id)
    await _mention(change, before.id, "")
    row = await _update(change, before, {"deleted_at": change.at, "pinned_at": None})
    await _note(change, "comment.deleted", "Deleted a comment", row)
    return row


async def pin_comment(change: Change, reference: str, *, pinned: bool) -> CommentRow:
    """Pin a comment to the top of its onboarding, or unpin it; anybody may who may write.

    Raises:
        ApiError: 404 ``comment_not_found``; 409 ``pin_limit_reached``.
    """
    found = await get_comment(change.connection, change.actor, reference)
    # Places are counted under the onboarding's lock, which is always taken before a comment's.
    await get_onboarding(change.connection, change.actor, found.onboarding_id, deleted=True, lock=True)
    before = await get_comment(change.connection, change.actor, found.id, lock=True)
    if pinned == (before.pinned_at is not None):
        return before
    if pinned:
        await require_place_for_pin(change, before.onboarding_id)
    row = await _update(change, before, {"pinned_at": change.at if pinned else None})
    data = {"changes": {"pinned": [not pinned, pinned]}}
    await _note(change, "comment.updated", f"{'Pinned' if pinned else 'Unpinned'} a comment", row, data)
    return row


async def _require_sight(change: Change, customer_id: str, body: str) -> None:
    await require_sight(change, customer_id, [("body", email) for email in find_mentions(body)])


async def _create(change: Change, onboarding_id: str, task_id: str | None, body: CommentCreate) -> CommentRow:
    actor, id_ = change.actor, new_id()
    await change.connection.execute(
        _CREATE,
        *(actor.workspace_id, change.at, id_, onboarding_id, task_id, body.body),
        *(actor.type, actor.id, actor.name),
    )
    await attach(change, id_, body.attachment_ids)
    await _mention(change, id_, body.body)
    row = await _read(change, id_)
    await _note(change, "comment.created", "Commented", row, announce=True)
    return row


async def _update(change: Change, before: CommentRow, fields: dict[str, Any]) -> CommentRow:
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    await change.connection.execute(sql, change.actor.workspace_id, before.id, *fields.values())
    return await _read(change, before.id)


async def _read(change: Change, id_: str) -> CommentRow:
    """Return a comment as this transaction has written it."""
    row = await fetch_one(change.connection, CommentRow, _READ, change.actor.workspace_id, id_)
    assert row is not None  # noqa: S101 - just written, or locked
    return row


async def _mention(change: Change, id_: str, body: str) -> None:
    """Bring the rows that say whom a comment mentions to the state of its text; strangers are just text."""
    addresses = find_mentions(body)
    await change.connection.execute(_UNMENTION, change.actor.workspace_id, id_, addresses)
    if addresses:
        await change.connection.execute(_MENTION, change.actor.workspace_id, id_, addresses, change.at)


def _require_author(change: Change, row: CommentRow) -> None:
    """Raise unless the actor may still change the comment."""
    if (row.author_type, row.author_id) != (change.actor.type, change.actor.id):
        raise ApiError(403, "not_the_author", "Only whoever wrote a comment may change or delete it.")
    if change.now - row.created_at > EDIT_WINDOW:
        raise ApiError(409, "edit_window_closed", "A comment can be changed and deleted for 24 hours.")


async def _note(
    change: Change,
    type_: str,
    what: str,
    row: CommentRow,
    data: dict[str, Any] | None = None,
    *,
    announce: bool = False,
) -> None:
    if row.task_id is not None:
        what += f" on task {await change.connection.fetchval(_TASK_TITLE, change.actor.workspace_id, row.task_id)}"
    subject = Subject("comment", row.id, customer_id=row.customer_id, onboarding_id=row.onboarding_id)
    change.note(type_, what, subject, data, announce=announce)
