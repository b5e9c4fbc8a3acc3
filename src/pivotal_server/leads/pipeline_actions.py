"""Changes to pipelines: add, change with their stages, reorder, delete; admins make them."""

from datetime import datetime
from typing import Any

import asyncpg

from pivotal_server.core.db import Connection, fetch_one
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, changes, moment_of_change, previous_attributes
from pivotal_server.identity.rights import require
from pivotal_server.leads.models import Pipeline, PipelineRow
from pivotal_server.leads.pipeline_queries import COLUMNS, get_pipeline, list_pipelines
from pivotal_server.leads.pipeline_schemas import PipelineCreate, PipelineUpdate, present_pipeline
from pivotal_server.leads.stages import DEFAULT_STAGES, add_stages, read_stages, replace_stages
from pivotal_server.timeline.change import Change, Subject

MAX_PIPELINES = 20

# One at a time edits the pipelines of a workspace. Who only refers to the workspace does not wait for that.
_LOCK_WORKSPACE = "SELECT FROM workspaces w WHERE w.id = $1 FOR NO KEY UPDATE"
_ADD = f"""
WITH next AS ({NEXT_NUMBER.format(resource="pipeline")})
INSERT INTO pipelines AS p (workspace_id, id, display_id, name, position, created_at, updated_at)
SELECT $1, $3, next.display_id, $4, $5, next.created_at, next.created_at FROM next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE pipelines p SET name = $3, updated_at = $4, deleted_at = $5
WHERE p.workspace_id = $1 AND p.id = $2 RETURNING {COLUMNS}
"""
# An id that is not in the table yet only leaves its place free.
_ORDER = """
UPDATE pipelines p SET position = o.position
FROM unnest($2::text[]) WITH ORDINALITY o (id, position)
WHERE p.workspace_id = $1 AND p.id = o.id AND p.position <> o.position
"""
_HAS_LEADS = """
SELECT EXISTS (
    SELECT FROM contacts t WHERE t.workspace_id = $1 AND t.pipeline_id = $2 AND t.deleted_at IS NULL
)
"""


async def create_pipeline(change: Change, body: PipelineCreate) -> Pipeline:
    """Add a pipeline, as the last one unless the body says otherwise.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``invalid_field`` for stages or a position that are none; 409
            ``pipeline_name_taken`` or ``pipeline_limit_reached``.
    """
    others = await _lock(change)
    if len(others) >= MAX_PIPELINES:
        raise ApiError(409, "pipeline_limit_reached", f"A workspace has at most {MAX_PIPELINES} pipelines.")
    position = _check_position(body.position or len(others) + 1, len(others) + 1)
    stages = read_stages(body.stages, ()) if body.stages else [*DEFAULT_STAGES]
    id_ = new_id()
    await _order(change, [one.id for one in others], id_, position)
    row = await _write(change, _ADD, change.actor.workspace_id, change.at, id_, body.name, position)
    await add_stages(change.connection, change.actor.workspace_id, id_, stages)
    change.note("pipeline.created", f"Added the pipeline {row.name}", _subject(row))
    return Pipeline(row, stages)


async def update_pipeline(change: Change, reference: str, body: PipelineUpdate) -> Pipeline:
    """Change a pipeline: its name, its place, its stages; leads in stages that go move as the body says.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``pipeline_not_found``; 400 ``invalid_field`` for stages, moves or a
            position that are none; 409 ``pipeline_name_taken``, ``stage_in_use`` or ``too_many_leads``.
    """
    pipelines = await _lock(change)
    before = await get_pipeline(change.connection, change.actor, reference, lock=True)
    fields = body.changes()
    if "stages" not in fields and body.moved_stages:
        raise invalid_field("moved_stages", "This goes with `stages`, which says what stays.")
    stages = read_stages(body.stages, before.stages) if "stages" in fields else before.stages
    name, position = fields.get("name", before.name), fields.get("position", before.row.position)
    if (stages, name, position) == (before.stages, before.name, before.row.position):
        return before
    if position != before.row.position:
        _check_position(position, len(pipelines))
        await _order(change, [one.id for one in pipelines if one.id != before.id], before.id, position)
    if stages != before.stages:
        await replace_stages(change, before, stages, body.moved_stages)
    moment = moment_of_change(change.at, before.row.updated_at)
    row = await _write(change, _UPDATE, change.actor.workspace_id, before.id, name, moment, None)
    after = Pipeline(row, stages)
    previous = previous_attributes(present_pipeline(before), present_pipeline(after))
    data: dict[str, Any] = changes(previous, present_pipeline(after))
    change.note("pipeline.updated", f"Changed the pipeline {before.name}: {', '.join(previous)}", _subject(row), data)
    return after


async def delete_pipeline(change: Change, reference: str) -> Pipeline:
    """Take a pipeline away that has no leads; deleting it again changes nothing.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 where there never was such a pipeline; 409 ``pipeline_in_use`` or
            ``pipeline_required``.
    """
    pipelines = await _lock(change)
    before = await get_pipeline(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.row.deleted_at is not None:
        return before
    if await change.connection.fetchval(_HAS_LEADS, change.actor.workspace_id, before.id):
        message = "There are leads in this pipeline, maybe archived or won ones. Move them to another one first."
        raise ApiError(409, "pipeline_in_use", message)
    if len(pipelines) == 1:
        raise ApiError(409, "pipeline_required", "This is the last pipeline: one has to remain.")
    await _order(change, [one.id for one in pipelines if one.id != before.id])
    moment = moment_of_change(change.at, before.row.updated_at)
    row = await _write(change, _UPDATE, change.actor.workspace_id, before.id, before.name, moment, moment)
    change.note("pipeline.deleted", f"Deleted the pipeline {row.name}", _subject(row))
    return Pipeline(row, before.stages)


async def add_default_pipeline(connection: Connection, workspace_id: str, now: datetime) -> None:
    """Give a new workspace the pipeline that it begins with."""
    id_ = new_id()
    await connection.execute(_ADD, workspace_id, now, id_, "Sales", 1)
    await add_stages(connection, workspace_id, id_, DEFAULT_STAGES)


async def _lock(change: Change) -> list[Pipeline]:
    """Return the workspace's pipelines in their order, which nobody else edits before the transaction ends."""
    require(change.actor, "admin")
    await change.connection.execute(_LOCK_WORKSPACE, change.actor.workspace_id)
    return await list_pipelines(change.connection, change.actor)


async def _order(change: Change, others: list[str], id_: str | None = None, position: int = 1) -> None:
    """Put pipelines in an order: the others in theirs, and one at its position among them."""
    ids = [*others[: position - 1], *([id_] if id_ else []), *others[position - 1 :]]
    await change.connection.execute(_ORDER, change.actor.workspace_id, ids)


def _check_position(position: int, last: int) -> int:
    if not 1 <= position <= last:
        raise invalid_field("position", f"The position must be 1 to {last}.")
    return position


async def _write(change: Change, sql: str, *arguments: object) -> PipelineRow:
    try:
        row = await fetch_one(change.connection, PipelineRow, sql, *arguments)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "pipelines_name_key":
            message = "Another pipeline of this workspace has this name."
            raise ApiError(409, "pipeline_name_taken", message, field="name") from None
        raise
    assert row is not None  # noqa: S101 - an insert or an update of a locked row returns it
    return row


def _subject(row: PipelineRow) -> Subject:
    return Subject("pipeline", row.id)
