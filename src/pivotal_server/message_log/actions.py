"""Changes to the log of messages: each holds the contact's row, whose last message is always the log's newest."""

from datetime import datetime
from typing import Any

import asyncpg

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import changes, moment_of_change, previous_attributes
from pivotal_server.message_log.correspondents import Correspondent, get_correspondent
from pivotal_server.message_log.models import Logged, MessageRow, moves_on
from pivotal_server.message_log.queries import COLUMNS, find_by_external_id, get_message
from pivotal_server.message_log.schemas import MessageCreate, MessageUpdate, present
from pivotal_server.timeline.change import Change, Subject

# The contact's row is held, so nobody else adds to its log meanwhile.
_ADD = f"""
INSERT INTO contact_messages AS m (workspace_id, id, contact_id, channel, direction, status, subject, body, error,
    external_id, sent_at, actor_type, actor_id, actor_name, created_at, updated_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, next.created_at, next.created_at
FROM (
    SELECT greatest($15, max(l.created_at) + interval '1 microsecond') AS created_at
    FROM contact_messages l WHERE l.workspace_id = $1 AND l.contact_id = $3
) next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE contact_messages m SET {{assignments}} WHERE m.workspace_id = $1 AND m.id = $2 RETURNING {COLUMNS}
"""
# A queued message was not read yet, and one that failed will not be answered.
_ANSWERED = """
UPDATE contact_messages m SET status = 'replied', updated_at = greatest($5, m.updated_at + interval '1 microsecond')
WHERE m.workspace_id = $1 AND m.status <> 'replied' AND m.id = (
    SELECT l.id FROM contact_messages l
    WHERE l.workspace_id = $1 AND l.contact_id = $2 AND l.channel = $3 AND l.direction = 'outbound'
        AND l.sent_at <= $4 AND l.status NOT IN ('queued', 'failed')
    ORDER BY l.sent_at DESC, l.id DESC LIMIT 1
)
"""
# Where the contact wrote last, what stands is an answer.
_FOLLOW = """
UPDATE contacts t SET last_message_at = m.sent_at, last_message_status = m.status
FROM (SELECT) one LEFT JOIN LATERAL (
    SELECT l.sent_at, CASE l.direction WHEN 'inbound' THEN 'replied' ELSE l.status END AS status
    FROM contact_messages l WHERE l.workspace_id = $1 AND l.contact_id = $2
    ORDER BY l.sent_at DESC, l.id DESC LIMIT 1
) m ON true
WHERE t.workspace_id = $1 AND t.id = $2
    AND (t.last_message_at, t.last_message_status) IS DISTINCT FROM (m.sent_at, m.status)
"""
_WORDS = {
    "email": "an e-mail",
    "sms": "a text message",
    "whatsapp": "a WhatsApp message",
    "linkedin": "a LinkedIn message",
    "call": "a call",
    "chat": "a chat message",
    "other": "a message",
}


async def log_message(change: Change, contact_reference: str, body: MessageCreate) -> Logged:
    """Write into the log what was written to or by a contact or a lead.

    A message that has the external id already is found again, and at most moves on to the status that is sent. What a
    contact writes makes the newest message to it, over the same channel, ``replied``.

    Raises:
        ApiError: 404 ``contact_not_found``; 409 ``external_id_taken`` where that is a message of somebody else's.
    """
    connection, actor = change.connection, change.actor
    contact = await get_correspondent(connection, actor, contact_reference, lock=True)
    fields = body.changes()
    if body.external_id is not None:
        found = await find_by_external_id(connection, actor, body.external_id)
        if found is not None and found.contact_id != contact.id:
            raise _external_id_taken()
        if found is not None:
            reported: dict[str, Any] = {name: fields[name] for name in ("status", "error") if name in fields}
            return Logged(await _report(change, contact, found, reported), is_new=False)
    status = fields.get("status") or ("delivered" if body.direction == "inbound" else "sent")
    row = await add_message(
        change,
        contact.id,
        channel=body.channel,
        direction=body.direction,
        status=status,
        subject=body.subject,
        body=body.body,
        error=body.error if status == "failed" else None,
        external_id=body.external_id,
        sent_at=fields.get("sent_at") or change.now,
    )
    data = {"message_id": row.id, "channel": row.channel, "direction": row.direction, "status": row.status}
    change.note("message.logged", f"Logged {describe(row, contact)}", subject_of(contact), data)
    return Logged(row, is_new=True)


