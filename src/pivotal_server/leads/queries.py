"""Reads of leads; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.core.pagination import PageQuery
from pivotal_server.fields.search import Where
from pivotal_server.identity.models import Actor
from pivotal_server.leads.models import LeadRow, TransitionRow
from pivotal_server.leads.schemas import UNASSIGNED, LeadListQuery

COLUMNS = columns(LeadRow, "t", owner_email="(SELECT p.email FROM people p WHERE p.id = t.owner_id)")
_BY_REFERENCE = f"""
SELECT {COLUMNS} FROM contacts t WHERE t.workspace_id = $1 AND t.{{column}} = $2 AND t.pipeline_id IS NOT NULL
"""
# Default lists leave out what the indexes of contacts (migration 0040) leave out.
_DEFAULT = "t.archived_at IS NULL AND NOT t.customer_gone"
_ARCHIVED = "t.archived_at IS NOT NULL AND NOT t.customer_gone"
_LIST = f"""
SELECT {COLUMNS} FROM contacts t
WHERE t.workspace_id = $1 AND t.created_at < $2 AND t.pipeline_id IS NOT NULL AND t.deleted_at IS NULL AND {{filters}}
ORDER BY {{order}} LIMIT $3
"""
# The index of assignees has who is in default lists, in their order.
_LIST_ASSIGNED = f"""
SELECT {COLUMNS} FROM contact_assignees a JOIN contacts t ON t.workspace_id = a.workspace_id AND t.id = a.contact_id
WHERE a.workspace_id = $1 AND a.created_at < $2 AND t.pipeline_id IS NOT NULL AND t.deleted_at IS NULL AND {{filters}}
ORDER BY a.created_at DESC LIMIT $3
"""
_PIPELINE = "SELECT p.id FROM pipelines p WHERE p.workspace_id = $1 AND p.display_id = $2"
_TRANSITIONS = f"""
SELECT {columns(TransitionRow, "t")} FROM lead_stage_transitions t
WHERE t.workspace_id = $1 AND t.contact_id = $2 AND t.created_at < $3 ORDER BY t.created_at DESC LIMIT $4
"""


async def get_lead(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> LeadRow:
    """Return the lead with this cuid or display_id, be it open, lost or won.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted lead is found as well.
        lock: whether to hold the row until the end of the transaction, for a change to it.

    Raises:
        ApiError: 404 ``lead_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (" FOR NO KEY UPDATE OF t" if lock else "")
        row = await fetch_one(connection, LeadRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("lead")


async def list_leads(connection: Connection, actor: Actor, query: LeadListQuery) -> list[LeadRow]:
    """Return a page of leads, newest first, and one more where more follow; those of deleted customers are left out."""
    where, sql, order = Where(actor.workspace_id, query.before, query.fetch), _LIST, "t.created_at DESC"
    where.add(_ARCHIVED if query.archived == "true" else _DEFAULT)
    for name in ("stage", "status", "source", "lead_source", "email"):
        value = getattr(query, name)
        if value is not None:
            where.add(f"t.{name} = {{}}", value)
    if query.owner == UNASSIGNED:
        where.add("t.owner_id IS NULL")
        # Said in so many words: where a column is known to be null, the planner does not see an index's order.
        order = "t.owner_id, t.created_at DESC"
    elif query.owner is not None:
        where.add("t.owner_id = {}", query.owner)
    if query.assignee is not None and query.archived == "true":
        where.add("t.assignee_ids @> ARRAY[{}::text]", query.assignee)
    elif query.assignee is not None:
        where.add("a.person_id = {}", query.assignee)
        sql = _LIST_ASSIGNED
    if query.pipeline is not None:
        pipeline_id = await _find_pipeline(connection, actor, query.pipeline)
        if pipeline_id is None:
            return []
        where.add("t.pipeline_id = {}", pipeline_id)
    return await fetch_all(connection, LeadRow, sql.format(filters=where, order=order), *where.values)


async def _find_pipeline(connection: Connection, actor: Actor, reference: str) -> str | None:
    """Return the cuid of a pipeline; the planner has to see it to know how many leads there are."""
    parsed = read_reference(reference)
    if parsed is None:
        return None
    if parsed.column == "id":
        return reference
    found: str | None = await connection.fetchval(_PIPELINE, actor.workspace_id, parsed.value)
    return found


async def list_stage_transitions(
    connection: Connection, actor: Actor, lead_id: str, query: PageQuery
) -> list[TransitionRow]:
    """Return a page of the steps of the lead with this cuid, newest first, and one more where more follow."""
    return await fetch_all(
        connection, TransitionRow, _TRANSITIONS, actor.workspace_id, lead_id, query.before, query.fetch
    )
