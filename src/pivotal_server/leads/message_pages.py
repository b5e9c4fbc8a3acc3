"""The messages of a lead, on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.leads.detail import arrive
from pivotal_server.leads.detail_pages import place_of, show
from pivotal_server.leads.detail_queries import find_lead
from pivotal_server.message_log.parts import log_by_form, read_log, show_form
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/leads/{lead}/messages")
async def messages(page: Page, lead: str) -> Response:
    """Show what was written to and by a lead."""
    row, elsewhere = await arrive(page, lead, "/messages")
    if elsewhere:
        return elsewhere
    log = await read_log(page, place_of(row))
    if page.wants_fragment and not log["first"]:
        return page.fragment("message_log/log.html", "messages", **log)
    return await show(page, row, "leads/messages.html", **log)


@pages.get("/leads/{lead}/messages/new")
async def message_form(page: Page, lead: str) -> Response:
    """Show the form that logs a message."""
    return show_form(page, place_of(await find_lead(page.connection, page.actor, lead)))


@pages.post("/leads/{lead}/messages/new")
async def log(page: Page, lead: str) -> Response:
    """Log a message to or from a lead."""
    return await log_by_form(page, place_of(await find_lead(page.connection, page.actor, lead)))
