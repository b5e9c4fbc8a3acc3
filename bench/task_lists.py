"""Lists of tasks in workspaces of different sizes, side by side in one database."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import orjson

from bench import growth
from bench.buffers import Buffers, explain_statement
from bench.client import Client, get
from bench.data import load_tenants, open_windows
from pivotal_server.core.clock import Clock
from pivotal_server.identity.people import add_member
from pivotal_server.tasks.queries import list_statement
from pivotal_server.tasks.request_schemas import TaskListQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.data import Tenant
    from pivotal_server.core.db import Connection

# However many tasks there are, so many teammates share them: each has a hundred times more where there are.
_TEAMMATES = 5
_TASKS_OF_ONBOARDING = 50
_ONBOARDINGS_OF_CUSTOMER = 10
_PAGE = 50
_UTC = ZoneInfo("UTC")

# $1 workspace, $2 how many, $3 onboardings of a customer, $4 the present, $5 the first phase.
_FILL_ONBOARDINGS = """
INSERT INTO onboardings (workspace_id, id, display_id, customer_id, name, phase, state, started_at,
    phase_entered_at, csm_id, reminder_email, reminder_slack, reminder_frequency_days, created_at, updated_at)
SELECT $1, 'c' || lpad(n::text, 24, '0'), n, 'c' || lpad((1 + (n - 1) / $3::integer)::text, 24, '0'),
    'Onboarding ' || n, $5, 'active', made.at, made.at, owner.person_id, true, true, 1, made.at, made.at
FROM generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT $4::timestamptz - make_interval(mins => $2 - n + 1) AS at) made
JOIN memberships owner ON owner.workspace_id = $1 AND owner.role = 'owner'
"""
# $1 workspace, $2 how many, $3 tasks of an onboarding, $4 the present, $5 the first phase, $6 teammates. The last fifth
# of each onboarding is open and due around today; all else is done. One in four is the CSM's, whoever that is.
_FILL_TASKS = """
INSERT INTO tasks (workspace_id, id, display_id, onboarding_id, phase, title, description, status, position,
    assignee_id, assignee_role, completed_at, completed_by, due_rule, due_rule_days, start_on, due_on, due_cause,
    due_cause_task_id, due_cause_days, due_cause_on, due_days_off, baseline_due_on, slip_days, created_at, updated_at)
SELECT $1, 'c' || lpad(n::text, 24, '0'), n, 'c' || lpad((1 + (n - 1) / $3::integer)::text, 24, '0'), $5,
    'Task ' || n, 'What is to be done, and by when.', CASE WHEN open THEN 'open' ELSE 'completed' END, 1 + place,
    CASE WHEN n % 20 < 15 THEN ($6::text[])[1 + n % cardinality($6)] END, CASE WHEN n % 20 >= 15 THEN 'csm' END,
    CASE WHEN NOT open THEN made.at END, CASE WHEN NOT open THEN 'API: bench' END,
    CASE WHEN place = 0 THEN 'start' END, CASE WHEN place = 0 THEN 1 END, due, due,
    CASE WHEN place = 0 THEN 'start' ELSE 'dependency' END,
    CASE WHEN place > 0 THEN 'c' || lpad((n - 1)::text, 24, '0') END, 0, due - 1, 0, due, 0, made.at, made.at
