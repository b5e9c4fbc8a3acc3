"""The shape of a calendar."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from pivotal_server.calendars.rules import CalendarRules


class CalendarRow(NamedTuple):
    """A calendar as stored: the workspace's, or that of a customer which has its own."""

    id: str
    customer_id: str | None
    time_zone: str
    working_weekdays: list[int]
    holidays_country: str | None
    holidays_subdivision: str | None
    extra_days_off: list[date]
    extra_working_days: list[date]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar that holds for a workspace, or for one of its customers.

    Attributes:
        customer_id: the customer that it was looked up for; ``None`` for the workspace.
        row: the one that holds: the customer's own, else the workspace's, else ``None`` for the default.
    """

    customer_id: str | None
    row: CalendarRow | None

    @property
    def own(self) -> CalendarRow | None:
        """The row of the very workspace or customer, if it has one."""
        return self.row if self.row and self.row.customer_id == self.customer_id else None

    @property
    def inherited(self) -> bool:
        """Whether a customer has no calendar of its own."""
        return self.customer_id is not None and self.own is None

    @property
    def rules(self) -> CalendarRules:
        """What it says; unless anybody has set anything, Monday to Friday in UTC, without holidays."""
        row = self.row
        if row is None:
            return CalendarRules()
        return CalendarRules(
            row.time_zone,
            tuple(row.working_weekdays),
            row.holidays_country,
            row.holidays_subdivision,
            tuple(row.extra_days_off),
            tuple(row.extra_working_days),
        )
