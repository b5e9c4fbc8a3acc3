"""Reads of everything that happened in a workspace, each of which looks at so many entries and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field

from pivotal_server.core.db import columns, fetch_all
from pivotal_server.web.asked import LogQuery, Moment

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

# Entries that one page looks at for those that were asked for; whoever wants to look further back goes on from there.
MOST_LOOKED_AT = 100_000


class AuditFilters(LogQuery):
    """What the log can be narrowed to.

    Attributes:
        actor: the id of who did it.
        type: a type such as ``task.completed``, or the beginning of several, such as ``task``.
        subject: the id of what it was done to.
        since: entries of this moment or later; ``until`` those before.
    """

    actor: Annotated[str, Field(max_length=100)] | None = None
    type: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$", max_length=100)] | None = None
    subject: Annotated[str, Field(max_length=100)] | None = None
    since: Moment | None = None
    until: Moment | None = None

    @property
    def is_sparse(self) -> bool:
        """Whether most of the log may be none of what is asked for."""
        return any((self.actor, self.type, self.subject))


class AuditRow(NamedTuple):
    """An entry; its data is JSON text."""

    id: str
    created_at: datetime
    type: str
    summary: str
    actor_type: str
    actor_id: str
    actor_name: str
    livemode: bool
    subject_type: str
    subject_id: str
    request_id: str | None
    ip: str | None
    data: str


@dataclass(frozen=True, slots=True)
class Found:
    """Entries, newest first, and the moment up to which the log was looked through; None where that is all of it."""

    rows: list[AuditRow]
    looked_back_to: datetime | None


_LOG = f"""
SELECT {columns(AuditRow, "a")} FROM activity a WHERE a.workspace_id = $1 AND {{conditions}}
ORDER BY a.created_at DESC LIMIT $2
"""
_BOUND = f"""
SELECT a.created_at FROM activity a WHERE a.workspace_id = $1 AND a.created_at < $2
ORDER BY a.created_at DESC OFFSET {MOST_LOOKED_AT} LIMIT 1
"""
# Among the latest entries only, so that a long history costs no more than a short one.
_ACTORS = """
SELECT DISTINCT ON (lower(r.actor_name), r.actor_id) r.actor_id, r.actor_name FROM (
    SELECT a.actor_id, a.actor_name FROM activity a WHERE a.workspace_id = $1 ORDER BY a.created_at DESC LIMIT 5000
) r ORDER BY lower(r.actor_name), r.actor_id
"""


async def list_entries(connection: Connection, actor: Actor, filters: AuditFilters, limit: int) -> Found:
    """Return at most so many of the entries that are asked for."""
    begin = min(filters.after, filters.until) if filters.until else filters.after
    bound: datetime | None = None
    if filters.is_sparse:
        bound = await connection.fetchval(_BOUND, actor.workspace_id, begin)
    conditions, values = ["a.created_at < $3"], [begin]
    # The entry at the bound is the first that was not looked at.
    optional: tuple[tuple[str, Any], ...] = (
        ("a.actor_id = {}", filters.actor),
        ("(a.type = {0} OR starts_with(a.type, {0} || '.'))", filters.type),
        ("a.subject_id = {}", filters.subject),
        ("a.created_at >= {}", filters.since),
        ("a.created_at > {}", bound),
    )
    for condition, value in optional:
        if value is not None:
            values.append(value)
            conditions.append(condition.format(f"${len(values) + 2}"))
    sql = _LOG.format(conditions=" AND ".join(conditions))
    rows = await fetch_all(connection, AuditRow, sql, actor.workspace_id, limit, *values)
    if bound and filters.since and bound < filters.since:
        bound = None
    return Found(rows, bound)


async def list_actors(connection: Connection, actor: Actor) -> list[tuple[str, str]]:
    """Return id and name of everybody who did something lately, by name."""
    return [(record[0], record[1]) for record in await connection.fetch(_ACTORS, actor.workspace_id)]
