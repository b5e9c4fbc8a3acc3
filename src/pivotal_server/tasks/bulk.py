"""Changes to many tasks of an onboarding at once, which the timeline tells of in one line."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.calendars.working_days import DateOutOfRangeError, WorkingDays
from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.actions import write_task
from pivotal_server.tasks.body_columns import ASSIGNEES, assignee_columns
from pivotal_server.tasks.completion import reopen_held
from pivotal_server.tasks.dependencies import resolve
from pivotal_server.tasks.events import note_moves
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.queries import get_tasks
from pivotal_server.tasks.request_schemas import Days, TaskFields, TasksComplete
from pivotal_server.tasks.rescheduling import Outcome, settle, subject_of_onboarding
from pivotal_server.timeline.change import Change
from pivotal_server.timeline.edits import changes_of

# Where an entry of the timeline keeps what the way back needs: each task's columns before and after.
_COLUMNS = "columns"
_COMPLETED_AT = """
SELECT t.id FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.completed_at = $3 AND t.deleted_at IS NULL
ORDER BY t.parent_id NULLS FIRST, t.position
"""


class TasksAssign(TasksComplete, TaskFields):
    """Which tasks get which assignee; of the fields of a task no other counts."""


class TasksShift(TasksComplete):
    """Which tasks are due so many working days later, or earlier where negative."""

    days: Annotated[Days, Field(description="Working days.")]


async def assign_tasks(change: Change, onboarding_reference: str, body: TasksAssign) -> Outcome:
    """Give tasks the assignee that the body names, or none.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_field`` for a task or assignee that there is not.
    """
    onboarding, rows = await _open(change, onboarding_reference, body.task_ids)
    columns = await assignee_columns(change, onboarding, body.changes())
    return await _write_all(change, onboarding, {row.id: (row, columns) for row in rows}, "assignee")


async def shift_tasks(change: Change, onboarding_reference: str, body: TasksShift) -> Outcome:
    """Move the due dates of open tasks: those that count from something count on, others get a date of their own.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 400 ``invalid_field`` for a task that there is not; 409
            ``date_out_of_range``.
    """
    onboarding, rows = await _open(change, onboarding_reference, body.task_ids)
    calendar, _ = await working_days_of(change.connection, change.actor.workspace_id, onboarding.customer_id)
    try:
        shifted = {row.id: (row, _shifted(row, body.days, calendar)) for row in rows if row.status == "open"}
    except DateOutOfRangeError as error:
        raise ApiError(409, "date_out_of_range", f"With this, a task would be due out of range. {error}") from None
    return await _write_all(change, onboarding, shifted, "due date")


async def reopen_completed_at(change: Change, onboarding_reference: str, at: datetime) -> Outcome:
    """Undo a completion of several tasks, which is known by its instant, within thirty days.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 409 ``undo_expired``, ``dependency_cycle`` or ``date_out_of_range``.
    """
    onboarding = await get_onboarding(change.connection, change.actor, onboarding_reference, lock=True)
    records = await change.connection.fetch(_COMPLETED_AT, change.actor.workspace_id, onboarding.id, at)
    return await reopen_held(change, onboarding, [record[0] for record in records])


async def take_back(change: Change, onboarding_reference: str, name: str) -> tuple[int, int]:
    """Undo a change of several tasks' assignees or dates, within thirty days.

    Args:
        change: where it is written.
        onboarding_reference: cuid or display_id.
        name: of the edit (``timeline.edits``).

    Returns:
        How many tasks are as before, and how many stay as somebody has made them since.

    Raises:
        ApiError: 404 ``onboarding_not_found`` or for no such edit; 409 ``undo_expired``, ``dependency_cycle`` or
            ``date_out_of_range``.
    """
    onboarding = await get_onboarding(change.connection, change.actor, onboarding_reference, lock=True)
    entries = await changes_of(change, name, ["task.updated"], _COLUMNS)
    changed = {id_: columns for subject, each in entries if subject == onboarding.id for id_, columns in each.items()}
    rows = await get_tasks(change.connection, change.actor, changed)
    wanted = {}
    for id_, row in rows.items():
        before = await _before(change, onboarding, row, changed[id_])
        if before is not None:
            wanted[id_] = (row, before)
    await _write_all(change, onboarding, wanted, "taken back")
    return len(wanted), len(changed) - len(wanted)


async def _before(
    change: Change, onboarding: OnboardingRow, row: TaskRow, columns: Mapping[str, list[Any]]
) -> dict[str, Any] | None:
    """Return a task's columns as they were before an edit, or None where they cannot or should not be so again."""
    if row.deleted_at is not None or any(_plain(getattr(row, name)) != after for name, (_, after) in columns.items()):
        return None
    values = {name: before for name, (before, _) in columns.items()}
    if values.get("due_rule_date"):
        values["due_rule_date"] = date.fromisoformat(values["due_rule_date"])
    if anchor := values.get("due_rule_task_id"):
        found = await get_tasks(change.connection, change.actor, [anchor])
        if anchor not in found or found[anchor].deleted_at is not None:
            return None
    try:
        await assignee_columns(change, onboarding, {name: values[name] for name in ASSIGNEES if values.get(name)})
    except ApiError:  # they have left since, or are not let in to the customer any more
        return None
    return values


async def _open(change: Change, reference: str, references: Sequence[str]) -> tuple[OnboardingRow, list[TaskRow]]:
    """Return an onboarding, held, and those of its tasks that are named."""
    onboarding = await get_onboarding(change.connection, change.actor, reference, lock=True)
    found = await resolve(change, onboarding.id, references, "task_ids.{place}")
    rows = await get_tasks(change.connection, change.actor, dict.fromkeys(found.values()))
    return onboarding, list(rows.values())


async def _write_all(
    change: Change, onboarding: OnboardingRow, wanted: Mapping[str, tuple[TaskRow, dict[str, Any]]], what: str
) -> Outcome:
    """Write each task's columns where they differ, and tell of it."""
    before, written = {}, {}
    for id_, (row, columns) in wanted.items():
        values = {name: value for name, value in columns.items() if value != getattr(row, name)}
        if values:
            before[id_] = row
            written[id_] = {name: [_plain(getattr(row, name)), _plain(value)] for name, value in values.items()}
            await write_task(change, row, values)
    if not before:
        return Outcome({id_: row for id_, (row, _) in wanted.items()})
    outcome = await settle(change, onboarding, before, list(before))
    subject, summary = subject_of_onboarding(onboarding), f"Changed {_tasks(before.values())}: {what}"
    names = [{"task_id": row.id, "display_id": row.display_id, "title": row.title} for row in outcome.rows.values()]
    change.note("task.updated", summary, subject, {"tasks": names, _COLUMNS: written})
    note_moves(change, subject, outcome.moves, summary)
    return outcome


def _shifted(row: TaskRow, days: int, calendar: WorkingDays) -> dict[str, Any]:
    """Return the columns of a task's rule by which it is due so many working days later."""
    if row.due_rule_days is not None and row.due_cause == row.due_rule:
        return {"due_rule_days": row.due_rule_days + days}
    if row.due_on is None:
        return {}
    due_on = calendar.add(row.due_on, days)
    return {"due_rule": "fixed", "due_rule_date": due_on, "due_rule_days": None, "due_rule_task_id": None}


def _plain(value: object) -> object:
    """Return a column's value as the timeline keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def _tasks(rows: Iterable[TaskRow]) -> str:
    found = list(rows)
    return f"task {found[0].title}" if len(found) == 1 else f"{len(found)} tasks"
