from datetime import date

import pytest

from pivotal_server.calendars.working_days import WorkingDays
from pivotal_server.tasks.reasons import Step, explain, sentence
from pivotal_server.tasks.scheduler import AfterTask, Anchors, Edge, Fixed, Launch, Node, PhaseEntry, Start, schedule

# The first of July 2026 is a Wednesday; the third, a Friday, is taken off.
CALENDAR = WorkingDays(range(1, 6), extra_days_off=[date(2026, 7, 3)])
ANCHORS = Anchors(start=date(2026, 7, 1), launch=date(2026, 7, 31), phase_entry={"uat": date(2026, 7, 12)})
TITLES = {"sign": "Sign the contract", "import": "Import members", "train": "Train the team"}


def july(day: int) -> date:
    return date(2026, 7, day)


def chain(id_: str, *nodes: Node, edges: tuple[Edge, ...] = ()) -> list[Step]:
    plan = schedule(nodes, edges, ANCHORS, CALENDAR)
    return explain(id_, {node.id: node for node in nodes}, plan, ANCHORS, CALENDAR)


def sentences(id_: str, *nodes: Node, edges: tuple[Edge, ...] = ()) -> list[str]:
    return [sentence(step, TITLES, {"uat": "User tests"}) for step in chain(id_, *nodes, edges=edges)]


def test_a_chain_leads_from_the_task_to_its_root() -> None:
    nodes = [Node("sign", Start(1)), Node("import", None, 3), Node("train", AfterTask("import", 2))]
    assert chain("train", *nodes, edges=(Edge("import", "sign", 1),)) == [
        Step("task", "train", "import", None, 2, july(9), july(13), 1, july(13), 2),
        Step("dependency", "import", "sign", None, 1, july(2), july(7), 3, july(9), 3),
        Step("start", "sign", None, None, 1, july(1), july(2), 1, july(2), 0),
    ]
    assert sentences("train", *nodes, edges=(Edge("import", "sign", 1),)) == [
        (
            "Train the team is due on 13 July 2026: 2 working days after Import members (9 July 2026), "
            "not counting 2 days off."
        ),
        (
            "Import members is due on 9 July 2026: it follows Sign the contract (2 July 2026), "
            "with 1 working day in between, and takes 3 working days, not counting 3 days off."
        ),
        "Sign the contract is due on 2 July 2026: 1 working day after the start of the onboarding (1 July 2026).",
    ]


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (Node("sign", Fixed(july(12))), "is due on 12 July 2026, the date set for it."),
        (Node("sign", Start(0)), "is due on 1 July 2026: the day of the start of the onboarding."),
        (
            Node("sign", PhaseEntry("uat", 0)),
            "is due on 13 July 2026: the first working day after the start of phase User tests (12 July 2026).",
        ),
        (
            Node("sign", Launch(-1)),
            "is due on 30 July 2026: 1 working day before the target launch date (31 July 2026).",
        ),
        (Node("sign", completed_on=july(1)), "was completed on 1 July 2026."),
    ],
)
def test_roots_in_words(node: Node, told: str) -> None:
    assert sentences("sign", node) == [f"Sign the contract {told}"]


@pytest.mark.parametrize(
    ("day", "told"),
    [(2, ", on time"), (1, ", 1 working day early"), (7, ", 2 working days late")],
)
def test_a_completed_task_is_a_root_and_tells_how_late_it_was(day: int, told: str) -> None:
    planned = schedule([Node("sign", Start(1))], [], ANCHORS, CALENDAR)["sign"]
    done = Node("sign", Start(1), completed_on=july(day), planned=planned)
    first, last = sentences("import", done, Node("import"), edges=(Edge("import", "sign"),))
    assert first.startswith(f"Import members is due on {CALENDAR.add(july(day), 1).day} July 2026: it follows Sign the")
    assert last == f"Sign the contract was completed on {day} July 2026{told}."


def test_a_task_without_dates_has_no_chain() -> None:
    assert chain("sign", Node("sign")) == []
