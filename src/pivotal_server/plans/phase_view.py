"""What the settings' page of phases shows: each phase, and how many onboardings are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.onboardings.phases import Phase, list_phases, list_retired_phases

if TYPE_CHECKING:
    from collections.abc import Collection

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

# More are "1,000+": nobody needs to know it to one, and the page stays as quick.
MOST_COUNTED = 1000
# The words for what a phase can be told to be, and what each means.
KINDS = (
    ("normal", "A step"),
    ("launch", "The launch"),
    ("terminal", "The end"),
)

_COUNTS = """
SELECT p.key, (
    SELECT count(*) FROM (
        SELECT FROM onboardings o WHERE o.workspace_id = $1 AND o.phase = p.key AND o.deleted_at IS NULL LIMIT $3
    ) counted
) FROM unnest($2::text[]) p (key)
"""


class PhaseValue(NamedTuple):
    """One value of a phase, as its field holds it."""

    name: str
    label: str
    value: str
    words: str


class PhasesView(NamedTuple):
    """All phases of a workspace, and how many onboardings are in each, by key."""

    phases: list[Phase]
    retired: list[Phase]
    counts: dict[str, int]

    def name_of(self, key: str | None) -> str:
        """Return what a phase is called, retired or not."""
        return next((phase.name for phase in (*self.phases, *self.retired) if phase.key == key), key or "")


async def read_phases(connection: Connection, actor: Actor) -> PhasesView:
    """Return the workspace's phases, those of today and those of before."""
    phases = await list_phases(connection, actor.workspace_id)
    counts = await count_onboardings(connection, actor, [phase.key for phase in phases])
    return PhasesView(phases, await list_retired_phases(connection, actor.workspace_id), counts)


async def count_onboardings(connection: Connection, actor: Actor, keys: Collection[str]) -> dict[str, int]:
    """Return how many onboardings are in phases, by key: up to one more than ``MOST_COUNTED``."""
    records = await connection.fetch(_COUNTS, actor.workspace_id, keys, MOST_COUNTED + 1)
    return {record[0]: record[1] for record in records}


def value_of(phase: Phase, name: str) -> PhaseValue | None:
    """Return a value of a phase that can be changed in place; None where there is none of this name."""
    if name == "name":
        return PhaseValue(name, "Name", phase.name, phase.name)
    if name == "target_days":
        return PhaseValue(name, "Target days", str(phase.target_days), str(phase.target_days))
    if name == "kind":
        return PhaseValue(name, "Kind", phase.kind, dict(KINDS)[phase.kind])
    return None
