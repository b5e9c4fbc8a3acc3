"""Changes to automations: which are on, and what a launch sets going."""

from datetime import datetime, timedelta

from pivotal_server.automations.models import AUTOMATIONS, SettingsRow
from pivotal_server.automations.queries import SETTINGS_COLUMNS, find_settings
from pivotal_server.automations.schemas import AutomationsUpdate, present
from pivotal_server.core.db import fetch_one
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import changes, previous_attributes
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.timeline.change import Change, Subject

_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_WRITE = f"""
INSERT INTO automation_settings AS s (workspace_id, launch_message, calendar_entry, launch_recap, updated_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace_id) DO UPDATE SET launch_message = excluded.launch_message,
    calendar_entry = excluded.calendar_entry, launch_recap = excluded.launch_recap, updated_at = excluded.updated_at
RETURNING {SETTINGS_COLUMNS}
"""
_QUEUE = """
INSERT INTO automation_runs (workspace_id, id, onboarding_id, automation, event_id, launched_at, state, created_at,
    finished_at, result)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (workspace_id, event_id, automation) DO NOTHING RETURNING id
"""
_WORDS = {
    "launch_message": "message at the launch",
    "calendar_entry": "calendar entry of the launch",
    "launch_recap": "recap of the launch",
}


async def update_automations(change: Change, body: AutomationsUpdate) -> SettingsRow | None:
    """Switch automations on or off; where nothing differs, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    require(change.actor, "admin")
    await change.connection.execute(_WAIT_FOR_TURN, change.actor.workspace_id)
    before = await find_settings(change.connection, change.actor.workspace_id)
    was = present(before)
    switches = {name: body.changes().get(name, was[name]) for name in AUTOMATIONS}
    if all(switches[name] == was[name] for name in AUTOMATIONS):
        return before
    row = await fetch_one(
        change.connection, SettingsRow, _WRITE, change.actor.workspace_id, *switches.values(), change.at
    )
    previous = previous_attributes(was, present(row))
    words = [f"{_WORDS[name]} {'on' if switches[name] else 'off'}" for name in previous]
    subject = Subject("workspace", change.actor.workspace_id)
    change.note("automations.updated", f"Switched the {', the '.join(words)}", subject, changes(previous, present(row)))
    return row


async def queue_runs(change: Change, onboarding_id: str, event_id: str, launched_at: datetime) -> list[str]:
    """Set going what is switched on, for a launch; where that was done before, nothing happens.

    Args:
        change: where to write it; its actor has the mode of the launch, and a test key sets nothing going.
        onboarding_id: what has launched.
        event_id: the launch.
        launched_at: when it did.

    Returns:
        The cuids of the runs that are to be done.
    """
    workspace_id, live = change.actor.workspace_id, change.actor.livemode
    onboarding = await get_onboarding(change.connection, change.actor, onboarding_id, deleted=True, lock=True)
    if onboarding.deleted_at is not None:
        return []
    switches = present(await find_settings(change.connection, workspace_id))
    queued = []
    for place, automation in enumerate(name for name in AUTOMATIONS if switches[name]):
        at = change.at + place * timedelta(microseconds=1)
        end = ("queued", at, None, None) if live else ("suppressed", at, at, "A test key launched it.")
        run_id = await change.connection.fetchval(
            _QUEUE, workspace_id, new_id(), onboarding.id, automation, event_id, launched_at, *end
        )
        if run_id is not None and live:
            queued.append(str(run_id))
    return queued
