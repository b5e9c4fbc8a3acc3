"""What the forms of task pages send, as the bodies of the actions."""

from typing import Any, TypeVar

import orjson
from pydantic import BaseModel

from pivotal_server.tasks.body_columns import ASSIGNEES
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.plan_view import assignee_value
from pivotal_server.web.forms import Form
from pivotal_server.web.page import Page

Model = TypeVar("Model", bound=BaseModel)

_KINDS = {"person": "assignee_id", "role": "assignee_role", "contact": "assignee_contact_id"}
# The ways in which a task is due, as a form offers them.
DUE_TYPES = {
    "": "As soon as what it waits for is done",
    "fixed": "On a date",
    "start": "Working days after the start",
    "phase": "Working days after its phase begins",
    "launch": "Working days after the target launch",
    "task": "Working days after another task",
}


def read_task_form(page: Page, model: type[Model]) -> Form[Model]:
    """Return the form of a task: ``assignee`` and ``due_type`` stand for several fields each, ``due_day`` is a day."""
    # A title that was emptied is wrong, and not left as it was.
    title = {"title": page.field("title")} if "title" in page.sent else {}
    form = page.read_form(model, title | _assignee(page) | _due(page) | _depends_on(page))
    for name in ASSIGNEES:  # the form has one field for them
        if name in form.errors:
            form.errors.setdefault("assignee", form.errors.pop(name))
    return form


def refuse_assignee(form: Form[Any]) -> None:
    """Put what was wrong with an assignee beside the one field that a form has for them."""
    for name in ASSIGNEES:
        if name in form.errors:
            form.errors["assignee"] = form.errors.pop(name)


def task_values(row: TaskRow) -> dict[str, Any]:
    """Return what is in the fields of a task's form at first."""
    return {
        "title": row.title,
        "description": row.description or "",
        "phase": row.phase,
        "assignee": assignee_value(row),
        "duration_days": row.duration_days,
        "visible_in_portal": row.visible_in_portal,
        "due_type": row.due_rule or "",
        "due_day": str(row.due_rule_date or row.due_on or ""),
        "due_days": row.due_rule_days if row.due_rule_days is not None else 0,
        "due_task": row.due_rule_task_id or "",
    }


def chosen_dependencies(page: Page | None, row: TaskRow | None) -> dict[str, Any]:
    """Return what is chosen in a form of what a task waits for: the days in between, by cuid.

    Args:
        page: with the form that was sent, if any.
        row: the task, for what it waits for without that.
    """
    if page is not None and "depends_on_sent" in page.sent:
        return {one["task_id"]: one["lag_days"] for one in _depends_on(page)["depends_on"]}
    return {one["task_id"]: one["lag_days"] for one in orjson.loads(row.depends_on)} if row else {}


def _assignee(page: Page) -> dict[str, Any]:
    if "assignee" not in page.sent:
        return {}
    kind, _, id_ = page.field("assignee").partition(":")
    fields: dict[str, Any] = dict.fromkeys(ASSIGNEES)
    if kind:
        fields[_KINDS.get(kind, "assignee_id")] = id_ or kind
    return fields


def _due(page: Page) -> dict[str, Any]:
    if "due_type" not in page.sent:
        return {}
    kind = page.field("due_type")
    if not kind:
        return {"due": None}
    due: dict[str, Any] = {"type": kind}
    if kind == "fixed":
        due["date"] = f"{page.field('due_day')}T00:00:00Z"
    else:
        due["days"] = page.field("due_days") or "0"
    if kind == "task":
        due["task_id"] = page.field("due_task")
    return {"due": due}


def _depends_on(page: Page) -> dict[str, Any]:
    if "depends_on_sent" not in page.sent:
        return {}
    wanted = [value for value in page.sent.getlist("depends_on") if isinstance(value, str) and value]
    return {"depends_on": [{"task_id": id_, "lag_days": page.field(f"lag_{id_}") or "0"} for id_ in wanted]}
