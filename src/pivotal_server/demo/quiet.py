"""Keeping a sample to itself: nothing that happens in it is mailed to people who do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.automations.actions import update_automations
from pivotal_server.automations.schemas import AutomationsUpdate
from pivotal_server.demo.cast import MANAGER, TEAM
from pivotal_server.identity.models import Actor
from pivotal_server.notifications.actions import choose_for_person
from pivotal_server.notifications.kinds import KINDS
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.notifications.actions import Choices

_NO_REMINDERS = "UPDATE onboardings SET reminder_email = false WHERE workspace_id = $1"


async def keep_quiet(connection: Connection, workspace_id: str, people: Mapping[str, str], clock: Clock) -> None:
    """Let no mail go to the made-up team and its customers.

    Args:
        connection: in the transaction that makes the workspace.
        workspace_id: the sample.
        people: id of each teammate by key.
        clock: the time at which it is done.
    """
    none: Choices = {(kind, "email"): False for kind in KINDS.values()}
    manager = next(mate for mate in TEAM if mate.key == MANAGER)
    change = Change(connection, Actor(workspace_id, "person", people[MANAGER], manager.name, role="admin"), clock)
    await update_automations(change, AutomationsUpdate(launch_message=False, calendar_entry=False))
    await change.write_records()
    for mate in TEAM:
        actor = Actor(workspace_id, "person", people[mate.key], mate.name, role=mate.role)
        await choose_for_person(Change(connection, actor, clock), people[mate.key], none)
    await connection.execute(_NO_REMINDERS, workspace_id)
