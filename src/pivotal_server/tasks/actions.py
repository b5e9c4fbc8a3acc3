"""Changes to tasks; each holds the onboarding's row first, and then brings the plan up to date."""

from typing import Any

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, moment_of_change
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.phases import hold_phases
from pivotal_server.onboardings.pins import require_place_for_pin
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.body_columns import ASSIGNEES, RULE, assignee_columns, find_parent, rule_columns
from pivotal_server.tasks.dependencies import depend_on, dependents_of, touch
from pivotal_server.tasks.events import emit_changes, note_moves, note_update, subject_of
from pivotal_server.tasks.models import MAX_TASKS, TaskRow
from pivotal_server.tasks.ordering import leave_place, take_place
from pivotal_server.tasks.queries import get_task, get_tasks
from pivotal_server.tasks.request_schemas import TaskCreate, TaskMoveTo, TaskUpdate
from pivotal_server.tasks.rescheduling import Outcome, settle, subject_of_onboarding
from pivotal_server.timeline.change import Change

_PLAIN = ("title", "description", "duration_days", "visible_in_portal")
# What its dates, or those of others, follow from.
_MOVING = frozenset({*RULE, "duration_days", "phase"})
_CREATE_COLUMNS = (
    "onboarding_id",
    "parent_id",
    "phase",
    "title",
    "description",
    "position",
    *ASSIGNEES,
    *RULE,
    "duration_days",
    "visible_in_portal",
    "livemode",
)
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="task")})
INSERT INTO tasks (workspace_id, id, status, display_id, created_at, updated_at, {", ".join(_CREATE_COLUMNS)})
SELECT $1, $3, 'open', next.display_id, next.created_at, next.created_at,
    {", ".join(f"${place}" for place, _ in enumerate(_CREATE_COLUMNS, 4))}
