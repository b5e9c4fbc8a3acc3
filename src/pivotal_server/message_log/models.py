"""The shapes of messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

CHANNELS = ("email", "sms", "whatsapp", "linkedin", "call", "chat", "other")
DIRECTIONS = ("inbound", "outbound")
STATUSES = ("queued", "sent", "delivered", "read", "replied", "failed")
MAX_BODY_BYTES = 100_000
MAX_SUBJECT = 998
MAX_ERROR = 1000

# A message that failed may turn out to have arrived; that it was sent, it was before it failed.
_HOW_FAR = {"queued": 0, "sent": 1, "failed": 1, "delivered": 2, "read": 3, "replied": 4}


class MessageRow(NamedTuple):
    """A message as stored.

    Attributes:
        error: why it failed, where it did.
        external_id: what the system that sent it calls it.
        sent_at: when it was written or sent, as against ``created_at``, when it came into the log.
    """

    id: str
    contact_id: str
    channel: str
    direction: str
    status: str
    subject: str | None
    body: str | None
    error: str | None
    external_id: str | None
    sent_at: datetime
    actor_type: str
    actor_id: str
    actor_name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Logged:
    """What became of a message that was to be logged: whether it is new, or was in the log already."""

    message: MessageRow
    is_new: bool


def moves_on(before: str, after: str) -> bool:
    """Return whether a message gets from one status to another: onwards only, but it may fail at any time."""
    return after != before and (after == "failed" or _HOW_FAR[after] > _HOW_FAR[before])
