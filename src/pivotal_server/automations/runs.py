"""What the automations do: each run is one transaction, with its mail or draft, and ends once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.automations.entry import calendar_entry
from pivotal_server.automations.facts import find_launch, list_participants, list_phases_spent, list_shifts
from pivotal_server.automations.models import RunRow
from pivotal_server.automations.queries import RUN_COLUMNS
from pivotal_server.automations.words import message_values, recap_values
from pivotal_server.core.db import fetch_one
from pivotal_server.core.mail import Message, send_mail
from pivotal_server.core.words import day_in_words
from pivotal_server.messages.catalogue import LAUNCH_MESSAGE, LAUNCH_RECAP
from pivotal_server.messages.queries import get_template
from pivotal_server.messages.rendering import fill
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.timeline.change import Change, Subject

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pivotal_server.automations.facts import Launch

_HOLD = f"SELECT {RUN_COLUMNS} FROM automation_runs r WHERE r.workspace_id = $1 AND r.id = $2 FOR NO KEY UPDATE"
_END = """
UPDATE automation_runs r SET state = $3, result = $4, finished_at = $5 WHERE r.workspace_id = $1 AND r.id = $2
"""
_KEEP_RECAP = """
INSERT INTO launch_recaps AS r (workspace_id, onboarding_id, subject, body, launched_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace_id, onboarding_id) DO UPDATE SET subject = excluded.subject, body = excluded.body,
    launched_at = excluded.launched_at, created_at = excluded.created_at
    WHERE r.launched_at <= excluded.launched_at
"""
_NO_CSM = "The onboarding has no CSM."


async def do_run(change: Change, run_id: str) -> None:
    """Do what the automation of a queued run does; where it has ended, nothing happens."""
    run = await fetch_one(change.connection, RunRow, _HOLD, change.actor.workspace_id, run_id)
    if run is None or run.state != "queued":
        return
    onboarding = await get_onboarding(change.connection, change.actor, run.onboarding_id, deleted=True)
    launch = await find_launch(change.connection, change.actor.workspace_id, onboarding, run.launched_at)
    done, result = await _DOES[run.automation](change, run, launch)
    state = "done" if done else "skipped"
    await change.connection.execute(_END, change.actor.workspace_id, run.id, state, result, change.at)
    if done:
        subject = Subject("onboarding", onboarding.id, customer_id=onboarding.customer_id, onboarding_id=onboarding.id)
        data = {"automation": run.automation, "automation_run_id": run.id}
        change.note("automation.done", f"After the launch: {result.removesuffix('.')}", subject, data)


async def _write_to_csm(change: Change, _: RunRow, launch: Launch) -> tuple[bool, str]:
    names = launch.names
    if names.csm is None or names.csm_email is None:
        return False, _NO_CSM
    template = await get_template(change.connection, change.actor, LAUNCH_MESSAGE)
    text = fill(template.kind, template.text, message_values(launch, names.csm))
    await send_mail(change.connection, Message(names.csm_email, text.subject, text.body))
    return True, f"Wrote to {names.csm}."


async def _send_entry(change: Change, run: RunRow, launch: Launch) -> tuple[bool, str]:
    names = launch.names
    if names.csm is None or names.csm_email is None:
        return False, _NO_CSM
    what = f"{launch.title} launched on {day_in_words(launch.launched_on)}"
    message = Message(
        names.csm_email,
        f"For your calendar: {what}",
        f"{what}. The entry for your calendar is attached.\n",
        calendar=calendar_entry(launch, run.id, run.created_at),
    )
    await send_mail(change.connection, message)
    return True, f"Sent {names.csm} an entry for the calendar."


async def _draft_recap(change: Change, run: RunRow, launch: Launch) -> tuple[bool, str]:
    place = change.actor.workspace_id, launch.onboarding.id
    phases = await list_phases_spent(change.connection, *place, run.launched_at)
    shifts = await list_shifts(change.connection, *place, run.launched_at)
    people = await list_participants(change.connection, *place)
    template = await get_template(change.connection, change.actor, LAUNCH_RECAP)
    text = fill(template.kind, template.text, recap_values(launch, phases, shifts, people))
    await change.connection.execute(_KEEP_RECAP, *place, text.subject, text.body, run.launched_at, change.at)
    return True, "Drafted a recap."


_DOES: dict[str, Callable[[Change, RunRow, Launch], Awaitable[tuple[bool, str]]]] = {
    "launch_message": _write_to_csm,
    "calendar_entry": _send_entry,
    "launch_recap": _draft_recap,
}
