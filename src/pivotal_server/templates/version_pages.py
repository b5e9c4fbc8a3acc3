"""A template's past and future: its versions, going back to one, and the dates that its plan would have."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pivotal_server.calendars.working_days import FIRST_YEAR, LAST_YEAR, DateOutOfRangeError
from pivotal_server.core.clock import to_cursor
from pivotal_server.core.errors import not_found
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.customers.queries import get_customer
from pivotal_server.templates.edit_actions import read_in_phases, restore_version
from pivotal_server.templates.page_view import read_groups
from pivotal_server.templates.plan_preview import Preview, preview_plan
from pivotal_server.templates.queries import get_template, get_version, list_versions
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.templates.content import TemplateContent
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/templates/{template}"
_SHOWN = 50
_NUMBER = re.compile(r"[0-9]{1,9}")


@pages.get(f"{_PATH}/preview", role="admin")
async def preview(page: Page, template: str) -> Response:
    """Show the plan with its dates for a start and a target launch."""
    row = await get_template(page.connection, page.actor, template)
    content = await read_in_phases(page.connection, page.actor, row)
    form: Form[Any] = Form({name: page.query_params.get(name, "") for name in ("start", "launch", "customer")})
    start, launch = _day(form, "start"), _day(form, "launch")
    asked = form.values["customer"]
    customer = await get_customer(page.connection, page.actor, asked) if asked else None
    shown = None
    if form.valid:
        day = start or page.services.clock.now().date()
        shown = await _preview(page, content, day, launch, customer, form)
    form.values |= {"customer": customer.id if customer else ""}
    form.values["start"] = form.values["start"] or str(page.services.clock.now().date())
    return page.render(
        "templates/preview.html",
        block="dates",
        status=200 if form.valid else UNPROCESSABLE,
        row=row,
        form=form,
        preview=shown,
        launch=launch,
        calendars=[("", "The workspace"), *([(customer.id, customer.name)] if customer else [])],
        groups=await read_groups(page.connection, page.actor, content),
    )


@pages.get(f"{_PATH}/versions", role="admin")
async def versions(page: Page, template: str) -> Response:
    """Show who made which version and when, newest first."""
    row = await get_template(page.connection, page.actor, template)
    query = validate(PageQuery, {"cursor": page.query_params.get("cursor") or None, "limit": _SHOWN})
    rows = await list_versions(page.connection, page.actor, row, query)
    shown = rows[: query.limit]
    more = to_cursor(shown[-1].created_at) if len(rows) > query.limit else None
    return page.render("templates/versions.html", block="rows", row=row, versions=shown, more=more)


@pages.get(f"{_PATH}/versions/{{version}}", role="admin")
async def version(page: Page, template: str, version: str) -> Response:
    """Show what a version says."""
    row = await get_template(page.connection, page.actor, template)
    number = _number(version)
    found = await get_version(page.connection, page.actor, row, number)
    content = await read_in_phases(page.connection, page.actor, row, number)
    groups = await read_groups(page.connection, page.actor, content)
    return page.render("templates/version.html", row=row, version=found, content=content, groups=groups)


@pages.post(f"{_PATH}/versions/{{version}}/restore", role="admin")
async def restore(page: Page, template: str, version: str) -> Response:
    """Have the template say again what a version says; with ``instead_of``, only if that one is current."""
    row = await get_template(page.connection, page.actor, template)
    number, current = _number(version), page.query_params.get("instead_of", "")
    instead_of = _number(current) if current else None
    edited = await page.commit(lambda change: restore_version(change, row.id, number, instead_of))
    after = edited.shown.row
    path = f"/settings/templates/{row.display_id}"
    if after.version == edited.before:
        return page.done(path, "Nothing was changed")
    undo = f"{path}/versions/{edited.before}/restore?instead_of={after.version}"
    back = page.came_from if instead_of else None
    return page.done(back or path, f"As in version {number} again", undo=undo)


async def _preview(
    page: Page,
    content: TemplateContent,
    start: date,
    launch: date | None,
    customer: CustomerRow | None,
    form: Form[Any],
) -> Preview | None:
    customer_id = customer.id if customer else None
    try:
        return await preview_plan(page.connection, page.actor, content, start, launch, customer_id)
    except DateOutOfRangeError as error:
        form.errors["start"] = str(error)
        return None


def _day(form: Form[Any], name: str) -> date | None:
    text = str(form.values[name])
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        form.errors[name] = "A date, such as 2026-05-26."
        return None
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        form.errors[name] = str(DateOutOfRangeError())
    return day


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise not_found("template_version")
    return int(text)
