"""What a change to a plan leaves behind: events of every task that changed, and one or two lines on the timeline."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pivotal_server.core.resources import changes, previous_attributes
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.plan_schemas import present_move
from pivotal_server.tasks.scheduler import Move
from pivotal_server.tasks.schemas import DERIVED_FIELDS, midnight, present
from pivotal_server.timeline.change import Change, Subject

# A line on the timeline names so many moved tasks, and counts the others.
MAX_MOVES_NOTED = 100

_BECAME = {"completed": "task.completed", "open": "task.reopened"}
# Fields as a person calls them.
_WORDS = {
    "assignee_id": "assignee",
    "assignee_role": "assignee",
    "assignee_contact_id": "assignee",
    "assignee_email": "assignee",
    "due": "due date",
    "due_date": "due date",
    "start_date": "start date",
    "duration_days": "duration",
    "depends_on": "dependencies",
    "visible_in_portal": "visibility in the portal",
}


def subject_of(row: TaskRow) -> Subject:
    """Return what activity about a task is about."""
    return Subject("task", row.id, customer_id=row.customer_id, onboarding_id=row.onboarding_id)


def emit_changes(
    change: Change, before: Mapping[str, TaskRow], after: Iterable[TaskRow], moves: Iterable[Move]
) -> None:
    """Emit what happened to each task: created, completed, reopened or otherwise updated.

    Args:
        change: where to write it.
        before: the tasks that were there and may have changed, as they were.
        after: the tasks that are new or may have changed, as they are.
        moves: of tasks whose dates alone may have changed.
    """
    moved = {move.id: move for move in moves}
    for row in after:
        shown = present(row)
        was = before.get(row.id)
        if was is None and row.id not in moved:
            change.emit("task.created", shown)
        elif was is None:
            change.emit("task.updated", shown, _former_dates(moved[row.id]))
        elif previous := former_values(was, row):
            change.emit(_event_type(was, row), shown, previous)


def former_values(before: TaskRow, after: TaskRow) -> dict[str, Any]:
    """Return the former values of the fields that differ, without those that only follow from others."""
    previous = previous_attributes(present(before), present(after))
    return {name: value for name, value in previous.items() if name not in DERIVED_FIELDS}


def note_update(change: Change, before: TaskRow, after: TaskRow) -> None:
    """Note which fields of a task changed, if any did."""
    if previous := former_values(before, after):
        words = dict.fromkeys(_WORDS.get(name, name) for name in previous)
        summary = f"Changed task {after.title}: {', '.join(words)}"
        change.note("task.updated", summary, subject_of(after), changes(previous, present(after)))


def note_moves(change: Change, subject: Subject, moved: Sequence[tuple[Move, TaskRow]], cause: str) -> None:
    """Note in one line that tasks moved, if any did.

    Args:
        change: where to write it.
        subject: the onboarding's.
        moved: how each of them moved, and the task as it is.
        cause: the sentence that says what happened, such as the summary of the line before.
    """
    if moved:
        shown = [present_move(move, row) for move, row in moved[:MAX_MOVES_NOTED]]
        data = {"cause": cause, "count": len(moved), "moves": shown}
        words = f"Moved task {moved[0][1].title}" if len(moved) == 1 else f"Moved {len(moved)} tasks"
        change.note("task.rescheduled", words, subject, data)


def _event_type(before: TaskRow, after: TaskRow) -> str:
    return "task.updated" if before.status == after.status else _BECAME[after.status]


def _former_dates(move: Move) -> dict[str, Any]:
    dates = {
        "start_date": (move.before.start_on, move.after.start_on),
        "due_date": (move.before.due_on, move.after.due_on),
    }
    return {name: midnight(was) for name, (was, now) in dates.items() if was != now}
