"""Where the phases that a plan names have gone meanwhile."""

from collections.abc import Collection

from pivotal_server.core.db import Connection
from pivotal_server.core.errors import ApiError
from pivotal_server.onboardings.phases import hold_phases, list_phases, list_retired_phases


async def present_phases(connection: Connection, workspace_id: str, keys: Collection[str]) -> dict[str, str]:
    """Return, by the phase that is named, the one that it is today: itself, or where its onboardings went.

    A phase that was retired and whose place no other took is left out.
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
        if now in known:
            found[key] = str(now)
    return found


async def hold_present_phases(connection: Connection, workspace_id: str, keys: Collection[str]) -> dict[str, str]:
    """Return what ``present_phases`` does, of phases none of which can be retired before the transaction ends.

    Raises:
        ApiError: 409 ``template_phase_missing`` where a phase was retired and nothing took its place.
    """
    found = await present_phases(connection, workspace_id, keys)
    for key in keys:
        if key not in found:
            retired = {phase.key: phase.name for phase in await list_retired_phases(connection, workspace_id)}
            message = f"The workspace has retired the phase {retired.get(key, key)}, and no other took its place."
            raise ApiError(409, "template_phase_missing", message)
    await hold_phases(connection, workspace_id, *set(found.values()))
    return found
