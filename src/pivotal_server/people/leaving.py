"""What a teammate who goes would leave behind, to be seen before they are removed."""

from datetime import datetime
from typing import NamedTuple

from pivotal_server.core.db import Connection, fetch_one
from pivotal_server.identity.models import Actor

_LEFT_BEHIND = """
SELECT (SELECT count(*) FROM tasks t WHERE t.workspace_id = $1 AND t.assignee_id = $2 AND t.status = 'open'
        AND t.deleted_at IS NULL),
    (SELECT count(*) FROM contacts t WHERE t.workspace_id = $1 AND t.status = 'open' AND t.deleted_at IS NULL
        AND (t.owner_id = $2 OR $2 = ANY (t.assignee_ids))),
    (SELECT count(*) FROM customers c WHERE c.workspace_id = $1 AND c.owner_id = $2 AND c.deleted_at IS NULL
        AND c.archived_at IS NULL),
    (SELECT count(*) FROM api_keys k WHERE k.workspace_id = $1 AND k.created_by = $2 AND k.revoked_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > $3))
"""


class LeftBehind(NamedTuple):
    """What a teammate who goes leaves: open tasks and leads, customers they own, working API keys they made."""

    open_tasks: int
    open_leads: int
    customers: int
    api_keys: int


async def what_is_left_behind(connection: Connection, actor: Actor, person_id: str, now: datetime) -> LeftBehind:
    """Return what a teammate would leave behind."""
    found = await fetch_one(connection, LeftBehind, _LEFT_BEHIND, actor.workspace_id, person_id, now)
    assert found is not None  # noqa: S101 - counts make one row
    return found
