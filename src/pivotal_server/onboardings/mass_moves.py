"""Moving all onboardings of a phase at once, in a few statements however many they are."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

from pivotal_server.core.db import fetch_all
from pivotal_server.core.errors import ApiError
from pivotal_server.core.resources import moment_of_change
from pivotal_server.onboardings.actions import effects_of_move
from pivotal_server.onboardings.events import record_updated
from pivotal_server.onboardings.history import add_transitions
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.phases import Move
from pivotal_server.onboardings.queries import COLUMNS
from pivotal_server.timeline.change import Change

# Each has its transition, timeline entry and event, all in one transaction: two or three seconds of work.
MAX_MOVED = 5_000
# So many are told of before the process answers other requests again.
_SERVE_OTHERS_EVERY = 100

_LOCK = f"""
SELECT {COLUMNS} FROM onboardings o
WHERE o.workspace_id = $1 AND o.phase = ANY($2::text[]) AND o.deleted_at IS NULL LIMIT $3 FOR NO KEY UPDATE OF o
"""
_CLOSE = "SELECT FROM phases p WHERE p.workspace_id = $1 AND p.key = ANY($2::text[]) FOR UPDATE"
_MOVE = f"""
UPDATE onboardings o SET phase = m.phase, phase_entered_at = m.entered_at, phase_waited = m.waited,
    completed_at = m.completed_at, updated_at = m.updated_at
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::interval[], $6::timestamptz[], $7::timestamptz[])
    m (id, phase, entered_at, waited, completed_at, updated_at)
WHERE o.workspace_id = $1 AND o.id = m.id RETURNING {COLUMNS}
"""


async def close_phases(change: Change, keys: Collection[str]) -> list[OnboardingRow]:
    """Return the onboardings in these phases, locked; until the transaction ends nobody else enters or leaves them.

    Raises:
        ApiError: 409 ``too_many_onboardings`` where there are more than one transaction should move.
    """
    # Whoever moves an onboarding locks it first and its phases then: in that order nobody waits for us in a circle.
    await _lock(change, keys)
    await change.connection.execute(_CLOSE, change.actor.workspace_id, keys)
    return await _lock(change, keys)  # with those that entered in between


async def move_onboardings(
    change: Change, rows: Sequence[OnboardingRow], moves: Mapping[str, Move], reason: str
) -> None:
    """Move onboardings, each as any move does it: transition, timeline entry, events.

    Args:
        change: where to write it.
        rows: the onboardings, locked.
        moves: by the key of the phase that they are in.
        reason: why, for transitions and timelines.
    """
    if not rows:
        return
    rows = sorted(rows, key=lambda row: row.created_at)
    columns = zip(*(_values(change, row, moves[row.phase]) for row in rows), strict=True)
    moved = {
        row.id: row
        for row in await fetch_all(change.connection, OnboardingRow, _MOVE, change.actor.workspace_id, *columns)
    }
    await add_transitions(change, [(row, moved[row.id]) for row in rows], reason=reason)
    for number, row in enumerate(rows):
        record_updated(change, row, moved[row.id], moves[row.phase], reason)
        if number % _SERVE_OTHERS_EVERY == 0:
            await asyncio.sleep(0)


async def _lock(change: Change, keys: Collection[str]) -> list[OnboardingRow]:
    rows = await fetch_all(change.connection, OnboardingRow, _LOCK, change.actor.workspace_id, keys, MAX_MOVED + 1)
    if len(rows) > MAX_MOVED:
        message = f"More than {MAX_MOVED} onboardings would move at once. Move some of them first."
        raise ApiError(409, "too_many_onboardings", message)
    return rows


def _values(change: Change, row: OnboardingRow, move: Move) -> tuple[object, ...]:
    at = moment_of_change(change.at, row.updated_at)
    effects = effects_of_move(row, move, at)
    clock = effects["phase_entered_at"], effects["phase_waited"]
    return row.id, move.entered.key, *clock, effects["completed_at"], at
