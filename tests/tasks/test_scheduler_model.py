import random
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pivotal_server.tasks.reasons import Step, explain, sentence
from pivotal_server.tasks.scheduler import UNPLANNED, AfterTask, CycleError, Fixed, Planned, moves
from tests.tasks.plans import DAY, NEAR, Case, cases, examples, finish, slow_schedule

T = TypeVar("T")

ROOTS = {"fixed", "start", "phase", "launch", "completed"}


@examples(120)
@given(cases())
def test_dates_are_those_of_a_scheduler_that_walks_day_by_day(case: Case) -> None:
    assert {id_: planned[:2] for id_, planned in case.plan().items()} == slow_schedule(case)


@examples(60)
@given(cases())
def test_no_dependency_is_violated_and_every_cause_is_a_real_one(case: Case) -> None:
    plan = case.plan()
    nodes = {node.id: node for node in case.nodes}
    named = set()
    for edge in case.edges:
        if edge.task_id not in nodes or edge.depends_on_id not in nodes or nodes[edge.task_id].completed_on:
            continue
        finished_on, planned = finish(nodes[edge.depends_on_id], plan), plan[edge.task_id]
        if finished_on:
            assert planned.start_on
            assert planned.start_on > finished_on
            assert sum(map(case.worked, _days(finished_on + DAY, planned.start_on))) >= edge.lag_days
            if planned.start_on == case.walk(finished_on, 1 + edge.lag_days):
                named.add((edge.task_id, edge.depends_on_id, edge.lag_days))
    for id_, planned in plan.items():
        if planned.cause == "dependency" and not nodes[id_].completed_on:
            assert (id_, planned.cause_task_id, planned.days) in named
            assert planned.cause_task_id == min(other for task_id, other, _ in named if task_id == id_)


@examples(60)
@given(cases())
def test_tasks_start_and_end_on_days_that_are_worked_and_take_as_long_as_they_take(case: Case) -> None:
    plan = case.plan()
    for node in case.nodes:
        start_on, due_on, cause = plan[node.id][:3]
        if node.completed_on or not start_on or not due_on:
            continue
        by_hand = isinstance(node.rule, Fixed) and cause == "fixed"
        assert by_hand or (case.worked(start_on) and case.worked(due_on))
        # A due date that was set by hand is a day of work, whatever the calendar says.
        assert sum(map(case.worked, _days(start_on, due_on))) + 1 == node.duration_days


@examples(40)
@given(cases())
def test_completed_tasks_keep_their_dates_and_all_others_are_stable(case: Case) -> None:
    plan = case.plan()
    again = case._replace(nodes=[node._replace(planned=plan[node.id]) for node in case.nodes])
    assert all(plan[node.id] == node.planned for node in case.nodes if node.completed_on)
    assert again.plan() == plan
    assert moves(plan, again.plan(), case.calendar) == []


@examples(40)
@given(cases(circles=True), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case: Case, order: random.Random) -> None:
    shuffled = case._replace(nodes=_shuffled(case.nodes, order), edges=_shuffled(case.edges, order))
    assert _plan_or_cycle(case) == _plan_or_cycle(shuffled)


@examples(120)
@given(cases(circles=True))
def test_circles_are_always_found_and_are_circles(case: Case) -> None:
    waits_for = _waits_for(case)
    if not _has_circle(waits_for):
        case.plan()
        return
    with pytest.raises(CycleError) as caught:
        case.plan()
    *tasks, back = caught.value.path
    assert back == tasks[0]
    assert all(second in waits_for[first] for first, second in pairwise(caught.value.path))
    assert len(set(tasks)) == len(tasks)
    # It is no detour: nobody in it waits for one further on than the next.
    assert all(waits_for[task].isdisjoint(caught.value.path[place + 2 :]) for place, task in enumerate(tasks))


