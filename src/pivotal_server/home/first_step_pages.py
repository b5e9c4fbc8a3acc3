"""What is done with the first steps on the home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.home import first_steps
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_EVERYBODY = "everybody"


@pages.post("/first-steps/phases", role="admin")
async def keep_phases(page: Page) -> Response:
    """Say that the phases fit as they are."""
    await page.commit(first_steps.keep_phases)
    return page.done("/", "Your phases stay as they are")


@pages.post("/first-steps/hide", role="admin")
async def hide(page: Page) -> Response:
    """Put the first steps out of sight, of one's own or of everybody's."""
    everybody = page.field("whose") == _EVERYBODY
    await page.commit(lambda change: first_steps.hide_first_steps(change, everybody=everybody))
    undo = f"/first-steps/show?whose={_EVERYBODY}" if everybody else "/first-steps/show"
    return page.done("/", "The first steps are hidden", undo=undo)


@pages.post("/first-steps/show", role="admin")
async def show(page: Page) -> Response:
    """Take that back."""
    everybody = page.query_params.get("whose") == _EVERYBODY
    await page.commit(lambda change: first_steps.show_first_steps(change, everybody=everybody))
    return page.done("/", "The first steps are back")
