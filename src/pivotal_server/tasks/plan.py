"""An onboarding's plan: what the scheduler makes of its tasks, written back with one statement.

Everything that writes to a plan holds the onboarding's row first, so that no two of them see half of each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.tasks.plan_schemas import present_step
from pivotal_server.tasks.reasons import explain, sentence, step_of
from pivotal_server.tasks.scheduler import (
    AfterTask,
    Anchors,
    Cause,
    Edge,
    Fixed,
    Launch,
    Move,
    Node,
    PhaseEntry,
    Planned,
    Rule,
    Start,
    moves,
    schedule,
)
from pivotal_server.timeline.change import Change


class PlannedTask(NamedTuple):
    """What the plan is made of: a task without what does not matter to its dates."""

    id: str
    title: str
    phase: str
    completed_at: datetime | None
    due_rule: Cause | None
    due_rule_date: date | None
    due_rule_days: int | None
    due_rule_task_id: str | None
    duration_days: int
    start_on: date | None
    due_on: date | None
    due_cause: Cause | None
    due_cause_task_id: str | None
    due_cause_days: int | None
    due_cause_on: date | None
    due_days_off: int | None
    baseline_due_on: date | None
    slip_days: int | None

    @property
    def planned(self) -> Planned:
        """Its dates as they stand."""
        return Planned(self.start_on, self.due_on, self.due_cause, self.due_cause_task_id, self.due_cause_days)


class PhaseOfPlan(NamedTuple):
    """A phase, retired or not, and when the onboarding entered it last, if ever."""

    key: str
    name: str
    target_days: int
    moved_to: str | None
    retired: bool
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the dates of an onboarding's tasks follow from."""

    tasks: Mapping[str, PlannedTask]
    nodes: Mapping[str, Node]
    edges: list[Edge]
    anchors: Anchors
    phase_names: Mapping[str, str]
    calendar: WorkingDays


_TASKS = f"""
SELECT {columns(PlannedTask, "t")} FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL
"""
_EDGES = f"""
SELECT {columns(Edge, "d")} FROM task_dependencies d WHERE d.workspace_id = $1 AND d.onboarding_id = $2
"""
_PHASES = """
SELECT p.key, p.name, p.target_days, p.moved_to, p.retired_at IS NOT NULL, (
    SELECT max(t.created_at) FROM phase_transitions t
    WHERE t.workspace_id = p.workspace_id AND t.onboarding_id = $2 AND t.to_phase = p.key
)
FROM phases p WHERE p.workspace_id = $1 ORDER BY p.position
"""
_WRITTEN = {
    "start_on": "date",
    "due_on": "date",
    "due_cause": "text",
    "due_cause_task_id": "text",
    "due_cause_days": "integer",
    "due_cause_on": "date",
    "due_days_off": "integer",
    "slip_days": "integer",
}
_WRITE = f"""
UPDATE tasks t SET {", ".join(f"{name} = u.{name}" for name in _WRITTEN)},
    baseline_due_on = coalesce(t.baseline_due_on, u.due_on),
    updated_at = CASE WHEN (t.start_on, t.due_on) IS DISTINCT FROM (u.start_on, u.due_on)
        THEN greatest($2, t.updated_at + interval '1 microsecond') ELSE t.updated_at END
FROM unnest($3::text[], {", ".join(f"${place}::{kind}[]" for place, kind in enumerate(_WRITTEN.values(), 4))})
    u (id, {", ".join(_WRITTEN)})
WHERE t.workspace_id = $1 AND t.id = u.id
"""


async def load_plan(connection: Connection, workspace_id: str, onboarding: OnboardingRow) -> Plan:
    """Return the plan of an onboarding as it is stored."""
    calendar, time_zone = await working_days_of(connection, workspace_id, onboarding.customer_id)
    phases = await fetch_all(connection, PhaseOfPlan, _PHASES, workspace_id, onboarding.id)
    tasks = await fetch_all(connection, PlannedTask, _TASKS, workspace_id, onboarding.id)
    edges = await fetch_all(connection, Edge, _EDGES, workspace_id, onboarding.id)
    target = onboarding.target_launch_date
    anchors = Anchors(
        start=_day(onboarding.started_at, time_zone),
        launch=target.date() if target else None,  # a day, told as its midnight in UTC, and no instant
        phase_entry=phase_entries(phases, onboarding, time_zone),
    )
    nodes = {task.id: _node(task, time_zone) for task in tasks}
    names = {phase.key: phase.name for phase in phases}
    return Plan({task.id: task for task in tasks}, nodes, edges, anchors, names, calendar)


