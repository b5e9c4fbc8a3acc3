"""Makes the demo workspace by doing again what was done there: through the product's own actions, at the time of each.

So the timeline, the phase transitions and the events are what the product itself would have left behind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.clock import Clock
from pivotal_server.core.ids import new_id
from pivotal_server.demo.cast import COMPANY, DOMAIN, LEADS, MANAGER, TEAM
from pivotal_server.demo.inbox import fill_inboxes
from pivotal_server.demo.keys import DEMO_SLUG
from pivotal_server.demo.player import Player
from pivotal_server.demo.quiet import keep_quiet
from pivotal_server.demo.story import tell
from pivotal_server.identity.people import add_member
from pivotal_server.provisioning import provision_workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

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
ANALYZE activity, attachments, comments, contact_messages, contacts, counters, customers, lead_stage_transitions,
    onboardings, phase_transitions, task_dependencies, tasks
"""
_STEPS_BETWEEN = 500
_TELL_EVERY = 50
_SLUG_END = 12


class Guest(NamedTuple):
    """Somebody whose sample the workspace is to be; they take over what one of the team leads."""

    id: str
    email: str
    name: str


async def seed(
    connection: Connection,
    storage: Storage,
    now: datetime,
    guest: Guest | None = None,
    told: Callable[[int, int], Awaitable[None]] | None = None,
) -> Workspace:
    """Make the workspace with all that happened there in the year before ``now``, in one transaction.

    Args:
        connection: outside a transaction.
        storage: where the files go that are attached to comments.
        now: the present.
        guest: whose sample it is; without one it is the workspace ``demo``.
        told: hears now and then how many of how many steps are done.

    Raises:
        WorkspaceError: there is a workspace ``demo`` already.
    """
    stored: list[str] = []
    try:
        async with connection.transaction():
            return await _seed(connection, storage, now, stored, guest, told)
    except BaseException:
        for key in stored:
            await storage.delete(key)
        raise


async def _seed(
    connection: Connection,
    storage: Storage,
    now: datetime,
    stored: list[str],
    guest: Guest | None,
    told: Callable[[int, int], Awaitable[None]] | None,
) -> Workspace:
    steps = tell(now)
    founded = steps[0].at - timedelta(days=1)
    workspace, people, domain = await _found(connection, guest, founded, now)
    player = Player(connection, storage, workspace.id, people, domain, stored)
    for number, step in enumerate(steps, 1):
        await player.play(step)
        if not number % _STEPS_BETWEEN:
            await connection.execute(_ANALYSE)
        if told is not None and not number % _TELL_EVERY:
            await told(number, len(steps))
    if guest is not None:
        clock = Clock(now.timestamp)
        await player.hand_over(LEADS[0], guest.id, clock)
        await keep_quiet(connection, workspace.id, people, clock)
    await fill_inboxes(connection, workspace.id, now)
    await connection.execute(_FORGET_EVENTS, workspace.id, now - _EVENTS_KEPT)
    await connection.execute(_FORGET_OUTBOX, workspace.id)
    return workspace


async def _found(
    connection: Connection, guest: Guest | None, founded: datetime, now: datetime
) -> tuple[Workspace, dict[str, str], str]:
    """Make the workspace with its team, and return it with the ids of the teammates by key, and their domain."""
    slug, name, domain = DEMO_SLUG, COMPANY, DOMAIN
    if guest is not None:
        # Every sample has a team of its own: nobody in it is met elsewhere.
        slug, name = f"sample-{new_id()[-_SLUG_END:]}", f"{COMPANY} sample"
        domain = f"{slug}.example"
    workspace = await provision_workspace(connection, slug=slug, name=name, now=founded, sample=guest is not None)
    people: dict[str, str] = {}
    if guest is not None:
        await add_member(connection, workspace.id, email=guest.email, name=guest.name, role="owner", now=now)
    for mate in TEAM:
        role = "admin" if guest is not None and mate.key == MANAGER else mate.role
        people[mate.key] = await add_member(
            connection, workspace.id, email=f"{mate.key}@{domain}", name=mate.name, role=role, now=founded
        )
    return workspace, people, domain
