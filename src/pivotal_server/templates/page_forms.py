"""The form of a task of a template: what it sends as what a template says, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from pivotal_server.core.validation import Name
from pivotal_server.tasks.request_schemas import Description
from pivotal_server.templates.content import TemplateSubtask, TemplateTask

if TYPE_CHECKING:
    from pivotal_server.core.errors import ApiError
    from pivotal_server.web.forms import Form
    from pivotal_server.web.page import Page

# The ways in which a task is due, as the form offers them.
DUE_TYPES = {
    "": "As soon as what it waits for is done",
    "start": "Working days from the start",
    "phase": "Working days from the beginning of its phase",
    "launch": "Working days from the target launch",
    "task": "Working days from the end of another task",
}
_EMPTY_LINKS = 2
# What else an error may name, and the field of the form that it stands beside.
_FIELDS = {"key": "title", "task": "due"}
# What a task and a subtask may have in common with what somebody else made of them.
_COMPARED = {
    "title": "Title",
    "description": "Description",
    "phase": "Phase",
    "assignee_role": "Role",
    "due": "Due",
    "duration_days": "Working days it takes",
    "depends_on": "Waits for",
    "visible_in_portal": "Visible to the customer",
    "links": "Links",
}


class AboutForm(BaseModel):
    """What a template is called, and what it is for."""

    name: Name
    description: Description | None = None


def read_task(page: Page, key: str, *, subtask: bool) -> Form[Any]:
    """Return what was sent as a task of a template, or as a subtask.

    Args:
        page: what sent it.
        key: the task's own.
        subtask: whether it is one.
    """
    more = {
        "key": key,
        "title": page.field("title"),
        "due": _due(page),
        "depends_on": _depends_on(page),
        "links": _links(page),
    }
    if subtask:
        return page.read_form(TemplateSubtask, more)
    return page.read_form(TemplateTask, more)


def task_values(task: TemplateSubtask) -> dict[str, Any]:
    """Return what is in the fields of a task's form at first."""
    return {
        "title": task.title,
        "description": task.description or "",
        "phase": getattr(task, "phase", ""),
        "assignee_role": task.assignee_role or "",
        "due_type": task.due.type if task.due else "",
        "due_days": task.due.days if task.due else 0,
        "due_task": (task.due.task if task.due else None) or "",
        "duration_days": task.duration_days,
        "visible_in_portal": task.visible_in_portal,
    }


def chosen_dependencies(page: Page, task: TemplateSubtask | None) -> dict[str, Any]:
    """Return what is chosen of what a task waits for: the days in between, by key."""
    if page.sent:
        return {one["task"]: one["lag_days"] for one in _depends_on(page)}
    return {one.task: one.lag_days for one in task.depends_on} if task else {}


def shown_links(page: Page, task: TemplateSubtask | None) -> list[dict[str, str]]:
    """Return the rows of links, with a few to fill in."""
    links = _links(page) if page.sent else [one.model_dump() for one in task.links] if task else []
    return [*links, *[{"label": "", "url": ""}] * _EMPTY_LINKS]


def refuse(form: Form[Any], error: ApiError, path: str) -> None:
    """Put what was refused beside the field that it is about.

    Args:
        form: the task's.
        error: what was refused; its field begins with a path.
        path: the task's own, such as ``tasks.3``.
    """
    form.refuse(error)
    field = (error.field or "").removeprefix(f"{path}.").partition(".")[0]
    if field in _COMPARED or field in _FIELDS:
        form.errors = {_FIELDS.get(field, field): error.message}
    elif form.errors.pop("tasks", None):
        form.errors[""] = error.message


def differences(theirs: TemplateSubtask, before: TemplateSubtask | None) -> list[str]:
    """Return what somebody else made different of a task, in words; all of it where it was not there before."""
    if before is None:
        return list(_COMPARED.values())
    old, new = before.model_dump(), theirs.model_dump()
    return [words for name, words in _COMPARED.items() if old.get(name) != new.get(name)]


def _due(page: Page) -> dict[str, Any] | None:
    kind = page.field("due_type")
    if not kind:
        return None
    due: dict[str, Any] = {"type": kind, "days": page.field("due_days") or "0"}
    if kind == "task":
        due["task"] = page.field("due_task") or None
    return due


def _depends_on(page: Page) -> list[dict[str, Any]]:
    wanted = [value for value in page.sent.getlist("depends_on") if isinstance(value, str) and value]
    return [{"task": key, "lag_days": page.field(f"lag_{key}") or "0"} for key in wanted]


def _links(page: Page) -> list[dict[str, str]]:
    labels, urls = ([str(value).strip() for value in page.sent.getlist(name)] for name in ("link_label", "link_url"))
    return [{"label": label or url, "url": url} for label, url in zip(labels, urls, strict=False) if label or url]
