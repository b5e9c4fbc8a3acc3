"""Changes to calendars: each writes the row and its activity in the caller's transaction.

A change moves the dates of open tasks, which is up to those who have tasks: the outcome says whether there was one.
"""

from dataclasses import dataclass, replace
from typing import Any

from pivotal_server.calendars import public_holidays
from pivotal_server.calendars.models import Calendar, CalendarRow
from pivotal_server.calendars.queries import COLUMNS, get_calendar
from pivotal_server.calendars.rules import CalendarRules, time_zones
from pivotal_server.calendars.schemas import CalendarUpdate, present_rules
from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import changes, moment_of_change, previous_attributes
from pivotal_server.customers.queries import get_customer
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Change, Subject

_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_RULES = "time_zone, working_weekdays, holidays_country, holidays_subdivision, extra_days_off, extra_working_days"
_CREATE = f"""
INSERT INTO working_calendars AS w (workspace_id, id, customer_id, {_RULES}, updated_at, created_at)
VALUES ($1, $2, $10, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE working_calendars w SET ({_RULES}, updated_at) = ROW ($3, $4, $5, $6, $7, $8, $9)
WHERE w.workspace_id = $1 AND w.id = $2 RETURNING {COLUMNS}
"""
_DELETE = "DELETE FROM working_calendars WHERE workspace_id = $1 AND id = $2"

# Fields as a person calls them.
_WORDS = {
    "time_zone": "time zone",
    "working_weekdays": "weekdays",
    "holidays_country": "holidays",
    "holidays_subdivision": "region of the holidays",
    "extra_days_off": "days off",
    "extra_working_days": "working days",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a calendar.

    Attributes:
        calendar: the one that holds now.
        moved: whether other days may be worked than before.
    """

    calendar: Calendar
    moved: bool


async def update_calendar(change: Change, body: CalendarUpdate) -> Outcome:
    """Change the fields of the workspace's calendar that the body names; where nothing differs, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``invalid_field`` for a time zone, country or subdivision that there is
            not, or a day that is both an extra day off and an extra working day.
    """
    require(change.actor, "admin")
    await change.connection.execute(_WAIT_FOR_TURN, change.actor.workspace_id)
    return await _update(change, None, body)


async def update_customer_calendar(change: Change, reference: str, body: CalendarUpdate) -> Outcome:
    """Change a customer's calendar likewise; one that had none gets its own, which begins as the workspace's.

    Raises:
        ApiError: 404 ``customer_not_found``; 400 as for the workspace's.
    """
    customer = await get_customer(change.connection, change.actor, reference, lock=True)
    return await _update(change, customer.id, body)


async def delete_customer_calendar(change: Change, reference: str) -> Outcome:
    """Let the workspace's calendar hold for a customer again; where it does, nothing happens.

    Raises:
        ApiError: 404 ``customer_not_found``.
    """
    customer = await get_customer(change.connection, change.actor, reference, lock=True)
    before = await get_calendar(change.connection, change.actor.workspace_id, customer.id)
    if before.own is None:
        return Outcome(before, moved=False)
    await change.connection.execute(_DELETE, change.actor.workspace_id, before.own.id)
    after = await get_calendar(change.connection, change.actor.workspace_id, customer.id)
    summary = "Went back to the workspace's working calendar"
    change.note("calendar.deleted", summary, _subject(before.own), _changes(before, after))
    return Outcome(after, moved=before.rules != after.rules)


async def _update(change: Change, customer_id: str | None, body: CalendarUpdate) -> Outcome:
    before = await get_calendar(change.connection, change.actor.workspace_id, customer_id)
    fields = body.changes()
    rules = _with(before.rules, fields)
    # A customer's calendar that is set to what the workspace's is stays so when that changes.
    if not fields or (rules == before.rules and not before.inherited):
        return Outcome(before, moved=False)
    await _check(rules, fields)
    after = Calendar(customer_id, await _write(change, before, rules))
    assert after.row is not None  # noqa: S101 - it has just been written
    what = "customer's working calendar" if customer_id else "working calendar"
    details = _changes(before, after)
    if before.inherited:
        change.note("calendar.created", "Gave the customer a working calendar of its own", _subject(after.row), details)
    else:
        names = ", ".join(_WORDS[name] for name in details["changes"])
        change.note("calendar.updated", f"Changed the {what}: {names}", _subject(after.row), details)
    return Outcome(after, moved=rules != before.rules)


def _with(rules: CalendarRules, fields: dict[str, Any]) -> CalendarRules:
    """Return the rules with the fields that were sent in place of what they were, in order and each day once."""
    fields = {name: tuple(sorted(set(value))) if isinstance(value, list) else value for name, value in fields.items()}
    if fields.get("holidays_country", rules.holidays_country) != rules.holidays_country:
        fields = {"holidays_subdivision": None} | fields
    return replace(rules, **fields)


async def _check(rules: CalendarRules, sent: dict[str, Any]) -> None:
    if "time_zone" in sent and rules.time_zone not in time_zones():
        raise invalid_field("time_zone", "There is no such time zone. Send an IANA name, such as Europe/Berlin.")
    if rules.holidays_country is not None and not sent.keys().isdisjoint({"holidays_country", "holidays_subdivision"}):
        await public_holidays.load()
        country = public_holidays.countries().get(rules.holidays_country)
        if country is None:
            raise invalid_field("holidays_country", "The holidays of no such country are known.")
        if rules.holidays_subdivision is not None and rules.holidays_subdivision not in country.subdivisions:
            raise invalid_field("holidays_subdivision", f"{country.name} has no such subdivision with own holidays.")
    elif rules.holidays_subdivision is not None and rules.holidays_country is None:
        raise invalid_field("holidays_subdivision", "A subdivision needs a holidays_country.")
    if both := sorted({*rules.extra_days_off} & {*rules.extra_working_days}):
        field = "extra_working_days" if "extra_working_days" in sent else "extra_days_off"
        raise invalid_field(field, f"{both[0]} is both an extra day off and an extra working day.")


async def _write(change: Change, before: Calendar, rules: CalendarRules) -> CalendarRow:
    own = before.own
    row = await fetch_one(
        change.connection,
        CalendarRow,
        *((_UPDATE, change.actor.workspace_id, own.id) if own else (_CREATE, change.actor.workspace_id, new_id())),
        *(rules.time_zone, rules.working_weekdays, rules.holidays_country, rules.holidays_subdivision),
        *(rules.extra_days_off, rules.extra_working_days),
        moment_of_change(change.at, own.updated_at) if own else change.at,
        *(() if own else (before.customer_id,)),
    )
    assert row is not None  # noqa: S101 - an insert, or an update of a locked row, returns it
    return row


def _changes(before: Calendar, after: Calendar) -> dict[str, Any]:
    shown = present_rules(after)
    return changes(previous_attributes(present_rules(before), shown), shown)


def _subject(row: CalendarRow) -> Subject:
    return Subject("calendar", row.id, customer_id=row.customer_id)