FROM next
"""
_UPDATE = "UPDATE tasks SET {assignments} WHERE workspace_id = $1 AND id = $2"
_COUNT = "SELECT count(*) FROM tasks t WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL"
_SUBTASKS = "SELECT t.id FROM tasks t WHERE t.workspace_id = $1 AND t.parent_id = $2 AND t.deleted_at IS NULL"
_DELETE = """
UPDATE tasks t SET deleted_at = $3, pinned_at = NULL, updated_at = greatest($3, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = ANY($2::text[])
"""
_PHASE_OF_SUBTASKS = """
UPDATE tasks t SET phase = $3, updated_at = greatest($4, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.parent_id = $2 AND t.deleted_at IS NULL
"""


async def create_task(change: Change, onboarding_reference: str, body: TaskCreate) -> Outcome:
    """Add a task to an onboarding, the last of its phase unless the body names a position.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 for a phase, parent, assignee or task that there is not; 409
            ``task_limit_reached``, ``dependency_cycle`` or ``date_out_of_range``.
    """
    onboarding = await get_onboarding(change.connection, change.actor, onboarding_reference, lock=True)
    await check_room(change, onboarding.id, 1)
    fields = body.changes()
    parent = await find_parent(change, onboarding.id, fields)
    phase = parent.phase if parent else fields.get("phase") or onboarding.phase
    if parent is None:  # whose phase may have been retired since
        await hold_phases(change.connection, change.actor.workspace_id, phase)
    values = dict.fromkeys(_CREATE_COLUMNS) | body.model_dump(include=set(_PLAIN))
    values |= await assignee_columns(change, onboarding, fields) | await rule_columns(change, onboarding.id, body)
    values |= {
        "onboarding_id": onboarding.id,
        "parent_id": parent.id if parent else None,
        "phase": phase,
        "position": await take_place(
            change, onboarding.id, parent.id if parent else None, phase, fields.get("position")
        ),
        "livemode": change.actor.livemode,
    }
    id_ = new_id()
    await change.connection.execute(
        _CREATE, change.actor.workspace_id, change.at, id_, *(values[name] for name in _CREATE_COLUMNS)
    )
    await depend_on(change, onboarding.id, id_, body.depends_on)
    outcome = await settle(change, onboarding, {}, [id_])
    summary = f"Added task {outcome.task.title}"
    change.note("task.created", summary, subject_of(outcome.task))
    note_moves(change, subject_of_onboarding(onboarding), outcome.others, summary)
    return outcome


async def update_task(change: Change, reference: str, body: TaskUpdate) -> Outcome:
    """Change the fields that the body names; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``task_not_found``; 400 for a phase, assignee or task that there is not; 409 ``dependency_cycle``
            or ``date_out_of_range``.
    """
    onboarding, row = await open_task(change, reference)
    fields = body.changes()
    values: dict[str, Any] = {name: fields[name] for name in _PLAIN if name in fields}
    values |= await assignee_columns(change, onboarding, fields) | await rule_columns(change, onboarding.id, body)
    values = {name: value for name, value in values.items() if value != getattr(row, name)}
    before = {row.id: row}
    if "phase" in fields and fields["phase"] != row.phase:
        before |= await _enter_phase(change, row, fields["phase"])
        values |= {"phase": fields["phase"]}
        values["position"] = await take_place(change, row.onboarding_id, None, fields["phase"])
    rewired = "depends_on" in fields and await depend_on(change, onboarding.id, row.id, fields["depends_on"])
    if not values and not rewired:
        return Outcome(before)
    await write_task(change, row, values)
    return await _tell_update(change, onboarding, before, moves=rewired or not _MOVING.isdisjoint(values))


async def move_task(change: Change, reference: str, body: TaskMoveTo) -> Outcome:
    """Give a task another place, in its phase or another one.

    Raises:
        ApiError: 404 ``task_not_found``; 400 ``invalid_enum_value`` for a phase that there is not; 400
            ``invalid_field`` for a subtask that is to leave its parent's phase.
    """
    onboarding, row = await open_task(change, reference)
    phase, before = body.changes().get("phase", row.phase), {row.id: row}
    if phase != row.phase:
        before |= await _enter_phase(change, row, phase)
    else:
        await leave_place(change, row)
    # Out of the way, so that it is not its own sibling while the places are counted.
    await write_task(change, row, {"position": 0, "phase": phase}, touch=False)
    position = await take_place(change, row.onboarding_id, row.parent_id, phase, body.position)
    if (position, phase) == (row.position, row.phase):
        await write_task(change, row, {"position": position}, touch=False)
        return Outcome(before)
    await write_task(change, row, {"position": position})
    return await _tell_update(change, onboarding, before, moves=phase != row.phase)


async def delete_task(change: Change, reference: str) -> TaskRow:
    """Hide a task and its subtasks; nothing depends on them any more. Deleting it again changes nothing.

    Raises:
        ApiError: 404 where there never was such a task.
    """
    onboarding, row = await open_task(change, reference, deleted=True)
    if row.deleted_at is not None:
        return row
    subtasks = [record[0] for record in await change.connection.fetch(_SUBTASKS, change.actor.workspace_id, row.id)]
    gone = [row.id, *subtasks]
    waiting = [id_ for id_ in await dependents_of(change, gone) if id_ not in gone]
    await leave_place(change, row)
    before = await get_tasks(change.connection, change.actor, waiting)
    await touch(change, waiting)
    await change.connection.execute(_DELETE, change.actor.workspace_id, gone, change.at)
    outcome = await settle(change, onboarding, before, waiting)
    summary = f"Deleted task {row.title}" + _with(len(subtasks))
    change.note("task.deleted", summary, subject_of(row))
    note_moves(change, subject_of_onboarding(onboarding), outcome.moves, summary)
    return row


async def pin_task(change: Change, reference: str, *, pinned: bool) -> TaskRow:
    """Pin a task to the top of its onboarding, or unpin it.

    Raises:
        ApiError: 404 ``task_not_found``; 409 ``pin_limit_reached``.
    """
    _, row = await open_task(change, reference)
    if pinned == (row.pinned_at is not None):
        return row
    if pinned:
        await require_place_for_pin(change, row.onboarding_id)
    await write_task(change, row, {"pinned_at": change.at if pinned else None})
    after = (await get_tasks(change.connection, change.actor, [row.id]))[row.id]
    emit_changes(change, {row.id: row}, [after], [])
    summary = f"{'Pinned' if pinned else 'Unpinned'} task {row.title}"
    change.note("task.updated", summary, subject_of(after), {"changes": {"pinned": [not pinned, pinned]}})
    return after


async def open_task(change: Change, reference: str, *, deleted: bool = False) -> tuple[OnboardingRow, TaskRow]:
    """Return a task and its onboarding, whose row is held: nobody else writes to the plan meanwhile.

    Raises:
        ApiError: 404 ``task_not_found``.
    """
    found = await get_task(change.connection, change.actor, reference, deleted=deleted)
    onboarding = await get_onboarding(change.connection, change.actor, found.onboarding_id, deleted=True, lock=True)
    return onboarding, await get_task(change.connection, change.actor, found.id, deleted=deleted)


async def check_room(change: Change, onboarding_id: str, more: int) -> None:
    """Return where so many more tasks fit into a plan whose onboarding is held.

    Raises:
        ApiError: 409 ``task_limit_reached``.
    """
    count = await change.connection.fetchval(_COUNT, change.actor.workspace_id, onboarding_id)
    if count + more > MAX_TASKS:
        raise ApiError(409, "task_limit_reached", f"An onboarding has at most {MAX_TASKS} tasks.")


async def write_task(change: Change, row: TaskRow, values: dict[str, Any], *, touch: bool = True) -> None:
    """Write columns of a task whose onboarding is held; ``touch`` where that is a change of the task."""
    if touch:
        values = {**values, "updated_at": moment_of_change(change.at, row.updated_at)}
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 3))
    sql = _UPDATE.format(assignments=assignments)
    await change.connection.execute(sql, change.actor.workspace_id, row.id, *values.values())


async def _tell_update(
    change: Change, onboarding: OnboardingRow, before: dict[str, TaskRow], *, moves: bool
) -> Outcome:
    """Emit and note what changed of tasks, the first of which it is about; ``moves`` where dates may follow."""
    if moves:
        outcome = await settle(change, onboarding, before, list(before))
    else:
        outcome = Outcome(await get_tasks(change.connection, change.actor, before))
        emit_changes(change, before, outcome.rows.values(), [])
    note_update(change, before[outcome.task.id], outcome.task)
    note_moves(change, subject_of_onboarding(onboarding), outcome.others, f"Changed task {outcome.task.title}")
    return outcome


async def _enter_phase(change: Change, row: TaskRow, phase: str) -> dict[str, TaskRow]:
    """Take a task out of its phase, its subtasks with it, and return these as they were."""
    if row.parent_id is not None:
        raise invalid_field("phase", "A subtask is in its parent's phase.")
    await hold_phases(change.connection, change.actor.workspace_id, phase)
    await leave_place(change, row)
    ids = [record[0] for record in await change.connection.fetch(_SUBTASKS, change.actor.workspace_id, row.id)]
    subtasks = await get_tasks(change.connection, change.actor, ids)
    await change.connection.execute(_PHASE_OF_SUBTASKS, change.actor.workspace_id, row.id, phase, change.at)
    return subtasks


def _with(subtasks: int) -> str:
    return f" and its {subtasks} subtask{'s'[: subtasks > 1]}" if subtasks else ""
