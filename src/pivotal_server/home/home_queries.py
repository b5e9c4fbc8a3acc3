"""Reads of the home page. Whatever the size of the workspace, each reads no more rows than the page is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.board.list_queries import LAUNCH
from pivotal_server.core.db import columns, fetch_all
from pivotal_server.timeline.models import Activity
from pivotal_server.web.filters import slug

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

SHOWN = 8
MOST_COUNTED = 100
LAUNCHES_WITHIN = timedelta(days=14)
_LINES = 10
# Of so many of the latest entries lines are made: what somebody did many times over is one line.
_ENTRIES = 80

# The launch is to come in the phases before the one that it is; where none is, in all of them.
_BEFORE_LAUNCH = """
o.phase = ANY (ARRAY(
    SELECT b.key FROM phases b WHERE b.workspace_id = $1 AND b.position < coalesce((
        SELECT min(l.position) FROM phases l WHERE l.workspace_id = $1 AND l.kind = 'launch' AND l.retired_at IS NULL
    ), 2147483647)
))
"""
# $2 the person, $3 the first instant of today, $4 how many are looked at, $5 how many are shown.
_NEEDY = f"""
SELECT m.display_id, m.name, m.customer, m.state, m.target_launch_date, m.phase, m.late, NULL AS owner,
    count(*) OVER () AS total, count(*) FILTER (WHERE m.late) OVER () AS late_ones,
    count(*) FILTER (WHERE m.state = 'at_risk') OVER () AS at_risk,
    count(*) FILTER (WHERE m.state = 'blocked') OVER () AS blocked,
    count(*) FILTER (WHERE m.state = 'waiting') OVER () AS waiting
FROM (
    SELECT o.display_id, o.name, c.name AS customer, o.state, o.target_launch_date, f.name AS phase,
        coalesce(o.target_launch_date < $3 AND {_BEFORE_LAUNCH}, false) AS late
    FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
    JOIN phases f ON f.workspace_id = o.workspace_id AND f.key = o.phase
    WHERE o.workspace_id = $1 AND o.csm_id = $2 AND o.completed_at IS NULL AND o.deleted_at IS NULL
        AND c.deleted_at IS NULL
        AND (o.state IN ('at_risk', 'blocked', 'waiting') OR (o.target_launch_date < $3 AND {_BEFORE_LAUNCH}))
    ORDER BY o.target_launch_date, o.id LIMIT $4
) m
ORDER BY m.late DESC, m.state = 'waiting', m.target_launch_date, m.display_id LIMIT $5
"""
# $2 the first instant of today, $3 the end of the days that are shown.
_LAUNCHES = f"""
SELECT m.display_id, m.name, m.customer, m.state, m.target_launch_date, m.phase, false AS late, m.owner,
    count(*) OVER () AS total, 0 AS late_ones, 0 AS at_risk, 0 AS blocked, 0 AS waiting
FROM (
    SELECT o.display_id, o.name, c.name AS customer, o.state, o.target_launch_date, f.name AS phase, p.name AS owner
    FROM onboardings o JOIN customers c ON c.workspace_id = o.workspace_id AND c.id = o.customer_id
    JOIN phases f ON f.workspace_id = o.workspace_id AND f.key = o.phase
    LEFT JOIN people p ON p.id = o.csm_id
    WHERE o.workspace_id = $1 AND o.deleted_at IS NULL AND c.deleted_at IS NULL
        AND {LAUNCH} >= $2 AND {LAUNCH} < $3 AND {_BEFORE_LAUNCH}
    ORDER BY {LAUNCH}, o.id LIMIT $4
) m
ORDER BY m.target_launch_date, m.display_id LIMIT $5
"""
_ACTIVITY = f"""
SELECT {columns(Activity, "a")}, c.display_id AS customer, c.name AS customer_name, o.display_id AS onboarding,
    o.name AS onboarding_name
FROM (
    SELECT * FROM activity a WHERE a.workspace_id = $1 AND a.customer_id IS NOT NULL
    ORDER BY a.created_at DESC LIMIT $2
) a
JOIN customers c ON c.workspace_id = $1 AND c.id = a.customer_id AND c.deleted_at IS NULL
LEFT JOIN onboardings o ON o.workspace_id = $1 AND o.id = a.onboarding_id AND o.deleted_at IS NULL
ORDER BY a.created_at DESC
"""
_FIELDS = len(Activity._fields)


class OnboardingLine(NamedTuple):
    """An onboarding as the home page shows it; the numbers are those of all that the list is about.

    Attributes:
        late: whether its launch date is past and it has not launched.
    """

    display_id: int
    name: str
    customer: str
    state: str
    target_launch_date: datetime | None
    phase: str
    late: bool
    owner: str | None
    total: int
    late_ones: int
    at_risk: int
    blocked: int
    waiting: int

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/onboardings/{self.display_id}-{slug(self.name)}"


class TeamLine(NamedTuple):
    """What somebody did about a customer; ``more`` is how often again right before."""

    row: Activity
    customer: int
    customer_name: str
    onboarding: int | None
    onboarding_name: str | None
    more: int = 0

    @property
    def path(self) -> str:
        """Where it can be seen."""
        return f"/onboardings/{self.onboarding}" if self.onboarding else f"/customers/{self.customer}"


async def list_needy(connection: Connection, actor: Actor, today: date) -> list[OnboardingLine]:
    """Return what the actor leads that is past its launch date, at risk, blocked or waiting; the worst first."""
    given = (actor.workspace_id, actor.id, _start_of(today), MOST_COUNTED, SHOWN)
    return await fetch_all(connection, OnboardingLine, _NEEDY, *given)


async def list_launches(connection: Connection, actor: Actor, today: date) -> list[OnboardingLine]:
    """Return whose launch is due within two weeks, the next first."""
    start = _start_of(today)
    given = (actor.workspace_id, start, start + LAUNCHES_WITHIN, MOST_COUNTED, SHOWN)
    return await fetch_all(connection, OnboardingLine, _LAUNCHES, *given)


async def list_team_activity(connection: Connection, actor: Actor) -> list[TeamLine]:
    """Return what was done about customers lately, the last first; the same again and again is one line."""
    lines: list[TeamLine] = []
    for record in await connection.fetch(_ACTIVITY, actor.workspace_id, _ENTRIES):
        values = tuple(record)
        line = TeamLine(Activity(*values[:_FIELDS]), *values[_FIELDS:])
        if lines and _is_again(lines[-1], line):
            lines[-1] = lines[-1]._replace(more=lines[-1].more + 1)
        elif len(lines) < _LINES:
            lines.append(line)
        else:
            break
    return lines


def _is_again(last: TeamLine, line: TeamLine) -> bool:
    """Return whether the same one did the same: several things with one customer, or one thing with several."""
    same_place = (last.customer, last.onboarding) == (line.customer, line.onboarding)
    same_words = last.row.summary == line.row.summary
    return (last.row.actor_id, last.row.type) == (line.row.actor_id, line.row.type) and (same_place or same_words)


def _start_of(day: date) -> datetime:
    """Return where a launch date stands that is on this day: days are kept as their first instant, in UTC."""
    return datetime.combine(day, time(), UTC)
