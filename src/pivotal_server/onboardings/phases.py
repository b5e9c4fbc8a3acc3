"""A workspace's phases: the way that every onboarding takes, in order."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all
from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import enum_message

PhaseKind = Literal["normal", "launch", "terminal"]


class Phase(NamedTuple):
    """A phase; ``target_days`` is how long it should take."""

    key: str
    name: str
    position: int
    target_days: int
    kind: PhaseKind


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

_LIST = f"""
SELECT {columns(Phase, "p")} FROM phases p WHERE p.workspace_id = $1 ORDER BY p.position
"""
_ADD = "INSERT INTO phases (workspace_id, key, name, position, target_days, kind) VALUES ($1, $2, $3, $4, $5, $6)"


def find_phase(phases: Sequence[Phase], key: str) -> Phase:
    """Return the phase with this key.

    Raises:
        ApiError: 400 ``invalid_enum_value``, which lists the workspace's keys in order.
    """
    for phase in phases:
        if phase.key == key:
            return phase
    known = tuple(phase.key for phase in phases)
    raise ApiError(400, "invalid_enum_value", enum_message(known, key), field="phase")


async def list_phases(connection: Connection, workspace_id: str) -> list[Phase]:
    """Return the workspace's phases in their order."""
    return await fetch_all(connection, Phase, _LIST, workspace_id)


async def add_default_phases(connection: Connection, workspace_id: str) -> None:
    """Give a new workspace the seven phases of the API."""
    await connection.executemany(
        _ADD, [(workspace_id, p.key, p.name, p.position, p.target_days, p.kind) for p in DEFAULT_PHASES]
    )
