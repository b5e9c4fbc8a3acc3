"""What has to hold of a template beyond the types of its fields."""

import graphlib
from collections.abc import Sequence

import orjson

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.onboardings.phases import Phase, find_phase
from pivotal_server.templates.content import MAX_BYTES, MAX_TASKS, TemplateContent, TemplateSubtask


def check_content(content: TemplateContent, phases: Sequence[Phase]) -> None:
    """Return where every phase and every key that is named exists, keys are unique and nothing waits for itself.

    Args:
        content: what a template is to say.
        phases: those of the workspace.

    Raises:
        ApiError: 400 with the path of what is at fault, such as ``tasks.3.depends_on.0.task``.
    """
    if content.task_count > MAX_TASKS:
        message = f"A template has at most {MAX_TASKS} tasks, subtasks included"
        raise ApiError(400, "too_big", message, field="tasks")
    if len(store(content)) > MAX_BYTES:
        raise ApiError(400, "too_big", f"A template must be at most {MAX_BYTES} bytes", field="tasks")
    for place, task in enumerate(content.tasks):
        find_phase(phases, task.phase, f"tasks.{place}.phase")
    paths: dict[str, str] = {}
    for path, _, task_ in content.everything():
        if task_.key in paths:
            raise invalid_field(f"{path}.key", f"Another task has the key {task_.key} already.")
        paths[task_.key] = path
    for path, _, task_ in content.everything():
        _check_references(path, task_, paths)
    _check_circles(content, paths)


def store(content: TemplateContent) -> bytes:
    """Return the content as the JSON that is stored."""
    return orjson.dumps(content.model_dump())


def _check_references(path: str, task: TemplateSubtask, known: dict[str, str]) -> None:
    named = [(f"{path}.depends_on.{place}.task", one.task) for place, one in enumerate(task.depends_on)]
    if task.due and task.due.type == "task":
        if task.due.task is None:
            raise ApiError(400, "invalid_type", "Required", field=f"{path}.due.task")
        named.append((f"{path}.due.task", task.due.task))
    for field, key in named:
        if key not in known:
            raise invalid_field(field, f"The template has no task {key}.")
    keys = [one.task for one in task.depends_on]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise invalid_field(f"{path}.depends_on.{place}.task", f"It depends on {key} already.")


def _check_circles(content: TemplateContent, paths: dict[str, str]) -> None:
    waits_for = {}
    for _, _, task in content.everything():
        others = [one.task for one in task.depends_on]
        if task.due and task.due.type == "task" and task.due.task:
            others.append(task.due.task)
        waits_for[task.key] = others
    try:
        graphlib.TopologicalSorter(waits_for).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1][::-1]  # graphlib tells it from what has to be first
        message = f"Tasks would wait for each other: {' → '.join(circle)}."
        raise invalid_field(f"{paths[circle[0]]}.depends_on", message) from None
