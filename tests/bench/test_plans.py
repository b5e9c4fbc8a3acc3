from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from bench import task_lists
from bench.buffers import Buffers
from bench.client import Client, RequestError
from bench.data import Tenant
from bench.growth import Growth
from bench.plan_data import Maker, mesh_of, template_of
from bench.plan_limits import Landing, Shift, run_statements
from bench.plan_report import data, sections
from bench.plans import Plans, Rivals, Turns
from bench.processor import Spent
from bench.rows import Rows
from bench.server import Server
from bench.task_lists import TaskListError

from pivotal_server.identity import keys
from pivotal_server.templates.content import TemplateContent
from tests.harness import Serve, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pivotal_server.core.db import Connection

# What a plan is made of, without what belongs to one application alone.
_PLAN = """
SELECT t.title, t.phase, t.position, t.due_rule, t.start_on, t.due_on, t.due_cause, t.slip_days, c.title, d.lag_days,
    (SELECT count(*) FROM tasks s WHERE s.workspace_id = t.workspace_id AND s.parent_id = t.id)
FROM tasks t LEFT JOIN tasks c ON c.workspace_id = t.workspace_id AND c.id = t.due_cause_task_id
LEFT JOIN task_dependencies d ON d.workspace_id = t.workspace_id AND d.task_id = t.id
WHERE t.onboarding_id = $1 ORDER BY t.display_id, d.lag_days
"""
_LEFT = """
SELECT (SELECT count(*) FROM activity), (SELECT count(*) FROM events), (SELECT count(*) FROM outbox),
    (SELECT count(*) FROM idempotency_records), (SELECT coalesce(sum(value), 0) FROM counters WHERE resource = 'task')
"""
_DUE = "SELECT id, start_on, due_on, due_cause_on, slip_days FROM tasks WHERE due_on IS NOT NULL ORDER BY id"


@pytest.fixture
async def server(serve: Serve) -> Server:
    """A server as bench knows them."""
    process = await serve(workers=1)
    port = urlsplit(process.url).port
    assert port is not None
    return Server(port, process.pids()[0])


@pytest.fixture
def maker(server: Server, world: World) -> "Iterator[Maker]":
    """Makes plans in Northwind's workspace."""
    credential = keys.read(world.live_key)
    assert credential is not None
    with Client(server.port) as client:
        yield Maker(client, Tenant(world.northwind.id, credential, 0))


async def test_the_limit_lands_the_rows_of_an_application(maker: Maker, connection: "Connection") -> None:
    """Fails when an application writes something else than bench/plan_limits.py writes again."""
    first, second = maker.onboardings(2)
    template_id = maker.template("Rollout", template_of(40, maker.phases()))
    before = await connection.fetchrow(_LEFT)
    assert len(maker.apply(first, template_id)) == 40
    between = await connection.fetchrow(_LEFT)
    await run_statements(connection, await (await Landing.last(connection)).statements(connection, second))
    after = await connection.fetchrow(_LEFT)
    assert before is not None
    assert between is not None
    assert after is not None
    assert [new - old for new, old in zip(after, between, strict=True)] == [
        new - old for new, old in zip(between, before, strict=True)
    ]
    assert await connection.fetch(_PLAN, second) == await connection.fetch(_PLAN, first)
    assert len(maker.apply(second, template_id)) == 40


async def test_the_limit_moves_what_a_request_moves(server: Server, maker: Maker, connection: "Connection") -> None:
    [moved, previewed] = await Rivals(connection, server, maker).move(40, turns=1)
    assert [len(turns.limit_ms) for turns in (moved, previewed)] == [1, 1]
    assert [len(turns.server_ms) for turns in (moved, previewed)] == [1, 1]


async def test_moving_there_and_back_leaves_a_plan_as_it_was(maker: Maker, connection: "Connection") -> None:
    task_id = maker.mesh(40)
    requests = maker.moves(task_id)
    shifts = await Shift.both(connection, lambda way: maker.client.send(requests[way]))
    assert [shift.count for shift in shifts] == [40, 40]
    here = await connection.fetch(_DUE)
    await run_statements(connection, shifts[0].statements())
    there = await connection.fetch(_DUE)
    assert all(new["due_on"] > old["due_on"] for new, old in zip(there, here, strict=True))
    await run_statements(connection, shifts[1].statements(), commit=False)
    assert await connection.fetch(_DUE) == there
    await run_statements(connection, shifts[1].statements())
    assert await connection.fetch(_DUE) == here


