"""Changes to a workspace's texts."""

from pivotal_server.core.db import fetch_one
from pivotal_server.core.resources import changes
from pivotal_server.identity.rights import require
from pivotal_server.messages.models import MessageRow, Template, Text
from pivotal_server.messages.queries import COLUMNS, find_kind, get_template
from pivotal_server.messages.rendering import check_text
from pivotal_server.messages.schemas import MessagePreviewRequest, MessageTemplateUpdate
from pivotal_server.timeline.change import Change, Subject

_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_WRITE = f"""
INSERT INTO message_templates AS m (workspace_id, key, subject, body, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (workspace_id, key) DO UPDATE SET subject = excluded.subject, body = excluded.body,
    updated_at = greatest(excluded.updated_at, m.updated_at + interval '1 microsecond')
RETURNING {COLUMNS}
"""
_DELETE = "DELETE FROM message_templates WHERE workspace_id = $1 AND key = $2"


async def update_template(change: Change, key: str, body: MessageTemplateUpdate) -> Template:
    """Give the workspace its own text for a kind of message; where nothing differs, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``message_template_not_found``; 400 ``invalid_field`` for what is no
            merge field of it.
    """
    before = await hold_template(change, key)
    check_text(before.kind, body.changes())
    text = _with(before.text, body)
    if text == before.text:
        return before
    row = await fetch_one(
        change.connection, MessageRow, _WRITE, change.actor.workspace_id, key, text.subject, text.body, change.at
    )
    _note(change, "message_template.updated", f"Changed the text: {before.kind.name}", before, text)
    return Template(before.kind, row)


async def reset_template(change: Change, key: str) -> Template:
    """Go back to our text for a kind of message; where that holds already, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``message_template_not_found``.
    """
    before = await hold_template(change, key)
    after = Template(before.kind, None)
    if before.row is not None:
        await change.connection.execute(_DELETE, change.actor.workspace_id, key)
        _note(change, "message_template.reset", f"Went back to the usual text: {before.kind.name}", before, after.text)
    return after


async def preview_template(change: Change, key: str, body: MessagePreviewRequest) -> tuple[Template, Text]:
    """Return a kind of message and the text that it would have with what the body names; nothing is written.

    Raises:
        ApiError: 404 ``message_template_not_found``; 400 ``invalid_field`` for what is no merge field of it.
    """
    template = await get_template(change.connection, change.actor, find_kind(key))
    check_text(template.kind, body.changes())
    return template, _with(template.text, body)


async def hold_template(change: Change, key: str) -> Template:
    """Return what holds for a kind of message to an admin; nobody else changes a text of the workspace meanwhile.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``message_template_not_found``.
    """
    require(change.actor, "admin")
    kind = find_kind(key)
    await change.connection.execute(_WAIT_FOR_TURN, change.actor.workspace_id)
    return await get_template(change.connection, change.actor, kind)


def _with(text: Text, body: MessageTemplateUpdate | MessagePreviewRequest) -> Text:
    sent = body.changes()
    return Text(sent.get("subject", text.subject), sent.get("body", text.body))


def _note(change: Change, type_: str, summary: str, before: Template, after: Text) -> None:
    was = before.text
    previous = {name: getattr(was, name) for name in ("subject", "body") if getattr(was, name) != getattr(after, name)}
    data = changes(previous, {"subject": after.subject, "body": after.body})
    change.note(type_, summary, Subject("message_template", before.kind.key), data)
