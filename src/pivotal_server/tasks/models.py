"""The shape of a task."""

from datetime import date, datetime
from typing import NamedTuple

from pivotal_server.tasks.scheduler import Cause

STATUSES = ("open", "completed")
# Whoever has this part in the onboarding is to do it.
ROLES = ("csm", "se", "designer", "product_ops")
RULES = ("fixed", "start", "phase", "launch", "task")

MAX_TASKS = 2000
UNDO_DAYS = 30


class TaskRow(NamedTuple):
    """A task as stored, and what is looked up with it.

    Attributes:
        customer_id: the onboarding's.
        parent_id: of a subtask, the task that it is part of.
        position: its place, from 1, among the tasks of its phase or the subtasks of its parent.
        assignee_email: of the teammate or contact, or of whoever has the role in the onboarding.
        due_rule: how it is due; ``due_rule_date`` goes with ``fixed``, ``due_rule_days`` with the others.
        due_cause: what decided its dates; the other ``due_cause`` fields are the facts of that, as in a ``Step``.
        baseline_due_on: the first date on which it was due; ``slip_days`` counts working days from it.
        due_order: its place among all tasks of the workspace by due date.
        depends_on: JSON text: a list of ``task_id`` and ``lag_days``.
        cause_title: title of the task that decided its dates, if one did.
    """

    id: str
    display_id: int
    onboarding_id: str
    customer_id: str
    parent_id: str | None
    phase: str
    phase_name: str
    title: str
    description: str | None
    status: str
    position: int
    assignee_id: str | None
    assignee_role: str | None
    assignee_contact_id: str | None
    assignee_email: str | None
    visible_in_portal: bool
    completed_at: datetime | None
    completed_by: str | None
    due_rule: Cause | None
    due_rule_date: date | None
    due_rule_days: int | None
    due_rule_task_id: str | None
    duration_days: int
    depends_on: str
    start_on: date | None
    due_on: date | None
    due_cause: Cause | None
    due_cause_task_id: str | None
    due_cause_days: int | None
    due_cause_on: date | None
    due_days_off: int | None
    cause_title: str | None
    baseline_due_on: date | None
    slip_days: int | None
    due_order: datetime | None
    pinned_at: datetime | None
    subtask_count: int
    completed_subtask_count: int
    template_version_id: str | None
    template_task_key: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
