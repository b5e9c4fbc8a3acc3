"""What lies in the team's inboxes: notifications of the last days, as the worker would have written them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.reactions import Fact
from pivotal_server.identity.people import list_members
from pivotal_server.notifications.drafts import TYPES, make_drafts
from pivotal_server.notifications.writing import MAILED_WITHIN, write_notifications

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection

# Older ones would have been read and forgotten; of younger ones mails would go out.
_FIRST, _LAST = timedelta(days=10), MAILED_WITHIN
_READ_AFTER = timedelta(days=4)
_HAPPENED = """
SELECT e.id, e.type, e.livemode, o.actor_type, o.actor_id, o.actor_name
FROM outbox o JOIN events e ON e.workspace_id = o.workspace_id AND e.created_at = o.created_at
WHERE o.workspace_id = $1 AND o.entry_id IS NULL AND o.created_at > $2 AND o.created_at <= $3 AND e.type = ANY ($4)
UNION ALL
SELECT a.id, a.type, a.livemode, o.actor_type, o.actor_id, o.actor_name
FROM outbox o JOIN activity a ON a.workspace_id = o.workspace_id AND a.id = o.entry_id
WHERE o.workspace_id = $1 AND o.created_at > $2 AND o.created_at <= $3 AND a.type = ANY ($4)
"""
_READ = """
UPDATE notifications n SET read_at = n.created_at + interval '2 hours'
WHERE n.workspace_id = $1 AND n.created_at < $2 AND n.read_at IS NULL
"""


async def fill_inboxes(connection: Connection, workspace_id: str, now: datetime) -> None:
    """Write the notifications of what has happened lately, before the outbox that tells of it is emptied.

    Args:
        connection: in the transaction that makes the workspace.
        workspace_id: the workspace's.
        now: the present.
    """
    records = await connection.fetch(_HAPPENED, workspace_id, now - _FIRST, now - _LAST, sorted(TYPES))
    facts = [Fact(*record) for record in records]
    people = {person.id: person for person in await list_members(connection, workspace_id)}
    owner_id = next((person.id for person in people.values() if person.role == "owner"), None)
    drafts = await make_drafts(connection, workspace_id, facts, owner_id)
    await write_notifications(connection, workspace_id, drafts, people, now=now, later=timedelta())
    await connection.execute(_READ, workspace_id, now - _READ_AFTER)
