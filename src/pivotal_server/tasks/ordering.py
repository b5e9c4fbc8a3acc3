"""The order of a plan: places from 1 without gaps, in each phase and among each task's subtasks.

Others that make room or move up do not change by that: they keep their order, and no event tells of it.
"""

from pivotal_server.tasks.models import TaskRow
from pivotal_server.timeline.change import Change

# $3 and $4 say where: the subtasks of a parent, or else the tasks of a phase.
_SIBLINGS = """
t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL
AND t.parent_id IS NOT DISTINCT FROM $3::text AND ($3::text IS NOT NULL OR t.phase = $4::text)
"""
_LAST = f"SELECT coalesce(max(t.position), 0) FROM tasks t WHERE {_SIBLINGS}"
_MAKE_ROOM = f"UPDATE tasks t SET position = t.position + 1 WHERE {_SIBLINGS} AND t.position >= $5"
_CLOSE_GAP = f"UPDATE tasks t SET position = t.position - 1 WHERE {_SIBLINGS} AND t.position > $5 AND t.id <> $6"


async def take_place(
    change: Change, onboarding_id: str, parent_id: str | None, phase: str, position: int | None = None
) -> int:
    """Make room for a task and return its position: the one that is wanted, or the last.

    Args:
        change: where to write it; it holds the onboarding's row.
        onboarding_id: the plan's.
        parent_id: of a subtask.
        phase: of the task.
        position: the place that is wanted, from 1; None for the last, which is also what any beyond it becomes.
    """
    place = change.actor.workspace_id, onboarding_id, parent_id, phase
    last = int(await change.connection.fetchval(_LAST, *place))
    if position is None or position > last:
        return last + 1
    await change.connection.execute(_MAKE_ROOM, *place, position)
    return position


async def leave_place(change: Change, row: TaskRow) -> None:
    """Close the gap that a task leaves behind; its own row is to be written by the caller."""
    place = change.actor.workspace_id, row.onboarding_id, row.parent_id, row.phase
    await change.connection.execute(_CLOSE_GAP, *place, row.position, row.id)
