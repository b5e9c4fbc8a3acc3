"""Reads for the page of a lead; nothing is found outside the actor's workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import columns, fetch_all, fetch_one
from pivotal_server.leads.queries import get_lead
from pivotal_server.timeline.models import Activity
from pivotal_server.web.addresses import reference_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.core.pagination import PageQuery
    from pivotal_server.identity.models import Actor
    from pivotal_server.leads.models import LeadRow

# Over all times that it was there; stages of other pipelines are told by their pipeline.
_TIMES = """
SELECT t.from_pipeline_id, t.from_stage, (array_agg(t.from_name ORDER BY t.created_at DESC))[1],
    sum(t.seconds_in_stage)::bigint
FROM lead_stage_transitions t
WHERE t.workspace_id = $1 AND t.contact_id = $2 AND t.from_stage IS NOT NULL
GROUP BY t.from_pipeline_id, t.from_stage ORDER BY min(t.created_at)
"""
_HISTORY = f"""
SELECT {columns(Activity, "a")} FROM activity a
WHERE a.workspace_id = $1 AND a.subject_id = $2 AND a.subject_type = 'lead' AND a.created_at < $3
ORDER BY a.created_at DESC LIMIT $4
"""
_WHO_CHANGED = """
SELECT r.actor_name FROM (
    SELECT a.actor_name, a.data, a.created_at FROM activity a
    WHERE a.workspace_id = $1 AND a.subject_id = $2 AND a.subject_type = 'lead'
    ORDER BY a.created_at DESC LIMIT 200
) r WHERE r.data -> 'changes' -> $3 IS NOT NULL ORDER BY r.created_at DESC LIMIT 1
"""
_BECAME = """
SELECT c.display_id, c.name, o.display_id, o.name FROM contacts t
LEFT JOIN customers c ON c.workspace_id = $1 AND c.id = t.customer_id AND c.deleted_at IS NULL
LEFT JOIN onboardings o ON o.workspace_id = $1 AND o.id = t.won_onboarding_id AND o.deleted_at IS NULL
WHERE t.workspace_id = $1 AND t.id = $2
"""


class StageTime(NamedTuple):
    """How long a lead was in a stage that it left, over all times that it was there."""

    pipeline_id: str
    stage: str
    name: str
    seconds: int


class Became(NamedTuple):
    """The customer that a lead was won as, and its onboarding; None where there is none, or none any more."""

    customer_id: int | None
    customer: str | None
    onboarding_id: int | None
    onboarding: str | None


async def find_lead(connection: Connection, actor: Actor, place: str) -> LeadRow:
    """Return the lead of an address such as ``31-ines-moreau``, ``31``, or a cuid.

    Raises:
        ApiError: 404 ``lead_not_found``.
    """
    return await get_lead(connection, actor, reference_of(place))


async def list_stage_times(connection: Connection, actor: Actor, lead_id: str) -> list[StageTime]:
    """Return how long a lead was in each of the stages that it left, in the order in which it left them first."""
    return [StageTime(*record) for record in await connection.fetch(_TIMES, actor.workspace_id, lead_id)]


async def list_lead_activity(connection: Connection, actor: Actor, lead_id: str, query: PageQuery) -> list[Activity]:
    """Return a page of what happened to a lead, newest first, and one more where more follow."""
    return await fetch_all(connection, Activity, _HISTORY, actor.workspace_id, lead_id, query.before, query.fetch)


async def who_changed(connection: Connection, actor: Actor, lead_id: str, field: str) -> str:
    """Return who changed a field of a lead last; "Somebody" where that is long ago."""
    name = await connection.fetchval(_WHO_CHANGED, actor.workspace_id, lead_id, field)
    return str(name or "Somebody")


async def read_became(connection: Connection, actor: Actor, row: LeadRow) -> Became | None:
    """Return what a lead was won as, as far as that is still there; None for a lead that is not won."""
    if row.customer_id is None:
        return None
    return await fetch_one(connection, Became, _BECAME, actor.workspace_id, row.id)
