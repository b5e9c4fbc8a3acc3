"""Mail to contacts: in the log from the transaction that calls for it, with what became of it once it is sent."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pivotal_server.core.db import in_transaction
from pivotal_server.core.jobs import GiveUpError, Job, JobContext, enqueue
from pivotal_server.core.mail import Message, deliver_mail
from pivotal_server.identity.models import Actor
from pivotal_server.message_log.actions import add_message, change_message, describe, subject_of
from pivotal_server.message_log.correspondents import get_correspondent
from pivotal_server.message_log.models import MAX_ERROR
from pivotal_server.message_log.queries import find_message
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.message_log.correspondents import Correspondent
    from pivotal_server.message_log.models import MessageRow

logger = logging.getLogger(__name__)

_LOST = "It is not known whether the mail was sent; the failed job has the reason."
# A mail that was sent is not sent again: the database gets half a minute to come back.
_TRIES, _PAUSE_SECONDS = 60, 0.5
# A worker that dies with a job again and again leaves nobody who would say so.
_GIVEN_UP = """
SELECT m.workspace_id, m.id FROM (
    SELECT convert_from(j.payload, 'UTF8')::json AS payload FROM pgqueuer j
    WHERE j.entrypoint = 'contact_mail' AND j.status = 'failed'
) j JOIN contact_messages m ON m.workspace_id = j.payload ->> 'workspace_id' AND m.id = j.payload ->> 'message_id'
WHERE m.status = 'queued'
"""


async def mail_contact(change: Change, contact_reference: str, message: Message) -> MessageRow:
    """Have a contact sent a mail once the change has committed; its log shows it from then on.

    It is tried again for two days while the mail server is away, as any mail is.

    Args:
        change: what calls for the mail.
        contact_reference: of the contact or lead; a deleted one gets it all the same.
        message: the mail.

    Raises:
        ApiError: 404 ``contact_not_found``.
    """
    contact = await get_correspondent(change.connection, change.actor, contact_reference, deleted=True, lock=True)
    row = await add_message(
        change,
        contact.id,
        channel="email",
        direction="outbound",
        status="queued",
        subject=message.subject,
        body=message.text,
        error=None,
        external_id=None,
        sent_at=change.now,
    )
    payload = {"workspace_id": change.actor.workspace_id, "message_id": row.id, "mail": asdict(message)}
    await enqueue(change.connection, CONTACT_MAIL, payload)
    return row


async def _deliver(context: JobContext, payload: dict[str, Any]) -> None:
    place = payload["workspace_id"], payload["message_id"]
    try:
        await deliver_mail(context, Message(**payload["mail"]))
    except Exception as error:
        if isinstance(error, GiveUpError) or context.attempt >= CONTACT_MAIL.attempts:
            await _write_down(context, *place, str(error) or type(error).__name__)
        raise
    await _write_down(context, *place)


async def _settle(context: JobContext, _: dict[str, Any]) -> None:
    """Say of the mails whose jobs were given up, without their saying so, that they failed."""
    async with context.pool.acquire() as connection:
        for workspace_id, message_id in await connection.fetch(_GIVEN_UP):
            await _end(context, connection, workspace_id, message_id, _LOST)


async def _write_down(context: JobContext, workspace_id: str, message_id: str, error: str | None = None) -> None:
    """Write into the log what became of a mail, as soon as the database is there.

    Raises:
        GiveUpError: it cannot be written; another attempt would mail the contact once more.
    """
    for left in reversed(range(_TRIES)):
        try:
            async with context.pool.acquire() as connection:
                await _end(context, connection, workspace_id, message_id, error)
        except Exception as problem:
            if context.stopping.is_set():
                raise
            if not left:
                raise GiveUpError("what became of the mail could not be written down") from problem
            logger.warning("What became of the mail of job %d is not written down yet: %s", context.id, problem)
        else:
            return
        await asyncio.sleep(_PAUSE_SECONDS)


async def _end(
    context: JobContext, connection: Connection, workspace_id: str, message_id: str, error: str | None
) -> None:
    """Set a mail to sent, or failed for a reason; what somebody knows better already, stays."""
    actor = Actor(workspace_id, "system", "mail", "Pivotal", role="admin")

    async def work() -> None:
        change = Change(connection, actor, context.clock)
        held = await _hold(change, message_id)
        if held is None or held[0].status not in {"queued", "failed"}:
            return
        row, contact = held
        if error is None:
            await change_message(change, row, {"status": "sent", "error": None, "sent_at": change.now})
        elif row.status == "queued":
            reason = error.replace("\0", "\N{REPLACEMENT CHARACTER}")[:MAX_ERROR]
            await change_message(change, row, {"status": "failed", "error": reason})
            summary = f"Could not send {describe(row, contact)}"
            change.note("message.failed", summary, subject_of(contact), {"message_id": row.id, "error": reason})
        await change.write_records()

    await in_transaction(connection, context.clock, work)


async def _hold(change: Change, message_id: str) -> tuple[MessageRow, Correspondent] | None:
    """Return a message with the contact that it is to, whose row is held; None where it is gone with its workspace."""
    row = await find_message(change.connection, change.actor, message_id)
    while row is not None:
        contact = await get_correspondent(change.connection, change.actor, row.contact_id, deleted=True, lock=True)
        row = await find_message(change.connection, change.actor, message_id)
        if row is not None and row.contact_id == contact.id:  # two leads may have become one meanwhile
            return row, contact
    return None


CONTACT_MAIL = Job("contact_mail", _deliver)
SETTLE_MAILS = Job("settle_mails", _settle, attempts=5)