async def update_message(change: Change, contact_reference: str, id_: str, body: MessageUpdate) -> MessageRow:
    """Say how far a message got; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``contact_not_found`` or ``message_not_found``; 409 ``external_id_taken``.
    """
    contact = await get_correspondent(change.connection, change.actor, contact_reference, lock=True)
    before = await get_message(change.connection, change.actor, contact.id, id_)
    return await _report(change, contact, before, body.changes())


async def add_message(change: Change, contact_id: str, **fields: Any) -> MessageRow:  # noqa: ANN401 - of any column
    """Add a message to the log of the contact with this cuid, whose row is held.

    Args:
        change: what it is part of.
        contact_id: cuid of a contact or lead.
        fields: ``channel``, ``direction``, ``status``, ``subject``, ``body``, ``error``, ``external_id``, ``sent_at``.

    Raises:
        ApiError: 409 ``external_id_taken``.
    """
    actor = change.actor
    names = ("channel", "direction", "status", "subject", "body", "error", "external_id", "sent_at")
    values = [fields[name] for name in names]
    row = await _write(
        change, _ADD, new_id(), contact_id, *values, actor.type, actor.id, actor.name, change.at
    )  # fmt: skip
    if row.direction == "inbound":
        arguments = actor.workspace_id, contact_id, row.channel, row.sent_at, change.at
        await change.connection.execute(_ANSWERED, *arguments)
    await follow_last_message(change, contact_id)
    return row


async def change_message(change: Change, before: MessageRow, fields: dict[str, Any]) -> MessageRow:
    """Set fields of a message whose contact's row is held, and have the contact follow."""
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    row = await _write(change, _UPDATE.format(assignments=assignments), before.id, *fields.values())
    await follow_last_message(change, row.contact_id)
    return row


async def follow_last_message(change: Change, contact_id: str) -> None:
    """Have the contact with this cuid, whose row is held, show the log's newest message as its last one, if any.

    Who moves messages from one contact to another calls it for both.
    """
    await change.connection.execute(_FOLLOW, change.actor.workspace_id, contact_id)


def subject_of(contact: Correspondent) -> Subject:
    """Return what an activity entry about a message is about."""
    kind = "lead" if contact.customer_id is None else "contact"
    return Subject(kind, contact.id, customer_id=contact.customer_id)


def describe(row: MessageRow, contact: Correspondent) -> str:
    """Return what a message is within a sentence, such as "an e-mail to Mira Chen"."""
    return f"{_WORDS[row.channel]} {'from' if row.direction == 'inbound' else 'to'} {contact.name}"


async def _report(change: Change, contact: Correspondent, before: MessageRow, reported: dict[str, Any]) -> MessageRow:
    """Change what is reported of a message, if that is news."""
    fields = _news(before, reported, change.now)
    if not fields:
        return before
    row = await change_message(change, before, fields)
    previous = previous_attributes(present(before), present(row))
    details = {"message_id": row.id} | changes(previous, present(row))
    change.note("message.updated", _summary(row, contact, previous), subject_of(contact), details)
    return row


def _news(before: MessageRow, reported: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a report changes of a message; a status that it has left behind does not."""
    fields = {name: value for name, value in reported.items() if name != "status"}
    status = before.status
    if "status" in reported and moves_on(status, reported["status"]):
        fields["status"] = status = reported["status"]
        if before.status == "queued" and status != "failed":
            fields.setdefault("sent_at", now)
    if status != "failed":
        fields["error"] = None
    return {name: value for name, value in fields.items() if value != getattr(before, name)}


def _summary(row: MessageRow, contact: Correspondent, previous: dict[str, Any]) -> str:
    if "status" in previous:
        return f"Noted that {describe(row, contact)} is {row.status}"
    return f"Changed {describe(row, contact)}"


async def _write(change: Change, sql: str, *arguments: object) -> MessageRow:
    try:
        row = await fetch_one(change.connection, MessageRow, sql, change.actor.workspace_id, *arguments)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "contact_messages_external":
            raise _external_id_taken() from None
        raise
    assert row is not None  # noqa: S101 - an insert or an update of a row that is held returns it
    return row


def _external_id_taken() -> ApiError:
    message = "Another message has this external id."
    return ApiError(409, "external_id_taken", message, field="external_id")
