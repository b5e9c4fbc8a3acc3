"""Tasks as answers and events show them (documentation: API reference, Tasks)."""

from collections.abc import Sequence
from datetime import UTC, date
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_cursor, to_iso, to_iso_or_none
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import OneOf, Timestamp, shown_as
from pivotal_server.onboardings.schemas import PhaseKey
from pivotal_server.tasks.models import ROLES, RULES, STATUSES, TaskRow
from pivotal_server.tasks.reasons import Step, sentence

# These follow from other tasks, from the calendar and from the due date: never a change of their own.
DERIVED_FIELDS = frozenset(
    {"due_reason", "baseline_due_date", "slip_days", "subtask_count", "completed_subtask_count", "template_task_key"}
)
KINDS = (*RULES, "dependency")

EXAMPLE: dict[str, Any] = {
    "object": "task",
    "id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "display_id": 312,
    "onboarding_id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "customer_id": "cmg8x0k4t0000a1b2c3d4e5f6",
    "parent_id": None,
    "title": "Send us your brand assets",
    "description": "Logo as SVG, colours and fonts.",
    "phase": "program_design",
    "status": "open",
    "position": 3,
    "assignee_id": None,
    "assignee_role": None,
    "assignee_contact_id": "cmg8x0k4t0005a1b2c3d4e5f6",
    "assignee_email": "mira@aurora.example",
    "visible_in_portal": True,
    "due": {"type": "phase", "date": None, "days": 5, "task_id": None},
    "due_date": "2026-06-02T00:00:00.000Z",
    "due_reason": {
        "kind": "phase",
        "task_id": None,
        "days": 5,
        "sentence": "Send us your brand assets is due on 2 June 2026: 5 working days after the start of phase Program "
        "design (26 May 2026), not counting 2 days off.",
    },
    "start_date": "2026-06-02T00:00:00.000Z",
    "duration_days": 1,
    "baseline_due_date": "2026-06-02T00:00:00.000Z",
    "slip_days": 0,
    "depends_on": [{"task_id": "cmg8x0k4t000ba1b2c3d4e5f6", "lag_days": 0}],
    "subtask_count": 0,
    "completed_subtask_count": 0,
    "pinned": False,
    "template_task_key": None,
    "completed_at": None,
    "completed_by": None,
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}


class Due(TypedDict):
    """The rule by which a task is due."""

    type: Annotated[
        str,
        OneOf(RULES),
        Field(
            description="What it counts from: nothing (`fixed`), the onboarding's start, its phase, launch, or a task."
        ),
    ]
    date: Annotated[Timestamp | None, Field(description="Of the type `fixed`: the day, as its midnight.")]
    days: Annotated[int | None, Field(description="Of all others: working days after the anchor, or before it.")]
    task_id: Annotated[str | None, Field(description="Of the type `task`: the cuid of the task that it counts from.")]


class DueReason(TypedDict):
    """What decided a task's dates: its rule, or something that it depends on."""

    kind: Annotated[str, OneOf(KINDS), Field(description="The type of its rule, or `dependency`.")]
    task_id: Annotated[str | None, Field(description="The task that decided, of the kinds `task` and `dependency`.")]
    days: Annotated[int, Field(description="The rule's working days, or the dependency's lag.")]
    sentence: Annotated[str, Field(description="The same in words.")]


class Dependency(TypedDict):
    """A task that has to be finished before."""

    task_id: Annotated[str, Field(description="The task's cuid.")]
    lag_days: Annotated[int, Field(description="Working days that have to lie in between.")]


