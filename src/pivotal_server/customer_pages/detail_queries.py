"""Reads for the page of a customer; nothing is found outside the actor's workspace."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.customers.models import CustomerRow
from pivotal_server.customers.queries import COLUMNS, get_customer
from pivotal_server.timeline.models import Activity
from pivotal_server.web.addresses import reference_of

if TYPE_CHECKING:
    from pivotal_server.core.pagination import PageQuery
    from pivotal_server.identity.models import Actor

SHOWN_ONBOARDINGS = 50

_BY_SLUG = f"SELECT {COLUMNS} FROM customers c WHERE c.workspace_id = $1 AND c.slug = $2 AND c.deleted_at IS NULL"
_ONBOARDINGS = f"""
SELECT o.id, o.display_id, o.name, f.name, o.state, o.target_launch_date, o.completed_at, p.name, t.done, t.total
FROM (
    SELECT * FROM onboardings o WHERE o.workspace_id = $1 AND o.customer_id = $2 AND o.deleted_at IS NULL
    ORDER BY o.created_at DESC LIMIT {SHOWN_ONBOARDINGS}
) o
JOIN phases f ON f.workspace_id = $1 AND f.key = o.phase
LEFT JOIN people p ON p.id = o.csm_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE t.status = 'completed') AS done, count(*) AS total FROM tasks t
    WHERE t.workspace_id = $1 AND t.onboarding_id = o.id AND t.deleted_at IS NULL
) t
ORDER BY o.completed_at IS NOT NULL, o.created_at DESC
"""
_HISTORY = f"""
SELECT {columns(Activity, "a")} FROM activity a
WHERE a.workspace_id = $1 AND a.customer_id = $2 AND a.created_at < $3
    AND ($5::text IS NULL OR a.type = $5 OR starts_with(a.type, $5 || '.')) AND ($6::text IS NULL OR a.actor_id = $6)
ORDER BY a.created_at DESC LIMIT $4
"""
# Among the latest entries only, so that a long history costs no more than a short one.
_ACTORS = """
SELECT DISTINCT ON (lower(r.actor_name), r.actor_id) r.actor_id, r.actor_name FROM (
    SELECT a.actor_id, a.actor_name FROM activity a WHERE a.workspace_id = $1 AND a.customer_id = $2
    ORDER BY a.created_at DESC LIMIT 2000
) r ORDER BY lower(r.actor_name), r.actor_id
"""
_WHO_CHANGED = """
SELECT r.actor_name FROM (
    SELECT a.actor_name, a.data, a.subject_id, a.created_at FROM activity a
    WHERE a.workspace_id = $1 AND a.customer_id = $2 ORDER BY a.created_at DESC LIMIT 200
) r WHERE r.subject_id = $2 AND r.data -> 'changes' -> $3 IS NOT NULL ORDER BY r.created_at DESC LIMIT 1
"""


class OnboardingLine(NamedTuple):
    """An onboarding as its customer's page shows it; ``done`` of ``total`` tasks are completed."""

    id: str
    display_id: int
    name: str
    phase: str
    state: str
    target_launch_date: datetime | None
    completed_at: datetime | None
    owner: str | None
    done: int
    total: int


async def find_customer(connection: Connection, actor: Actor, place: str) -> CustomerRow:
    """Return the customer of an address such as ``12-aurora-outfitters``, ``12``, a cuid, or the customer's own slug.

    Raises:
        ApiError: 404 ``customer_not_found``.
    """
    try:
        return await get_customer(connection, actor, reference_of(place))
    except ApiError:
        row = await fetch_one(connection, CustomerRow, _BY_SLUG, actor.workspace_id, place)
        if row is None:
            raise
        return row


async def list_onboarding_lines(connection: Connection, actor: Actor, customer_id: str) -> list[OnboardingLine]:
    """Return a customer's latest onboardings, those that are not completed first."""
    return await fetch_all(connection, OnboardingLine, _ONBOARDINGS, actor.workspace_id, customer_id)


async def list_history(
    connection: Connection,
    actor: Actor,
    customer_id: str,
    query: PageQuery,
    *,
    type_: str | None = None,
    actor_id: str | None = None,
) -> list[Activity]:
    """Return a page of what happened to a customer and to everything of its, and one more where more follow.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        customer_id: the customer's cuid.
        query: which page.
        type_: only entries of this type, or of all that begin so, such as ``task``.
        actor_id: only what this one did.
    """
    narrowed = (query.before, query.fetch, type_, actor_id)
    return await fetch_all(connection, Activity, _HISTORY, actor.workspace_id, customer_id, *narrowed)


async def list_actors(connection: Connection, actor: Actor, customer_id: str) -> list[tuple[str, str]]:
    """Return the ids and names of who did something about a customer lately, by name."""
    return [tuple(row) for row in await connection.fetch(_ACTORS, actor.workspace_id, customer_id)]


async def who_changed(connection: Connection, actor: Actor, customer_id: str, field: str) -> str:
    """Return who changed a field of a customer last; "Somebody" where that is long ago."""
    name = await connection.fetchval(_WHO_CHANGED, actor.workspace_id, customer_id, field)
    return str(name or "Somebody")
