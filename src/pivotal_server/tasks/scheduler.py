"""When tasks are due: pure functions from rules, dependencies and a calendar to dates. No database, no clock.

What holds, for each task:

1. A completed task keeps the dates that were planned. For others it is finished on the day when it was completed; an
   open task is finished on the day when it is due. A task without dates holds nobody up.
2. Its rule names the day when it is due. ``Fixed`` is what a person said: that day, even if nobody works on it. Every
   other rule counts working days from an anchor, which is not counted itself, worked or not: 0 days are the anchor's
   own day or the next working one, 1 is the first working day after it, -1 the last one before it. Without its anchor
   (there is no target launch date, the phase is not planned, the task was deleted or has no dates itself) a rule says
   nothing.
3. A task takes ``duration_days`` working days, the due date being the last of them whatever weekday it is; so the rule
   also says when it starts.
4. A dependency lets it start on the first working day after the other task is finished, and ``lag_days`` working days
   later. The latest of its dependencies counts.
5. Where that is later than the start by its rule, the dependency decides: it pushes a task, a fixed one too, and never
   pulls it forward. Otherwise the rule decides. Without a rule the dependencies alone decide, so that finishing early
   pulls the task forward. With neither, it has no dates.
6. Of dependencies that are equally late, the one on the task with the smaller id is named as the cause.

Tasks wait for what they depend on and for the task that their rule counts from. Where that is a circle, nothing is
computed and the circle is named; completed tasks are part of it, since they may be reopened. Dependencies from or on
tasks that are not there are ignored. The order of the input never matters.

Working days beyond the calendar's horizon raise what the calendar raises.
"""

import graphlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, NamedTuple, Protocol

Cause = Literal["fixed", "start", "phase", "launch", "task", "dependency"]


class Calendar(Protocol):
    """Which days are worked; ``calendars.working_days.WorkingDays`` is one."""

    def is_working(self, day: date, /) -> bool:
        """Tell whether people work on this day."""

    def add(self, day: date, days: int, /) -> date:
        """Return the working day so many after this day, or before it; 0: the day itself or the next one worked."""

    def between(self, first: date, last: date, /) -> int:
        """Return how many working days the last day lies after the first, negative if before."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Due on this date."""

    kind: ClassVar[Cause] = "fixed"
    date: date


@dataclass(frozen=True, slots=True)
class Start:
    """Due so many working days after the onboarding's start."""

    kind: ClassVar[Cause] = "start"
    days: int


@dataclass(frozen=True, slots=True)
class PhaseEntry:
    """Due so many working days after the onboarding enters the phase with this key."""

    kind: ClassVar[Cause] = "phase"
    phase: str
    days: int


@dataclass(frozen=True, slots=True)
class Launch:
    """Due so many working days after the target launch date."""

    kind: ClassVar[Cause] = "launch"
    days: int


@dataclass(frozen=True, slots=True)
class AfterTask:
    """Due so many working days after this task is finished."""

    kind: ClassVar[Cause] = "task"
    task_id: str
    days: int


Rule = Fixed | Start | PhaseEntry | Launch | AfterTask


class Planned(NamedTuple):
    """A task's dates and what decided them; all None for a task without dates.

    ``cause_task_id`` is the task that decided, for the causes ``task`` and ``dependency``; ``days`` are the working
    days that the deciding rule adds (0 for ``fixed``), or the deciding dependency's lag.
    """

    start_on: date | None
    due_on: date | None
    cause: Cause | None
    cause_task_id: str | None
    days: int | None


UNPLANNED = Planned(None, None, None, None, None)


class Node(NamedTuple):
    """A task. ``planned`` are its dates as they stand, which matter only if it is completed."""

    id: str
    rule: Rule | None = None
    duration_days: int = 1
    completed_on: date | None = None
    planned: Planned = UNPLANNED


