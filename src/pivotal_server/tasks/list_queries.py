"""Reads of tasks over all onboardings: what somebody has to do, by themselves or by their part in an onboarding."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from pivotal_server.core.db import Connection
from pivotal_server.identity.models import Actor
from pivotal_server.tasks.models import ROLES, TaskRow
from pivotal_server.tasks.queries import COLUMNS

SHOWN = 50
DONE_FOR = timedelta(days=30)

# Where somebody's tasks are found: those that they were given, and those of each of their parts in onboardings.
_DIRECT = ("tasks t", "t.assignee_id = {person}")
_BY_ROLE = (
    "onboardings o JOIN tasks t ON t.workspace_id = o.workspace_id AND t.onboarding_id = o.id",
    "o.workspace_id = $1 AND o.{role}_id = {{person}} AND o.deleted_at IS NULL AND t.assignee_role = '{role}'",
)
_OF_PERSON = (_DIRECT, *((_BY_ROLE[0], _BY_ROLE[1].format(role=role)) for role in ROLES))
_ALIVE = """
(SELECT o.deleted_at IS NULL AND c.deleted_at IS NULL FROM onboardings o
    JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
    WHERE o.workspace_id = t.workspace_id AND o.id = t.onboarding_id)
"""
_OF_CUSTOMER = """
t.onboarding_id IN (
    SELECT o.id FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
    WHERE o.workspace_id = $1 AND c.display_id = {customer}
)
"""
# No place is read further than the page that is shown goes.
_FIRST = f"""(
SELECT t.* FROM {{source}}
WHERE t.workspace_id = $1 AND t.status = $2 AND t.deleted_at IS NULL AND {{conditions}} AND {_ALIVE}
ORDER BY {{order}} LIMIT $3
)"""
_LIST = f"""
SELECT {COLUMNS}, o.name, o.display_id, c.name FROM (
    SELECT t.* FROM ({{found}}) t ORDER BY {{order}} LIMIT $3
) t JOIN onboardings o ON o.workspace_id = t.workspace_id AND o.id = t.onboarding_id
JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
ORDER BY {{order}}
"""
_FIELDS = len(TaskRow._fields)


class ListedTask(NamedTuple):
    """A task with the names of what it is part of."""

    row: TaskRow
    onboarding_name: str
    onboarding_display_id: int
    customer_name: str


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are looked for.

    Attributes:
        person_id: of whom, those that fall to them by their part in an onboarding included; None for everybody's.
        customer: display_id of the customer; None for all.
        shown: how many to show at a time.
    """

    person_id: str | None = None
    customer: int | None = None
    shown: int = SHOWN


async def list_due_on(connection: Connection, actor: Actor, wanted: TaskFilter, day: date) -> list[ListedTask]:
    """Return the open tasks that are due on a day, and one more where there are too many to show."""
    first = datetime.combine(day, time())  # due dates have no time zone
    bounds: list[tuple[str, object]] = [("t.due_order >= {}", first), ("t.due_order < {}", first + timedelta(days=1))]
    return await _list(connection, actor, wanted, "open", "t.due_order", bounds)


async def list_due_on_others(
    connection: Connection, actor: Actor, wanted: TaskFilter, day: date, after: datetime | None
) -> list[ListedTask]:
    """Return a page of the open tasks that are due on other days, soonest first, and one more where more follow."""
    conditions: list[tuple[str, object]] = [("t.due_order IS NOT NULL", None), ("t.due_on <> {}", day)]
    if after is not None:
        conditions.append(("t.due_order > {}", after))
    return await _list(connection, actor, wanted, "open", "t.due_order", conditions)


async def list_undated(connection: Connection, actor: Actor, wanted: TaskFilter) -> list[ListedTask]:
    """Return open tasks without a due date, newest first, and one more where there are too many to show."""
    return await _list(connection, actor, wanted, "open", "t.created_at DESC", [("t.due_on IS NULL", None)])


async def list_done(
    connection: Connection, actor: Actor, wanted: TaskFilter, now: datetime, before: datetime | None
) -> list[ListedTask]:
    """Return a page of what was completed in the last thirty days, the last first, and one more where more follow."""
    conditions: list[tuple[str, object]] = [("t.completed_at > {}", now - DONE_FOR)]
    if before is not None:
        conditions.append(("t.completed_at < {}", before))
    return await _list(connection, actor, wanted, "completed", "t.completed_at DESC", conditions)


async def _list(
    connection: Connection,
    actor: Actor,
    wanted: TaskFilter,
    status: str,
    order: str,
    conditions: list[tuple[str, object]],
) -> list[ListedTask]:
    values: list[object] = [actor.workspace_id, status, wanted.shown + 1]

    def place(value: object) -> str:
        values.append(value)
        return f"${len(values)}"

    places = [("tasks t", "TRUE")]
    if wanted.person_id is not None:
        person = place(wanted.person_id)
        places = [(source, whose.format(person=person)) for source, whose in _OF_PERSON]
    parts = [text.format(place(value)) if "{}" in text else text for text, value in conditions]
    if wanted.customer is not None:
        parts.append(_OF_CUSTOMER.format(customer=place(wanted.customer)))
    found = [
        _FIRST.format(source=source, conditions=" AND ".join((whose, *parts)), order=order) for source, whose in places
    ]
    records = await connection.fetch(_LIST.format(found=" UNION ALL ".join(found), order=order), *values)
    return [
        ListedTask(TaskRow(*record[:_FIELDS]), *(record[place] for place in range(_FIELDS, _FIELDS + 3)))
        for record in (tuple(record) for record in records)
    ]
