"""The shape of a reminder."""

from datetime import date, datetime
from typing import NamedTuple

ORIGINS = ("schedule", "request")
STATUSES = ("sent", "suppressed")


class ReminderRow(NamedTuple):
    """A reminder as stored.

    Attributes:
        sent_on: the day by the customer's calendar.
        origin: whether it came round by itself or somebody asked for it.
        status: ``sent`` where it was handed to the mail's queue, ``suppressed`` where a test key was at work.
        task_ids: what it was about, the longest overdue first.
    """

    id: str
    onboarding_id: str
    contact_id: str
    sent_on: date
    origin: str
    status: str
    email: str
    subject: str
    body: str
    task_ids: list[str]
    actor_type: str
    actor_id: str
    actor_name: str
    created_at: datetime
