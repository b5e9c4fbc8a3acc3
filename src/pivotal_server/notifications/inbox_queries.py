"""Reads of the inbox; a teammate's own and nobody else's."""

from typing import NamedTuple

from pivotal_server.core.db import Connection, fetch_one
from pivotal_server.identity.models import Actor
from pivotal_server.notifications.models import NotificationRow

# As many are counted before "and more" is said.
MOST_COUNTED = 100
_UNREAD = """
SELECT count(*) FROM (
    SELECT FROM notifications n
    WHERE n.workspace_id = $1 AND n.person_id = $2 AND n.read_at IS NULL AND n.in_app LIMIT $3
) counted
"""
_COMMENT = """
SELECT c.display_id, c.onboarding_id, c.task_id FROM comments c
WHERE c.workspace_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
"""


class _CommentPlace(NamedTuple):
    display_id: int
    onboarding_id: str
    task_id: str | None


async def count_waiting(connection: Connection, actor: Actor) -> dict[str, int]:
    """Return how many notifications the actor has not read, up to 100, as ``unread``: read off an index alone."""
    found = await connection.fetchval(_UNREAD, actor.workspace_id, actor.id, MOST_COUNTED)
    return {"unread": int(found)}


async def find_place(connection: Connection, actor: Actor, row: NotificationRow) -> str:
    """Return the path of the page that shows what a notification is about."""
    if row.subject_type == "webhook_endpoint":
        return f"/settings/webhooks/{row.subject_id}"
    if row.subject_type == "task":
        return f"/tasks/{row.subject_id}"
    if row.subject_type == "comment":
        place = await fetch_one(connection, _CommentPlace, _COMMENT, actor.workspace_id, row.subject_id)
        if place is not None and place.task_id:
            return f"/tasks/{place.task_id}#comment-{place.display_id}"
        if place is not None:
            return f"/onboardings/{place.onboarding_id}/comments#comment-{place.display_id}"
    return f"/onboardings/{row.onboarding_id}"
