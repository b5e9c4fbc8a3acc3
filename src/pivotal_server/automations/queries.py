"""Reads of automations, their runs, and recaps."""

from pivotal_server.automations.models import RecapRow, RunRow, SettingsRow
from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor

RUN_COLUMNS = columns(RunRow, "r")
SETTINGS_COLUMNS = columns(SettingsRow, "s")
_SETTINGS = f"SELECT {SETTINGS_COLUMNS} FROM automation_settings s WHERE s.workspace_id = $1"
_RUNS = f"""
SELECT {RUN_COLUMNS} FROM automation_runs r
WHERE r.workspace_id = $1 AND r.onboarding_id = $2 AND r.created_at < $3 ORDER BY r.created_at DESC LIMIT $4
"""
_RECAP = f"SELECT {columns(RecapRow, 'r')} FROM launch_recaps r WHERE r.workspace_id = $1 AND r.onboarding_id = $2"


async def find_settings(connection: Connection, workspace_id: str) -> SettingsRow | None:
    """Return which automations the workspace has switched on, or None where it has left all of them on."""
    return await fetch_one(connection, SettingsRow, _SETTINGS, workspace_id)


async def list_runs(connection: Connection, actor: Actor, onboarding_id: str, query: PageQuery) -> list[RunRow]:
    """Return a page of what ran for the onboarding with this cuid, newest first, and one more where more follow."""
    return await fetch_all(
        connection, RunRow, _RUNS, actor.workspace_id, onboarding_id, query.before, query.fetch
    )  # fmt: skip


async def get_recap(connection: Connection, actor: Actor, onboarding_id: str) -> RecapRow:
    """Return the draft of a recap of the onboarding with this cuid.

    Raises:
        ApiError: 404 ``launch_recap_not_found``.
    """
    row = await fetch_one(connection, RecapRow, _RECAP, actor.workspace_id, onboarding_id)
    if row is None:
        raise not_found("launch_recap")
    return row
