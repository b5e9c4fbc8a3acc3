"""What is overdue on the customer's side, and whom to tell of it."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.db import Connection, fetch_all

# What the customer is to do and can see; the index tasks_of_customers has no other tasks.
ON_CUSTOMERS_SIDE = """
t.status = 'open' AND t.assignee_contact_id IS NOT NULL AND t.visible_in_portal AND t.deleted_at IS NULL
"""
# Whoever has left hears of nothing. In what a live key made nobody hears of what test keys made; in what a test key
# made no mail goes out, and everything can be tried.
CONTACT_IS_TOLD = """
k.deleted_at IS NULL AND k.archived_at IS NULL AND ((t.livemode AND k.livemode) OR NOT o.livemode)
"""
LAST_REMINDED = """
(SELECT r.sent_on FROM reminders r
WHERE r.workspace_id = t.workspace_id AND r.onboarding_id = t.onboarding_id AND r.contact_id = k.id
    AND r.status = 'sent'
ORDER BY r.sent_on DESC LIMIT 1)
"""


class OverdueTask(NamedTuple):
    """A task that a contact should have done.

    Attributes:
        reminded_on: when the contact was last reminded of anything in this onboarding.
    """

    contact_id: str
    contact_name: str
    email: str
    reminded_on: date | None
    id: str
    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Debt:
    """What one contact owes, the longest overdue first; there is at least one task."""

    tasks: tuple[OverdueTask, ...]

    @property
    def contact(self) -> OverdueTask:
        """Any of the tasks, for what it tells of the contact."""
        return self.tasks[0]


@dataclass(frozen=True, slots=True)
class Today:
    """Which day it is.

    Attributes:
        ours: in the workspace's time zone.
        theirs: in that of the customer's calendar.
    """

    ours: date
    theirs: date

    def is_over(self, day: date) -> bool:
        """Return whether a day is over for both: nobody is told in the morning that the day's work is late."""
        return day < self.ours and day < self.theirs

    def is_turn(self, reminded_on: date | None, every_days: int) -> bool:
        """Return whether somebody may be reminded again who was last reminded then, or never."""
        return reminded_on is None or (self.theirs - reminded_on).days >= every_days


_OVERDUE = f"""
SELECT k.id, k.name, k.email, {LAST_REMINDED}, t.id, t.title, t.due_on
FROM tasks t JOIN contacts k ON k.workspace_id = t.workspace_id AND k.id = t.assignee_contact_id
JOIN onboardings o ON o.workspace_id = t.workspace_id AND o.id = t.onboarding_id
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.due_on < $3 AND {ON_CUSTOMERS_SIDE} AND {CONTACT_IS_TOLD}
ORDER BY k.id, t.due_order
"""


async def find_today(connection: Connection, workspace_id: str, customer_id: str, now: datetime) -> Today:
    """Return which day it is for the workspace and the customer with this cuid."""
    _, ours = await working_days_of(connection, workspace_id)
    _, theirs = await working_days_of(connection, workspace_id, customer_id)
    return Today(now.astimezone(ours).date(), now.astimezone(theirs).date())


async def find_debts(connection: Connection, workspace_id: str, onboarding_id: str, today: Today) -> list[Debt]:
    """Return what each contact of the onboarding with this cuid owes who owes something."""
    day = min(today.ours, today.theirs)
    tasks = await fetch_all(connection, OverdueTask, _OVERDUE, workspace_id, onboarding_id, day)
    return [Debt(tuple(of_contact)) for _, of_contact in groupby(tasks, key=lambda task: task.contact_id)]
