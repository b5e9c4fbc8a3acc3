"""Plans made up by Hypothesis, and a slow scheduler that walks through every day to hold the quick one against."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.tasks.scheduler import (
    AfterTask,
    Anchors,
    Edge,
    Fixed,
    Launch,
    Node,
    PhaseEntry,
    Planned,
    Rule,
    Start,
    schedule,
)

DAY = timedelta(days=1)
NEAR = st.integers(0, 60).map(lambda days: date(2026, 6, 1) + days * DAY)
OFFSETS = st.integers(-8, 8)
# None of them in the order in which they are made.
IDS = ("kappa", "alpha", "theta", "gamma", "iota", "beta", "zeta", "delta")


def examples(count: int) -> settings:
    """Return the settings for so many examples, which take as long as they take on a machine that is busy."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Case(NamedTuple):
    """What a schedule is made of. ``weekdays`` and ``days_off`` are what the calendar was made of."""

    nodes: list[Node]
    edges: list[Edge]
    anchors: Anchors
    weekdays: frozenset[int]
    days_off: frozenset[date]

    @property
    def calendar(self) -> WorkingDays:
        return WorkingDays(self.weekdays, extra_days_off=self.days_off)

    def plan(self) -> dict[str, Planned]:
        return schedule(self.nodes, self.edges, self.anchors, self.calendar)

    def worked(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.days_off

    def walk(self, day: date, days: int) -> date:
        """Go day by day until so many worked ones were passed; 0 stays, or goes on to a worked one."""
        if days == 0:
            return day if self.worked(day) else self.walk(day, 1)
        step = DAY if days > 0 else -DAY
        passed = 0
        while passed < abs(days):
            day += step
            passed += self.worked(day)
        return day


def rules(others: Sequence[str]) -> st.SearchStrategy[Rule | None]:
    """Return rules, those that count from a task counting from one of these, or from one that is not there."""
    return st.one_of(
        st.none(),
        st.builds(Fixed, NEAR),
        st.builds(Start, OFFSETS),
        st.builds(PhaseEntry, st.sampled_from(["kickoff", "uat", "unplanned"]), OFFSETS),
        st.builds(Launch, OFFSETS),
        st.builds(AfterTask, st.sampled_from([*others, "deleted"]), OFFSETS),
    )


@st.composite
def cases(draw: st.DrawFn, *, circles: bool = False) -> Case:
    """Draw a plan; without ``circles``, tasks wait only for those before them, though not in the order of ids."""
    ids = IDS[: draw(st.integers(1, len(IDS)))]
    nodes, edges = [], []
    for place, id_ in enumerate(ids):
        others = ids if circles else ids[:place]
        kept = Planned(draw(NEAR), draw(NEAR), "dependency", "deleted", 0)
        completed_on = draw(st.one_of(st.none(), st.none(), NEAR))
        nodes.append(Node(id_, draw(rules(others)), draw(st.integers(1, 4)), completed_on, kept))
        depends_on = draw(st.lists(st.sampled_from([*others, "deleted"]), max_size=2, unique=True))
        edges += [Edge(id_, other, draw(st.integers(0, 3))) for other in depends_on]
    return Case(
        draw(st.permutations(nodes)),
        draw(st.permutations([*edges, Edge("deleted", ids[0])])),
        Anchors(draw(NEAR), draw(st.none() | NEAR), {"kickoff": draw(NEAR), "uat": draw(NEAR)}),
        draw(st.frozensets(st.integers(1, 7), min_size=1)),
        draw(st.frozensets(NEAR, max_size=8)),
    )


def finish(node: Node, plan: Mapping[str, Planned]) -> date | None:
    return node.completed_on or plan[node.id].due_on


def slow_schedule(case: Case) -> dict[str, tuple[date | None, date | None]]:
    """Return start and due date by id: everything is worked out again and again until nothing changes."""
    dates: dict[str, tuple[date | None, date | None]] = {
        node.id: node.planned[:2] if node.completed_on else (None, None) for node in case.nodes
    }
    while True:
        finishes = {node.id: node.completed_on or dates[node.id][1] for node in case.nodes}
        again = {node.id: dates[node.id] if node.completed_on else _dates(case, node, finishes) for node in case.nodes}
        if again == dates:
            return dates
        dates = again


def _dates(case: Case, node: Node, finishes: Mapping[str, date | None]) -> tuple[date | None, date | None]:
    start_on, due_on = None, _due_by_rule(case, node.rule, finishes)
    if due_on:
        start_on = due_on if node.duration_days == 1 else case.walk(due_on, 1 - node.duration_days)
    for edge in case.edges:
        finished_on = finishes.get(edge.depends_on_id)
        if edge.task_id == node.id and finished_on:
            may_start_on = case.walk(case.walk(finished_on, 1), edge.lag_days)
            if start_on is None or may_start_on > start_on:
                start_on = may_start_on
                due_on = case.walk(start_on, node.duration_days - 1)
    return start_on, due_on


def _due_by_rule(case: Case, rule: Rule | None, finishes: Mapping[str, date | None]) -> date | None:
    anchors: dict[type, date | None] = {Start: case.anchors.start, Launch: case.anchors.launch}
    if isinstance(rule, Fixed):
        return rule.date
    if isinstance(rule, PhaseEntry):
        anchors[PhaseEntry] = case.anchors.phase_entry.get(rule.phase)
    if isinstance(rule, AfterTask):
        anchors[AfterTask] = finishes.get(rule.task_id)
    anchor = anchors.get(type(rule))
    return case.walk(anchor, rule.days) if rule and anchor else None
