"""The history of a lead's way: one row for every stage that it entered."""

from collections.abc import Sequence

from pivotal_server.core.ids import new_id
from pivotal_server.leads.models import LeadRow
from pivotal_server.timeline.change import Change

# Stages are there for as long as leads refer to them; their names are looked up here so that nobody has to pass them.
_ADD = """
INSERT INTO lead_stage_transitions (workspace_id, actor_type, actor_id, actor_name, reason,
    id, contact_id, from_pipeline_id, from_stage, from_name, to_pipeline_id, to_stage, to_name, seconds_in_stage,
    created_at)
SELECT $1, $2, $3, $4, $5, t.id, t.contact_id, t.from_pipeline_id, t.from_stage, f.name, t.to_pipeline_id, t.to_stage,
    s.name, t.seconds_in_stage, t.created_at
FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[],
    $13::timestamptz[]) t (id, contact_id, from_pipeline_id, from_stage, to_pipeline_id, to_stage, seconds_in_stage,
    created_at)
JOIN pipeline_stages s ON s.workspace_id = $1 AND s.pipeline_id = t.to_pipeline_id AND s.key = t.to_stage
LEFT JOIN pipeline_stages f ON f.workspace_id = $1 AND f.pipeline_id = t.from_pipeline_id AND f.key = t.from_stage
"""


async def add_transitions(
    change: Change, steps: Sequence[tuple[LeadRow | None, LeadRow]], *, reason: str | None = None
) -> None:
    """Record that leads entered stages, and how long they were in the stages before.

    Args:
        change: where to write it.
        steps: each lead as it was, or None where it begins, and as it is; both stages exist.
        reason: why, if somebody said so.
    """
    actor = change.actor
    columns = zip(*(_transition(before, row) for before, row in steps), strict=True)
    who_and_why = actor.workspace_id, actor.type, actor.id, actor.name, reason
    await change.connection.execute(_ADD, *who_and_why, *columns)


def _transition(before: LeadRow | None, row: LeadRow) -> tuple[object, ...]:
    """Return a transition's own columns."""
    entered = row.stage_entered_at
    left = (before.pipeline_id, before.stage) if before else (None, None)
    seconds = int((entered - before.stage_entered_at).total_seconds()) if before else None
    return new_id(), row.id, *left, row.pipeline_id, row.stage, seconds, entered
