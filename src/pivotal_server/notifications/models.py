"""The shapes of notifications and of what teammates choose."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pivotal_server.notifications.kinds import Channel, Kind, is_wanted


class NotificationRow(NamedTuple):
    """A notification as stored.

    Attributes:
        person_id: whom it is for.
        subject_type: of what it is about: ``task``, ``comment``, ``onboarding`` or ``webhook_endpoint``.
        created_at: when that happened which it tells of.
    """

    id: str
    person_id: str
    type: str
    title: str
    body: str
    subject_type: str
    subject_id: str
    customer_id: str | None
    onboarding_id: str | None
    actor_type: str
    actor_id: str
    actor_name: str
    livemode: bool
    created_at: datetime
    read_at: datetime | None


class Choice(NamedTuple):
    """Whether a kind of notification is wanted by a channel: a teammate's choice or, without one, the workspace's."""

    person_id: str | None
    type: str
    channel: Channel
    wanted: bool


class Preferences:
    """What everybody wants to be told of.

    Args:
        choices: those of the workspace and of the people in question.
    """

    def __init__(self, choices: Iterable[Choice]) -> None:
        self._chosen = {(choice.person_id, choice.type, choice.channel): choice.wanted for choice in choices}

    def chosen(self, person_id: str | None, kind: Kind, channel: Channel) -> bool | None:
        """Return what a teammate or, for None, the workspace has chosen, or None where they have not."""
        return self._chosen.get((person_id, kind.type, channel))

    def wants(self, person_id: str | None, kind: Kind, channel: Channel) -> bool:
        """Return whether a teammate is told of this kind by this channel; for None, one who has chosen nothing."""
        own = None if person_id is None else self.chosen(person_id, kind, channel)
        return is_wanted(kind, channel, self.chosen(None, kind, channel), own)
