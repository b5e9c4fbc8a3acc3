"""Changes to what holds for a whole workspace; each keeps what somebody else has saved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.calendars.actions import Outcome, update_calendar
from pivotal_server.calendars.queries import get_calendar
from pivotal_server.core.clock import to_iso
from pivotal_server.core.errors import ApiError
from pivotal_server.general.general_queries import who_changed
from pivotal_server.identity.rights import require
from pivotal_server.plans.replanning import replan_later
from pivotal_server.timeline.change import Subject

if TYPE_CHECKING:
    from pivotal_server.calendars.models import Calendar
    from pivotal_server.calendars.schemas import CalendarUpdate
    from pivotal_server.timeline.change import Change

RENAMED = "workspace.renamed"

_CONFLICT = 409
_LOCK = "SELECT name FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_RENAME = "UPDATE workspaces SET name = $2 WHERE id = $1"


class NameChangedError(ApiError):
    """Somebody else has renamed the workspace since the page was shown."""

    def __init__(self, who: str, theirs: str) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} renamed the workspace to {theirs} meanwhile.")
        self.who, self.theirs = who, theirs


class CalendarChangedError(ApiError):
    """Somebody else has changed the calendar since the page was shown."""

    def __init__(self, who: str, theirs: Calendar) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} changed the working calendar meanwhile.")
        self.who, self.theirs = who, theirs


async def rename_workspace(change: Change, name: str, was: str | None = None) -> str:
    """Give the workspace another name and return the one before; the slug in its addresses stays.

    Args:
        change: what to write on; its actor is an admin.
        name: the new one; where it is the old one, nothing happens.
        was: the name that the page had shown; None where whatever there is may be replaced.

    Raises:
        ApiError: 403 ``insufficient_role``; ``NameChangedError`` where it has another name than both.
    """
    require(change.actor, "admin")
    workspace_id = change.actor.workspace_id
    before = str(await change.connection.fetchval(_LOCK, workspace_id))
    if before == name:
        return before
    if was not in {None, before}:
        raise NameChangedError(await who_changed(change.connection, change.actor, RENAMED, change.now), before)
    await change.connection.execute(_RENAME, workspace_id, name)
    data = {"changes": {"name": [before, name]}}
    change.note(RENAMED, f"Renamed the workspace to {name}", Subject("workspace", workspace_id), data)
    return before


async def change_calendar(change: Change, body: CalendarUpdate, seen: str) -> Outcome:
    """Change the workspace's calendar and, where other days are worked by it, have all plans follow after the commit.

    Args:
        change: what to write on; its actor is an admin.
        body: what the calendar is to be.
        seen: ``version_of`` the calendar that the page had shown.

    Raises:
        ApiError: what ``update_calendar`` refuses; ``CalendarChangedError`` where it is another calendar by now.
    """
    require(change.actor, "admin")
    await change.connection.execute(_LOCK, change.actor.workspace_id)
    before = await get_calendar(change.connection, change.actor.workspace_id)
    outcome = await update_calendar(change, body)
    if outcome.calendar.rules != before.rules and seen != version_of(before):
        who = await who_changed(change.connection, change.actor, "calendar.updated", change.now)
        raise CalendarChangedError(who, before)
    if outcome.moved:
        await replan_later(change, "The working calendar changed")
    return outcome


def version_of(calendar: Calendar) -> str:
    """Return what tells this state of a calendar from the ones before and after it."""
    return to_iso(calendar.row.updated_at) if calendar.row else ""
