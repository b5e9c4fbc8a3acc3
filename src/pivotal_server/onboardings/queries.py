"""Reads of onboardings; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.core.pagination import PageQuery
from pivotal_server.fields.search import Place, Where, find_in_list
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.models import LaunchDateShiftRow, OnboardingRow, TransitionRow
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.onboardings.schemas import OnboardingListQuery

COLUMNS = columns(
    OnboardingRow,
    "o",
    owner_email="(SELECT p.email FROM people p WHERE p.id = o.csm_id)",
    phase_target_days="(SELECT p.target_days FROM phases p WHERE p.workspace_id = o.workspace_id AND p.key = o.phase)",
)
_BY_REFERENCE = f"SELECT {COLUMNS} FROM onboardings o WHERE o.workspace_id = $1 AND o.{{column}} = $2"
# The customer is looked up row by row, so that a page follows the index and stops, however many onboardings there are.
_CUSTOMER_IS_THERE = """
(SELECT c.deleted_at IS NULL FROM customers c WHERE c.workspace_id = o.workspace_id AND c.id = o.customer_id)
"""
_LIST = f"""
SELECT {COLUMNS} FROM onboardings o
WHERE o.workspace_id = $1 AND o.created_at < $2 AND o.deleted_at IS NULL AND {{filters}} AND {_CUSTOMER_IS_THERE}
ORDER BY o.created_at DESC LIMIT $3
"""
# The same, of what was found by tags or custom fields.
_LIST_OF_FOUND = f"""
SELECT {COLUMNS} FROM {{found}} JOIN onboardings o ON o.workspace_id = $1 AND o.id = f.resource_id
WHERE {{filters}} AND {_CUSTOMER_IS_THERE}
ORDER BY f.created_at DESC LIMIT $3
"""
_OF_DISPLAY_ID = "o.customer_id = (SELECT c.id FROM customers c WHERE c.workspace_id = $1 AND c.display_id = {})"
_OF_CUSTOMER = f"""
SELECT {COLUMNS} FROM onboardings o
WHERE o.workspace_id = $1 AND o.customer_id = $2 AND o.deleted_at IS NULL ORDER BY o.created_at DESC
"""
_TRANSITIONS = f"""
SELECT {columns(TransitionRow, "t")} FROM phase_transitions t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.created_at < $3 ORDER BY t.created_at DESC LIMIT $4
"""
_SHIFTS = f"""
SELECT {columns(LaunchDateShiftRow, "s")} FROM launch_date_shifts s
WHERE s.workspace_id = $1 AND s.onboarding_id = $2 AND s.created_at < $3 ORDER BY s.created_at DESC LIMIT $4
"""

_PLACE = Place("onboarding", "onboardings", "o")


async def get_onboarding(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> OnboardingRow:
    """Return the onboarding with this cuid or display_id, whatever became of its customer.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted onboarding is found as well.
        lock: whether to hold the row until the end of the transaction, for a change to it.

    Raises:
        ApiError: 404 ``onboarding_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (" FOR NO KEY UPDATE OF o" if lock else "")
        row = await fetch_one(connection, OnboardingRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("onboarding")


async def list_onboardings(connection: Connection, actor: Actor, query: OnboardingListQuery) -> list[OnboardingRow]:
    """Return a page of onboardings of customers that are not deleted, newest first, and one more where more follow.

    Raises:
        ApiError: 400 ``invalid_enum_value`` where the workspace has no such phase; 400 for a custom field that there is
            not, or a value that is not of its type.
    """
    where = Where(actor.workspace_id, query.before, query.fetch)
    _add_filters(where, query)
    narrowed = query.customer_id is not None
    found = await find_in_list(connection, actor, _PLACE, query, where, before="$2", narrowed=narrowed)
    sql = (_LIST_OF_FOUND if found else _LIST).format(found=found, filters=where)
    rows = await fetch_all(connection, OnboardingRow, sql, *where.values)
    if query.phase is not None and not rows:  # an onboarding's phase exists, so only no rows leave the question open
        find_phase(await list_phases(connection, actor.workspace_id), query.phase)
    return rows


async def list_customer_onboardings(connection: Connection, actor: Actor, customer_id: str) -> list[OnboardingRow]:
    """Return all onboardings of the customer with this cuid, newest first."""
    return await fetch_all(connection, OnboardingRow, _OF_CUSTOMER, actor.workspace_id, customer_id)


async def list_transitions(
    connection: Connection, actor: Actor, onboarding_id: str, query: PageQuery
) -> list[TransitionRow]:
    """Return a page of an onboarding's steps through the phases, newest first, and one more where more follow."""
    return await fetch_all(
        connection, TransitionRow, _TRANSITIONS, actor.workspace_id, onboarding_id, query.before, query.fetch
    )


async def list_launch_date_shifts(
    connection: Connection, actor: Actor, onboarding_id: str, query: PageQuery
) -> list[LaunchDateShiftRow]:
    """Return a page of the changes of an onboarding's target launch date, newest first, and one more as above."""
    return await fetch_all(
        connection, LaunchDateShiftRow, _SHIFTS, actor.workspace_id, onboarding_id, query.before, query.fetch
    )


def _add_filters(where: Where, query: OnboardingListQuery) -> None:
    """Add the conditions of the filters."""
    if query.customer_id is not None:
        reference = read_reference(query.customer_id)
        if reference is None:
            where.add("false")
        else:
            where.add(_OF_DISPLAY_ID if reference.column == "display_id" else "o.customer_id = {}", reference.value)
    if query.state is not None:
        where.add("o.state = {}", query.state)
    if query.phase is not None:
        where.add("o.phase = {}", query.phase)
    if query.updated_since is not None:
        where.add("o.updated_at >= {}", query.updated_since)
