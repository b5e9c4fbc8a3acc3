"""Changes to notifications and preferences."""

from collections.abc import Mapping
from datetime import datetime

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import invalid_field
from pivotal_server.core.live import own_topic
from pivotal_server.identity.rights import require
from pivotal_server.notifications.kinds import Channel, Kind
from pivotal_server.notifications.models import NotificationRow, Preferences
from pivotal_server.notifications.queries import COLUMNS, find_preferences, get_notification, require_person
from pivotal_server.timeline.change import Change, Subject

Choices = Mapping[tuple[Kind, Channel], bool | None]
"""What is chosen for a kind and a channel; None gives the choice back to the workspace, or to us."""

_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_READ = f"""
UPDATE notifications n SET read_at = $3 WHERE n.workspace_id = $1 AND n.id = $2 RETURNING {COLUMNS}
"""
_READ_ALL = """
UPDATE notifications n SET read_at = $3
WHERE n.workspace_id = $1 AND n.person_id = $2 AND n.read_at IS NULL AND n.in_app
"""
_UNREAD = f"""
UPDATE notifications n SET read_at = NULL WHERE n.workspace_id = $1 AND n.id = $2 RETURNING {COLUMNS}
"""
# No two changes are of the same instant, so this finds what one of them has read.
_UNREAD_ALL = """
UPDATE notifications n SET read_at = NULL
WHERE n.workspace_id = $1 AND n.person_id = $2 AND n.read_at = $3 AND n.in_app
"""
_FORGET = """
DELETE FROM notification_preferences c
WHERE c.workspace_id = $1 AND c.person_id IS NOT DISTINCT FROM $2 AND c.type = $3 AND c.channel = $4
"""
_CHOOSE = """
INSERT INTO notification_preferences (workspace_id, person_id, type, channel, wanted) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT notification_preferences_key DO UPDATE SET wanted = excluded.wanted
"""


async def read_notification(change: Change, id_: str) -> NotificationRow:
    """Mark a notification as read; one that is stays as it is. What somebody has read is no matter of the audit log.

    Raises:
        ApiError: 404 ``notification_not_found``.
    """
    before = await get_notification(change.connection, change.actor, id_, lock=True)
    if before.read_at is not None:
        return before
    row = await fetch_one(change.connection, NotificationRow, _READ, change.actor.workspace_id, id_, change.at)
    assert row is not None  # noqa: S101 - the row is locked
    change.topics.add(own_topic(row.person_id))
    return row


async def unread_notification(change: Change, id_: str) -> NotificationRow:
    """Mark a notification as not read; one that is not stays as it is.

    Raises:
        ApiError: 404 ``notification_not_found``.
    """
    before = await get_notification(change.connection, change.actor, id_, lock=True)
    if before.read_at is None:
        return before
    row = await fetch_one(change.connection, NotificationRow, _UNREAD, change.actor.workspace_id, id_)
    assert row is not None  # noqa: S101 - the row is locked
    change.topics.add(own_topic(row.person_id))
    return row


async def read_all_notifications(change: Change, person_id: str) -> int:
    """Mark all notifications of a teammate as read, and return how many were not.

    Raises:
        ApiError: 404 ``person_not_found``; 403 ``not_yours``.
    """
    await require_person(change.connection, change.actor, person_id)
    tag = await change.connection.execute(_READ_ALL, change.actor.workspace_id, person_id, change.at)
    change.topics.add(own_topic(person_id))
    return int(tag.rpartition(" ")[2])


async def unread_notifications_read_at(change: Change, person_id: str, at: datetime) -> int:
    """Take back that all notifications of a teammate were marked as read by a change, and return how many those are.

    Args:
        change: the write.
        person_id: the teammate's id.
        at: when the other change was made.

    Raises:
        ApiError: 404 ``person_not_found``; 403 ``not_yours``.
    """
    await require_person(change.connection, change.actor, person_id)
    tag = await change.connection.execute(_UNREAD_ALL, change.actor.workspace_id, person_id, at)
    change.topics.add(own_topic(person_id))
    return int(tag.rpartition(" ")[2])


async def choose_for_workspace(change: Change, choices: Choices) -> Preferences:
    """Choose what teammates are told of who have not chosen for themselves; where nothing differs, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``invalid_field`` for switching off what is meant for one person.
    """
    require(change.actor, "admin")
    for (kind, _), wanted in choices.items():
        if kind.always and wanted is False:
            raise invalid_field("preferences", f"This is meant for one person, who decides: {kind.name}.")
    return await _choose(change, None, choices)


async def choose_for_person(change: Change, person_id: str, choices: Choices) -> Preferences:
    """Choose what a teammate is told of; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``person_not_found``; 403 ``not_yours``; 400 ``invalid_field`` for keeping out of the app what is
            meant for this one person.
    """
    await require_person(change.connection, change.actor, person_id)
    for (kind, channel), wanted in choices.items():
        if kind.always and channel == "in_app" and wanted is False:
            raise invalid_field("preferences", f"This is always told in the app: {kind.name}.")
    return await _choose(change, person_id, choices)


async def _choose(change: Change, person_id: str | None, choices: Choices) -> Preferences:
    workspace_id, people = change.actor.workspace_id, [] if person_id is None else [person_id]
    await change.connection.execute(_WAIT_FOR_TURN, workspace_id)
    before = await find_preferences(change.connection, workspace_id, people)
    changed = {}
    for (kind, channel), wanted in choices.items():
        was = before.chosen(person_id, kind, channel)
        if wanted == was:
            continue
        cell = (workspace_id, person_id, kind.type, channel)
        if wanted is None:
            await change.connection.execute(_FORGET, *cell)
        else:
            await change.connection.execute(_CHOOSE, *cell, wanted)
        changed[f"{kind.type}.{channel}"] = [was, wanted]
    if not changed:
        return before
    summary = "Changed what teammates are told of" if person_id is None else "Changed what they are told of"
    subject = Subject("workspace", workspace_id) if person_id is None else Subject("person", person_id)
    change.note("notification_preferences.updated", summary, subject, {"changes": changed})
    return await find_preferences(change.connection, workspace_id, people)