class Edge(NamedTuple):
    """A dependency, finish to start: ``task_id`` waits for ``depends_on_id``, and ``lag_days`` working days more."""

    task_id: str
    depends_on_id: str
    lag_days: int = 0


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days of an onboarding that rules count from; ``phase_entry`` tells real entries or planned ones, by key."""

    start: date
    launch: date | None
    phase_entry: Mapping[str, date]


class Move(NamedTuple):
    """A task whose dates change; ``working_days`` tells how far its due date moves, None if it had none or has none."""

    id: str
    before: Planned
    after: Planned
    working_days: int | None


class CycleError(Exception):
    """Tasks wait for each other in a circle.

    ``path`` holds their ids: each waits for the next one, and the last is the first again.
    """

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__(" waits for ".join(path))
        self.path = tuple(path)


def schedule(nodes: Iterable[Node], edges: Iterable[Edge], anchors: Anchors, calendar: Calendar) -> dict[str, Planned]:
    """Return every task's dates, and which rule or dependency decided them.

    Raises:
        CycleError: tasks wait for each other; its path is the shortest circle through its first task.
    """
    tasks = {node.id: node for node in nodes}
    dependencies: dict[str, list[Edge]] = {id_: [] for id_ in tasks}
    for edge in edges:
        if edge.task_id in tasks and edge.depends_on_id in tasks:
            dependencies[edge.task_id].append(edge)
    plan: dict[str, Planned] = {}
    finishes: dict[str, date | None] = {}
    for id_ in _in_order(tasks, dependencies):
        node = tasks[id_]
        if node.completed_on:
            plan[id_], finishes[id_] = node.planned, node.completed_on
        else:
            ruled = _by_rule(node, anchors, finishes, calendar)
            plan[id_] = _after_dependencies(node, dependencies[id_], ruled, finishes, calendar)
            finishes[id_] = plan[id_].due_on
    return plan


def moves(before: Mapping[str, Planned], after: Mapping[str, Planned], calendar: Calendar) -> list[Move]:
    """Return the tasks of ``after`` whose start or due date differs from ``before``, soonest due first.

    A task that is not in ``before`` had no dates; one whose cause alone differs does not move.
    """
    found = []
    for id_, now in after.items():
        was = before.get(id_, UNPLANNED)
        if (was.start_on, was.due_on) != (now.start_on, now.due_on):
            days = calendar.between(was.due_on, now.due_on) if was.due_on and now.due_on else None
            found.append(Move(id_, was, now, days))
    return sorted(found, key=lambda move: (move.after.due_on or date.max, move.id))


def _in_order(tasks: Mapping[str, Node], dependencies: Mapping[str, Sequence[Edge]]) -> list[str]:
    """Return the tasks so that each stands behind those that it waits for.

    Everything is sorted before, so that the circle that is named does not depend on the order of the input.
    """
    waits_for: dict[str, list[str]] = {}
    for id_ in sorted(tasks):
        others = [edge.depends_on_id for edge in dependencies[id_]]
        rule = tasks[id_].rule
        if isinstance(rule, AfterTask) and rule.task_id in tasks:
            others.append(rule.task_id)
        waits_for[id_] = sorted(others)
    try:
        return list(graphlib.TopologicalSorter(waits_for).static_order())
    except graphlib.CycleError as error:
        raise CycleError(_shortest_cycle(waits_for, error.args[1][0])) from None


def _shortest_cycle(waits_for: Mapping[str, Sequence[str]], first: str) -> list[str]:
    """Return the shortest way from a task back to itself; there has to be one."""
    came_from: dict[str, str] = {}
    queue = deque([first])
    while first not in came_from:
        id_ = queue.popleft()
        for other in waits_for[id_]:
            if other not in came_from:
                came_from[other] = id_
                queue.append(other)
    path = [first, came_from[first]]
    while path[-1] != first:
        path.append(came_from[path[-1]])
    return path[::-1]


def _by_rule(node: Node, anchors: Anchors, finishes: Mapping[str, date | None], calendar: Calendar) -> Planned | None:
    """Return the dates that its rule gives a task, None if that says nothing."""
    rule = node.rule
    if rule is None:
        return None
    if isinstance(rule, Fixed):
        return Planned(_start_of(rule.date, node.duration_days, calendar), rule.date, rule.kind, None, 0)
    anchor = anchor_of(rule, anchors, finishes)
    if anchor is None:
        return None
    due_on = calendar.add(anchor, rule.days)
    task_id = rule.task_id if isinstance(rule, AfterTask) else None
    return Planned(_start_of(due_on, node.duration_days, calendar), due_on, rule.kind, task_id, rule.days)


def anchor_of(rule: Rule, anchors: Anchors, finishes: Mapping[str, date | None]) -> date | None:
    """Return the day that a rule counts from, None if there is none; ``finishes`` are the days tasks are finished."""
    match rule:
        case Fixed():
            return rule.date
        case Start():
            return anchors.start
        case PhaseEntry():
            return anchors.phase_entry.get(rule.phase)
        case Launch():
            return anchors.launch
        case AfterTask():
            return finishes.get(rule.task_id)


def _start_of(due_on: date, duration_days: int, calendar: Calendar) -> date:
    """Return the first of so many working days of which the due date is the last."""
    return due_on if duration_days == 1 else calendar.add(due_on, 1 - duration_days)


def _after_dependencies(
    node: Node, edges: Iterable[Edge], ruled: Planned | None, finishes: Mapping[str, date | None], calendar: Calendar
) -> Planned:
    """Return a task's dates by its rule, or by the latest of its dependencies if that is later."""
    latest: tuple[date, Edge] | None = None
    for edge in edges:
        finished_on = finishes[edge.depends_on_id]
        if finished_on is None:
            continue
        start_on = calendar.add(finished_on, 1 + edge.lag_days)
        if (
            latest is None
            or start_on > latest[0]
            or (start_on == latest[0] and edge.depends_on_id < latest[1].depends_on_id)
        ):
            latest = start_on, edge
    if latest is None or (ruled and ruled.start_on and ruled.start_on >= latest[0]):
        return ruled or UNPLANNED
    start_on, edge = latest
    due_on = calendar.add(start_on, node.duration_days - 1)
    return Planned(start_on, due_on, "dependency", edge.depends_on_id, edge.lag_days)