FROM generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT (n - 1) % $3 AS place, (n - 1) % $3 >= $3 * 4 / 5 AS open) part
CROSS JOIN LATERAL (
    SELECT $4::date + CASE WHEN open THEN n * 7 % 41 - 20 ELSE -20 - n * 7 % 700 END AS due,
        $4::timestamptz - make_interval(secs => $2 - n + 1) AS at
) made
"""
FILL_DEPENDENCIES = """
INSERT INTO task_dependencies (workspace_id, onboarding_id, task_id, depends_on_id)
SELECT $1, t.onboarding_id, t.id, t.due_cause_task_id FROM tasks t
WHERE t.workspace_id = $1 AND t.due_cause_task_id IS NOT NULL
"""
_FIRST_PHASE = "SELECT p.key FROM phases p WHERE p.workspace_id = $1 ORDER BY p.position LIMIT 1"


class TaskListError(Exception):
    """A list is shorter than those that it is compared with."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace with many tasks.

    Attributes:
        tenant: the workspace.
        teammates: ids of the people that its tasks are assigned to.
    """

    tenant: Tenant
    teammates: Sequence[str]


@dataclass(frozen=True, slots=True)
class ListPath:
    """One of the measured lists: makes its query for somebody at some time."""

    name: str
    query: Callable[[str, datetime], dict[str, str]]


def paths() -> tuple[ListPath, ...]:
    """Return the measured lists."""
    week = timedelta(days=7)
    return (
        ListPath("one's own, soonest due", lambda me, _: {"assignee_id": me, "status": "open", "order": "due"}),
        ListPath("one's own, overdue", lambda me, _: {"assignee_id": me, "overdue": "true"}),
        ListPath(
            "one's own, done or not, from the middle",
            lambda me, now: {"assignee_id": me, "order": "due", "cursor": _iso(now - timedelta(days=300))},
        ),
        ListPath(
            "everybody's of a week",
            lambda _, now: {"status": "open", "due_after": _iso(now), "due_before": _iso(now + week)},
        ),
    )


async def load(connection: Connection, sizes: Sequence[int], tell: Callable[[str], None]) -> dict[int, Workspace]:
    """Make a workspace with each of these numbers of tasks; return them by that number."""
    loaded = {}
    for size in sizes:
        started = time.perf_counter()
        onboardings = size // _TASKS_OF_ONBOARDING
        [tenant], _ = await load_tenants(
            connection, f"tasks-{size}", 1, max(onboardings // _ONBOARDINGS_OF_CUSTOMER, 1)
        )
        await open_windows(connection, [tenant])
        now = Clock().now()
        teammates = [
            await add_member(connection, tenant.workspace_id, email=f"mate{number}@tasks-{size}.example",
                             name=f"Mate {number}", role="member", now=now)
            for number in range(_TEAMMATES)
        ]  # fmt: skip
        await _fill(connection, tenant, size, teammates, now)
        loaded[size] = Workspace(tenant, teammates)
        tell(f"{size} tasks loaded in {time.perf_counter() - started:.0f} s")
    for table in ("memberships", "people", "onboardings", "tasks", "task_dependencies"):
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=600)
    return loaded


async def explain(connection: Connection, workspaces: Mapping[int, Workspace]) -> list[Buffers]:
    """Return what each list touches in each workspace."""
    found = []
    for path in paths():
        buffers = Buffers(path.name)
        for size, workspace in workspaces.items():
            now = datetime.now(UTC)
            asked = TaskListQuery.model_validate({**path.query(workspace.teammates[0], now), "limit": str(_PAGE)})
            sql, values = list_statement(asked, now, _UTC if asked.overdue else None)
            await explain_statement(connection, buffers, size, sql, (workspace.tenant.workspace_id, *values))
        found.append(buffers)
    return found


def run(port: int, path: ListPath, workspaces: Mapping[int, Workspace], *, runs: int, requests: int) -> growth.Growth:
    """Measure one list with a single client, the sizes taking turns request by request.

    Raises:
        TaskListError: a page is not full, so it cannot be compared.
    """
    by_workspace = {workspace.tenant.workspace_id: workspace for workspace in workspaces.values()}

    def request(tenant: Tenant) -> bytes:
        someone = random.choice(by_workspace[tenant.workspace_id].teammates)
        query = {**path.query(someone, datetime.now(UTC)), "limit": str(_PAGE)}
        return get(tenant, f"/api/v1/tasks?{urlencode(query)}")

    tenants = {size: workspace.tenant for size, workspace in workspaces.items()}
    with Client(port) as client:
        for size, tenant in tenants.items():
            shown = orjson.loads(client.send(request(tenant))[1])
            if len(shown["data"]) != _PAGE or not shown["has_more"]:
                raise TaskListError(f"{path.name}: {len(shown['data'])} of {size} tasks instead of {_PAGE} and more")
    return growth.run(port, growth.GrowthPath(path.name, request), tenants, runs=runs, requests=requests)


async def _fill(connection: Connection, tenant: Tenant, size: int, teammates: Sequence[str], now: datetime) -> None:
    workspace_id = tenant.workspace_id
    phase = await connection.fetchval(_FIRST_PHASE, workspace_id)
    onboardings = size // _TASKS_OF_ONBOARDING
    async with connection.transaction():
        await connection.execute(
            _FILL_ONBOARDINGS, workspace_id, onboardings, _ONBOARDINGS_OF_CUSTOMER, now, phase, timeout=600
        )
        await connection.execute(
            _FILL_TASKS, workspace_id, size, _TASKS_OF_ONBOARDING, now, phase, list(teammates), timeout=600
        )
        await connection.execute(FILL_DEPENDENCIES, workspace_id, timeout=600)


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
