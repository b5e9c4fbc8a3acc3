"""Moves of leads from stage to stage."""

from datetime import timedelta
from typing import Any

from pivotal_server.core.resources import changes
from pivotal_server.leads.actions import (
    choose_stage,
    hold_pipeline,
    previous_of_lead,
    refuse_won,
    subject_of_lead,
    write_lead,
)
from pivotal_server.leads.history import add_transitions
from pivotal_server.leads.models import LeadRow, Stage
from pivotal_server.leads.queries import get_lead
from pivotal_server.leads.schemas import LeadMove, present_lead
from pivotal_server.timeline.change import Change

# Coming to a stage of one of these kinds is an event of its own.
_CLOSED = {"won": "lead.won", "lost": "lead.lost"}
_MOMENT = timedelta(microseconds=1)


async def move_lead(change: Change, reference: str, body: LeadMove) -> LeadRow:
    """Move a lead to another stage, in its own pipeline or in another; where it is there already, nothing happens.

    Raises:
        ApiError: 404 ``lead_not_found``; 400 ``invalid_field`` for an unknown pipeline or stage; 409 ``win_required``
            for the won stage, ``lead_won`` for a lead that is won.
    """
    lead = await get_lead(change.connection, change.actor, reference)
    # The pipeline first: whoever edits it takes its leads after it.
    pipeline = await hold_pipeline(change, body.pipeline or lead.pipeline_id)
    before = await get_lead(change.connection, change.actor, lead.id, lock=True)
    if body.pipeline is None and before.pipeline_id != pipeline.id:  # it went elsewhere this very moment
        pipeline = await hold_pipeline(change, before.pipeline_id)
    if (before.pipeline_id, before.stage) == (pipeline.id, body.stage):
        return before
    refuse_won(before)
    stage = choose_stage(pipeline, body.stage)
    row = await enter_stage(change, before, pipeline.id, stage, body.reason)
    record_move(change, before, row, stage, body.reason)
    return row


async def enter_stage(
    change: Change, before: LeadRow, pipeline_id: str, stage: Stage, reason: str | None = None
) -> LeadRow:
    """Return a locked lead in another stage, with a stage transition; nothing is told of it yet.

    Args:
        change: where to write it.
        before: the lead.
        pipeline_id: cuid of the stage's pipeline, which is held.
        stage: where it goes, of any kind.
        reason: why, if somebody said so.
    """
    at = max(change.at, before.stage_entered_at + _MOMENT)
    fields: dict[str, Any] = {
        "pipeline_id": pipeline_id,
        "stage": stage.key,
        "stage_entered_at": at,
        "status": stage.kind,
    }
    if stage.kind != before.status:
        fields["closed_at"] = None if stage.kind == "open" else at
    fields["lost_reason"] = (reason or before.lost_reason) if stage.kind == "lost" else None
    row = await write_lead(change, before, fields)
    await add_transitions(change, [(before, row)], reason=reason)
    return row


def record_move(change: Change, before: LeadRow, row: LeadRow, stage: Stage, reason: str | None) -> None:
    """Note and emit that a lead entered a stage, and that it was won or lost where that is so."""
    after, previous = present_lead(row, change.at), previous_of_lead(change, before, row)
    closed = _CLOSED.get(row.status) if row.status != before.status else None
    summary = f"{row.status.capitalize()} lead {row.name}" if closed else f"Moved lead {row.name} to {stage.name}"
    why = {"reason": reason} if reason else {}
    change.note("lead.stage_changed", summary, subject_of_lead(row), changes(previous, after) | why)
    change.emit("lead.stage_changed", after, previous)
    if closed:
        change.emit(closed, after, previous)
