"""Sending reminders: the row, the mail and the line on the timeline are one transaction."""

from collections.abc import Sequence
from datetime import date, timedelta

from pivotal_server.contacts.queries import get_contact
from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.mail import Message
from pivotal_server.core.words import count_in_words
from pivotal_server.message_log.mails import mail_contact
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.reminders.letter import begin_letter
from pivotal_server.reminders.models import ReminderRow
from pivotal_server.reminders.overdue import Debt, find_debts, find_today
from pivotal_server.reminders.queries import COLUMNS, WANTS_REMINDERS
from pivotal_server.reminders.schemas import ReminderSend
from pivotal_server.timeline.change import Change, Subject

_ADD = f"""
INSERT INTO reminders AS r (workspace_id, id, onboarding_id, contact_id, sent_on, origin, status, email, subject, body,
    task_ids, actor_type, actor_id, actor_name, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING {COLUMNS}
"""
_IS_LIVE = "SELECT o.livemode FROM onboardings o WHERE o.workspace_id = $1 AND o.id = $2"
# Whatever made it a candidate may have changed until its row was held.
_STILL_WANTS = f"""
SELECT {WANTS_REMINDERS} FROM onboardings o
JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
JOIN phases p ON p.workspace_id = o.workspace_id AND p.key = o.phase WHERE o.workspace_id = $1 AND o.id = $2
"""


async def send_reminders(change: Change, reference: str, body: ReminderSend) -> list[ReminderRow]:
    """Remind the contacts of an onboarding who are late, or one of them, now; newest first.

    Whoever asks decides: it takes neither the right day, nor that reminders are switched on, nor a certain state.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_field`` for a contact that the customer does not have; 409
            ``nothing_overdue``.
    """
    onboarding = await get_onboarding(change.connection, change.actor, reference, lock=True)
    workspace_id = change.actor.workspace_id
    today = await find_today(change.connection, workspace_id, onboarding.customer_id, change.now)
    debts = await find_debts(change.connection, workspace_id, onboarding.id, today)
    if body.contact_id is not None:
        contact_id = await _find_contact(change, onboarding, body.contact_id)
        debts = [debt for debt in debts if debt.contact.contact_id == contact_id]
    if not debts:
        raise ApiError(409, "nothing_overdue", "Nothing that the customer can see and should have done is overdue.")
    return await _remind(change, onboarding, debts, today.theirs, origin="request")


async def remind_when_due(change: Change, onboarding_id: str) -> list[ReminderRow]:
    """Remind those contacts of the onboarding with this cuid whose turn it is today, if it is to be reminded at all."""
    onboarding = await get_onboarding(change.connection, change.actor, onboarding_id, deleted=True, lock=True)
    workspace_id = change.actor.workspace_id
    if not await change.connection.fetchval(_STILL_WANTS, workspace_id, onboarding.id):
        return []
    today = await find_today(change.connection, workspace_id, onboarding.customer_id, change.now)
    debts = await find_debts(change.connection, workspace_id, onboarding.id, today)
    due = [
        debt for debt in debts if today.is_turn(debt.contact.reminded_on, onboarding.reminder_frequency_days)
    ]  # fmt: skip
    return await _remind(change, onboarding, due, today.theirs, origin="schedule") if due else []


async def _find_contact(change: Change, onboarding: OnboardingRow, reference: str) -> str:
    missing = invalid_field("contact_id", "The customer has no such contact.")
    try:
        contact = await get_contact(change.connection, change.actor, reference)
    except ApiError:
        raise missing from None
    if contact.customer_id != onboarding.customer_id:
        raise missing
    return contact.id


async def _remind(
    change: Change, onboarding: OnboardingRow, debts: Sequence[Debt], day: date, *, origin: str
) -> list[ReminderRow]:
    """Write a reminder for each of the debts, and the mail; the onboarding is held."""
    actor, connection = change.actor, change.connection
    live = actor.livemode and await connection.fetchval(_IS_LIVE, actor.workspace_id, onboarding.id)
    letter = await begin_letter(connection, actor, onboarding)
    rows = []
    for place, debt in enumerate(debts):
        text = letter.to(debt)
        row = await fetch_one(
            connection,
            ReminderRow,
            _ADD,
            *(actor.workspace_id, new_id(), onboarding.id, debt.contact.contact_id, day, origin),
            *("sent" if live else "suppressed", debt.contact.email, text.subject, text.body),
            *([task.id for task in debt.tasks], actor.type, actor.id, actor.name),
            change.at + place * timedelta(microseconds=1),
        )
        assert row is not None  # noqa: S101 - an insert returns its row
        if live:
            message = Message(row.email, row.subject, row.body, reply_to=letter.reply_to)
            await mail_contact(change, row.contact_id, message)
        _note(change, onboarding, row, debt)
        rows.append(row)
    return rows[::-1]


def _note(change: Change, onboarding: OnboardingRow, row: ReminderRow, debt: Debt) -> None:
    whom = f"{debt.contact.contact_name} of {count_in_words(len(debt.tasks), 'overdue task', 'overdue tasks')}"
    subject = Subject("onboarding", onboarding.id, customer_id=onboarding.customer_id, onboarding_id=onboarding.id)
    data = {"reminder_id": row.id, "contact_id": row.contact_id, "task_ids": row.task_ids}
    if row.status == "sent":
        change.note("reminder.sent", f"Reminded {whom}", subject, data)
    else:
        change.note("reminder.suppressed", f"Tried out a reminder to {whom}, without a mail", subject, data)
