"""The page of a person's workspaces: going to one, making one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from pivotal_server.core.db import in_transaction
from pivotal_server.core.validation import Name
from pivotal_server.people.browsers import browser_of
from pivotal_server.people.queries import list_workspaces
from pivotal_server.people.workspaces import go_to_workspace, make_workspace
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


class NewWorkspace(BaseModel):
    """What a new workspace is to be called."""

    name: Name


@pages.get("/workspaces", workspace=False)
async def own_workspaces(page: Page) -> Response:
    """Show the workspaces that the person belongs to."""
    return await _show(page, Form())


@pages.post("/workspaces", workspace=False)
async def create(page: Page) -> Response:
    """Make a workspace, and go there."""
    form = page.read_form(NewWorkspace)
    if form.body is None:
        return await _show(page, form, UNPROCESSABLE)
    name, clock = form.body.name, page.services.clock
    await in_transaction(
        page.connection,
        clock,
        lambda: make_workspace(page.connection, clock, page.visitor, browser_of(page), name),
    )
    return page.redirect("/", toast=f"Made {name}")


@pages.post("/workspaces/{workspace}/enter", workspace=False)
async def enter(page: Page, workspace: str) -> Response:
    """Go on in another workspace."""
    entered = await go_to_workspace(page.connection, page.visitor, workspace)
    return page.redirect("/", toast=f"You are in {entered.name} now")


async def _show(page: Page, form: Form[NewWorkspace], status: int = 200) -> Response:
    workspaces = await list_workspaces(page.connection, page.visitor.person_id)
    return page.render("people/workspaces.html", status=status, form=form, workspaces=workspaces)
