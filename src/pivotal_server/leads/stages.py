"""Changes to the stages of a pipeline, and what becomes of the leads in those that go."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.core.derived_keys import derive_key
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.resources import moment_of_change
from pivotal_server.leads.history import add_transitions
from pivotal_server.leads.models import LeadRow, Pipeline, Stage
from pivotal_server.leads.moves import record_move
from pivotal_server.leads.pipeline_schemas import StageBody
from pivotal_server.leads.queries import COLUMNS
from pivotal_server.timeline.change import Change

# What a new workspace's pipeline has (documentation: Leads).
DEFAULT_STAGES = (
    Stage("new", "New", 1, "open"),
    Stage("contacted", "Contacted", 2, "open"),
    Stage("qualified", "Qualified", 3, "open"),
    Stage("proposal", "Proposal", 4, "open"),
    Stage("won", "Won", 5, "won"),
    Stage("lost", "Lost", 6, "lost"),
)
# Each has its transition, timeline entry and event, all in one transaction.
MAX_MOVED = 5_000
# So many are told of before the process answers other requests again.
_SERVE_OTHERS_EVERY = 100
_MOMENT = timedelta(microseconds=1)

_ADD = """
INSERT INTO pipeline_stages AS s (workspace_id, pipeline_id, key, name, position, kind) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace_id, pipeline_id, key)
    DO UPDATE SET name = excluded.name, position = excluded.position, kind = excluded.kind
