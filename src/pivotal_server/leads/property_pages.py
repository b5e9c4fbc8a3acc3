"""The properties of a lead, edited in place on its page; who works on it is chosen in a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.identity.people import list_members
from pivotal_server.leads.actions import update_lead
from pivotal_server.leads.detail import path_of
from pivotal_server.leads.detail_queries import find_lead, who_changed
from pivotal_server.leads.properties import properties_of
from pivotal_server.leads.queries import get_lead
from pivotal_server.leads.schemas import LeadUpdate
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.properties import (
    Known,
    MeanwhileError,
    change_in_place,
    find_property,
    listed,
    save_property,
    typed,
)
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.leads.models import LeadRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_CONFLICT = 409


@pages.post("/leads/{lead}/properties/{property}")
async def change_property(page: Page, lead: str, property: str) -> Response:  # noqa: A002 - the word for it
    """Change one property in place; where somebody else did so meanwhile, both values are shown instead."""
    row = await find_lead(page.connection, page.actor, lead)
    return await change_in_place(page, _Lead(row), property)


@pages.get("/leads/{lead}/assignees")
async def show_assignees(page: Page, lead: str) -> Response:
    """Show who works on a lead, to be chosen."""
    thing = _Lead(await find_lead(page.connection, page.actor, lead))
    return _assignees(page, await thing.read(page.connection, page.actor))


@pages.post("/leads/{lead}/assignees")
async def choose_assignees(page: Page, lead: str) -> Response:
    """Say who works on a lead; where somebody else did so meanwhile, both choices are shown instead."""
    thing = _Lead(await find_lead(page.connection, page.actor, lead))
    known = await thing.read(page.connection, page.actor)
    shown = find_property(known.properties, "assignees")
    text = typed(page, shown)
    error, conflict = await save_property(page, thing, known, shown, text)
    if error or conflict:
        return _assignees(page, known, text=text, error=error, conflict=conflict)
    who = shown.words(text) or "nobody"
    return page.done(known.path, f"{known.name}: {who} works on it" if text else f"{known.name}: no assignees")


def _assignees(
    page: Page,
    known: Known,
    *,
    text: str | None = None,
    error: str | None = None,
    conflict: MeanwhileError | None = None,
) -> Response:
    one = find_property(known.properties, "assignees")
    return page.render(
        "leads/assignees.html",
        block="dialog",
        status=_CONFLICT if conflict else UNPROCESSABLE if error else 200,
        known=known,
        one=one,
        chosen=listed(one.value if text is None else text),
        text=text,
        error=error,
        conflict=conflict,
    )


class _Lead:
    """A lead whose properties are edited."""

    model = LeadUpdate

    def __init__(self, row: LeadRow) -> None:
        self._id, self.action = row.id, f"/leads/{row.display_id}/properties"

    async def read(self, connection: Connection, actor: Actor, *, lock: bool = False) -> Known:
        row = await get_lead(connection, actor, self._id, lock=lock)
        return Known(row.name, path_of(row), properties_of(row, await list_members(connection, actor.workspace_id)))

    async def save(self, change: Change, body: LeadUpdate) -> object:
        return await update_lead(change, self._id, body)

    async def who_changed(self, connection: Connection, actor: Actor, field: str) -> str:
        return await who_changed(connection, actor, self._id, field)
