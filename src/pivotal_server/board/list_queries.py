"""Reads of the onboardings as a list: a page is read off an index of its order, and tasks are counted of it alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.board.narrowing import add_filters
from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.core.errors import invalid_field
from pivotal_server.fields.search import Where
from pivotal_server.onboardings.models import days_between, time_on_clock
from pivotal_server.web.filters import slug

if TYPE_CHECKING:
    from pivotal_server.board.cards import Filters
    from pivotal_server.identity.models import Actor

COUNTED = 10_000
"""Up to how many onboardings are counted."""
_DAY = timedelta(days=1)

# What is under way by its launch, then what has no date, then what is completed: the index onboardings_by_launch.
LAUNCH = """(CASE WHEN o.completed_at IS NULL
    THEN COALESCE(o.target_launch_date, '9999-12-31 00:00:00+00'::timestamptz) ELSE 'infinity'::timestamptz END)"""
_KEYS = {
    "launch": (LAUNCH, "timestamptz"),
    "name": ("lower(o.name)", "text"),
    "created": ("o.created_at", "timestamptz"),
    "updated": ("o.updated_at", "timestamptz"),
}
_FROM = """
FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
WHERE o.workspace_id = $1 AND o.deleted_at IS NULL AND c.deleted_at IS NULL AND {filters}
"""
_LIST = f"""
SELECT o.id, o.display_id, o.name, f.name, f.kind, f.target_days, o.state, o.completed_at, o.target_launch_date,
    o.original_launch_date, o.phase_entered_at, o.phase_waited, o.waiting_on_customer_since, c.display_id, c.name,
    p.name, p.email, n.done, n.tasks, o.started_at, o.created_at, o.updated_at, o.position
FROM (
    SELECT o.*, ({{key}})::text AS position {_FROM} ORDER BY {{key}} {{way}}, o.id {{way}} LIMIT $2
) o
JOIN customers c ON c.workspace_id = $1 AND c.id = o.customer_id
JOIN phases f ON f.workspace_id = $1 AND f.key = o.phase
LEFT JOIN people p ON p.id = o.csm_id
CROSS JOIN LATERAL (
    SELECT count(*) AS tasks, count(*) FILTER (WHERE t.status = 'completed') AS done FROM tasks t
    WHERE t.workspace_id = $1 AND t.onboarding_id = o.id AND t.parent_id IS NULL AND t.deleted_at IS NULL
) n
ORDER BY {{key}} {{way}}, o.id {{way}}
"""
_COUNT = f"SELECT count(*) FROM (SELECT {_FROM} LIMIT {COUNTED + 1}) found"


class Line(NamedTuple):
    """An onboarding as the list shows it.

    Attributes:
        phase: its name; ``kind`` and ``target_days`` are the phase's.
        position: what the row is sorted by, as text, for the page that follows.
    """

    id: str
    display_id: int
    name: str
    phase: str
    kind: str
    target_days: int
    state: str
    completed_at: datetime | None
    target_launch_date: datetime | None
    original_launch_date: datetime | None
    phase_entered_at: datetime
    phase_waited: timedelta
    waiting_on_customer_since: datetime | None
    customer_display_id: int
    customer: str
    owner: str | None
    owner_email: str | None
    done: int
    tasks: int
    started_at: datetime
    created_at: datetime
    updated_at: datetime
    position: str

    @property
    def path(self) -> str:
        """Where the onboarding's page is."""
        return f"/onboardings/{self.display_id}-{slug(self.name)}"

    @property
    def slippage(self) -> int | None:
        """By how many days the target launch is later than the first that was set."""
        return days_between(self.original_launch_date, self.target_launch_date)

    def days_in_phase(self, now: datetime) -> int:
        """Return the days that the clock of its phase shows, the first one being 1."""
        clock = time_on_clock(self.phase_entered_at, self.phase_waited, self.waiting_on_customer_since, now)
        return clock // _DAY + 1


async def list_lines(
    connection: Connection, actor: Actor, filters: Filters, limit: int, after: tuple[str, str] | None = None
) -> list[Line]:
    """Return up to ``limit`` onboardings in the order that the filters name.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        filters: what narrows it down, and the order.
        limit: how many at most.
        after: position and id of the last of the page before.

    Raises:
        ApiError: 400 where ``after`` is no place in the list.
    """
    where = Where(actor.workspace_id, limit)
    add_filters(where, filters)
    falling = filters.order.startswith("-")
    key, kind = _KEYS[filters.order.removeprefix("-")]
    if after is not None:
        place = _checked(after[0], kind)
        where.add(f"({key}, o.id) {'<' if falling else '>'} ({{}}::text::{kind}, {{}})", place, after[1])
    sql = _LIST.format(key=key, way="DESC" if falling else "ASC", filters=where)
    return await fetch_all(connection, Line, sql, *where.values)


async def count_lines(connection: Connection, actor: Actor, filters: Filters) -> int:
    """Return how many onboardings match, or one more than ``COUNTED`` where more than that do."""
    where = Where(actor.workspace_id)
    add_filters(where, filters)
    return int(await connection.fetchval(_COUNT.format(filters=where), *where.values))


def _checked(text: str, kind: str) -> str:
    """Return a position that somebody sent, where it is one.

    Raises:
        ApiError: 400 where it is not.
    """
    if kind == "text" or text == "infinity":
        return text
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise invalid_field("after", "This is no place in the list.") from None
