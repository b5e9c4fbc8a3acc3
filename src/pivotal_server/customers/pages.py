"""Pages of customers: the list, and adding one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.customers.actions import create_customer
from pivotal_server.customers.models import STATUSES
from pivotal_server.customers.queries import count_customers, list_customers
from pivotal_server.customers.schemas import CustomerCreate, CustomerListQuery
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/customers")
async def customer_list(page: Page) -> Response:
    """Show the customers, newest first."""
    query = CustomerListQuery(limit=50)
    rows = await list_customers(page.connection, page.actor, query)
    total = await count_customers(page.connection, page.actor, query)
    return page.render("customers/list.html", block="rows", customers=rows[: query.limit], total=total)


@pages.get("/customers/new")
async def new_customer(page: Page) -> Response:
    """Show the form of a new customer."""
    form: Form[CustomerCreate] = Form({"status": "active"})
    return page.render("customers/new.html", block="form", form=form, statuses=STATUSES)


@pages.post("/customers")
async def create(page: Page) -> Response:
    """Add a customer, and go on to it."""
    form = page.read_form(CustomerCreate)
    row = await page.submit(form, create_customer)
    if row is None:
        return page.render("customers/new.html", block="form", status=UNPROCESSABLE, form=form, statuses=STATUSES)
    return page.redirect("/customers", toast=f"Added {row.name}")
