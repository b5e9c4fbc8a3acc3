import itertools
from datetime import date

import pytest

from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.tasks.scheduler import (
    UNPLANNED,
    AfterTask,
    Anchors,
    CycleError,
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

# The first of July 2026 is a Wednesday; the third, a Friday, is taken off.
CALENDAR = WorkingDays(range(1, 6), extra_days_off=[date(2026, 7, 3)])
ANCHORS = Anchors(start=date(2026, 7, 1), launch=date(2026, 7, 31), phase_entry={"uat": date(2026, 7, 12)})


def plan(*nodes: Node, edges: tuple[Edge, ...] = (), anchors: Anchors = ANCHORS) -> dict[str, Planned]:
    return schedule(nodes, edges, anchors, CALENDAR)


def july(day: int) -> date:
    return date(2026, 7, day)


@pytest.mark.parametrize(
    ("rule", "due_on"),
    [
        (Start(0), july(1)),
        (Start(1), july(2)),
        (Start(2), july(6)),
        (Start(-1), date(2026, 6, 30)),
        (PhaseEntry("uat", 0), july(13)),
        (PhaseEntry("uat", 1), july(13)),
        (PhaseEntry("uat", 2), july(14)),
        (PhaseEntry("uat", -1), july(10)),
        (Launch(-5), july(24)),
        (Launch(1), date(2026, 8, 3)),
    ],
)
def test_rules_count_working_days_from_their_anchor(rule: Rule, due_on: date) -> None:
    (planned,) = plan(Node("a", rule)).values()
    assert (planned.start_on, planned.due_on, planned.cause) == (due_on, due_on, rule.kind)
    assert planned.cause_task_id is None


def test_a_fixed_date_stays_even_where_nobody_works() -> None:
    sunday = july(12)
    assert plan(Node("a", Fixed(sunday))) == {"a": Planned(sunday, sunday, "fixed", None, 0)}
    assert plan(Node("a", Fixed(sunday), duration_days=2))["a"].start_on == july(10)
    after = plan(Node("a", Fixed(sunday)), Node("b"), edges=(Edge("b", "a"),))["b"]
    assert after == Planned(july(13), july(13), "dependency", "a", 0)


def test_a_task_starts_so_early_that_its_days_of_work_end_on_the_due_date() -> None:
    assert plan(Node("a", Fixed(july(7)), duration_days=4))["a"].start_on == july(1)


@pytest.mark.parametrize("rule", [None, Launch(-5), PhaseEntry("adoption", 1), AfterTask("gone", 1), AfterTask("b", 1)])
def test_without_its_anchor_a_rule_says_nothing(rule: Rule | None) -> None:
    anchors = Anchors(start=july(1), launch=None, phase_entry={})
    assert plan(Node("a", rule), Node("b"), anchors=anchors)["a"] == UNPLANNED


def test_a_task_without_dates_holds_nobody_up_and_a_deleted_one_neither() -> None:
    nodes = [Node("a"), Node("b", Fixed(july(1))), Node("c")]
    planned = plan(*nodes, edges=(Edge("b", "a"), Edge("c", "a"), Edge("b", "gone"), Edge("gone", "b")))
    assert planned["b"].due_on == july(1)
    assert planned["c"] == UNPLANNED


@pytest.mark.parametrize(("lag_days", "start_on"), [(0, july(6)), (1, july(7)), (4, july(10)), (5, july(13))])
def test_a_dependency_lets_a_task_start_on_the_working_day_after_and_its_lag_later(
    lag_days: int, start_on: date
) -> None:
    edges = (Edge("b", "a", lag_days),)
    assert plan(Node("a", Start(1)), Node("b"), edges=edges)["b"] == Planned(
        start_on, start_on, "dependency", "a", lag_days
    )


def test_a_dependency_pushes_the_whole_task() -> None:
    planned = plan(Node("a", Fixed(july(9))), Node("b", Start(5), duration_days=3), edges=(Edge("b", "a"),))["b"]
    assert planned == Planned(july(10), july(14), "dependency", "a", 0)


def test_a_dependency_pushes_a_fixed_date_but_never_pulls_it() -> None:
    edges = (Edge("b", "a"),)
    assert plan(Node("a", Fixed(july(9))), Node("b", Fixed(july(9))), edges=edges)["b"].cause == "dependency"
    assert plan(Node("a", Fixed(july(9))), Node("b", Fixed(july(10))), edges=edges)["b"].cause == "fixed"
    assert plan(Node("a", Fixed(july(1))), Node("b", Fixed(july(10))), edges=edges)["b"].due_on == july(10)


def test_of_several_dependencies_the_latest_counts_and_of_equally_late_ones_the_smaller_id() -> None:
    nodes = [Node("a", Fixed(july(8))), Node("b", Fixed(july(9))), Node("c", Fixed(july(9))), Node("d")]
    edges = (Edge("d", "c"), Edge("d", "b"), Edge("d", "a", 1))
    assert plan(*nodes, edges=edges)["d"] == Planned(july(10), july(10), "dependency", "a", 1)
    for tie in (edges[:2], edges[1::-1]):
        assert plan(*nodes, edges=tie)["d"] == Planned(july(10), july(10), "dependency", "b", 0)
    assert plan(*nodes, edges=(*edges, Edge("d", "c", 2)))["d"].cause_task_id == "c"


def test_a_completed_task_keeps_its_dates_and_counts_from_the_day_when_it_was_completed() -> None:
    was = Planned(july(8), july(9), "start", None, 6)
    done = Node("a", Start(3), 2, completed_on=july(2), planned=was)
    nodes = [done, Node("b"), Node("c", AfterTask("a", 2)), Node("d", Start(10))]
    planned = plan(*nodes, edges=(Edge("b", "a"), Edge("d", "a")))
    assert planned["a"] == was
    assert planned["b"].due_on == july(6)
    assert planned["c"] == Planned(july(7), july(7), "task", "a", 2)
    assert planned["d"].cause == "start"


def test_completing_three_days_late_over_a_holiday_moves_the_chain() -> None:
    nodes = [
        Node("sign", Start(0)),
        Node("import", None, 2),
        Node("train", AfterTask("import", 3)),
        Node("free", Start(4)),
    ]
    edges = (Edge("import", "sign"),)
    before = plan(*nodes, edges=edges)
    assert [before[id_].due_on for id_ in ("sign", "import", "train")] == [july(1), july(6), july(9)]
    nodes[0] = nodes[0]._replace(completed_on=july(7), planned=before["sign"])
    after = plan(*nodes, edges=edges)
    assert moves(before, after, CALENDAR) == [
        Move("import", before["import"], Planned(july(8), july(9), "dependency", "sign", 0), 3),
        Move("train", before["train"], Planned(july(14), july(14), "task", "import", 3), 3),
    ]
    assert moves(after, before, CALENDAR)[0].working_days == -3


def test_a_move_from_or_to_no_date_has_no_length_and_a_new_cause_is_no_move() -> None:
    dated, other = Planned(july(1), july(1), "start", None, 0), Planned(july(1), july(1), "fixed", None, 0)
    assert moves({"a": UNPLANNED}, {"a": dated}, CALENDAR) == [Move("a", UNPLANNED, dated, None)]
    assert moves({"a": dated}, {"a": UNPLANNED, "b": dated}, CALENDAR) == [
        Move("b", UNPLANNED, dated, None),
        Move("a", dated, UNPLANNED, None),
    ]
    assert moves({"a": dated}, {"a": other}, CALENDAR) == []


def test_circles_are_named_from_task_to_what_it_waits_for() -> None:
    nodes = [Node("a"), Node("b", AfterTask("c", 1)), Node("c"), Node("d", completed_on=july(1))]
    with pytest.raises(CycleError, match="a waits for b waits for c waits for a") as caught:
        plan(*nodes, edges=(Edge("a", "b"), Edge("c", "a"), Edge("d", "c")))
    assert caught.value.path == ("a", "b", "c", "a")


def test_of_equally_short_circles_the_same_is_named_whatever_the_order() -> None:
    nodes = [Node("a"), Node("b"), Node("c")]
    edges = (Edge("a", "c"), Edge("c", "a"), Edge("a", "b"), Edge("b", "a"))
    for given in (edges, edges[::-1]):
        with pytest.raises(CycleError) as caught:
            plan(*nodes, edges=given)
        assert caught.value.path == ("a", "b", "a")


def test_completed_tasks_are_part_of_circles() -> None:
    with pytest.raises(CycleError):
        plan(Node("a", completed_on=july(1)), Node("b"), edges=(Edge("a", "b"), Edge("b", "a")))


@pytest.mark.parametrize(("rule", "edges"), [(AfterTask("a", 1), ()), (None, (Edge("a", "a"),))])
def test_a_task_that_waits_for_itself_is_a_circle(rule: Rule | None, edges: tuple[Edge, ...]) -> None:
    with pytest.raises(CycleError) as caught:
        plan(Node("a", rule), edges=edges)
    assert caught.value.path == ("a", "a")


def test_the_short_way_round_is_named() -> None:
    nodes = [Node(id_) for id_ in "abcdef"]
    long = [Edge(*pair) for pair in ("ab", "bc", "cd", "de", "ef", "fa")]
    with pytest.raises(CycleError) as caught:
        plan(*nodes, edges=(*long, Edge("a", "f")))
    assert caught.value.path == ("a", "f", "a")


def test_a_chain_of_thousands_is_no_problem_and_neither_is_a_circle_of_them() -> None:
    ids = [f"{number:05}" for number in range(5_000)]
    nodes = [Node(id_, Start(0) if id_ == ids[0] else None) for id_ in ids]
    edges = [Edge(id_, before) for before, id_ in itertools.pairwise(ids)]
    planned = schedule(nodes, edges, ANCHORS, CALENDAR)
    assert CALENDAR.between(july(1), planned[ids[-1]].due_on or july(1)) == 4_999
    with pytest.raises(CycleError) as caught:
        schedule(nodes, [*edges, Edge(ids[0], ids[-1])], ANCHORS, CALENDAR)
    assert len(caught.value.path) == 5_001
