"""Reads of the page of general settings; nothing is found outside the actor's workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import fetch_one

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

COUNTED = 10_000
"""Up to how many tasks are counted; of more the page says that there are more."""

# A page is open for a day at the very most: what is older is not looked through.
_RECENTLY = timedelta(days=1)
_WHO = """
SELECT a.actor_name FROM activity a
WHERE a.workspace_id = $1 AND a.created_at > $3 AND a.type = $2 AND a.customer_id IS NULL
ORDER BY a.created_at DESC LIMIT 1
"""
_CONCERNED = f"""
SELECT count(*), count(DISTINCT found.onboarding_id), (
    SELECT count(*) FROM working_calendars w WHERE w.workspace_id = $1 AND w.customer_id IS NOT NULL
)
FROM (
    SELECT t.onboarding_id FROM tasks t JOIN onboardings o ON o.workspace_id = $1 AND o.id = t.onboarding_id
    WHERE t.workspace_id = $1 AND t.status = 'open' AND t.deleted_at IS NULL AND t.due_on IS NOT NULL
        AND t.due_cause <> 'fixed' AND o.deleted_at IS NULL AND NOT EXISTS (
            SELECT FROM working_calendars w WHERE w.workspace_id = $1 AND w.customer_id = o.customer_id
        )
    LIMIT {COUNTED + 1}
) found
"""


class Concerned(NamedTuple):
    """What follows the workspace's calendar.

    Attributes:
        tasks: open tasks whose date is counted in working days, or one more than ``COUNTED``.
        onboardings: in how many onboardings those are.
        customers: how many customers have a calendar of their own, and are left alone.
    """

    tasks: int
    onboardings: int
    customers: int


async def count_concerned(connection: Connection, actor: Actor) -> Concerned:
    """Return how much a change of the workspace's calendar would have planned anew."""
    found = await fetch_one(connection, Concerned, _CONCERNED, actor.workspace_id)
    assert found is not None  # noqa: S101 - counts make one row
    return found


async def who_changed(connection: Connection, actor: Actor, type_: str, now: datetime) -> str:
    """Return who caused the latest entry of a type; "Somebody" where that is long ago."""
    return str(await connection.fetchval(_WHO, actor.workspace_id, type_, now - _RECENTLY) or "Somebody")
