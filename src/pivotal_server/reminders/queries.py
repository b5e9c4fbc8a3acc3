"""Reads of reminders: those that there were, and the onboardings whose turn may have come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pivotal_server.calendars.models import Calendar, CalendarRow
from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor
from pivotal_server.reminders.models import ReminderRow
from pivotal_server.reminders.overdue import CONTACT_IS_TOLD, LAST_REMINDED, ON_CUSTOMERS_SIDE

COLUMNS = columns(ReminderRow, "r")
# Quiet while paused, at the end of the way, and where the customer has left. Waiting on the customer is no pause: it is
# the customer's turn then more than ever.
WANTS_REMINDERS = """
(o.reminder_email AND o.livemode AND o.state <> 'paused' AND p.kind <> 'terminal' AND o.deleted_at IS NULL
    AND c.deleted_at IS NULL AND c.archived_at IS NULL AND c.status <> 'churned')
"""
_OF_ONBOARDING = f"""
SELECT {COLUMNS} FROM reminders r
WHERE r.workspace_id = $1 AND r.onboarding_id = $2 AND r.created_at < $3 ORDER BY r.created_at DESC LIMIT $4
"""
# Some onboardings at a time in the order of the key, however many there are; $4 is later than today is anywhere. Of
# each: what the contacts owe longest and when they were reminded, none where it is to be quiet; and its calendars.
_LATE = f"""
WITH late AS MATERIALIZED (
    SELECT DISTINCT t.workspace_id, t.onboarding_id FROM tasks t
    WHERE {ON_CUSTOMERS_SIDE} AND t.due_on < $4 AND (t.workspace_id, t.onboarding_id) > ($1, $2)
    ORDER BY t.workspace_id, t.onboarding_id LIMIT $3
)
SELECT o.workspace_id, o.id, o.reminder_frequency_days, d.due_on, d.reminded_on, s.time_zone AS our_time_zone,
    {columns(CalendarRow, "w")}
FROM late l JOIN onboardings o ON o.workspace_id = l.workspace_id AND o.id = l.onboarding_id
JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
JOIN phases p ON p.workspace_id = o.workspace_id AND p.key = o.phase
CROSS JOIN LATERAL (
    SELECT array_agg(k.due_on) AS due_on, array_agg(k.reminded_on) AS reminded_on FROM (
        SELECT min(t.due_on) AS due_on, {LAST_REMINDED} AS reminded_on
        FROM tasks t JOIN contacts k ON k.workspace_id = t.workspace_id AND k.id = t.assignee_contact_id
        WHERE t.workspace_id = o.workspace_id AND t.onboarding_id = o.id AND t.due_on < $4 AND {WANTS_REMINDERS}
            AND {ON_CUSTOMERS_SIDE} AND {CONTACT_IS_TOLD}
        GROUP BY t.workspace_id, t.onboarding_id, k.id
    ) k
) d
LEFT JOIN working_calendars s ON s.workspace_id = o.workspace_id AND s.customer_id IS NULL
LEFT JOIN LATERAL (
    SELECT w.* FROM working_calendars w
    WHERE w.workspace_id = o.workspace_id AND (w.customer_id IS NULL OR w.customer_id = o.customer_id)
    ORDER BY w.customer_id NULLS LAST LIMIT 1
) w ON true
ORDER BY o.workspace_id, o.id
"""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Late:
    """An onboarding with something overdue on the customer's side, somewhere on earth.

    Attributes:
        debts: of each contact who is to be reminded, the earliest due date and the day of the last reminder.
        our_time_zone: the workspace's, as it is stored.
        calendar: the one that holds for the customer.
    """

    workspace_id: str
    onboarding_id: str
    every_days: int
    debts: tuple[tuple[date, date | None], ...]
    our_time_zone: str | None
    calendar: Calendar

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in the order of the walk."""
        return self.workspace_id, self.onboarding_id


async def list_reminders(
    connection: Connection, actor: Actor, onboarding_id: str, query: PageQuery
) -> list[ReminderRow]:
    """Return a page of the reminders of the onboarding with this cuid, newest first, and one more where more follow."""
    return await fetch_all(
        connection, ReminderRow, _OF_ONBOARDING, actor.workspace_id, onboarding_id, query.before, query.fetch
    )


async def list_late(connection: Connection, after: tuple[str, str], now: datetime, limit: int) -> list[Late]:
    """Return onboardings of all workspaces whose customer may be late, in the order of their places.

    Args:
        connection: where to read.
        after: the place of the last one before.
        now: the present.
        limit: how many at most.
    """
    found = []
    for row in await connection.fetch(_LATE, *after, limit, now.date() + _DAY):
        workspace_id, onboarding_id, every_days, due_on, reminded_on, our_time_zone, *calendar = row
        debts = tuple(zip(due_on or (), reminded_on or (), strict=True))
        stored = None if row["time_zone"] is None else CalendarRow(*calendar)
        found.append(Late(workspace_id, onboarding_id, every_days, debts, our_time_zone, Calendar(None, stored)))
    return found
