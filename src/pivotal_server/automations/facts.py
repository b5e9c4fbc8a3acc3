"""What there is to say about an onboarding that has launched."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.db import Connection, fetch_all, fetch_one
from pivotal_server.messages.rendering import one_line
from pivotal_server.onboardings.models import OnboardingRow

# So many of each are named, and the others counted.
MOST_NAMED = 50


class Names(NamedTuple):
    """Who has to do with it; there may be no CSM."""

    workspace: str
    customer: str
    csm: str | None
    csm_email: str | None


class PhaseSpent(NamedTuple):
    """What a phase took, over all visits to it."""

    name: str
    target_days: int
    visits: int
    seconds_in_phase: int
    seconds_waiting: int


class Shift(NamedTuple):
    """A change of the target launch date."""

    at: datetime
    from_date: datetime | None
    to_date: datetime | None
    days: int | None
    reason: str | None


class OpenTask(NamedTuple):
    """A task that is still to be done."""

    title: str
    due_on: date | None


class Participant(NamedTuple):
    """Somebody who had a part: a teammate by role, or a contact by title."""

    name: str
    part: str | None


@dataclass(frozen=True, slots=True)
class Launch:
    """An onboarding's launch.

    Attributes:
        names: who has to do with it.
        started_on: the day by the workspace's clock, as ``launched_on``.
        task_count: tasks that are not deleted, subtasks included, and how many of them are ``done_count``.
        open_tasks: the soonest due first, and not more than can be named.
    """

    onboarding: OnboardingRow
    names: Names
    started_on: date
    launched_on: date
    task_count: int
    done_count: int
    open_tasks: list[OpenTask]

    @property
    def title(self) -> str:
        """What has launched, with the customer's name in it."""
        name, customer = self.onboarding.name, self.names.customer
        return one_line(name if customer in name else f"{customer}: {name}")


_NAMES = """
SELECT w.name, c.name, p.name, p.email FROM workspaces w JOIN customers c ON c.workspace_id = w.id AND c.id = $2
LEFT JOIN people p ON p.id = $3 WHERE w.id = $1
"""
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE t.status = 'completed') FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.deleted_at IS NULL
"""
_OPEN = f"""
SELECT t.title, t.due_on FROM tasks t
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.status = 'open' AND t.deleted_at IS NULL
ORDER BY t.due_order, t.display_id LIMIT {MOST_NAMED}
"""
_PHASES = """
SELECT p.name, p.target_days, count(*), sum(t.seconds_in_phase)::bigint, sum(t.seconds_waiting)::bigint
FROM phase_transitions t JOIN phases p ON p.workspace_id = t.workspace_id AND p.key = t.from_phase
WHERE t.workspace_id = $1 AND t.onboarding_id = $2 AND t.seconds_in_phase IS NOT NULL AND t.created_at <= $3
GROUP BY p.key, p.name, p.target_days ORDER BY min(t.created_at)
"""
_SHIFTS = """
SELECT s.created_at, s.from_date, s.to_date, s.days, s.reason FROM launch_date_shifts s
WHERE s.workspace_id = $1 AND s.onboarding_id = $2 AND s.created_at <= $3 ORDER BY s.created_at
"""
_TEAM = """
SELECT p.name, part.name FROM onboardings o
CROSS JOIN LATERAL (VALUES (o.csm_id, 'CSM', 1), (o.se_id, 'SE', 2), (o.designer_id, 'designer', 3),
    (o.product_ops_id, 'product ops', 4)) part (person_id, name, place)
JOIN people p ON p.id = part.person_id WHERE o.workspace_id = $1 AND o.id = $2 ORDER BY part.place
"""
_CONTACTS = f"""
SELECT k.name, k.title FROM contacts k JOIN onboardings o ON o.workspace_id = k.workspace_id
    AND o.customer_id = k.customer_id
WHERE k.workspace_id = $1 AND o.id = $2 AND k.deleted_at IS NULL AND k.archived_at IS NULL
ORDER BY k.is_primary DESC, k.created_at LIMIT {MOST_NAMED}
"""


async def find_launch(
    connection: Connection, workspace_id: str, onboarding: OnboardingRow, launched_at: datetime
) -> Launch:
    """Return what there is to say about a launch at this instant, as it stands by now."""
    names = await fetch_one(connection, Names, _NAMES, workspace_id, onboarding.customer_id, onboarding.csm_id)
    assert names is not None  # noqa: S101 - the onboarding refers to both
    _, time_zone = await working_days_of(connection, workspace_id)
    count, done = await connection.fetchrow(_COUNTS, workspace_id, onboarding.id)  # type: ignore[misc]  # a row
    return Launch(
        onboarding,
        names,
        onboarding.started_at.astimezone(time_zone).date(),
        launched_at.astimezone(time_zone).date(),
        count,
        done,
        await fetch_all(connection, OpenTask, _OPEN, workspace_id, onboarding.id),
    )


async def list_phases_spent(
    connection: Connection, workspace_id: str, onboarding_id: str, until: datetime
) -> list[PhaseSpent]:
    """Return what each phase took that the onboarding left up to an instant, in the order in which it left them."""
    return await fetch_all(connection, PhaseSpent, _PHASES, workspace_id, onboarding_id, until)


async def list_shifts(connection: Connection, workspace_id: str, onboarding_id: str, until: datetime) -> list[Shift]:
    """Return the changes of the target launch date up to an instant, the first one first."""
    return await fetch_all(connection, Shift, _SHIFTS, workspace_id, onboarding_id, until)


async def list_participants(connection: Connection, workspace_id: str, onboarding_id: str) -> list[Participant]:
    """Return the team of an onboarding, then the customer's contacts, the primary one first."""
    team = await fetch_all(connection, Participant, _TEAM, workspace_id, onboarding_id)
    return team + await fetch_all(connection, Participant, _CONTACTS, workspace_id, onboarding_id)
