"""Why a task is due when it is: the chain of tasks and rules from its due date back to where that comes from.

The chain is data, so that a page or a client can show it in its own way; ``sentence`` says one of its steps in English.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from pivotal_server.core.words import count_in_words, day_in_words
from pivotal_server.tasks.scheduler import Anchors, Calendar, Cause, Node, PhaseEntry, Planned, anchor_of

Kind = Cause | Literal["completed"]


class Step(NamedTuple):
    """Why one task is due, or finished, on ``to_on``.

    Its ``kind`` is the cause of its dates, or ``completed`` where the task is done and so explained. ``from_on`` is the
    day that this counts from: the rule's anchor, or the day when the task ``cause_task_id`` is finished, which is the
    next step's ``to_on``. (``fixed``: the fixed date. ``completed``: the day when it was due, None if it had none.)
    ``days`` are the rule's working days, the dependency's lag, or how many working days late the task was completed.
    ``start_on`` and ``duration_days`` tell when the task begins and how long it takes. ``days_off`` are the days
    between the two dates on which nobody works.
    """

    kind: Kind
    task_id: str
    cause_task_id: str | None
    phase: str | None
    days: int
    from_on: date | None
    start_on: date | None
    duration_days: int
    to_on: date
    days_off: int


def explain(
    id_: str, nodes: Mapping[str, Node], plan: Mapping[str, Planned], anchors: Anchors, calendar: Calendar
) -> list[Step]:
    """Return the chain that makes a task's due date: first the task itself, last the root cause.

    The root is a ``fixed``, ``start``, ``phase`` or ``launch`` rule, or a task that is completed. A task without dates
    has no chain.

    Args:
        id_: the task.
        nodes: by id, at least the tasks of the chain.
        plan: what ``schedule`` made of them.
        anchors: those that the plan was made with.
        calendar: that which the plan was made with.
    """
    chain: list[Step] = []
    following: str | None = id_
    while following:
        step = step_of(nodes[following], nodes, plan, anchors, calendar)
        if step is None:
            break
        chain.append(step)
        following = step.cause_task_id
    return chain


def sentence(step: Step, titles: Mapping[str, str], phases: Mapping[str, str]) -> str:
    """Return a step as one sentence.

    Args:
        step: what is to be said.
        titles: the titles of tasks, by id.
        phases: the names of phases, by key.
    """
    title, day = titles[step.task_id], _day(step.to_on)
    if step.kind == "completed":
        return f"{title} was completed on {day}{_lateness(step)}."
    if step.kind == "fixed":
        return f"{title} is due on {day}, the date set for it."
    reason = _following(step, titles) if step.kind == "dependency" else _counting(step, _anchor(step, titles, phases))
    return f"{title} is due on {day}: {reason}."


def step_of(
    node: Node, nodes: Mapping[str, Node], plan: Mapping[str, Planned], anchors: Anchors, calendar: Calendar
) -> Step | None:
    """Return why one task is due or finished when it is: the first step of its chain, None if it has no dates."""
    planned, rule, phase = plan[node.id], node.rule, None
    kind: Kind | None = planned.cause
    cause_task_id, days, from_on, to_on = planned.cause_task_id, planned.days or 0, planned.due_on, planned.due_on
    if node.completed_on:
        kind, cause_task_id, to_on = "completed", None, node.completed_on
        days = calendar.between(from_on, to_on) if from_on else 0
    elif cause_task_id:
        from_on = nodes[cause_task_id].completed_on or plan[cause_task_id].due_on
    elif rule:
        from_on = anchor_of(rule, anchors, {})
        phase = rule.phase if isinstance(rule, PhaseEntry) else None
    if kind is None or to_on is None:
        return None
    return Step(
        kind=kind,
        task_id=node.id,
        cause_task_id=cause_task_id,
        phase=phase,
        days=days,
        from_on=from_on,
        start_on=planned.start_on,
        duration_days=node.duration_days,
        to_on=to_on,
        days_off=_days_off(from_on or to_on, to_on, calendar),
    )


def _days_off(first: date, last: date, calendar: Calendar) -> int:
    """Return on how many days between the two, in either order, nobody works."""
    first, last = min(first, last), max(first, last)
    days = max((last - first).days - 1, 0)
    return days - (calendar.between(first, last) - calendar.is_working(last) if days else 0)


def _anchor(step: Step, titles: Mapping[str, str], phases: Mapping[str, str]) -> str:
    """Return what a rule counts from."""
    if step.cause_task_id:
        return titles[step.cause_task_id]
    if step.phase:
        return f"the start of phase {phases[step.phase]}"
    return "the target launch date" if step.kind == "launch" else "the start of the onboarding"


def _counting(step: Step, anchor: str) -> str:
    """Return how a rule gets from its anchor to the due date."""
    if step.from_on == step.to_on:
        return f"the day of {anchor}"
    if step.days == 0:
        return f"the first working day after {anchor} ({_day(step.from_on)})"
    side = "after" if step.days > 0 else "before"
    return f"{_working_days(abs(step.days))} {side} {anchor} ({_day(step.from_on)}){_not_counting(step)}"


def _following(step: Step, titles: Mapping[str, str]) -> str:
    """Return how a task gets from what it depends on to its due date."""
    lag = f", with {_working_days(step.days)} in between" if step.days else ""
    length = f", and takes {_working_days(step.duration_days)}" if step.duration_days > 1 else ""
    return f"it follows {titles[step.cause_task_id or '']} ({_day(step.from_on)}){lag}{length}{_not_counting(step)}"


def _not_counting(step: Step) -> str:
    return f", not counting {count_in_words(step.days_off, 'day off', 'days off')}" if step.days_off else ""


def _lateness(step: Step) -> str:
    """Return how late or early a task was completed, nothing if it had no date."""
    if step.from_on is None:
        return ""
    if step.days == 0:
        return ", on time"
    return f", {_working_days(abs(step.days))} {'late' if step.days > 0 else 'early'}"


def _working_days(count: int) -> str:
    return count_in_words(count, "working day", "working days")


def _day(day: date | None) -> str:
    return day_in_words(day) if day else ""