class Task(TypedDict):
    """Something to be done in an onboarding."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["task"]
    id: str
    display_id: int
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid.")]
    customer_id: Annotated[str, Field(description="The customer's cuid.")]
    parent_id: Annotated[str | None, Field(description="Of a subtask: the cuid of the task that it is part of.")]
    title: Annotated[str, Field(description="What is to be done, in a line.")]
    description: Annotated[str | None, Field(description="Markdown.")]
    phase: Annotated[PhaseKey, Field(description="Key of the phase that it belongs to.")]
    status: Annotated[str, OneOf(STATUSES, extensible=True), Field(description="Whether it is done.")]
    position: Annotated[int, Field(description="Its place, from 1, in its phase, or among its parent's subtasks.")]
    assignee_id: Annotated[str | None, Field(description="Id of the teammate who is to do it.")]
    assignee_role: Annotated[
        Annotated[str, OneOf(ROLES)] | None, Field(description="Whoever has this part in the onboarding.")
    ]
    assignee_contact_id: Annotated[str | None, Field(description="Cuid of the customer's contact who is to do it.")]
    assignee_email: Annotated[str | None, Field(description="Of the teammate or contact who is to do it.")]
    visible_in_portal: Annotated[bool, Field(description="Whether the customer sees it.")]
    due: Annotated[Due | None, Field(description="`null`: what it depends on decides.")]
    due_date: Annotated[
        Timestamp | None,
        Field(description="The day when it is due, as its midnight in UTC; `null` where nothing says one."),
    ]
    due_reason: Annotated[DueReason | None, Field(description="What decided the dates; `null` where there are none.")]
    start_date: Annotated[
        Timestamp | None, Field(description="The first working day of its duration, as its midnight in UTC.")
    ]
    duration_days: Annotated[int, Field(description="Working days that it takes, the due date included.")]
    baseline_due_date: Annotated[Timestamp | None, Field(description="The first due date that it had.")]
    slip_days: Annotated[
        int | None, Field(description="Working days by which it is due later than at first; negative: earlier.")
    ]
    depends_on: Annotated[list[Dependency], Field(description="What has to be finished before it may start.")]
    subtask_count: Annotated[int, Field(description="How many subtasks it has.")]
    completed_subtask_count: Annotated[int, Field(description="How many of them are done.")]
    pinned: Annotated[bool, Field(description="Whether it is at the top of its onboarding.")]
    template_task_key: Annotated[str | None, Field(description="Its key in the template that it came from.")]
    completed_at: Annotated[Timestamp | None, Field(description="When it was done; `null` while it is open.")]
    completed_by: Annotated[
        str | None,
        Field(
            description="A teammate's e-mail, `API: ` and a key's name, `portal:contact_…` for a contact, or the "
            "automation's name; `automation:subtasks` where its last subtask was completed."
        ),
    ]
    created_at: Timestamp
    updated_at: Timestamp


class TaskList(TypedDict):
    """A page of tasks."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Task]
    has_more: bool
    next_cursor: str | None


def present(row: TaskRow) -> dict[str, Any]:
    """Return the task as the API, events and the timeline show it: a ``Task`` whose dependencies are text."""
    return {
        "object": "task",
        "id": row.id,
        "display_id": row.display_id,
        "onboarding_id": row.onboarding_id,
        "customer_id": row.customer_id,
        "parent_id": row.parent_id,
        "title": row.title,
        "description": row.description,
        "phase": row.phase,
        "status": row.status,
        "position": row.position,
        "assignee_id": row.assignee_id,
        "assignee_role": row.assignee_role,
        "assignee_contact_id": row.assignee_contact_id,
        "assignee_email": row.assignee_email,
        "visible_in_portal": row.visible_in_portal,
        "due": _due(row),
        "due_date": midnight(row.due_on),
        "due_reason": _due_reason(row),
        "start_date": midnight(row.start_on),
        "duration_days": row.duration_days,
        "baseline_due_date": midnight(row.baseline_due_on),
        "slip_days": row.slip_days,
        "depends_on": orjson.Fragment(row.depends_on),
        "subtask_count": row.subtask_count,
        "completed_subtask_count": row.completed_subtask_count,
        "pinned": row.pinned_at is not None,
        "template_task_key": row.template_task_key,
        "completed_at": to_iso_or_none(row.completed_at),
        "completed_by": row.completed_by,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def due_page(rows: Sequence[TaskRow], limit: int) -> dict[str, Any]:
    """Return the list answer of rows in the order of their due dates, one more than ``limit`` where more follow."""
    shown, more = rows[:limit], len(rows) > limit
    order = shown[-1].due_order if more else None
    return whole([present(row) for row in shown]) | {
        "has_more": more,
        "next_cursor": to_cursor(order.replace(tzinfo=UTC)) if order else None,
    }


def whole(items: list[Any]) -> dict[str, Any]:
    """Return the answer of a list that has one page."""
    return {"object": "list", "data": items, "has_more": False, "next_cursor": None}


def midnight(day: date | None) -> str | None:
    """Return a day as the API shows it: the instant of its midnight in UTC."""
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"


def reason_of(row: TaskRow) -> str | None:
    """Return why a task is due when it is, in one sentence; None where it has no dates."""
    if row.due_cause is None or row.due_on is None:
        return None
    step = Step(
        kind=row.due_cause,
        task_id=row.id,
        cause_task_id=row.due_cause_task_id,
        phase=row.phase if row.due_cause == "phase" else None,
        days=row.due_cause_days or 0,
        from_on=row.due_cause_on,
        start_on=row.start_on,
        duration_days=row.duration_days,
        to_on=row.due_on,
        days_off=row.due_days_off or 0,
    )
    titles = {row.id: row.title, row.due_cause_task_id or "": row.cause_title or ""}
    return sentence(step, titles, {row.phase: row.phase_name})


def _due(row: TaskRow) -> dict[str, Any] | None:
    if row.due_rule is None:
        return None
    return {
        "type": row.due_rule,
        "date": midnight(row.due_rule_date),
        "days": row.due_rule_days,
        "task_id": row.due_rule_task_id,
    }


def _due_reason(row: TaskRow) -> dict[str, Any] | None:
    said = reason_of(row)
    if said is None:
        return None
    return {"kind": row.due_cause, "task_id": row.due_cause_task_id, "days": row.due_cause_days or 0, "sentence": said}
