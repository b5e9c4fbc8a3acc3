"""Writing notifications: to whom they are due, by the channels that they want, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.ids import new_id
from pivotal_server.core.mail import Message, send_mail
from pivotal_server.customers.access import find_blind
from pivotal_server.notifications.queries import find_preferences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Person
    from pivotal_server.notifications.drafts import Draft

logger = logging.getLogger(__name__)

# Within this time of one mail there is no other one of its kind about the same.
QUIET_FOR = timedelta(minutes=10)
# What happened longer ago is told in the app alone: nobody wants yesterday's mails after the worker was down.
MAILED_WITHIN = timedelta(hours=24)

# Two jobs at once must not both find that nothing was mailed yet.
_HOLD_PEOPLE = """
SELECT FROM memberships m WHERE m.workspace_id = $1 AND m.person_id = ANY ($2) ORDER BY m.person_id FOR NO KEY UPDATE
"""
_COLUMNS = (
    *("id", "person_id", "type", "cause_id", "thread_id", "title", "body", "subject_type", "subject_id"),
    *("customer_id", "onboarding_id", "actor_type", "actor_id", "actor_name", "livemode", "in_app"),
    *("created_at", "read_at"),
)
_TYPES = {"livemode": "boolean", "in_app": "boolean", "created_at": "timestamptz", "read_at": "timestamptz"}
_ARRAYS = ", ".join(f"${number}::{_TYPES.get(name, 'text')}[]" for number, name in enumerate(_COLUMNS, 2))
_WRITE = f"""
INSERT INTO notifications (workspace_id, {", ".join(_COLUMNS)}) SELECT $1, n.* FROM unnest({_ARRAYS}) n
ON CONFLICT (workspace_id, person_id, cause_id, type) DO NOTHING RETURNING id
"""
_MAIL = """
UPDATE notifications n SET mailed = true
WHERE n.workspace_id = $1 AND n.id = ANY ($2) AND NOT EXISTS (
    SELECT FROM notifications r
    WHERE r.workspace_id = n.workspace_id AND r.person_id = n.person_id AND r.created_at > $3 AND r.mailed
        AND r.type = n.type AND r.thread_id = n.thread_id
)
RETURNING n.id
"""
_FOOTER = """
--
You get this because it concerns your work in Pivotal. Your notification preferences decide which mails you get.
"""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A draft that is wanted, and by which channels."""

    id: str
    draft: Draft
    in_app: bool
    email: bool


async def write_notifications(
    connection: Connection,
    workspace_id: str,
    drafts: Sequence[Draft],
    people: Mapping[str, Person],
    *,
    now: datetime,
    later: timedelta,
) -> set[str]:
    """Write the notifications that are wanted, and queue their mails; those that were written before are left.

    Args:
        connection: in a transaction.
        workspace_id: whose they are.
        drafts: what is to be told.
        people: the teammates of the workspace, by id; nobody else is told anything, nor who does not see the customer.
        now: the present.
        later: by how much their times are moved on, in another run of a transaction that met one of the same time.

    Returns:
        The ids of the people who find something new in the app.
    """
    drafts = [draft for draft in drafts if draft.person_id in people]
    pairs = {(draft.customer_id, draft.person_id) for draft in drafts if draft.customer_id is not None}
    blind = {(one.customer_id, one.person_id) for one in await find_blind(connection, workspace_id, pairs)}
    drafts = [draft for draft in drafts if (draft.customer_id, draft.person_id) not in blind]
    if not drafts:
        return set()
    ids = sorted({draft.person_id for draft in drafts})
    await connection.execute(_HOLD_PEOPLE, workspace_id, ids)
    preferences = await find_preferences(connection, workspace_id, ids)
    letters = [
        _Letter(
            *(new_id(), draft),
            in_app=preferences.wants(draft.person_id, draft.kind, "in_app"),
            email=draft.fact.livemode
            and now - draft.at < MAILED_WITHIN
            and preferences.wants(draft.person_id, draft.kind, "email"),
        )
        for draft in drafts
    ]
    wanted = [letter for letter in letters if letter.in_app or letter.email]
    rows = [list(column) for column in zip(*(_row(letter, later) for letter in wanted), strict=True)]
    written = {record["id"] for record in await connection.fetch(_WRITE, workspace_id, *rows)} if wanted else set()
    to_mail = _first_of_each_thread(letter for letter in wanted if letter.email and letter.id in written)
    mailed = await connection.fetch(_MAIL, workspace_id, list(to_mail), now - QUIET_FOR)
    for record in mailed:
        await _mail(connection, to_mail[record["id"]].draft, people)
    return {letter.draft.person_id for letter in wanted if letter.in_app and letter.id in written}


def _row(letter: _Letter, later: timedelta) -> tuple[object, ...]:
    draft, fact = letter.draft, letter.draft.fact
    at = draft.at + later
    return (
        *(letter.id, draft.person_id, draft.kind.type, draft.cause_id, draft.thread_id, draft.title, draft.body),
        *(*draft.subject, draft.customer_id, draft.onboarding_id, fact.actor_type, fact.actor_id, fact.actor_name),
        *(fact.livemode, letter.in_app, at, None if letter.in_app else at),
    )


def _first_of_each_thread(letters: Iterable[_Letter]) -> dict[str, _Letter]:
    threads: dict[tuple[str, str, str], _Letter] = {}
    for letter in letters:
        draft = letter.draft
        threads.setdefault((draft.person_id, draft.kind.type, draft.thread_id), letter)
    return {letter.id: letter for letter in threads.values()}


async def _mail(connection: Connection, draft: Draft, people: Mapping[str, Person]) -> None:
    person = people[draft.person_id]
    try:
        message = Message(person.email, draft.title, f"{draft.body}\n{_FOOTER}")
    except ValueError as error:  # an address that cannot be written to must not keep others from their mail
        logger.warning("Teammate %s cannot be told by mail: %s", person.id, error)
        return
    await send_mail(connection, message)
