"""Who sees a customer, shown and changed on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.customer_pages.detail import path_of
from pivotal_server.customer_pages.detail_queries import find_customer
from pivotal_server.customers.access import AccessUpdate, may_change_access, read_access, set_access
from pivotal_server.identity.people import list_members
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/customers/{customer}/access")
async def access_form(page: Page, customer: str) -> Response:
    """Show who sees a customer, to those who may say so."""
    row = await find_customer(page.connection, page.actor, customer)
    if not may_change_access(page.actor, row):
        raise ApiError(403, "insufficient_role", "Only admins and the customer's owner say who sees it.")
    access = await read_access(page.connection, page.actor, row.id)
    values = {"restricted": str(access.restricted).lower(), "people": [one.id for one in access.people]}
    return await _show(page, row, Form(values))


@pages.post("/customers/{customer}/access")
async def change_access(page: Page, customer: str) -> Response:
    """Say who sees a customer."""
    row = await find_customer(page.connection, page.actor, customer)
    form = page.read_form(AccessUpdate)
    form.values["people"] = page.sent.getlist("people")
    after = await page.submit(form, lambda change, body: set_access(change, row.id, body))
    if after is None:
        return await _show(page, row, form, status=UNPROCESSABLE)
    who = "its owner, admins and those you chose see it" if after.restricted else "everybody sees it"
    return page.redirect(path_of(row), toast=f"{row.name}: {who}")


async def _show(page: Page, row: CustomerRow, form: Form[AccessUpdate], *, status: int = 200) -> Response:
    team = await list_members(page.connection, page.actor.workspace_id)
    return page.render(
        "customer_pages/access.html",
        block="dialog",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        owner=next((one for one in team if one.email == row.owner_email), None),
        others=[one for one in team if one.role == "member" and one.email != row.owner_email],
    )
