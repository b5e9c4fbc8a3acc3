"""Taking the deletion of a task back."""

from datetime import timedelta

from pivotal_server.core.errors import ApiError
from pivotal_server.core.resources import moment_of_change
from pivotal_server.tasks.actions import check_room, open_task, write_task
from pivotal_server.tasks.dependencies import dependents_of, touch
from pivotal_server.tasks.events import note_moves, subject_of
from pivotal_server.tasks.models import UNDO_DAYS, TaskRow
from pivotal_server.tasks.ordering import take_place
from pivotal_server.tasks.queries import get_tasks
from pivotal_server.tasks.rescheduling import Outcome, settle, subject_of_onboarding
from pivotal_server.timeline.change import Change

_DELETED_WITH = """
SELECT t.id FROM tasks t WHERE t.workspace_id = $1 AND t.parent_id = $2 AND t.deleted_at = $3 ORDER BY t.position
"""
_RESTORE = """
UPDATE tasks t SET deleted_at = NULL, updated_at = greatest($3, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = ANY($2::text[])
"""


async def restore_task(change: Change, reference: str) -> Outcome:
    """Bring a deleted task back with the subtasks that went with it, within thirty days; one that is there stays.

    It comes back to its place, and what it depended on, or depended on it, does so again.

    Raises:
        ApiError: 404 where there never was such a task; 409 ``undo_expired``, ``task_limit_reached``,
            ``dependency_cycle`` or ``date_out_of_range``, and for a subtask whose task is deleted or completed.
    """
    onboarding, row = await open_task(change, reference, deleted=True)
    if row.deleted_at is None:
        return Outcome({row.id: row})
    if row.deleted_at + timedelta(days=UNDO_DAYS) < change.now:
        raise ApiError(409, "undo_expired", f"A task can be restored for {UNDO_DAYS} days after it was deleted.")
    phase = row.phase if row.parent_id is None else await _phase_of_parent(change, row, row.parent_id)
    found = await change.connection.fetch(_DELETED_WITH, change.actor.workspace_id, row.id, row.deleted_at)
    ids = [row.id, *(record[0] for record in found)]
    await check_room(change, onboarding.id, len(ids))
    place = await take_place(change, onboarding.id, row.parent_id, phase, row.position)
    await write_task(change, row, {"position": place, "phase": phase}, touch=False)
    others = [id_ for id_ in await dependents_of(change, ids) if id_ not in ids]
    before = await get_tasks(change.connection, change.actor, [*ids, *others])
    await change.connection.execute(
        _RESTORE, change.actor.workspace_id, ids, moment_of_change(change.at, row.updated_at)
    )
    await touch(change, others)
    outcome = await settle(change, onboarding, before, [*ids, *others])
    summary = f"Restored task {row.title}"
    change.note("task.restored", summary, subject_of(outcome.task))
    note_moves(
        change, subject_of_onboarding(onboarding), [one for one in outcome.moves if one[0].id not in ids], summary
    )
    return outcome


async def _phase_of_parent(change: Change, row: TaskRow, parent_id: str) -> str:
    """Return the phase that a subtask's parent is in by now; it has to be there, and open if the subtask is."""
    parent: TaskRow = (await get_tasks(change.connection, change.actor, [parent_id]))[parent_id]
    if parent.deleted_at is not None:
        raise ApiError(409, "http_exception", f"Its task {parent.title} is deleted. Restore that one first.")
    if parent.status == "completed" and row.status == "open":
        raise ApiError(409, "http_exception", f"Its task {parent.title} is completed. Reopen that one first.")
    return parent.phase
