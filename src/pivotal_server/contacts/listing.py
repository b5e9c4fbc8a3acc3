"""Everybody in a workspace, with a customer or not yet, newest first: by any of their traits, with how many there are.

Left out is who is deleted or archived, or belongs to a deleted customer. Totals come from tallies, which are kept by
triggers, and cost the same however many contacts there are (docs/developers/decisions/0025-totals.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivotal_server.contacts.models import ListedContact
from pivotal_server.contacts.tallies import SETS, TRAITS
from pivotal_server.core.db import Connection, columns, fetch_all

if TYPE_CHECKING:
    from datetime import datetime, time

    from pivotal_server.identity.models import Actor

COLUMNS = columns(ListedContact, "t", company="coalesce(u.name, t.company)")
_LISTED = "t.deleted_at IS NULL AND t.archived_at IS NULL AND NOT t.customer_gone"
# Times of creation are found in the indexes alone, however far the page is from the beginning; they differ from each
# other within a workspace.
_PAGE = f"""
SELECT {COLUMNS} FROM ({{times}} LIMIT {{size}} OFFSET $2) page
JOIN contacts t ON t.workspace_id = $1 AND t.created_at = page.created_at
    AND t.deleted_at IS NULL AND t.archived_at IS NULL
LEFT JOIN customers u ON u.workspace_id = t.workspace_id AND u.id = t.customer_id
ORDER BY t.created_at DESC
"""
_FROM = f"SELECT {{what}} FROM contacts t WHERE t.workspace_id = $1 AND {_LISTED}{{filters}}"
_FROM_ASSIGNED = """
SELECT {what} FROM contact_assignees a{contacts} WHERE a.workspace_id = $1 AND a.person_id = {person}{filters}
"""
_THEIR_CONTACTS = " JOIN contacts t ON t.workspace_id = a.workspace_id AND t.id = a.contact_id"
_SUM = """
SELECT (
    coalesce((SELECT sum(t.contacts) FROM contact_tallies t WHERE t.workspace_id = $1{tallies}), 0)
    + coalesce((SELECT sum(t.contacts) FROM contact_tally_changes t WHERE t.workspace_id = $1{changes}), 0)
)::bigint
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from ``since`` on and before ``until``; None is no bound."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of day (UTC) from ``since`` on and before ``until``, over midnight where that is the earlier one.

    None as ``until`` is midnight.
    """

    since: time
    until: time | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What contacts have in common; None does not narrow.

    Attributes:
        owner_id, assignee_id: people; ``unassigned`` means those who have no owner.
        created, messaged: when they were added, and when the last message to or from them was sent.
        message_hours: at which time of the day that was.
    """

    owner_id: str | None = None
    unassigned: bool = False
    status: str | None = None
    pipeline_id: str | None = None
    stage: str | None = None
    last_message_status: str | None = None
    source: str | None = None
    lead_source: str | None = None
    assignee_id: str | None = None
    created: Span | None = None
    messaged: Span | None = None
    message_hours: Hours | None = None

    def traits(self) -> set[str]:
        """Return the columns of which one value is asked for."""
        said = {name for name in TRAITS if getattr(self, name) is not None}
        return said | {"owner_id"} if self.unassigned else said

    @property
    def has_range(self) -> bool:
        """Whether something else than one value is asked for, which no tally tells."""
        return bool(self.created or self.messaged or self.message_hours)


EVERYBODY = Selection()


async def page_of_everybody(
    connection: Connection, actor: Actor, selection: Selection, page: int, size: int
) -> tuple[list[ListedContact], int]:
    """Return a page of the contacts of a selection, newest first, and how many there are on all pages.

    Args:
        connection: to the database.
        actor: whose workspace it is.
        selection: which contacts.
        page: which one, from 1.
        size: how many are on a page; one of few numbers, for it becomes part of a statement.
    """
    total, passed = await count_everybody(connection, actor, selection), (page - 1) * size
    if passed >= total:
        return [], total
    return await list_everybody(connection, actor, selection, size=size, offset=passed), total


