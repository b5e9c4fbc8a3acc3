"""Taking somebody's open tasks from them, when they leave the team."""

from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.events import emit_changes
from pivotal_server.tasks.queries import get_tasks
from pivotal_server.tasks.rescheduling import subject_of_onboarding
from pivotal_server.timeline.change import Change

# A line on the timeline names so many tasks, and counts the others.
MAX_TASKS_NOTED = 100

# In one order, so that two who leave at once do not wait for each other.
_PLANS = """
SELECT DISTINCT t.onboarding_id FROM tasks t
WHERE t.workspace_id = $1 AND t.assignee_id = $2 AND t.status = 'open' AND t.deleted_at IS NULL ORDER BY 1
"""
_OPEN = """
SELECT t.id FROM tasks t WHERE t.workspace_id = $1 AND t.assignee_id = $2 AND t.onboarding_id = $3
    AND t.status = 'open' AND t.deleted_at IS NULL ORDER BY t.display_id
"""
_UNASSIGN = """
UPDATE tasks t SET assignee_id = NULL, updated_at = greatest($3, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = ANY ($2::text[])
"""


async def unassign_tasks_of(change: Change, person_id: str, name: str) -> int:
    """Leave the open tasks of a teammate without an assignee, and return how many that were.

    Every onboarding concerned gets one line on its timeline; every task has its event.

    Args:
        change: what to write on.
        person_id: the teammate's.
        name: theirs, for the timeline.
    """
    workspace_id, count = change.actor.workspace_id, 0
    for plan in await change.connection.fetch(_PLANS, workspace_id, person_id):
        onboarding = await get_onboarding(change.connection, change.actor, plan[0], deleted=True, lock=True)
        records = await change.connection.fetch(_OPEN, workspace_id, person_id, onboarding.id)
        ids = [record[0] for record in records]
        if not ids:  # somebody else was faster
            continue
        before = await get_tasks(change.connection, change.actor, ids)
        await change.connection.execute(_UNASSIGN, workspace_id, ids, change.at)
        after = await get_tasks(change.connection, change.actor, ids)
        emit_changes(change, before, after.values(), [])
        what = f"task {after[ids[0]].title}" if len(ids) == 1 else f"{len(ids)} tasks"
        data = {"count": len(ids), "task_ids": ids[:MAX_TASKS_NOTED], "person_id": person_id}
        summary = f"Took {what} from {name}, who left the team"
        change.note("task.unassigned", summary, subject_of_onboarding(onboarding), data)
        count += len(ids)
    return count
