"""Reads of the calendar: some onboardings of each day, and how many there are; never more than the page shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.board.list_queries import LAUNCH
from pivotal_server.board.narrowing import add_filters
from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.fields.search import Where
from pivotal_server.web.filters import slug

if TYPE_CHECKING:
    from pivotal_server.board.cards import Filters
    from pivotal_server.identity.models import Actor

SHOWN = 3
"""So many onboardings of a day stand in its field."""
SHOWN_LATE = 8
SHOWN_OF_DAY = 200

# When it is completed counts, until then its target: the index onboardings_by_day.
_AT = "(COALESCE(o.completed_at, o.target_launch_date, 'infinity'::timestamptz))"
_COLUMNS = "o.display_id, o.name, o.state, o.completed_at, o.customer, p.name, o.day, o.total"
_FOUND = f"""
SELECT o.*, c.name AS customer, ({_AT} AT TIME ZONE 'UTC')::date AS day
FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
WHERE o.workspace_id = $1 AND o.deleted_at IS NULL AND c.deleted_at IS NULL AND {{filters}}
"""
_DAYS = f"""
SELECT {_COLUMNS} FROM (
    SELECT o.*, count(*) OVER (PARTITION BY o.day) AS total,
        row_number() OVER (PARTITION BY o.day ORDER BY o.completed_at IS NOT NULL, lower(o.name), o.id) AS place
    FROM ({_FOUND}) o
) o LEFT JOIN people p ON p.id = o.csm_id
WHERE o.place <= $2 ORDER BY o.day, o.place
"""
_LATE = f"""
SELECT {_COLUMNS} FROM (
    SELECT o.*, 0 AS total FROM ({_FOUND} ORDER BY {LAUNCH}, o.id LIMIT $2) o
) o LEFT JOIN people p ON p.id = o.csm_id
ORDER BY o.day, o.id
"""


class Launch(NamedTuple):
    """An onboarding in the calendar.

    Attributes:
        day: of its completion or, until then, of its target launch.
        total: how many there are on that day.
    """

    display_id: int
    name: str
    state: str
    completed_at: datetime | None
    customer: str
    owner: str | None
    day: date
    total: int

    @property
    def path(self) -> str:
        """Where the onboarding's page is."""
        return f"/onboardings/{self.display_id}-{slug(self.name)}"


async def list_days(
    connection: Connection, actor: Actor, filters: Filters, first: date, end: date, shown: int = SHOWN
) -> list[Launch]:
    """Return the first onboardings of each day from ``first`` up to ``end``, which is left out."""
    where = Where(actor.workspace_id, shown)
    add_filters(where, filters)
    where.add(f"{_AT} >= {{}} AND {_AT} < {{}}", _midnight(first), _midnight(end))
    return await fetch_all(connection, Launch, _DAYS.format(filters=where), *where.values)


async def list_late(connection: Connection, actor: Actor, filters: Filters, today: date) -> list[Launch]:
    """Return what should have launched before today and has not, the longest overdue first, and one more than shown."""
    where = Where(actor.workspace_id, SHOWN_LATE + 1)
    add_filters(where, filters)
    where.add(f"o.completed_at IS NULL AND {LAUNCH} < {{}}", _midnight(today))
    return await fetch_all(connection, Launch, _LATE.format(filters=where), *where.values)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