async def list_everybody(
    connection: Connection, actor: Actor, selection: Selection, *, size: int, offset: int
) -> list[ListedContact]:
    """Return a page of the contacts of a selection, newest first.

    Args:
        connection: to the database.
        actor: whose workspace it is.
        selection: which contacts.
        size: how many at most.
        offset: how many newer ones are passed over.
    """
    parameters: list[object] = [actor.workspace_id, offset]
    times = _select(selection, parameters, "{t}.created_at") + _order(selection)
    return await fetch_all(connection, ListedContact, _PAGE.format(times=times, size=int(size)), *parameters)


async def count_everybody(connection: Connection, actor: Actor, selection: Selection = EVERYBODY) -> int:
    """Return exactly how many contacts a selection has.

    It is a sum of tallies where they tell of all that is asked for, and otherwise counted by indexes.
    """
    parameters: list[object] = [actor.workspace_id]
    wanted = selection.traits()
    traits = next((name for name, traits in SETS.items() if wanted <= set(traits)), None)
    if traits is None or selection.has_range:
        sql = _select(selection, parameters, "count(*)")
    else:
        said = _equal(selection, parameters)
        person = _bound(parameters, selection.assignee_id) if selection.assignee_id else None
        kinds = f" AND t.traits = '{traits}'" + "".join(
            f" AND t.{name} IS NULL" for name in TRAITS if name not in SETS[traits]
        )
        sql = _SUM.format(
            tallies=kinds + said + (f" AND t.assignee_id = {person}" if person else ""),
            changes=said + (f" AND {person} = ANY (t.assignee_ids)" if person else ""),
        )
    total: int = await connection.fetchval(sql, *parameters)
    return total


def _select(selection: Selection, parameters: list[object], what: str) -> str:
    """Return the statement that reads a selection, and add its parameters; ``{t}`` in ``what`` is what is read from."""
    if selection.assignee_id is None:
        return _FROM.format(what=what.format(t="t"), filters=_filters(selection, parameters))
    person = _bound(parameters, selection.assignee_id)
    filters = _filters(selection, parameters)
    contacts = _THEIR_CONTACTS if filters else ""
    return _FROM_ASSIGNED.format(what=what.format(t="a"), person=person, filters=filters, contacts=contacts)


def _order(selection: Selection) -> str:
    if selection.assignee_id is not None:
        return " ORDER BY a.created_at DESC"
    # Said in so many words: where a column is known to be null, the planner does not see an index's order.
    return " ORDER BY t.owner_id, t.created_at DESC" if selection.unassigned else " ORDER BY t.created_at DESC"


def _filters(selection: Selection, parameters: list[object]) -> str:
    """Return what narrows ``contacts t``, besides the assignee, and add its parameters."""
    said = _equal(selection, parameters)
    for column, span in (("created_at", selection.created), ("last_message_at", selection.messaged)):
        if span:
            said += f" AND t.{column} IS NOT NULL"
        if span and span.since:
            said += f" AND t.{column} >= {_bound(parameters, span.since)}"
        if span and span.until:
            said += f" AND t.{column} < {_bound(parameters, span.until)}"
    return said + (_within(selection.message_hours, parameters) if selection.message_hours else "")


def _equal(selection: Selection, parameters: list[object]) -> str:
    """Return which single values are asked for, besides the assignee."""
    wanted = [(name, getattr(selection, name)) for name in TRAITS if name != "assignee_id"]
    said = "".join(f" AND t.{name} = {_bound(parameters, value)}" for name, value in wanted if value is not None)
    return said + (" AND t.owner_id IS NULL" if selection.unassigned else "")


def _within(hours: Hours, parameters: list[object]) -> str:
    at = "(t.last_message_at AT TIME ZONE 'UTC')::time"
    since = f"{at} >= {_bound(parameters, hours.since)}"
    until = f"{at} < {_bound(parameters, hours.until)}" if hours.until else "true"
    over_midnight = hours.until is not None and hours.until < hours.since
    return f" AND t.last_message_at IS NOT NULL AND ({since} {'OR' if over_midnight else 'AND'} {until})"


def _bound(parameters: list[object], value: object) -> str:
    """Add a parameter, and return its place."""
    parameters.append(value)
    return f"${len(parameters)}"