async def replan(change: Change, onboarding: OnboardingRow) -> list[Move]:
    """Bring the dates of an onboarding's tasks up to date and return those that move; nobody is told of it.

    Args:
        change: where to write it; it holds the onboarding's row.
        onboarding: as it is by now.

    Raises:
        CycleError: tasks wait for each other.
        DateOutOfRangeError: a date lies beyond the years that calendars count.
    """
    workspace_id = change.actor.workspace_id
    plan = await load_plan(change.connection, workspace_id, onboarding)
    after = schedule(plan.nodes.values(), plan.edges, plan.anchors, plan.calendar)
    found = [(id_, *values) for id_ in plan.tasks if (values := _differing(plan, after, id_))]
    if found:
        await change.connection.execute(_WRITE, workspace_id, change.at, *zip(*found, strict=True))
    return moves({id_: node.planned for id_, node in plan.nodes.items()}, after, plan.calendar)


def explained(plan: Plan, id_: str) -> list[dict[str, object]]:
    """Return the chain that makes a task's due date as the API shows it, the task itself first."""
    stored = {node.id: node.planned for node in plan.nodes.values()}
    titles = {task.id: task.title for task in plan.tasks.values()}
    chain = explain(id_, plan.nodes, stored, plan.anchors, plan.calendar)
    return [present_step(step, sentence(step, titles, plan.phase_names)) for step in chain]


def phase_entries(phases: list[PhaseOfPlan], onboarding: OnboardingRow, time_zone: ZoneInfo) -> dict[str, date]:
    """Return when the onboarding entered, or will enter, each phase.

    The phases after its own are planned: each begins when the one before has taken its target. One that it skipped
    counts as entered together with the next one. A retired one that it never was in begins as the phase that its
    onboardings moved to.
    """
    way = [phase for phase in phases if not phase.retired]
    here = next((place for place, phase in enumerate(way) if phase.key == onboarding.phase), len(way))
    entries: dict[str, date] = {}
    day = current = _day(onboarding.phase_entered_at, time_zone)
    for phase in way[here:]:
        entries[phase.key] = day
        day += timedelta(days=phase.target_days)
    day = current
    for phase in reversed(way[:here]):
        day = _day(phase.entered_at, time_zone) if phase.entered_at else day
        entries[phase.key] = day
    retired = {phase.key: phase for phase in phases if phase.retired}
    for phase in retired.values():
        entry = _day(phase.entered_at, time_zone) if phase.entered_at else _follow(phase, retired, entries)
        if entry:
            entries[phase.key] = entry
    return entries


def _follow(phase: PhaseOfPlan, retired: Mapping[str, PhaseOfPlan], entries: Mapping[str, date]) -> date | None:
    """Return when the phase that took a retired one's place is entered."""
    seen = set()
    while phase.key not in seen and phase.moved_to is not None:
        seen.add(phase.key)
        if phase.moved_to not in retired:
            return entries.get(phase.moved_to)
        phase = retired[phase.moved_to]
    return None


def _node(task: PlannedTask, time_zone: ZoneInfo) -> Node:
    completed_on = _day(task.completed_at, time_zone) if task.completed_at else None
    return Node(task.id, _rule(task), task.duration_days, completed_on, task.planned)


def _rule(task: PlannedTask) -> Rule | None:
    days = task.due_rule_days or 0
    match task.due_rule:
        case "fixed":
            return Fixed(task.due_rule_date) if task.due_rule_date else None
        case "start":
            return Start(days)
        case "phase":
            return PhaseEntry(task.phase, days)
        case "launch":
            return Launch(days)
        case "task":
            return AfterTask(task.due_rule_task_id or "", days)
        case _:
            return None


def _differing(plan: Plan, after: Mapping[str, Planned], id_: str) -> tuple[object, ...] | None:
    """Return what is to be written of a task, None where it stands already; a completed one keeps its dates."""
    task, planned = plan.tasks[id_], after[id_]
    if task.completed_at:
        return None
    step = step_of(plan.nodes[id_], plan.nodes, after, plan.anchors, plan.calendar)
    slip = None
    if planned.due_on:
        slip = plan.calendar.between(task.baseline_due_on or planned.due_on, planned.due_on)
    values = (*planned, step.from_on if step else None, step.days_off if step else None, slip)
    stored = (*plan.nodes[id_].planned, task.due_cause_on, task.due_days_off, task.slip_days)
    return None if values == stored else values


def _day(instant: datetime, time_zone: ZoneInfo) -> date:
    return instant.astimezone(time_zone).date()
