"""Reads of the request log, each of which looks at so many rows and no more, however long the log is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.db import columns, fetch_all
from pivotal_server.request_log.models import Found, RequestRow

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.request_log.models import RequestFilters

# Requests that one page looks at for those that were asked for; whoever wants to look further back goes on from there.
MOST_LOOKED_AT = 100_000

_LOG = f"""
SELECT {columns(RequestRow, "r", key_name="k.name")} FROM (
    SELECT * FROM request_log l
    WHERE l.workspace_id = $1 AND {{conditions}} ORDER BY l.created_at DESC, l.id DESC LIMIT $2
) r LEFT JOIN api_keys k ON k.workspace_id = $1 AND k.id = r.api_key_id
ORDER BY r.created_at DESC, r.id DESC
"""
_BOUND = f"""
SELECT l.created_at FROM request_log l WHERE l.workspace_id = $1 AND l.created_at <= $2
ORDER BY l.created_at DESC OFFSET {MOST_LOOKED_AT} LIMIT 1
"""


async def list_requests(connection: Connection, actor: Actor, filters: RequestFilters, limit: int) -> Found:
    """Return at most so many of the requests that are asked for."""
    bound = None
    if filters.is_sparse and filters.newer is None:
        begin = min(filters.after, filters.until) if filters.until else filters.after
        bound = await connection.fetchval(_BOUND, actor.workspace_id, begin)
    conditions, values = _conditions(filters, bound)
    sql = _LOG.format(conditions=" AND ".join(conditions))
    rows = await fetch_all(connection, RequestRow, sql, actor.workspace_id, limit, *values)
    if bound and filters.since and bound < filters.since:
        bound = None
    return Found(rows, bound)


def _conditions(filters: RequestFilters, bound: datetime | None) -> tuple[list[str], list[Any]]:
    """Return the conditions of the statement, whose values begin with the third."""
    conditions = ["l.created_at <= $3", "(l.created_at, l.id) < ($3, $4)"]
    values: list[Any] = [filters.after, filters.after_id]
    # Written out, not passed: only then does PostgreSQL know that the index of errors will do.
    if filters.status is not None:
        first, last = filters.status.replace("xx", "00"), filters.status.replace("xx", "99")
        conditions += [f"l.status >= {int(first)}", f"l.status <= {int(last)}"]
    if filters.mode is not None:
        conditions.append("l.livemode" if filters.mode == "live" else "NOT l.livemode")
    optional = (
        ("l.api_key_id =", filters.key),
        ("l.method =", filters.method),
        ("l.path ^@", filters.path),
        ("l.created_at >=", filters.since),
        ("l.created_at <", filters.until),
        ("l.created_at >", bound),
        ("l.created_at >=", filters.newer),
    )
    for condition, value in optional:
        if value is not None:
            values.append(value)
            conditions.append(f"{condition} ${len(values) + 2}")
    if filters.newer is not None:
        values += [filters.newer, filters.newer_id]
        conditions.append(f"(l.created_at, l.id) > (${len(values) + 1}, ${len(values) + 2})")
    return conditions, values
