"""Edits of what a template says: pure functions from one content to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.derived_keys import derive_key
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.templates.content import TemplateContent, TemplateSubtask, TemplateTask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Found(NamedTuple):
    """A task or subtask of a template.

    Attributes:
        task: the task, or the one that the subtask is of.
        place: of that task, from 0.
        subtask: the subtask, if it is one.
        subplace: of the subtask in its task, from 0.
    """

    task: TemplateTask
    place: int
    subtask: TemplateSubtask | None = None
    subplace: int = 0

    @property
    def itself(self) -> TemplateSubtask:
        """What was looked for."""
        return self.subtask or self.task

    @property
    def path(self) -> str:
        """Where it stands, as errors name it: ``tasks.3.subtasks.0``."""
        return f"tasks.{self.place}" + (f".subtasks.{self.subplace}" if self.subtask else "")


def find_task(content: TemplateContent, key: str) -> Found:
    """Return the task or subtask with this key.

    Raises:
        ApiError: 404 where there is none.
    """
    for place, task in enumerate(content.tasks):
        if task.key == key:
            return Found(task, place)
        for subplace, subtask in enumerate(task.subtasks):
            if subtask.key == key:
                return Found(task, place, subtask, subplace)
    raise ApiError(404, "http_exception", "The template has no such task, or no longer.")


def new_key(content: TemplateContent, title: str) -> str:
    """Return a key that reads like a title, and that no task of the template has."""
    return derive_key(title, {task.key for _, _, task in content.everything()}, "task")


def add_task(content: TemplateContent, task: TemplateTask) -> TemplateContent:
    """Add a task as the last of its phase."""
    return _with_tasks(content, [*content.tasks, task])


def add_subtask(content: TemplateContent, parent: str, subtask: TemplateSubtask) -> TemplateContent:
    """Add a subtask as the last of its task.

    Raises:
        ApiError: 404 where there is no such task.
    """
    found = find_task(content, parent)
    return _replace(content, found, found.task.model_copy(update={"subtasks": [*found.task.subtasks, subtask]}))


def change_task(content: TemplateContent, key: str, task: TemplateSubtask) -> TemplateContent:
    """Have a task or subtask say something else; subtasks of a task stay.

    Raises:
        ApiError: 404 where there is no such task.
    """
    found = find_task(content, key)
    if found.subtask is not None:
        subtasks = [task if one.key == key else one for one in found.task.subtasks]
        return _replace(content, found, found.task.model_copy(update={"subtasks": subtasks}))
    changed = TemplateTask.model_validate({"phase": found.task.phase, **task.model_dump()})
    return _replace(content, found, changed.model_copy(update={"subtasks": found.task.subtasks}))


def move_task(content: TemplateContent, key: str, position: int, phase: str | None = None) -> TemplateContent:
    """Put a task at another place of its phase or of another one, or a subtask at another place of its task.

    Args:
        content: what the template says.
        key: the task's.
        position: from 1.
        phase: key of the phase that a task goes to; None for its own.

    Raises:
        ApiError: 404 where there is no such task; 400 ``invalid_field`` for a place that is none.
    """
    found = find_task(content, key)
    if found.subtask is not None:
        rest = [one for one in found.task.subtasks if one.key != key]
        _check_place(position, len(rest) + 1)
        rest.insert(position - 1, found.subtask)
        return _replace(content, found, found.task.model_copy(update={"subtasks": rest}))
    moved = found.task if phase is None else found.task.model_copy(update={"phase": phase})
    others = [task for task in content.tasks if task.key != key]
    places = [place for place, task in enumerate(others) if task.phase == moved.phase]
    _check_place(position, len(places) + 1)
    others.insert(places[position - 1] if position <= len(places) else len(others), moved)
    return _with_tasks(content, others)


def remove_task(content: TemplateContent, key: str) -> TemplateContent:
    """Take a task with its subtasks, or a subtask, out; what waited for it, or was due after it, does so no more.

    Raises:
        ApiError: 404 where there is no such task.
    """
    found = find_task(content, key)
    gone = {key} if found.subtask else {key, *(one.key for one in found.task.subtasks)}
    kept = [
        _released(task, gone).model_copy(
            update={"subtasks": [_released(one, gone) for one in task.subtasks if one.key not in gone]}
        )
        for task in content.tasks
        if task.key not in gone
    ]
    return _with_tasks(content, [TemplateTask.model_validate(task.model_dump()) for task in kept])


def in_phases(content: TemplateContent, today: Mapping[str, str], order: Sequence[str]) -> TemplateContent:
    """Return the content with its tasks in the phases that there are today, and in the order of these.

    Args:
        content: what a template says.
        today: the phase of today, by the one that a task names; one that is not there stays as it is.
        order: keys of the workspace's phases.
    """
    tasks = [task.model_copy(update={"phase": today.get(task.phase, task.phase)}) for task in content.tasks]
    places = {key: place for place, key in enumerate(order)}
    return _with_tasks(content, sorted(tasks, key=lambda task: places.get(task.phase, len(places))))


def _released(task: TemplateSubtask, gone: set[str]) -> TemplateSubtask:
    due = None if task.due and task.due.task in gone else task.due
    depends_on = [one for one in task.depends_on if one.task not in gone]
    return task.model_copy(update={"due": due, "depends_on": depends_on})


def _replace(content: TemplateContent, found: Found, task: TemplateTask) -> TemplateContent:
    return _with_tasks(content, [*content.tasks[: found.place], task, *content.tasks[found.place + 1 :]])


def _with_tasks(content: TemplateContent, tasks: list[TemplateTask]) -> TemplateContent:
    return content.model_copy(update={"tasks": tasks})


def _check_place(position: int, last: int) -> None:
    if not 1 <= position <= last:
        raise invalid_field("position", f"The place must be 1 to {last}.")
