"""What the parameters of contacts by filter mean in a workspace; nothing is found outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.contacts.listing import Selection
from pivotal_server.core.errors import invalid_field
from pivotal_server.core.ids import read_reference
from pivotal_server.dialects.filter_schemas import ALL, MY, UNASSIGNED, ContactByFilterQuery
from pivotal_server.dialects.key_queries import whose_key
from pivotal_server.dialects.ranges import read_hours, read_span

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

# Whoever is no teammate any more may have contacts still.
_TEAMMATE = """
SELECT p.id FROM memberships m JOIN people p ON p.id = m.person_id
WHERE m.workspace_id = $1 AND (p.id = $2 OR p.email = lower($2))
"""
_PIPELINE = "SELECT p.id FROM pipelines p WHERE p.workspace_id = $1 AND p.{column} = $2"


async def find_selection(connection: Connection, actor: Actor, query: ContactByFilterQuery) -> Selection | None:
    """Return which contacts a query asks for, None where nobody can be what it asks for.

    Raises:
        ApiError: 400 ``invalid_field`` for a range that is none, and for somebody who is no teammate.
    """
    created, messaged = (
        read_span(field, text) if text is not None else None
        for field, text in (("dateRange", query.date_range), ("lastMessageDateRange", query.last_message_date_range))
    )
    hours = query.last_message_time_range
    owner = await _teammate(connection, actor, "owner", query.owner)
    assignee = await _teammate(connection, actor, "assignee", query.assignee)
    whose = query.owner_filter if owner is None or "owner_filter" in query.model_fields_set else ALL
    pipeline = None if query.pipeline_id is None else await _pipeline(connection, actor, query.pipeline_id)
    if whose == MY:
        mine = await whose_key(connection, actor)
        if mine is None or owner not in {None, mine}:
            return None
        owner = mine
    if (whose == UNASSIGNED and owner is not None) or (query.pipeline_id is not None and pipeline is None):
        return None
    return Selection(
        owner_id=owner,
        unassigned=whose == UNASSIGNED,
        status=query.status,
        pipeline_id=pipeline,
        stage=query.pipeline_stage,
        last_message_status=query.message_status,
        source=query.source,
        lead_source=query.lead_source,
        assignee_id=assignee,
        created=created,
        messaged=messaged,
        message_hours=None if hours is None else read_hours("lastMessageTimeRange", hours),
    )


async def _teammate(connection: Connection, actor: Actor, field: str, reference: str | None) -> str | None:
    if reference is None:
        return None
    found: str | None = await connection.fetchval(_TEAMMATE, actor.workspace_id, reference)
    if found is None:
        raise invalid_field(field, "Nobody on your team has this id or e-mail.")
    return found


async def _pipeline(connection: Connection, actor: Actor, reference: str) -> str | None:
    parsed = read_reference(reference)
    if parsed is None:
        return None
    found: str | None = await connection.fetchval(
        _PIPELINE.format(column=parsed.column), actor.workspace_id, parsed.value
    )
    return found