async def test_applications_take_turns(server: Server, maker: Maker, connection: "Connection") -> None:
    turns = await Rivals(connection, server, maker).apply(20, turns=2)
    assert [len(turns.limit_ms), len(turns.server_ms), len(turns.limit_spent), len(turns.server_spent)] == [2] * 4
    assert turns.reached
    with pytest.raises(RequestError, match="404"):
        maker.apply("c" * 25, maker.template("Rollout", []))


async def test_lists_of_tasks_are_explained_and_compared(server: Server, connection: "Connection") -> None:
    said: list[str] = []
    workspaces = await task_lists.load(connection, (4_000, 8_000), said.append)
    assert said[1].startswith("8000 tasks loaded in ")
    found = await task_lists.explain(connection, workspaces)
    assert [path.name for path in found] == [path.name for path in task_lists.paths()]
    assert all(min(path.touched.values()) > 0 for path in found)
    lists = [task_lists.run(server.port, path, workspaces, runs=1, requests=2) for path in task_lists.paths()]
    assert all(set(path.p50_ms) == {4_000, 8_000} for path in lists)


async def test_a_list_that_is_too_short_is_not_compared(server: Server, connection: "Connection") -> None:
    workspaces = await task_lists.load(connection, (200,), lambda _: None)
    with pytest.raises(TaskListError, match=r"one's own, soonest due: \d+ of 200 tasks"):
        task_lists.run(server.port, task_lists.paths()[0], workspaces, runs=1, requests=1)


def test_templates_have_as_many_tasks_as_they_should() -> None:
    for count in (1, 20, 200):
        content = TemplateContent.model_validate({"name": "Rollout", "tasks": template_of(count, ["kickoff", "uat"])})
        assert content.task_count == count
    mesh = mesh_of(100, "kickoff")
    assert len(mesh) == 100
    waits: Mapping[str, set[str]] = {
        task["key"]: {other["task"] for other in task.get("depends_on", ())} for task in mesh
    }
    assert not waits["task_0"]
    assert all(len(waits[f"task_{place}"]) == 2 for place in range(21, 100))


def test_rows_become_statements() -> None:
    rows = Rows("tasks", {"id": "text", "due_on": "date"}, [("b", 2), ("a", 1)])
    assert rows.insert == "INSERT INTO tasks (id, due_on) SELECT * FROM unnest($1::text[], $2::date[]) u"
    assert rows.arguments == [["b", "a"], [2, 1]]
    assert rows.update("id") == (
        "UPDATE tasks t SET due_on = u.due_on FROM unnest($1::text[], $2::date[]) u (id, due_on) WHERE t.id = u.id"
    )
    assert rows.sorted("id").only(["due_on"]).values == [(1,), (2,)]
    assert rows.changed(due_on=lambda day: day + 1).column("due_on") == [3, 2]


def test_what_was_found_is_told_to_people_and_programs() -> None:
    spent = [Spent(10_000, 5_000, 5_000, 20_000)] * 2
    turns = Turns("move 1000 tasks", 100.0, [10.0, 20.0], [40.0, 40.0], spent, spent)
    assert turns.ratio == 0.375
    assert turns.reached
    found = Plans([turns], [Growth("overdue", {10: [1.0], 1000: [1.1]})], [Buffers("overdue", {10: 5, 1000: 5})])
    told = "\n".join(sections(found))
    assert "| move 1000 tasks | 15.0          | 19.9   | 40.0           | 40.0   | 0.38  | p50 100 ms | ok |" in told
    assert "| move 1000 tasks    | 10.0            | 5.0     | 10.0             | 5.0    | 5.0    | 50%" in told
    assert data(found)["turns"][0]["ratio"] == 0.375
    assert not Turns("move 1000 tasks", 100.0, [10.0], [100.0]).reached
