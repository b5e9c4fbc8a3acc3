"""Reads of pipelines; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.identity.models import Actor
from pivotal_server.leads.models import Pipeline, PipelineRow, Stage

COLUMNS = columns(PipelineRow, "p")
_LIVE = f"SELECT {COLUMNS} FROM pipelines p WHERE p.workspace_id = $1 AND p.deleted_at IS NULL"
_LIST = f"{_LIVE} ORDER BY p.position, p.display_id"
_FIRST = f"{_LIST} LIMIT 1"
_BY_REFERENCE = f"SELECT {COLUMNS} FROM pipelines p WHERE p.workspace_id = $1 AND p.{{column}} = $2"
_STAGES = f"""
SELECT {columns(Stage, "s")} FROM pipeline_stages s WHERE s.workspace_id = $1 AND s.pipeline_id = $2
ORDER BY s.position
"""
_ALL_STAGES = f"""
SELECT s.pipeline_id, {columns(Stage, "s")} FROM pipeline_stages s
WHERE s.workspace_id = $1 AND s.pipeline_id = ANY ($2::text[]) ORDER BY s.pipeline_id, s.position
"""
# Whoever edits or deletes a pipeline waits for those who put leads into it, and they for that.
_SHARE = " FOR SHARE"
_OWN = " FOR NO KEY UPDATE"
# The first pipeline may be deleted while its row is waited for: another one is the first then.
_TRIES = 5


async def list_pipelines(connection: Connection, actor: Actor) -> list[Pipeline]:
    """Return the workspace's pipelines in their order, each with its stages."""
    rows = await fetch_all(connection, PipelineRow, _LIST, actor.workspace_id)
    stages: dict[str, list[Stage]] = {row.id: [] for row in rows}
    for id_, *stage in await connection.fetch(_ALL_STAGES, actor.workspace_id, list(stages)):
        stages[id_].append(Stage(*stage))
    return [Pipeline(row, stages[row.id]) for row in rows]


async def get_pipeline(
    connection: Connection,
    actor: Actor,
    reference: str,
    *,
    deleted: bool = False,
    hold: bool = False,
    lock: bool = False,
) -> Pipeline:
    """Return the pipeline with this cuid or display_id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted one is found as well.
        hold: whether it has to stay as it is until the end of the transaction, for a lead that comes into it.
        lock: whether to hold it for a change to it.

    Raises:
        ApiError: 404 ``pipeline_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (_OWN if lock else _SHARE if hold else "")
        row = await fetch_one(connection, PipelineRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return await _with_stages(connection, actor, row)
    raise not_found("pipeline")


async def default_pipeline(connection: Connection, actor: Actor, *, hold: bool = False) -> Pipeline:
    """Return the first pipeline, where leads come that name none; ``hold`` is that of ``get_pipeline``.

    Raises:
        ApiError: 404 ``pipeline_not_found`` where the workspace has none, which never happens to a whole one.
    """
    sql = _FIRST + (_SHARE if hold else "")
    for _ in range(_TRIES):
        if row := await fetch_one(connection, PipelineRow, sql, actor.workspace_id):
            return await _with_stages(connection, actor, row)
    raise not_found("pipeline")


async def _with_stages(connection: Connection, actor: Actor, row: PipelineRow) -> Pipeline:
    return Pipeline(row, await fetch_all(connection, Stage, _STAGES, actor.workspace_id, row.id))
