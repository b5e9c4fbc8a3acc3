"""What tasks depend on.

A dependency on a deleted task, or of one, is kept and counts for nothing: it holds again once the task is restored.
"""

from collections.abc import Collection, Sequence

from pivotal_server.core.errors import invalid_field
from pivotal_server.core.ids import read_reference
from pivotal_server.tasks.request_schemas import DependencyIn
from pivotal_server.tasks.rescheduling import cycle
from pivotal_server.timeline.change import Change

_FIND = """
SELECT t.id, t.display_id FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL
    AND (t.id = ANY($3::text[]) OR t.display_id = ANY($4::bigint[]))
"""
_THAT_COUNT = """
task_dependencies d WHERE d.workspace_id = $1 AND d.task_id = $2 AND (
    SELECT t.deleted_at IS NULL FROM tasks t WHERE t.workspace_id = d.workspace_id AND t.id = d.depends_on_id
)
"""
_OF_TASK = f"SELECT d.depends_on_id, d.lag_days FROM {_THAT_COUNT}"
_CLEAR = f"DELETE FROM {_THAT_COUNT}"
_ADD = """
INSERT INTO task_dependencies (workspace_id, onboarding_id, task_id, depends_on_id, lag_days)
SELECT $1, $2, $3, d.* FROM unnest($4::text[], $5::integer[]) d
"""
_DEPENDENTS = """
SELECT DISTINCT d.task_id FROM task_dependencies d
JOIN tasks t ON t.workspace_id = d.workspace_id AND t.id = d.task_id AND t.deleted_at IS NULL
WHERE d.workspace_id = $1 AND d.depends_on_id = ANY($2::text[])
"""
_TOUCH = """
UPDATE tasks t SET updated_at = greatest($3, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = ANY($2::text[])
"""


async def resolve(change: Change, onboarding_id: str, references: Sequence[str], field: str) -> dict[str, str]:
    """Return the cuids of an onboarding's tasks by what they are referred to with.

    Args:
        change: in which to look; it holds the onboarding's row.
        onboarding_id: the plan's.
        references: cuids or display_ids.
        field: what an error is about; ``{place}`` in it becomes the index of the reference that nobody has.

    Raises:
        ApiError: 400 ``invalid_field``.
    """
    parsed = {text: read_reference(text) for text in references}
    ids = [reference.value for reference in parsed.values() if reference and reference.column == "id"]
    numbers = [reference.value for reference in parsed.values() if reference and reference.column == "display_id"]
    records = await change.connection.fetch(_FIND, change.actor.workspace_id, onboarding_id, ids, numbers)
    known: dict[str | int, str] = {name: record["id"] for record in records for name in record}
    found = {}
    for place, (text, reference) in enumerate(parsed.items()):
        if reference is None or reference.value not in known:
            raise invalid_field(field.format(place=place), f"This onboarding has no task {text}.")
        found[text] = known[reference.value]
    return found


async def depend_on(change: Change, onboarding_id: str, task_id: str, wanted: Sequence[DependencyIn]) -> bool:
    """Have a task depend on these tasks and on no others; return whether that is a change.

    Raises:
        ApiError: 400 ``invalid_field`` for a task that there is not; 409 ``dependency_cycle`` for itself.
    """
    references = [one.task_id for one in wanted]
    ids = await resolve(change, onboarding_id, references, "depends_on.{place}.task_id") if wanted else {}
    after = {ids[one.task_id]: one.lag_days for one in wanted}
    if task_id in after:
        raise await cycle(change, [task_id, task_id])
    records = await change.connection.fetch(_OF_TASK, change.actor.workspace_id, task_id)
    if after == {record["depends_on_id"]: record["lag_days"] for record in records}:
        return False
    await change.connection.execute(_CLEAR, change.actor.workspace_id, task_id)
    await change.connection.execute(
        _ADD, change.actor.workspace_id, onboarding_id, task_id, list(after), list(after.values())
    )
    return True


async def dependents_of(change: Change, ids: Collection[str]) -> list[str]:
    """Return the cuids of the tasks that depend on one of these, without deleted ones."""
    return [record[0] for record in await change.connection.fetch(_DEPENDENTS, change.actor.workspace_id, ids)]


async def touch(change: Change, ids: Collection[str]) -> None:
    """Have tasks count as changed, because what they depend on was deleted or restored."""
    await change.connection.execute(_TOUCH, change.actor.workspace_id, ids, change.at)
