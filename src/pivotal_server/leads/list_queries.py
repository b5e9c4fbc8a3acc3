"""Reads of the leads of a pipeline as a list: a page is read off an index of its order."""

from datetime import UTC, datetime
from typing import NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.errors import invalid_field
from pivotal_server.fields.search import Where
from pivotal_server.identity.models import Actor
from pivotal_server.leads.board_cards import LeadFilters, days_since, path_of_lead
from pivotal_server.leads.board_queries import COMPANY, OWNER, add_filters
from pivotal_server.leads.models import Pipeline

COUNTED = 10_000
"""Up to how many leads are counted."""

_KEYS = {"created": ("t.created_at", "timestamptz"), "name": ("lower(t.name)", "text")}


class LeadLine(NamedTuple):
    """A lead as the list shows it.

    Attributes:
        stage: its name.
        position: what the row is sorted by, as text, for the page that follows.
    """

    id: str
    display_id: int
    name: str
    email: str | None
    company: str | None
    title: str | None
    stage: str
    status: str
    owner: str | None
    source: str | None
    lead_source: str | None
    stage_entered_at: datetime
    last_message_at: datetime | None
    last_message_status: str | None
    created_at: datetime
    position: str

    @property
    def path(self) -> str:
        """Where the lead's page is."""
        return path_of_lead(self.display_id, self.name)

    def days_in_stage(self, now: datetime) -> int:
        """Return the whole days since it came to its stage."""
        return days_since(self.stage_entered_at, now)


_LINE = columns(LeadLine, "t", company=COMPANY, owner=OWNER, stage="s.name")
_FROM = """
FROM contacts t WHERE t.workspace_id = $1 AND t.pipeline_id = $2 AND t.deleted_at IS NULL AND NOT t.customer_gone
    AND {filters}
"""
_LIST = f"""
SELECT {_LINE} FROM (
    SELECT t.*, ({{key}})::text AS position {_FROM} ORDER BY {{key}} {{way}}, t.id {{way}} LIMIT $3
) t
JOIN pipeline_stages s ON s.workspace_id = $1 AND s.pipeline_id = $2 AND s.key = t.stage
ORDER BY {{key}} {{way}}, t.id {{way}}
"""
_COUNT = f"SELECT count(*) FROM (SELECT {_FROM} LIMIT {COUNTED + 1}) found"


async def list_lines(
    connection: Connection,
    actor: Actor,
    pipeline: Pipeline,
    filters: LeadFilters,
    limit: int,
    after: tuple[str, str] | None = None,
) -> list[LeadLine]:
    """Return up to ``limit`` leads of a pipeline in the order that the filters name.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        pipeline: whose leads.
        filters: what narrows it down, and the order.
        limit: how many at most.
        after: position and id of the last of the page before.

    Raises:
        ApiError: 400 where ``after`` is no place in the list.
    """
    where = Where(actor.workspace_id, pipeline.id, limit)
    add_filters(where, filters)
    falling = filters.order.startswith("-")
    key, kind = _KEYS[filters.order.removeprefix("-")]
    if after is not None:
        place = after[0] if kind == "text" else _instant(after[0])
        where.add(f"({key}, t.id) {'<' if falling else '>'} ({{}}::text::{kind}, {{}})", place, after[1])
    sql = _LIST.format(key=key, way="DESC" if falling else "ASC", filters=where)
    return await fetch_all(connection, LeadLine, sql, *where.values)


async def count_lines(connection: Connection, actor: Actor, pipeline: Pipeline, filters: LeadFilters) -> int:
    """Return how many leads match, or one more than ``COUNTED`` where more than that do."""
    where = Where(actor.workspace_id, pipeline.id)
    add_filters(where, filters)
    return int(await connection.fetchval(_COUNT.format(filters=where), *where.values))


def _instant(text: str) -> str:
    """Return a time that somebody sent, where it is one.

    Raises:
        ApiError: 400 where it is not.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise invalid_field("after", "This is no place in the list.") from None
