"""Two people with the form of the same task: what only one of them changed is kept; what both did is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.tasks.body_columns import ASSIGNEES
from pivotal_server.tasks.page_forms import DUE_TYPES, chosen_dependencies, task_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivotal_server.tasks.models import TaskRow
    from pivotal_server.tasks.plan_view import PlanView
    from pivotal_server.tasks.request_schemas import TaskUpdate
    from pivotal_server.web.page import Page

_CONFLICT = 409
_PLAIN = ("title", "description", "phase", "assignee", "duration_days", "visible_in_portal")
# What a part of the form is called where the form and the body have several fields for it.
_BODY = {"assignee": tuple(ASSIGNEES)}
_FORM = {"due": ("due_type", "due_day", "due_days", "due_task")}


class Meanwhile(NamedTuple):
    """What became of a task while somebody had its form open.

    Attributes:
        left: parts of the form that they have left as they were.
        both: parts that they have changed, and somebody else as well.
    """

    left: frozenset[str]
    both: frozenset[str]


def parts_of(row: TaskRow) -> dict[str, Any]:
    """Return what a task's form shows, part by part, for comparing: JSON, as a page keeps it in the form."""
    return _parts(task_values(row), chosen_dependencies(None, row))


def compare(page: Page, row: TaskRow) -> Meanwhile:
    """Return what has changed since the page that sent the form was shown; nothing where the form does not say.

    Args:
        page: with the form.
        row: the task as it stands.
    """
    try:
        was = orjson.loads(page.field("was"))
    except orjson.JSONDecodeError:
        was = None
    if not isinstance(was, dict):
        return Meanwhile(frozenset(), frozenset())
    sent, now = _sent(page), parts_of(row)
    left = frozenset(part for part in sent if part in was and sent[part] == was[part])
    others = {part for part in sent if part in was and now[part] != was[part]}
    return Meanwhile(left, frozenset(part for part in others - left if sent[part] != now[part]))


def keep_to(body: TaskUpdate, found: Meanwhile) -> None:
    """Take out of a body what was left as it was, so that what somebody else has made of it stays.

    Raises:
        ApiError: 409 where both have changed the same.
    """
    if found.both:
        raise ApiError(_CONFLICT, "http_exception", "Somebody changed it meanwhile.", field="was")
    for part in found.left:
        for name in _BODY.get(part, (part,)):
            body.model_fields_set.discard(name)


def merged(page: Page, row: TaskRow, found: Meanwhile) -> dict[str, Any]:
    """Return what the form shows after a conflict: what was typed, and where nothing was, how the task stands."""
    values: dict[str, Any] = task_values(row)
    for part in _sent(page).keys() - found.left:
        values |= {name: page.field(name) for name in _FORM.get(part, (part,)) if name in page.sent}
    return values


def in_words(part: str, row: TaskRow, view: PlanView) -> str:
    """Return how a part of a task stands, for somebody who has typed something else."""
    values = task_values(row)
    match part:
        case "phase":
            return dict(view.phase_choices).get(row.phase, row.phase)
        case "assignee":
            return next((one.name for one in view.assignees if one.value == values["assignee"]), "nobody")
        case "due":
            return DUE_TYPES[values["due_type"]].lower() + (f" ({row.due_on})" if row.due_on else "")
        case "depends_on":
            waits = chosen_dependencies(None, row)
            names = [line.row.title for line in view.lines.values() if line.row.id in waits]
            return ", ".join(names) or "nothing"
        case "visible_in_portal":
            return "visible in the portal" if row.visible_in_portal else "not visible in the portal"
        case _:
            return str(values[part]) or "nothing"


def _sent(page: Page) -> dict[str, Any]:
    values = {name: page.field(name) for name in page.sent}
    values["visible_in_portal"] = "true" in page.sent.getlist("visible_in_portal")  # type: ignore[assignment]
    dependencies = chosen_dependencies(page, None) if "depends_on_sent" in page.sent else None
    return _parts(values, dependencies)


def _parts(values: Mapping[str, Any], dependencies: Mapping[str, Any] | None) -> dict[str, Any]:
    parts: dict[str, Any] = {name: _plain(values[name]) for name in _PLAIN if name in values}
    if "due_type" in values:
        parts["due"] = _due(values)
    if dependencies is not None:
        parts["depends_on"] = {id_: str(lag) for id_, lag in sorted(dependencies.items())}
    return parts


def _due(values: Mapping[str, Any]) -> list[str]:
    """Return what counts of a rule: a field that does not go with its kind is hidden, whatever is in it."""
    counted = {"": (), "fixed": ("due_day",), "task": ("due_days", "due_task")}.get(values["due_type"], ("due_days",))
    return [str(values["due_type"]), *(_plain(values.get(name, "")) for name in counted)]


def _plain(value: object) -> str:
    """Return a value as a browser would send it."""
    return str(value).replace("\r\n", "\n").strip()
