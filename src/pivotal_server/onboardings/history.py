"""The history that reports are made of: steps through the phases, and changes of the target launch date."""

from collections.abc import Sequence

from pivotal_server.core.ids import new_id
from pivotal_server.onboardings.models import OnboardingRow, days_between, whole_seconds
from pivotal_server.timeline.change import Change

_ADD_TRANSITIONS = """
INSERT INTO phase_transitions (workspace_id, actor_type, actor_id, actor_name, reason,
    id, onboarding_id, from_phase, to_phase, created_at, seconds_in_phase, seconds_waiting)
SELECT $1, $2, $3, $4, $5, t.*
FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::bigint[], $12::bigint[]) t
"""
_ADD_SHIFT = """
INSERT INTO launch_date_shifts (workspace_id, actor_type, actor_id, actor_name, reason,
    id, onboarding_id, from_date, to_date, days, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def add_transitions(
    change: Change, steps: Sequence[tuple[OnboardingRow | None, OnboardingRow]], *, reason: str | None
) -> None:
    """Record that onboardings entered phases, and what the phases before took.

    Args:
        change: where to write it.
        steps: each onboarding as it was, or None where it begins, and as it is.
        reason: why, if somebody said so.
    """
    columns = zip(*(_transition(before, row) for before, row in steps), strict=True)
    await change.connection.execute(_ADD_TRANSITIONS, *_who_and_why(change, reason), *columns)


async def add_shift(change: Change, before: OnboardingRow, row: OnboardingRow, *, reason: str | None) -> None:
    """Record that an onboarding's target launch date changed."""
    dates = before.target_launch_date, row.target_launch_date
    await change.connection.execute(
        _ADD_SHIFT,
        *_who_and_why(change, reason),
        *(new_id(), row.id, *dates, days_between(*dates), row.updated_at),
    )


def _who_and_why(change: Change, reason: str | None) -> tuple[str, str, str, str, str | None]:
    actor = change.actor
    return actor.workspace_id, actor.type, actor.id, actor.name, reason


def _transition(before: OnboardingRow | None, row: OnboardingRow) -> tuple[object, ...]:
    """Return a transition's own columns; it has no durations where the clock of the phase before goes on."""
    if before is None:  # one that is to begin later is there from now on all the same
        return new_id(), row.id, None, row.phase, min(row.phase_entered_at, row.created_at), None, None
    if row.phase_entered_at == before.phase_entered_at:
        return new_id(), row.id, before.phase, row.phase, row.updated_at, None, None
    at = row.phase_entered_at
    clock = whole_seconds(before.time_in_phase(at)), whole_seconds(before.time_waiting(at))
    return new_id(), row.id, before.phase, row.phase, at, *clock
