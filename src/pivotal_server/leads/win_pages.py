"""Winning a lead: the dialog that says whose contact it becomes and which onboarding begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.validation import UNSENT, Email, ExternalId, Name, OneOf, RequestModel
from pivotal_server.customer_pages.detail import path_of as path_of_customer
from pivotal_server.identity.people import list_members
from pivotal_server.leads.detail import path_of
from pivotal_server.leads.detail_queries import find_lead
from pivotal_server.leads.win_schemas import LeadWin
from pivotal_server.leads.winning import Won, win_lead
from pivotal_server.onboardings.schemas import Moment, TeammateId
from pivotal_server.starting.choices import offer_customers
from pivotal_server.starting.schemas import EXISTING, NEW
from pivotal_server.templates.choices import list_template_choices
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.leads.models import LeadRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_YES, _NO = "yes", "no"
# What the parts of the action's body call the fields of this form.
_FIELDS = {"customer.name": "customer_name", "customer.domain": "domain", "customer.owner_email": "csm_id"}


class WinForm(RequestModel):
    """What winning a lead asks for.

    Attributes:
        whose: whether ``customer_id`` says whose contact it becomes, or a customer is added.
        starts: whether an onboarding begins; what follows is about that.
    """

    whose: Annotated[str, OneOf((EXISTING, NEW))] = NEW
    customer_id: ExternalId | None = None
    customer_name: Name | None = None
    domain: Annotated[str, Field(max_length=253)] | None = None
    email: Email | None = None
    starts: Annotated[str, OneOf((_YES, _NO))] = _YES
    name: Name = UNSENT
    template_id: ExternalId | None = None
    target_launch_date: Moment | None = None
    csm_id: TeammateId = None


@pages.get("/leads/{lead}/win")
async def show_win(page: Page, lead: str) -> Response:
    """Ask what a lead is to become."""
    row = await find_lead(page.connection, page.actor, lead)
    if row.status == "won":
        return page.redirect(path_of(row))
    values = {"whose": NEW, "customer_name": row.company or row.name, "email": row.email or "", "starts": _YES}
    return await _show(page, row, Form(values | {"csm_id": row.owner_id}))


@pages.post("/leads/{lead}/win")
async def win(page: Page, lead: str) -> Response:
    """Win a lead, and go on to its customer."""
    row = await find_lead(page.connection, page.actor, lead)
    day = page.field("target_launch_date")
    form = page.read_form(WinForm, {"target_launch_date": f"{day}T00:00:00Z" if day else None})
    won = await page.submit(form, lambda change, body: _win(change, row, body))
    if won is None:
        return await _show(page, row, form, status=UNPROCESSABLE)
    also = f", and {won.onboarding.name} has begun" if won.onboarding else ""
    return page.redirect(path_of_customer(won.customer), toast=f"Won {row.name}{also}")


async def _win(change: Change, row: LeadRow, form: WinForm) -> Won:
    """Win a lead as the form says.

    Raises:
        ApiError: whatever ``winning.win_lead`` refuses, with the form's own field.
    """
    body: dict[str, Any] = {"email": form.email}
    if form.whose == EXISTING:
        if form.customer_id is None:
            raise invalid_field("customer_id", "Choose the customer.")
        body["customer_id"] = form.customer_id
    else:
        if form.customer_name is None:
            raise invalid_field("customer_name", "Fill this in.")
        body["customer"] = {"name": form.customer_name, "domain": form.domain}
    given = form.changes()
    names = ("name", "template_id", "target_launch_date", "csm_id")
    fields = {name: given[name] for name in names if given.get(name) is not None}
    body["onboarding"] = fields if form.starts == _YES else None
    try:
        return await win_lead(change, row.id, LeadWin.model_validate(body))
    except ApiError as error:
        field = error.field or ""
        own = _FIELDS.get(field) or field.removeprefix("onboarding.")
        raise ApiError(error.status, error.code, error.message, field=own or None) from None


async def _show(page: Page, row: LeadRow, form: Form[WinForm], *, status: int = 200) -> Response:
    connection, actor = page.connection, page.actor
    customers, form.values["customer_id"] = await offer_customers(connection, actor, form.values.get("customer_id"))
    form.values = {"whose": NEW, "starts": _YES} | form.values
    templates = await list_template_choices(connection, actor)
    team = await list_members(connection, actor.workspace_id)
    return page.render(
        "leads/win.html",
        block="dialog",
        status=status,
        row=row,
        path=path_of(row),
        form=form,
        customers=customers,
        templates=[(one.id, one.name, f"{one.task_count} tasks") for one in templates],
        team=[(person.id, person.name, person.email) for person in team],
    )
