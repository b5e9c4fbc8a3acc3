"""The settings of notifications: what everybody is told of, and what the person has chosen for themselves.

A form says what its boxes were when it was shown: only what somebody has changed is chosen, so that two people at the
same settings do not undo each other, and what is not touched goes on following what is above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.notifications.actions import choose_for_person, choose_for_workspace
from pivotal_server.notifications.kinds import CHANNELS, KINDS, is_wanted
from pivotal_server.notifications.queries import find_preferences
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from pivotal_server.notifications.actions import Choices
    from pivotal_server.notifications.kinds import Channel, Kind
    from pivotal_server.notifications.models import Preferences
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_OF_WORKSPACE, _OWN = "/settings/notifications", "/settings/your-notifications"


@pages.get(_OF_WORKSPACE, role="admin")
async def of_workspace(page: Page) -> Response:
    """Show what teammates are told of who have not chosen for themselves."""
    preferences = await find_preferences(page.connection, page.actor.workspace_id, ())
    return _show(page, preferences, own=False)


@pages.post(_OF_WORKSPACE, role="admin")
async def choose_for_all(page: Page) -> Response:
    """Choose what teammates are told of; what is as Pivotal has it anyway is no choice."""
    choices = {
        (kind, channel): None if wanted == is_wanted(kind, channel, None, None) else wanted
        for (kind, channel), wanted in _changed(page).items()
    }
    return await _save(page, lambda change: choose_for_workspace(change, choices), own=False)


@pages.post(f"{_OF_WORKSPACE}/reset", role="admin")
async def reset_all(page: Page) -> Response:
    """Go back to what Pivotal has."""
    choices: Choices = {(kind, channel): None for kind in KINDS.values() for channel in CHANNELS}
    return await _save(page, lambda change: choose_for_workspace(change, choices), own=False)


@pages.get(_OWN)
async def of_person(page: Page) -> Response:
    """Show what the person is told of."""
    return _show(page, await _own(page), own=True)


@pages.post(_OWN)
async def choose(page: Page) -> Response:
    """Choose what the person is told of."""
    choices = _changed(page)
    return await _save(page, lambda change: choose_for_person(change, page.visitor.person_id, choices), own=True)


@pages.post(f"{_OWN}/reset")
async def reset(page: Page) -> Response:
    """Follow the workspace again, in one kind of notification or in all."""
    named = page.field("kind")
    kinds = [KINDS[named]] if named in KINDS else KINDS.values()
    choices: Choices = {(kind, channel): None for kind in kinds for channel in CHANNELS}
    return await _save(page, lambda change: choose_for_person(change, page.visitor.person_id, choices), own=True)


def _changed(page: Page) -> dict[tuple[Kind, Channel], bool]:
    """Return the boxes that are not as they were when the form was shown."""
    shown, ticked = (
        {value for value in page.sent.getlist(name) if isinstance(value, str)} for name in ("shown", "wanted")
    )
    cells = {f"{kind.type}.{channel}": (kind, channel) for kind in KINDS.values() for channel in CHANNELS}
    return {cell: name in ticked for name, cell in cells.items() if (name in ticked) != (name in shown)}


async def _own(page: Page) -> Preferences:
    return await find_preferences(page.connection, page.actor.workspace_id, (page.visitor.person_id,))


async def _save(page: Page, work: Callable[[Change], Awaitable[Preferences]], *, own: bool) -> Response:
    preferences = await page.commit(work)
    if page.wants_fragment:
        return _show(page, preferences, own=own, saved=True)
    return page.redirect(_OWN if own else _OF_WORKSPACE, toast="Saved")


def _show(page: Page, preferences: Preferences, *, own: bool, saved: bool = False) -> Response:
    """Return the page; ``rows`` are the kinds with their boxes: channel, ticked, locked, chosen here."""
    person_id = page.visitor.person_id if own else None
    rows = [
        (
            kind,
            [
                (
                    channel,
                    preferences.wants(person_id, kind, channel),
                    kind.always and (channel == "in_app" or not own),
                    preferences.chosen(person_id, kind, channel) is not None,
                )
                for channel in CHANNELS
            ],
        )
        for kind in KINDS.values()
    ]
    template = "notifications/own_preferences.html" if own else "notifications/preferences.html"
    return page.render(template, block="matrix", rows=rows, saved=saved, path=_OWN if own else _OF_WORKSPACE)
