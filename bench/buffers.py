"""What a request's statements touch, by EXPLAIN, in workspaces of different sizes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.data import customer_id
from pivotal_server.core.ids import new_id
from pivotal_server.core.pagination import END_OF_TIME
from pivotal_server.customers.actions import CREATE
from pivotal_server.customers.queries import BY_REFERENCE, LIST
from pivotal_server.timeline.change import WRITE_RECORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.data import Tenant
    from pivotal_server.core.db import Connection

    Execution = tuple[str, Sequence[object]]
    Plan = dict[str, Any]

# Executions after which PostgreSQL has settled on a plan, as it has on every connection of a server that is running.
_SETTLED = 6


@dataclass(slots=True)
class Buffers:
    """What one execution of a path's statements touches.

    Attributes:
        name: the path.
        touched: shared buffers, found in memory or read, by size of the workspace.
        plans: the nodes of the plans with the indexes they use, by size of the workspace.
    """

    name: str
    touched: dict[int, int] = field(default_factory=dict)
    plans: dict[int, list[str]] = field(default_factory=dict)

    @property
    def same_plan(self) -> bool:
        """Whether every size is served by the same plan."""
        return len({tuple(plan) for plan in self.plans.values()}) == 1


async def explain_paths(
    connection: Connection, tenants: Sequence[Tenant], middles: Mapping[str, datetime]
) -> list[Buffers]:
    """Return what each path touches in each workspace; what is written meanwhile is rolled back.

    Args:
        connection: to the database, in no transaction.
        tenants: one workspace of each size.
        middles: for each workspace, the ``created_at`` of the customer in the middle.
    """
    found: dict[str, Buffers] = {}
    for tenant in tenants:
        for name, executions in _executions(tenant, middles[tenant.workspace_id]).items():
            buffers = found.setdefault(name, Buffers(name))
            for sql, parameters in executions:
                await explain_statement(connection, buffers, tenant.customers, sql, parameters)
    return list(found.values())


async def explain_statement(
    connection: Connection, into: Buffers, size: int, sql: str, parameters: Sequence[object]
) -> None:
    """Add what a statement touches, and its plan, to those of its path at this size; what it writes is rolled back."""
    plan = await _explain(connection, sql, parameters)
    into.touched[size] = into.touched.get(size, 0) + touched(plan)
    into.plans.setdefault(size, []).extend(_nodes(plan))


def touched(plan: Plan) -> int:
    """Return the shared buffers of a plan.

    A node counts its children's as well, except for parts of a WITH that nobody reads: those run after the main plan.
    """
    own = int(plan.get("Shared Hit Blocks", 0)) + int(plan.get("Shared Read Blocks", 0))
    return max(own, sum(touched(child) for child in plan.get("Plans", ())))


def literal(value: object) -> str:
    """Return the value as an SQL literal without a type, which takes that of the parameter it is given for."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        inner = ["NULL" if item is None else json.dumps(_plain(item)) for item in value]
        return literal("{" + ",".join(inner) + "}")
    return "'" + _plain(value).replace("'", "''") + "'"


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _executions(tenant: Tenant, middle: datetime) -> dict[str, list[Execution]]:
    """Return each path's statements with their parameters."""
    workspace = tenant.workspace_id
    page = LIST.format(filters="c.archived_at IS NULL")
    by_id = BY_REFERENCE.format(column="id")
    return {
        "first page": [(page, (workspace, END_OF_TIME, 101))],
        "deep page": [(page, (workspace, middle, 101))],
        "read by id": [(by_id, (workspace, customer_id(tenant.customers // 2)))],
        "create": _create(workspace),
    }


def _create(workspace: str) -> list[Execution]:
    now, id_ = datetime.now(UTC), new_id()
    sent = ("Aurora Outfitters", id_, f"{id_}.example", "onboarding")
    actor = ("api_key", id_, "API: bench", True, f"req_{id_}", "127.0.0.1")
    entry = ([id_], [now], ["customer.created"], ["Created"], ["customer"], [id_], [id_], [None], ["{}"])
    event = ([f"evt_{id_}"], [now], ["customer.created"], ["p" * 1000])
    told = ([now], [None])
    answer = ("POST", "/api/v1/customers", id_, b"h" * 32, 201, f"/api/v1/customers/{id_}", b"b" * 700, now)
    return [
        (CREATE, (workspace, now, id_, *sent, *[None] * 10, [], "{}", "{}")),
        (WRITE_RECORDS, (workspace, *actor, *entry, *event, *told, *answer)),
    ]


async def _explain(connection: Connection, sql: str, parameters: Sequence[object]) -> Plan:
    """Return the plan of a settled execution of a prepared statement; each execution is rolled back."""
    execute = f"EXECUTE measured ({', '.join(literal(value) for value in parameters)})"
    await connection.execute(f"PREPARE measured AS {sql}")
    try:
        for _ in range(_SETTLED):
            await _roll_back(connection, execute)
        text = await _roll_back(connection, f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {execute}")
    finally:
        await connection.execute("DEALLOCATE measured")
    plan: Plan = json.loads(text)[0]["Plan"]
    return plan


async def _roll_back(connection: Connection, sql: str) -> Any:  # noqa: ANN401 - the first value, whatever it is
    transaction = connection.transaction()
    await transaction.start()
    try:
        return await connection.fetchval(sql)
    finally:
        await transaction.rollback()


def _nodes(plan: Plan) -> list[str]:
    name = " ".join(str(plan[part]) for part in ("Node Type", "Relation Name", "Index Name") if part in plan)
    return [name, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]
