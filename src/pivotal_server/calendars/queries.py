"""Reads of calendars."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pivotal_server.calendars.models import Calendar, CalendarRow
from pivotal_server.calendars.rules import make_working_days
from pivotal_server.calendars.schemas import LAST_DAY, MAX_DAYS, CalendarDaysQuery
from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.core.db import Connection, columns, fetch_one
from pivotal_server.core.errors import ApiError

COLUMNS = columns(CalendarRow, "w")
_IN_EFFECT = f"""
SELECT {COLUMNS} FROM working_calendars w
WHERE w.workspace_id = $1 AND (w.customer_id IS NULL OR w.customer_id = $2::text)
ORDER BY w.customer_id NULLS LAST LIMIT 1
"""
_DAY = timedelta(days=1)
_USUAL_SPAN = 30 * _DAY


async def get_calendar(connection: Connection, workspace_id: str, customer_id: str | None = None) -> Calendar:
    """Return the calendar that holds for the customer with this cuid, or for the workspace."""
    return Calendar(customer_id, await fetch_one(connection, CalendarRow, _IN_EFFECT, workspace_id, customer_id))


async def working_days_of(
    connection: Connection, workspace_id: str, customer_id: str | None = None
) -> tuple[WorkingDays, ZoneInfo]:
    """Return the working days that hold for the customer with this cuid, or for the workspace, and their time zone."""
    rules = (await get_calendar(connection, workspace_id, customer_id)).rules
    return await make_working_days(rules), ZoneInfo(rules.time_zone)


async def list_days_off(
    connection: Connection, workspace_id: str, customer_id: str | None, query: CalendarDaysQuery, now: datetime
) -> list[tuple[date, str]]:
    """Return the days of a span that are not worked, in order, each with its reason.

    Raises:
        ApiError: 400 for a span that ends before it begins, or is longer than 366 days.
    """
    days, time_zone = await working_days_of(connection, workspace_id, customer_id)
    first = query.first or min(now.astimezone(time_zone).date(), LAST_DAY)
    last = query.last or min(first, LAST_DAY - _USUAL_SPAN) + _USUAL_SPAN
    if last < first:
        raise ApiError(400, "too_small", f"Date must be {first} or later", field="to")
    if (last - first).days >= MAX_DAYS:
        raise ApiError(400, "too_big", f"Date must be {first + (MAX_DAYS - 1) * _DAY} or earlier", field="to")
    span = (first + count * _DAY for count in range((last - first).days + 1))
    return [(day, reason) for day in span if (reason := days.why_not(day))]
