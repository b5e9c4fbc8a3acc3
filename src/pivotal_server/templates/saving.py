"""A template made of an onboarding: what was planned by dates becomes a plan by working days."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.tasks.models import TaskRow
from pivotal_server.tasks.plan import Plan, load_plan
from pivotal_server.tasks.queries import list_plan
from pivotal_server.templates.actions import Shown, create_template
from pivotal_server.templates.content import (
    MAX_TASKS,
    TemplateContent,
    TemplateDependency,
    TemplateDue,
    TemplateSubtask,
    TemplateTask,
)
from pivotal_server.templates.phases import hold_present_phases
from pivotal_server.templates.schemas import TemplateSave
from pivotal_server.timeline.change import Change

_MAX_DAYS = 1000
_MAX_KEY = 80
_PARTS = {"csm": "csm_id", "se": "se_id", "designer": "designer_id", "product_ops": "product_ops_id"}


async def save_as_template(change: Change, reference: str, body: TemplateSave) -> Shown:
    """Make a template of an onboarding's plan: its tasks, subtasks, roles, relative dates and dependencies.

    A fixed date becomes working days from the start of the task's phase. Who has a part in the onboarding becomes that
    part; other assignees are left out, as is what was completed when.

    Raises:
        ApiError: 404 ``onboarding_not_found``; 409 ``template_phase_missing``, or ``template_too_large`` where there
            are too many tasks; 400 ``too_big`` where they say too much.
    """
    onboarding = await get_onboarding(change.connection, change.actor, reference)
    rows = await list_plan(change.connection, change.actor, onboarding.id)
    if len(rows) > MAX_TASKS:
        message = f"A template has at most {MAX_TASKS} tasks; the onboarding has {len(rows)}."
        raise ApiError(409, "template_too_large", message)
    plan = await load_plan(change.connection, change.actor.workspace_id, onboarding)
    phases = await hold_present_phases(change.connection, change.actor.workspace_id, {row.phase for row in rows})
    keys = _keys_of(rows)
    tasks: dict[str, TemplateTask] = {}
    for row in rows:
        values = _values(row, onboarding, plan, keys)
        if row.parent_id is None:
            tasks[row.id] = TemplateTask(**values, phase=phases[row.phase])
        else:
            tasks[row.parent_id].subtasks.append(TemplateSubtask(**values))
    content = TemplateContent(name=body.name, description=body.description, tasks=list(tasks.values()))
    return await create_template(change, content, how="Saved")


def _values(row: TaskRow, onboarding: OnboardingRow, plan: Plan, keys: Mapping[str, str]) -> dict[str, Any]:
    """Return what a task and a subtask of a template have in common."""
    depends_on = [one for one in orjson.loads(row.depends_on) if one["task_id"] in keys]
    return {
        "key": keys[row.id],
        "title": row.title,
        "description": row.description,
        "assignee_role": row.assignee_role or _role_of(row.assignee_id, onboarding),
        "due": _due(row, plan, keys),
        "duration_days": row.duration_days,
        "depends_on": [TemplateDependency(task=keys[one["task_id"]], lag_days=one["lag_days"]) for one in depends_on],
        "visible_in_portal": row.visible_in_portal,
    }


def _role_of(person_id: str | None, onboarding: OnboardingRow) -> str | None:
    held = (role for role, column in _PARTS.items() if person_id and getattr(onboarding, column) == person_id)
    return next(held, None)


def _due(row: TaskRow, plan: Plan, keys: Mapping[str, str]) -> TemplateDue | None:
    if row.due_rule is None:
        return None
    if row.due_rule == "fixed" and row.due_rule_date:
        entry = plan.anchors.phase_entry.get(row.phase)
        days = plan.calendar.between(entry or plan.anchors.start, row.due_rule_date)
        return TemplateDue(type="phase" if entry else "start", days=max(-_MAX_DAYS, min(_MAX_DAYS, days)))
    other = keys.get(row.due_rule_task_id or "")
    if row.due_rule == "task" and other is None:
        return None  # it was deleted
    return TemplateDue(type=row.due_rule, days=row.due_rule_days, task=other)


def _keys_of(rows: Sequence[TaskRow]) -> dict[str, str]:
    """Return a key for each task, by cuid: the one that it came with, or made of its title; each is there once."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for row in rows:
        words = re.sub(r"[^a-z0-9]+", "_", row.title.lower()).strip("_")[:_MAX_KEY]
        key = base = row.template_task_key or (words if words[:1].isalpha() else f"task_{words}".rstrip("_"))
        number = 2
        while key in taken:
            key, number = f"{base[:_MAX_KEY]}_{number}", number + 1
        taken.add(key)
        found[row.id] = key
    return found
