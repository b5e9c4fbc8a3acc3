"""A workspace's phases: the way that every onboarding takes, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import ApiError, not_found
from pivotal_server.core.validation import enum_message

PhaseKind = Literal["normal", "launch", "terminal"]


class Phase(NamedTuple):
    """A phase.

    Attributes:
        key: what an onboarding's ``phase`` holds; it never changes, and is never used again.
        position: its place in the order, from 1; of a retired phase, the one that it had.
        target_days: how long it should take; 0 where it has no target.
        retired_at: since when onboardings cannot be in it any more.
        moved_to: where its onboardings went when it was retired.
    """

    key: str
    name: str
    position: int
    target_days: int
    kind: PhaseKind
    retired_at: datetime | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one phase into another; ``keeps_clock`` where it is the same phase under another name."""

    left: Phase
    entered: Phase
    keeps_clock: bool = False


# What a new workspace starts with (documentation: Onboarding phases).
DEFAULT_PHASES = (
    Phase("before_getting_started", "Before getting started", 1, 7, "normal"),
    Phase("program_design", "Program design", 2, 14, "normal"),
    Phase("review", "Review", 3, 7, "normal"),
    Phase("program_buildout", "Program buildout", 4, 21, "normal"),
    Phase("internal_qa", "Internal QA", 5, 7, "normal"),
    Phase("launch", "Launch", 6, 7, "launch"),
    Phase("completed", "Completed", 7, 0, "terminal"),
)

_PHASES = f"SELECT {columns(Phase, 'p')} FROM phases p WHERE p.workspace_id = $1"
_LIST = f"{_PHASES} AND p.retired_at IS NULL ORDER BY p.position"
_LIST_RETIRED = f"{_PHASES} AND p.retired_at IS NOT NULL ORDER BY p.retired_at DESC, p.key"
_GET = f"{_PHASES} AND p.key = $2"
# The lock that an onboarding's reference takes all the same, taken early: whoever retires the phase waits for it, and
# whoever waits for that finds the phase no more.
_HOLD = f"{_PHASES} AND p.key = ANY($2::text[]) AND p.retired_at IS NULL FOR KEY SHARE"
_HOLD_FIRST = f"{_PHASES} AND p.retired_at IS NULL ORDER BY p.position LIMIT 1 FOR KEY SHARE"
_ADD = "INSERT INTO phases (workspace_id, key, name, position, target_days, kind) VALUES ($1, $2, $3, $4, $5, $6)"


def find_phase(phases: Sequence[Phase], key: str, field: str = "phase") -> Phase:
    """Return the phase with this key.

    Raises:
        ApiError: 400 ``invalid_enum_value`` about ``field``, which lists the workspace's keys in order.
    """
    for phase in phases:
        if phase.key == key:
            return phase
    known = tuple(phase.key for phase in phases)
    raise ApiError(400, "invalid_enum_value", enum_message(known, key), field=field)


async def list_phases(connection: Connection, workspace_id: str) -> list[Phase]:
    """Return the workspace's phases in their order, without retired ones."""
    return await fetch_all(connection, Phase, _LIST, workspace_id)


async def list_retired_phases(connection: Connection, workspace_id: str) -> list[Phase]:
    """Return the phases that the workspace has retired, the last one first."""
    return await fetch_all(connection, Phase, _LIST_RETIRED, workspace_id)


async def get_phase(connection: Connection, workspace_id: str, key: str) -> Phase:
    """Return the phase with this key, retired or not.

    Raises:
        ApiError: 404 ``phase_not_found``.
    """
    phase = await fetch_one(connection, Phase, _GET, workspace_id, key)
    if phase is None:
        raise not_found("phase")
    return phase


async def hold_phases(connection: Connection, workspace_id: str, *keys: str) -> list[Phase]:
    """Return the phases with these keys in their order; none of them can be retired before the transaction ends.

    Raises:
        ApiError: 400 ``invalid_enum_value`` where the workspace has no such phase, or has retired it.
    """
    while len(held := await fetch_all(connection, Phase, _HOLD, workspace_id, keys)) < len(set(keys)):
        known = await list_phases(connection, workspace_id)
        for key in keys:
            find_phase(known, key)  # raises, unless the phase was restored this very moment
    return [find_phase(held, key) for key in keys]


async def hold_first_phase(connection: Connection, workspace_id: str) -> Phase:
    """Return the workspace's first phase, which cannot be retired before the transaction ends."""
    while (phase := await fetch_one(connection, Phase, _HOLD_FIRST, workspace_id)) is None:
        pass  # it was retired while we waited for its row: another one is the first now
    return phase


async def add_default_phases(connection: Connection, workspace_id: str) -> None:
    """Give a new workspace the seven phases of the API."""
    await connection.executemany(
        _ADD, [(workspace_id, p.key, p.name, p.position, p.target_days, p.kind) for p in DEFAULT_PHASES]
    )