@examples(120)
@given(cases(), st.data())
def test_completing_early_delays_nobody_and_completing_late_hastens_nobody(case: Case, data: st.DataObject) -> None:
    before = case.plan()
    candidates = [node for node in case.nodes if not node.completed_on and before[node.id].due_on]
    if not candidates:
        return
    node = data.draw(st.sampled_from(candidates))
    completed_on, due_on = data.draw(NEAR), before[node.id].due_on
    done = node._replace(completed_on=completed_on, planned=before[node.id])
    after = case._replace(nodes=[done if other is node else other for other in case.nodes]).plan()
    for id_, was in before.items():
        now = after[id_]
        for earlier, later in zip(was[:2], now[:2], strict=True):
            assert (earlier is None) == (later is None)
            if earlier and later and due_on:
                assert later <= earlier or completed_on > due_on
                assert later >= earlier or completed_on < due_on


@examples(60)
@given(cases())
def test_every_date_is_explained_back_to_its_root(case: Case) -> None:
    plan, nodes = case.plan(), {node.id: node for node in case.nodes}
    for id_, planned in plan.items():
        chain = explain(id_, nodes, plan, case.anchors, case.calendar)
        if not planned.due_on and not nodes[id_].completed_on:
            assert chain == []
            continue
        assert chain[0].task_id == id_
        assert chain[0].to_on == finish(nodes[id_], plan)
        assert [step.kind in ROOTS for step in chain] == [False] * (len(chain) - 1) + [True]
        assert chain[-1].cause_task_id is None
        for step, following in pairwise(chain):
            assert (step.cause_task_id, step.from_on) == (following.task_id, following.to_on)
        for step in chain:
            assert step.to_on == _arrival(case, step)
            first, last = sorted((step.from_on or step.to_on, step.to_on))
            assert step.days_off == sum(not case.worked(day) for day in _days(first + DAY, last))
            assert sentence(step, {other: other.title() for other in nodes}, {"kickoff": "Kickoff", "uat": "UAT"})


@examples(40)
@given(cases(), cases())
def test_moves_tell_the_one_plan_from_the_other(case: Case, other: Case) -> None:
    before, after = other.plan(), case.plan()
    found = moves(before, after, case.calendar)
    assert found == sorted(found, key=lambda move: (move.after.due_on or date.max, move.id))
    moved = {move.id: move for move in found}
    assert len(moved) == len(found)
    for id_, planned in after.items():
        was = before.get(id_, UNPLANNED)
        assert (id_ in moved) == (was[:2] != planned[:2])
        if id_ in moved:
            assert moved[id_][:3] == (id_, was, planned)


def _arrival(case: Case, step: Step) -> date | None:
    """Return where a step leads, walked day by day."""
    if step.kind == "dependency" and step.from_on:
        return case.walk(case.walk(step.from_on, 1 + step.days), step.duration_days - 1)
    if step.kind == "completed":
        return step.to_on
    return step.from_on if step.kind == "fixed" or not step.from_on else case.walk(step.from_on, step.days)


def _days(first: date, last: date) -> list[date]:
    """Return the days from the first up to the last, without the last."""
    return [first + DAY * count for count in range((last - first).days)]


def _shuffled(items: Iterable[T], order: random.Random) -> list[T]:
    shuffled = list(items)
    order.shuffle(shuffled)
    return shuffled


def _plan_or_cycle(case: Case) -> dict[str, Planned] | tuple[str, ...]:
    try:
        return case.plan()
    except CycleError as error:
        return error.path


def _waits_for(case: Case) -> dict[str, set[str]]:
    waits_for: dict[str, set[str]] = {node.id: set() for node in case.nodes}
    pairs = [(edge.task_id, edge.depends_on_id) for edge in case.edges]
    pairs += [(node.id, node.rule.task_id) for node in case.nodes if isinstance(node.rule, AfterTask)]
    for id_, other in pairs:
        if id_ in waits_for and other in waits_for:
            waits_for[id_].add(other)
    return waits_for


def _has_circle(waits_for: dict[str, set[str]]) -> bool:
    """Tell whether taking away tasks that wait for nobody, again and again, leaves any."""
    left = set(waits_for)
    while free := {id_ for id_ in left if not waits_for[id_] & left}:
        left -= free
    return bool(left)
