"""Where the phases that a plan names have gone meanwhile."""

from collections.abc import Collection

from pivotal_server.core.db import Connection
from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.phases import hold_phases, list_phases, list_retired_phases


async def hold_present_phases(connection: Connection, workspace_id: str, keys: Collection[str]) -> dict[str, str]:
    """Return, by the phase that is named, the one that it is today: itself, or where its onboardings went.

    None of them can be retired before the transaction ends.

    Raises:
        ApiError: 409 ``template_phase_missing`` where a phase was retired and nothing took its place.
    """
    known = {phase.key for phase in await list_phases(connection, workspace_id)}
    retired = {phase.key: phase for phase in await list_retired_phases(connection, workspace_id)}
    found = {}
    for key in keys:
        now: str | None = key
        seen: set[str] = set()
        while now in retired and now not in seen:
            seen.add(now)
            now = retired[now].moved_to
        if now not in known:
            name = retired[key].name if key in retired else key
            message = f"The workspace has retired the phase {name}, and no other took its place."
            raise ApiError(409, "template_phase_missing", message)
        found[key] = str(now)
    await hold_phases(connection, workspace_id, *set(found.values()))
    return found
