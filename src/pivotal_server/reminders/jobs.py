"""Reminders that come round by themselves: every quarter of an hour a working day begins somewhere."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pivotal_server.calendars.rules import CalendarRules, make_working_days
from pivotal_server.core.db import in_transaction
from pivotal_server.core.jobs import Job, JobContext
from pivotal_server.identity.models import Actor
from pivotal_server.reminders.actions import remind_when_due
from pivotal_server.reminders.overdue import Today
from pivotal_server.reminders.queries import Late, list_late
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection

logger = logging.getLogger(__name__)

# Local hours in which reminders go out; the later ones make up for what was missed earlier that day.
FIRST_HOUR, LAST_HOUR = 9, 17
_BATCH = 500


class UnremindedError(Exception):
    """Some onboardings could not be reminded; the log says why of each."""


async def remind(context: JobContext, _: dict[str, Any]) -> None:
    """Send all reminders that are due now, each onboarding's in a transaction of its own; again, it sends none twice.

    Raises:
        UnremindedError: what is wrong with some onboardings kept them from it, and the others not.
    """
    place, sent, failed = ("", ""), 0, 0
    async with context.pool.acquire() as connection:
        while found := await list_late(connection, place, context.clock.now(), _BATCH):
            for late in found:
                if context.stopping.is_set():  # the next run finds what is left
                    return
                if not await is_time(late, context.clock.now()):
                    continue
                try:
                    sent += await _remind_one(context, connection, late)
                except Exception:
                    if connection.is_closed():
                        raise
                    logger.exception("Onboarding %s was not reminded", late.onboarding_id)
                    failed += 1
            place = found[-1].place
    if sent:
        logger.info("Sent %d reminders", sent)
    if failed:
        raise UnremindedError(f"{failed} onboardings were not reminded")


async def is_time(late: Late, now: datetime) -> bool:
    """Return whether it is anybody's turn, on a working day of the customer's calendar at the time for reminders."""
    rules = late.calendar.rules
    local = now.astimezone(ZoneInfo(rules.time_zone))
    if not FIRST_HOUR <= local.hour <= LAST_HOUR:
        return False
    ours = now.astimezone(ZoneInfo(late.our_time_zone or CalendarRules().time_zone))
    today = Today(ours.date(), local.date())
    if not any(today.is_over(due) and today.is_turn(reminded, late.every_days) for due, reminded in late.debts):
        return False
    return (await make_working_days(rules)).is_working(local.date())


async def _remind_one(context: JobContext, connection: Connection, late: Late) -> int:
    actor = Actor(late.workspace_id, "system", "reminders", "Pivotal", role="admin")

    async def work() -> int:
        change = Change(connection, actor, context.clock)
        rows = await remind_when_due(change, late.onboarding_id)
        await change.write_records()
        return len(rows)

    return await in_transaction(connection, context.clock, work)


REMIND = Job("remind", remind, attempts=5)
