"""REST routes of notifications and preferences."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from pivotal_server.core.pagination import page
from pivotal_server.notifications import actions, queries
from pivotal_server.notifications.schemas import (
    Notification,
    NotificationCount,
    NotificationList,
    NotificationListQuery,
    NotificationPreferences,
    PreferencesUpdate,
    present,
    present_count,
    present_preferences,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["notifications"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("people:read")]
Writer = Annotated[Call, Needs("people:write")]
SettingsReader = Annotated[Call, Needs("settings:read")]
SettingsWriter = Annotated[Call, Needs("settings:write")]
PersonId = Annotated[str, Path(description="The teammate's id, as `GET /people` shows it.")]


@router.get(
    "/people/{id}/notifications", operation_id="list-notifications", summary="List a teammate's notifications",
    response_model=NotificationList, responses=errors(400, 404),
)  # fmt: skip
async def list_notifications(call: Reader, id: PersonId, query: Annotated[NotificationListQuery, Query()]) -> Reply:  # noqa: A002
    """What the teammate was told of in the app, newest first; what they have read is kept for ninety days."""
    unread = query.unread == "true"
    rows = await queries.list_notifications(call.connection, call.actor, id, query, unread=unread)
    return reply(page(rows, query.limit, present))


@router.get(
    "/people/{id}/notifications/unread_count", operation_id="count-unread-notifications",
    summary="Count a teammate's unread notifications", response_model=NotificationCount, responses=errors(404),
)  # fmt: skip
async def count_unread_notifications(call: Reader, id: PersonId) -> Reply:  # noqa: A002
    """How many the teammate has not read."""
    return reply(present_count(await queries.count_unread(call.connection, call.actor, id)))


@router.post(
    "/people/{id}/notifications/read_all", operation_id="read-all-notifications",
    summary="Mark all of a teammate's notifications as read", response_model=NotificationCount, responses=errors(404),
)  # fmt: skip
async def read_all_notifications(call: Writer, id: PersonId) -> Reply:  # noqa: A002
    """Answers how many there were that had not been read."""
    return await call.commit(lambda change: actions.read_all_notifications(change, id), present_count)


@router.get(
    "/notifications/{id}", operation_id="get-notification", summary="Retrieve a notification",
    response_model=Notification, responses=errors(404),
)  # fmt: skip
async def get_notification(call: Reader, id: str) -> Reply:  # noqa: A002
    """One notification."""
    return reply(present(await queries.get_notification(call.connection, call.actor, id)))


@router.post(
    "/notifications/{id}/read", operation_id="read-notification", summary="Mark a notification as read",
    response_model=Notification, responses=errors(404),
)  # fmt: skip
async def read_notification(call: Writer, id: str) -> Reply:  # noqa: A002
    """Marks it as read; again, it changes nothing."""
    return await call.commit(lambda change: actions.read_notification(change, id), present)


@router.get(
    "/notification_preferences", operation_id="get-notification-preferences",
    summary="Retrieve the workspace's notification preferences", response_model=NotificationPreferences,
)  # fmt: skip
async def get_notification_preferences(call: SettingsReader) -> Reply:
    """What teammates are told of who have not chosen for themselves."""
    preferences = await queries.find_preferences(call.connection, call.actor.workspace_id, ())
    return reply(present_preferences(preferences, None))


@router.patch(
    "/notification_preferences", operation_id="update-notification-preferences",
    summary="Update the workspace's notification preferences", response_model=NotificationPreferences,
    responses=errors(400),
)  # fmt: skip
async def update_notification_preferences(call: SettingsWriter, body: PreferencesUpdate) -> Reply:
    """Changes what is sent. Assignments and mentions cannot be switched off here: they are meant for one person."""
    return await call.commit(
        lambda change: actions.choose_for_workspace(change, body.choices()),
        lambda preferences: present_preferences(preferences, None),
    )


@router.get(
    "/people/{id}/notification_preferences", operation_id="get-person-notification-preferences",
    summary="Retrieve a teammate's notification preferences", response_model=NotificationPreferences,
    responses=errors(404),
)  # fmt: skip
async def get_person_notification_preferences(call: Reader, id: PersonId) -> Reply:  # noqa: A002
    """What the teammate is told of, and which of it they have chosen for themselves."""
    await queries.require_person(call.connection, call.actor, id)
    preferences = await queries.find_preferences(call.connection, call.actor.workspace_id, (id,))
    return reply(present_preferences(preferences, id))


@router.patch(
    "/people/{id}/notification_preferences", operation_id="update-person-notification-preferences",
    summary="Update a teammate's notification preferences", response_model=NotificationPreferences,
    responses=errors(400, 404),
)  # fmt: skip
async def update_person_notification_preferences(call: Writer, id: PersonId, body: PreferencesUpdate) -> Reply:  # noqa: A002
    """Changes what is sent. Assignments and mentions always come in the app; their mails can be switched off."""
    return await call.commit(
        lambda change: actions.choose_for_person(change, id, body.choices()),
        lambda preferences: present_preferences(preferences, id),
    )