"""
# Places and the one won stage are unique at every moment: all are out of the way before each takes its own.
_PARK = """
UPDATE pipeline_stages s SET position = s.position + 1000, kind = 'open'
WHERE s.workspace_id = $1 AND s.pipeline_id = $2
"""
_REMOVE = "DELETE FROM pipeline_stages s WHERE s.workspace_id = $1 AND s.pipeline_id = $2 AND s.key = ANY ($3::text[])"
_IN_STAGE = """
SELECT EXISTS (
    SELECT FROM contacts t
    WHERE t.workspace_id = $1 AND t.pipeline_id = $2 AND t.stage = $3 AND t.deleted_at IS NULL
)
"""
# In the order of their ids, as a merge locks its two.
_LEADS = f"""
SELECT {COLUMNS} FROM contacts t
WHERE t.workspace_id = $1 AND t.pipeline_id = $2 AND t.stage = ANY ($3::text[]) AND t.deleted_at IS NULL
ORDER BY t.id LIMIT {MAX_MOVED + 1} FOR NO KEY UPDATE OF t
"""
_MOVE = f"""
UPDATE contacts t SET stage = m.stage, stage_entered_at = m.entered_at, updated_at = m.updated_at
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) m (id, stage, entered_at, updated_at)
WHERE t.workspace_id = $1 AND t.id = m.id RETURNING {COLUMNS}
"""
# Nobody sees a deleted lead: where it would come back to is all there is to it.
_MOVE_DELETED = """
UPDATE contacts t SET stage = $4
WHERE t.workspace_id = $1 AND t.pipeline_id = $2 AND t.stage = $3 AND t.deleted_at IS NOT NULL
"""


def read_stages(bodies: Sequence[StageBody], known: Sequence[Stage]) -> list[Stage]:
    """Return the stages that a request names, in order, each with its key.

    Args:
        bodies: of the request.
        known: those that the pipeline has.

    Raises:
        ApiError: 400 ``invalid_field`` where two have one key, or a kind is missing or there twice.
    """
    kinds = {stage.key: stage.kind for stage in known}
    keys = [body.key for body in bodies if body.key]
    for place, body in enumerate(bodies):
        if body.key and keys.count(body.key) > 1:
            raise invalid_field(f"stages.{place}.key", "Each stage is named once.")
    taken = {*kinds, *keys}
    stages = []
    for position, body in enumerate(bodies, 1):
        key = body.key or derive_key(body.name, taken, "stage")
        taken.add(key)
        stages.append(Stage(key, body.name, position, body.kind or kinds.get(key, "open")))
    count = [stage.kind for stage in stages].count
    if count("won") != 1 or not count("open") or not count("lost"):
        raise invalid_field("stages", "One stage is won, at least one is open, and at least one is lost.")
    return stages


async def add_stages(connection: Connection, workspace_id: str, pipeline_id: str, stages: Sequence[Stage]) -> None:
    """Give a pipeline these stages, in place of those with the same keys."""
    rows = [(workspace_id, pipeline_id, s.key, s.name, s.position, s.kind) for s in stages]
    await connection.executemany(_ADD, rows)


async def replace_stages(
    change: Change, pipeline: Pipeline, stages: Sequence[Stage], moved: Mapping[str, str]
) -> list[LeadRow]:
    """Give a locked pipeline other stages, move the leads out of those that go, and return these leads.

    Args:
        change: where to write it.
        pipeline: as it is.
        stages: as they are to be, in order.
        moved: by the key of a stage that goes, that of the stage which its leads go to.

    Raises:
        ApiError: 400 ``invalid_field`` for a move that is none; 409 ``stage_in_use`` for a stage with leads that goes
            or changes its kind; 409 ``too_many_leads`` where more would move than one transaction should.
    """
    after = {stage.key: stage for stage in stages}
    gone = [stage for stage in pipeline.stages if stage.key not in after]
    _check_moves(gone, after, moved)
    changed = [stage for stage in pipeline.stages if stage.key in after and after[stage.key].kind != stage.kind]
    for stage in (*gone, *changed):
        if stage.key not in moved and await _has_leads(change, pipeline, stage):
            raise _in_use(stage, goes=stage.key not in after)
    workspace_id = change.actor.workspace_id
    await change.connection.execute(_PARK, workspace_id, pipeline.id)
    await add_stages(change.connection, workspace_id, pipeline.id, stages)
    rows = await _move_leads(change, pipeline, {key: after[to] for key, to in moved.items()})
    for stage in (*gone, *changed):
        to = moved.get(stage.key) or next(one.key for one in stages if one.kind == stage.kind)
        await change.connection.execute(_MOVE_DELETED, workspace_id, pipeline.id, stage.key, to)
    await change.connection.execute(_REMOVE, workspace_id, pipeline.id, [stage.key for stage in gone])
    return rows


def _check_moves(gone: Sequence[Stage], after: Mapping[str, Stage], moved: Mapping[str, str]) -> None:
    kinds = {stage.key: stage.kind for stage in gone}
    for key, to in moved.items():
        if key not in kinds:
            raise invalid_field(f"moved_stages.{key}", "This is no stage that goes.")
        if to not in after or after[to].kind != kinds[key]:
            message = f"Its leads go to a stage that is {kinds[key]}, and stays or is new."
            raise invalid_field(f"moved_stages.{key}", message)


def _in_use(stage: Stage, *, goes: bool) -> ApiError:
    if goes:
        message = f"There are leads in {stage.name}. Say in moved_stages where they go."
    else:
        message = f"There are leads in {stage.name}, so it stays {stage.kind}. Move them first."
    return ApiError(409, "stage_in_use", message, field="stages")


async def _has_leads(change: Change, pipeline: Pipeline, stage: Stage) -> bool:
    return bool(await change.connection.fetchval(_IN_STAGE, change.actor.workspace_id, pipeline.id, stage.key))


async def _move_leads(change: Change, pipeline: Pipeline, moves: Mapping[str, Stage]) -> list[LeadRow]:
    """Move the leads of stages, each as any move does it: transition, timeline entry, event."""
    workspace_id = change.actor.workspace_id
    rows = await fetch_all(change.connection, LeadRow, _LEADS, workspace_id, pipeline.id, list(moves))
    if len(rows) > MAX_MOVED:
        raise ApiError(409, "too_many_leads", f"More than {MAX_MOVED} leads would move at once. Move some first.")
    if not rows:
        return []
    times = [
        (max(change.at, row.stage_entered_at + _MOMENT), moment_of_change(change.at, row.updated_at)) for row in rows
    ]
    columns = [row.id for row in rows], [moves[row.stage].key for row in rows], *map(list, zip(*times, strict=True))
    moved = {row.id: row for row in await fetch_all(change.connection, LeadRow, _MOVE, workspace_id, *columns)}
    reason = "The stages of the pipeline were changed"
    await add_transitions(change, [(row, moved[row.id]) for row in rows], reason=reason)
    for number, row in enumerate(rows):
        record_move(change, row, moved[row.id], moves[row.stage], reason)
        if number % _SERVE_OTHERS_EVERY == 0:
            await asyncio.sleep(0)
    return rows
