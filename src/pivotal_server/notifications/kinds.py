"""What teammates are told of (documentation: Notifications)."""

from dataclasses import dataclass
from typing import Literal

Channel = Literal["in_app", "email"]
CHANNELS: tuple[Channel, ...] = ("in_app", "email")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notification.

    Attributes:
        type: names it, and never changes.
        name: what it is called where somebody chooses.
        email: whether it also comes by e-mail where nobody has chosen; all come in the app.
        always: it is meant for one person: nobody can keep it out of the app, and only that person out of the mail.
    """

    type: str
    name: str
    email: bool
    always: bool = False


ASSIGNED = Kind("task_assigned", "A task is assigned to me", email=True, always=True)
MENTIONED = Kind("mentioned", "I am mentioned", email=True, always=True)
COMMENTED = Kind("comment_created", "A comment on what I follow", email=True)
MOVED = Kind("task_due_date_moved", "The due date of a task of mine moves", email=False)
TASK_COMPLETED = Kind("task_completed", "A task that I follow is completed", email=False)
REOPENED = Kind("task_reopened", "A task that I follow is reopened", email=False)
AT_RISK = Kind("onboarding_at_risk", "An onboarding of mine is at risk", email=True)
BLOCKED = Kind("onboarding_blocked", "An onboarding of mine is blocked", email=True)
PHASE_CHANGED = Kind("onboarding_phase_changed", "An onboarding of mine moves to another phase", email=False)
LAUNCHED = Kind("onboarding_launched", "An onboarding of mine launches", email=True)
COMPLETED = Kind("onboarding_completed", "An onboarding of mine is completed", email=True)
# The owner gets a letter about it in any case.
DISABLED = Kind("webhook_endpoint_disabled", "A webhook endpoint is disabled because its deliveries fail", email=False)

KINDS = {
    kind.type: kind
    for kind in (
        *(ASSIGNED, MENTIONED, COMMENTED, MOVED, TASK_COMPLETED, REOPENED),
        *(AT_RISK, BLOCKED, PHASE_CHANGED, LAUNCHED, COMPLETED, DISABLED),
    )
}


def is_wanted(kind: Kind, channel: Channel, workspace: bool | None, own: bool | None) -> bool:  # noqa: FBT001 - choices
    """Return whether a notification goes out by a channel.

    Args:
        kind: of the notification.
        channel: in question.
        workspace: what the workspace has chosen for its teammates, if it has.
        own: what the teammate has chosen, if they have.
    """
    if kind.always:
        return channel == "in_app" or own is not False
    default = channel == "in_app" or kind.email
    return next((choice for choice in (own, workspace) if choice is not None), default)
