"""Notifications and preferences over the API, in and out (documentation: Notifications)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import UNSENT, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.notifications.kinds import CHANNELS, KINDS, Channel, Kind
from pivotal_server.notifications.models import NotificationRow, Preferences

_PERSON = "cmg8x0k4t0003a1b2c3d4e5f6"
_SUBJECTS = ("task", "comment", "onboarding", "webhook_endpoint")

EXAMPLE: dict[str, Any] = {
    "object": "notification",
    "id": "cmg8x0k4t0011a1b2c3d4e5f6",
    "person_id": _PERSON,
    "type": "task_assigned",
    "title": "Tomas assigned you Configure single sign-on",
    "body": "Aurora Outfitters\nDue on 4 June 2026.",
    "subject": {"type": "task", "id": "cmg8x0k4t0005a1b2c3d4e5f6"},
    "customer_id": "cmg8x0k4t0000a1b2c3d4e5f6",
    "onboarding_id": "cmg8x0k4t0004a1b2c3d4e5f6",
    "actor": {"type": "person", "id": "cmg8x0k4t0010a1b2c3d4e5f6", "name": "Tomas"},
    "livemode": True,
    "created_at": "2026-05-26T17:21:09.412Z",
    "read_at": None,
}
EXAMPLE_UPDATE = {"preferences": [{"type": "task_completed", "email": True}, {"type": "mentioned", "email": None}]}

Type = Annotated[str, OneOf(tuple(KINDS))]


class NotificationListQuery(PageQuery):
    """Query of list-notifications."""

    unread: Annotated[str, OneOf(("true", "false")), Field(description="`true` leaves out what was read.")] = "false"


class PreferenceUpdate(RequestModel):
    """A choice about one kind of notification: only the channels that are sent change."""

    type: Annotated[Type, Field(description="The kind of notification.")]
    in_app: Annotated[bool | None, Field(description="`null` gives the choice back.")] = UNSENT
    email: Annotated[bool | None, Field(description="`null` gives the choice back.")] = UNSENT


class PreferencesUpdate(RequestModel):
    """Body of the two operations that change preferences."""

    model_config = shown_as(EXAMPLE_UPDATE)

    preferences: Annotated[
        list[PreferenceUpdate],
        Field(max_length=100, description="The choices to change; what is not named stays as it is."),
    ] = UNSENT

    def choices(self) -> dict[tuple[Kind, Channel], bool | None]:
        """Return what is chosen; of two choices about the same, the last."""
        sent = self.changes().get("preferences") or []
        return {
            (KINDS[item.type], channel): item.changes()[channel]
            for item in sent
            for channel in CHANNELS
            if channel in item.model_fields_set
        }


class NotificationSubject(TypedDict):
    """What the notification is about."""

    type: Annotated[str, OneOf(_SUBJECTS, extensible=True), Field(description="What kind of thing it is.")]
    id: Annotated[str, Field(description="Its id.")]


class NotificationActor(TypedDict):
    """Who did it: a teammate, an API key, somebody in the portal or the product itself."""

    type: Annotated[str, Field(description="`api_key`, `person`, `portal`, `integration` or `system`.")]
    id: Annotated[str, Field(description="Id of the API key or teammate.")]
    name: Annotated[str, Field(description="As the timeline shows it.")]


class Notification(TypedDict):
    """What a teammate is told of."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["notification"]
    id: str
    person_id: Annotated[str, Field(description="The teammate who is told.")]
    type: Annotated[str, OneOf(tuple(KINDS), extensible=True), Field(description="What kind of notification it is.")]
    title: Annotated[str, Field(description="One line of plain text.")]
    body: Annotated[str, Field(description="Lines of plain text.")]
    subject: Annotated[NotificationSubject, Field(description="What it is about.")]
    customer_id: Annotated[
        str | None, Field(description="Cuid of the customer that it is about; `null` where it is about none.")
    ]
    onboarding_id: Annotated[
        str | None, Field(description="Cuid of the onboarding that it is about; `null` where it is about none.")
    ]
    actor: Annotated[NotificationActor, Field(description="Who did it.")]
    livemode: Annotated[bool, Field(description="`false` where a test key did it; that is never mailed.")]
    created_at: Annotated[Timestamp, Field(description="When it happened.")]
    read_at: Annotated[Timestamp | None, Field(description="When the teammate read it; `null` until then.")]


class NotificationList(TypedDict):
    """A page of notifications, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Notification]
    has_more: bool
    next_cursor: str | None


class NotificationCount(TypedDict):
    """A number of notifications."""

    __pydantic_config__ = shown_as({"object": "count", "count": 3})  # type: ignore[misc]

    object: Literal["count"]
    count: Annotated[int, Field(description="How many notifications were not read yet.")]


class Preference(TypedDict):
    """Whether a kind of notification is told, by channel."""

    type: Annotated[str, OneOf(tuple(KINDS), extensible=True), Field(description="The kind of notification.")]
    name: Annotated[str, Field(description="The same for people.")]
    in_app: Annotated[bool, Field(description="Whether it is told in the app.")]
    email: Annotated[bool, Field(description="Whether it is told by e-mail.")]
    chosen: Annotated[
        list[Annotated[str, OneOf(CHANNELS, extensible=True)]],
        Field(description="The channels about which there is a choice of its own; the others follow what is above it."),
    ]


def present(row: NotificationRow) -> dict[str, Any]:
    """Return the notification as the API shows it: a ``Notification``."""
    return {
        "object": "notification",
        "id": row.id,
        "person_id": row.person_id,
        "type": row.type,
        "title": row.title,
        "body": row.body,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "customer_id": row.customer_id,
        "onboarding_id": row.onboarding_id,
        "actor": {"type": row.actor_type, "id": row.actor_id, "name": row.actor_name},
        "livemode": row.livemode,
        "created_at": to_iso(row.created_at),
        "read_at": to_iso_or_none(row.read_at),
    }


def present_count(count: int) -> dict[str, Any]:
    """Return a number of notifications as the API shows it."""
    return {"object": "count", "count": count}


def present_preferences(preferences: Preferences, person_id: str | None) -> dict[str, Any]:
    """Return what a teammate or, for None, the workspace has chosen, and what comes of it."""
    return {
        "object": "notification_preferences",
        "person_id": person_id,
        "preferences": [
            {
                "type": kind.type,
                "name": kind.name,
                **{channel: preferences.wants(person_id, kind, channel) for channel in CHANNELS},
                "chosen": [one for one in CHANNELS if preferences.chosen(person_id, kind, one) is not None],
            }
            for kind in KINDS.values()
        ],
    }


class NotificationPreferences(TypedDict):
    """What is told, by kind and channel: to a teammate, or to those who have not chosen for themselves."""

    __pydantic_config__ = shown_as(present_preferences(Preferences(()), _PERSON))  # type: ignore[misc]

    object: Literal["notification_preferences"]
    person_id: Annotated[str | None, Field(description="The teammate; `null` for the workspace's choices.")]
    preferences: Annotated[
        list[Preference], Field(description="All kinds of notifications, each with what holds for it.")
    ]
