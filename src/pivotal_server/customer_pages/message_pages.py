"""The messages of a customer's contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.contacts.queries import get_contact
from pivotal_server.customer_pages.detail import path_of
from pivotal_server.customers.queries import get_customer
from pivotal_server.message_log.parts import LogPlace, log_by_form, read_log, show_form
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.contacts.models import ContactRow
    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/contacts/{contact}/messages")
async def messages(page: Page, contact: str) -> Response:
    """Show what was written to and by a contact."""
    one = await get_contact(page.connection, page.actor, contact)
    log = await read_log(page, _place_of(one))
    if page.wants_fragment and not log["first"]:
        return page.fragment("message_log/log.html", "messages", **log)
    customer = await get_customer(page.connection, page.actor, one.customer_id, deleted=True)
    return page.render("customer_pages/messages.html", contact=one, customer=customer, path=path_of(customer), **log)


@pages.get("/contacts/{contact}/messages/new")
async def message_form(page: Page, contact: str) -> Response:
    """Show the form that logs a message."""
    return show_form(page, _place_of(await get_contact(page.connection, page.actor, contact)))


@pages.post("/contacts/{contact}/messages/new")
async def log(page: Page, contact: str) -> Response:
    """Log a message to or from a contact."""
    return await log_by_form(page, _place_of(await get_contact(page.connection, page.actor, contact)))


def _place_of(row: ContactRow) -> LogPlace:
    return LogPlace(row.id, row.name, f"/contacts/{row.display_id}/messages")
