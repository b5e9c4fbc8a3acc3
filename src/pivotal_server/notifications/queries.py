"""Reads of notifications and preferences; a teammate finds their own, a key those of its whole workspace."""

from collections.abc import Sequence

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import ApiError, not_found
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor
from pivotal_server.identity.people import find_member
from pivotal_server.notifications.models import Choice, NotificationRow, Preferences

COLUMNS = columns(NotificationRow, "n")
_OF_PERSON = "n.workspace_id = $1 AND n.person_id = $2 AND n.in_app"
_LIST = f"""
SELECT {COLUMNS} FROM notifications n WHERE {_OF_PERSON} AND n.created_at < $3{{more}}
ORDER BY n.created_at DESC LIMIT $4
"""
_UNREAD = " AND n.read_at IS NULL"
_COUNT = f"SELECT count(*) FROM notifications n WHERE {_OF_PERSON}{_UNREAD}"
_BY_ID = f"SELECT {COLUMNS} FROM notifications n WHERE n.workspace_id = $1 AND n.id = $2 AND n.in_app"
_CHOICES = f"""
SELECT {columns(Choice, "c")} FROM notification_preferences c
WHERE c.workspace_id = $1 AND (c.person_id IS NULL OR c.person_id = ANY ($2))
"""


async def require_person(connection: Connection, actor: Actor, person_id: str) -> None:
    """Refuse what is not the actor's: a teammate has only their own notifications and preferences.

    Raises:
        ApiError: 404 ``person_not_found``; 403 ``not_yours``.
    """
    if await find_member(connection, actor, person_id=person_id) is None:
        raise not_found("person")
    if actor.type == "person" and actor.id != person_id:
        raise ApiError(403, "not_yours", "Notifications and their preferences are for the teammate alone.")


async def list_notifications(
    connection: Connection, actor: Actor, person_id: str, query: PageQuery, *, unread: bool = False
) -> list[NotificationRow]:
    """Return a page of a teammate's notifications, newest first, and one more where more follow.

    Args:
        connection: where to read.
        actor: who asks.
        person_id: the teammate's id.
        query: which page.
        unread: whether to leave out those that were read.

    Raises:
        ApiError: 404 ``person_not_found``; 403 ``not_yours``.
    """
    await require_person(connection, actor, person_id)
    sql = _LIST.format(more=_UNREAD if unread else "")
    return await fetch_all(connection, NotificationRow, sql, actor.workspace_id, person_id, query.before, query.fetch)


async def count_unread(connection: Connection, actor: Actor, person_id: str) -> int:
    """Return how many notifications a teammate has not read.

    Raises:
        ApiError: 404 ``person_not_found``; 403 ``not_yours``.
    """
    await require_person(connection, actor, person_id)
    return int(await connection.fetchval(_COUNT, actor.workspace_id, person_id))


async def get_notification(connection: Connection, actor: Actor, id_: str, *, lock: bool = False) -> NotificationRow:
    """Return a notification; to a teammate, only one of their own.

    Raises:
        ApiError: 404 ``notification_not_found``.
    """
    sql = _BY_ID + (" FOR NO KEY UPDATE" if lock else "")
    row = await fetch_one(connection, NotificationRow, sql, actor.workspace_id, id_)
    if row is None or (actor.type == "person" and actor.id != row.person_id):
        raise not_found("notification")
    return row


async def find_preferences(connection: Connection, workspace_id: str, people: Sequence[str]) -> Preferences:
    """Return what the workspace and some of its teammates have chosen."""
    return Preferences(await fetch_all(connection, Choice, _CHOICES, workspace_id, people))
