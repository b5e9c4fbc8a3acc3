"""Makes the demo workspace by doing again what was done there: through the product's own actions, at the time of each.

So the timeline, the phase transitions and the events are what the product itself would have left behind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pivotal_server.demo.cast import COMPANY, TEAM
from pivotal_server.demo.keys import DEMO_SLUG
from pivotal_server.demo.player import Player
from pivotal_server.demo.story import tell
from pivotal_server.identity.people import add_member
from pivotal_server.provisioning import provision_workspace

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage
    from pivotal_server.identity.models import Workspace

# Events are for those who listen; older ones would be gone by now.
_EVENTS_KEPT = timedelta(days=30)
_FORGET_EVENTS = "DELETE FROM events WHERE workspace_id = $1 AND created_at < $2"
# Nobody listened when they happened, so nothing is to follow from them now.
_FORGET_OUTBOX = "DELETE FROM outbox WHERE workspace_id = $1"
# The planner knows nothing yet of tables that were empty a moment ago, and would read far too much of them.
_ANALYSE = """
ANALYZE activity, attachments, comments, contacts, counters, customers, onboardings, phase_transitions,
    task_dependencies, tasks
"""
_STEPS_BETWEEN = 500


async def seed(connection: Connection, storage: Storage, now: datetime) -> Workspace:
    """Make the workspace with all that happened there in the year before ``now``, in one transaction.

    Args:
        connection: outside a transaction.
        storage: where the files go that are attached to comments.
        now: the present.

    Raises:
        WorkspaceError: there is a workspace ``demo`` already.
    """
    stored: list[str] = []
    try:
        async with connection.transaction():
            return await _seed(connection, storage, now, stored)
    except BaseException:
        for key in stored:
            await storage.delete(key)
        raise


async def _seed(connection: Connection, storage: Storage, now: datetime, stored: list[str]) -> Workspace:
    steps = tell(now)
    founded = steps[0].at - timedelta(days=1)
    workspace = await provision_workspace(connection, slug=DEMO_SLUG, name=COMPANY, now=founded)
    people = {
        mate.key: await add_member(
            connection, workspace.id, email=mate.email, name=mate.name, role=mate.role, now=founded
        )
        for mate in TEAM
    }
    player = Player(connection, storage, workspace.id, people, stored)
    for number, step in enumerate(steps, 1):
        await player.play(step)
        if not number % _STEPS_BETWEEN:
            await connection.execute(_ANALYSE)
    await connection.execute(_FORGET_EVENTS, workspace.id, now - _EVENTS_KEPT)
    await connection.execute(_FORGET_OUTBOX, workspace.id)
    return workspace
