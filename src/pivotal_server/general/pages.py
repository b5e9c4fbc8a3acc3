"""The page of general settings: the workspace's name, and its working calendar with what a change of it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from pivotal_server.calendars import public_holidays
from pivotal_server.calendars.actions import update_calendar
from pivotal_server.calendars.queries import get_calendar
from pivotal_server.calendars.rules import time_zones
from pivotal_server.calendars.schemas import CalendarUpdate
from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import Name
from pivotal_server.general.actions import (
    CalendarChangedError,
    NameChangedError,
    change_calendar,
    rename_workspace,
    version_of,
)
from pivotal_server.general.days import days_off_ahead, read_days, write_days
from pivotal_server.general.general_queries import COUNTED, count_concerned
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.calendars.actions import Outcome
    from pivotal_server.calendars.models import Calendar
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/general"
_CONFLICT = 409
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class WorkspaceName(BaseModel):
    """What a workspace is called."""

    name: Name


@pages.get(_PATH, role="admin")
async def general(page: Page) -> Response:
    """Show the name and the calendar."""
    return await _show(page)


@pages.post(f"{_PATH}/name", role="admin")
async def rename(page: Page) -> Response:
    """Rename the workspace; what takes it back has the names in its address."""
    taken_back = {name: page.query_params[name] for name in ("name", "was") if name in page.query_params}
    form = page.read_form(WorkspaceName, taken_back)
    if form.body is None:
        return await _show(page, name_form=form, status=UNPROCESSABLE)
    name, was = form.body.name, taken_back.get("was") or page.field("was") or None
    try:
        before = await page.commit(lambda change: rename_workspace(change, name, was))
    except NameChangedError as error:
        form.values["name"] = name
        return await _show(page, name_form=form, renamed=error, status=_CONFLICT)
    if before == name:
        return page.redirect(_PATH, toast="It has this name already")
    undo = f"{_PATH}/name?{urlencode({'name': before, 'was': name})}"
    return page.redirect(_PATH, toast=f"The workspace is {name} now", undo=undo)


@pages.post(f"{_PATH}/calendar", role="admin")
async def save_calendar(page: Page) -> Response:
    """Change the calendar; plans follow soon after."""
    form = await _read_calendar(page)
    seen = page.field("seen")
    if not form.valid or form.body is None:
        return await _show(page, calendar_form=form, status=UNPROCESSABLE)
    body = form.body
    try:
        outcome = await page.commit(lambda change: change_calendar(change, body, seen))
    except CalendarChangedError as error:
        return await _show(page, calendar_form=form, changed=error, status=_CONFLICT)
    except ApiError as error:
        form.refuse(error)
        return await _show(page, calendar_form=form, status=UNPROCESSABLE)
    told = "Saved. Dates that follow from it move in the background" if outcome.moved else "Saved"
    return page.redirect(_PATH, toast=told)


@pages.post(f"{_PATH}/calendar/preview", role="admin")
async def preview_calendar(page: Page) -> Response:
    """Show which days the chosen calendar has off, and how many dates a change to it moves; nothing is saved."""
    form = await _read_calendar(page)
    outcome = None
    if form.valid and form.body is not None:
        body = form.body
        try:
            outcome = await page.preview(lambda change: update_calendar(change, body))
        except ApiError as error:
            form.refuse(error)
    return await _show(page, calendar_form=form, outcome=outcome, status=200 if form.valid else UNPROCESSABLE)


async def _read_calendar(page: Page) -> Form[CalendarUpdate]:
    """Return the form of the calendar, whose days are lines of text, and whose region goes with its country."""
    await public_holidays.load()
    weekdays = page.sent.getlist("working_weekdays")
    extra: dict[str, Any] = {"working_weekdays": weekdays, "time_zone": page.field("time_zone")}
    wrong: dict[str, str] = {}
    for name in ("extra_days_off", "extra_working_days"):
        try:
            extra[name] = read_days(page.field(name))
        except ValueError as error:
            extra[name], wrong[name] = [], str(error)
    country = public_holidays.countries().get(page.field("holidays_country"))
    if country is None or page.field("holidays_subdivision") not in country.subdivisions:
        extra["holidays_subdivision"] = None
    form = page.read_form(CalendarUpdate, extra)
    if not weekdays:
        wrong["working_weekdays"] = "Choose at least one day."
    form.values["working_weekdays"] = weekdays
    form.errors |= wrong
    return form


async def _show(
    page: Page,
    *,
    name_form: Form[WorkspaceName] | None = None,
    calendar_form: Form[CalendarUpdate] | None = None,
    renamed: NameChangedError | None = None,
    changed: CalendarChangedError | None = None,
    outcome: Outcome | None = None,
    status: int = 200,
) -> Response:
    """Return the page, or what follows from the calendar alone where htmx asks for a preview.

    Args:
        page: the request.
        name_form: the name as it was typed; None shows the one that there is.
        calendar_form: the calendar as it was chosen, likewise.
        renamed: who has renamed the workspace meanwhile.
        changed: who has changed the calendar meanwhile.
        outcome: what would become of the calendar.
        status: of the answer.
    """
    await public_holidays.load()
    countries = public_holidays.countries()
    stored = await get_calendar(page.connection, page.actor.workspace_id)
    form = calendar_form or _form_of(stored)
    rules = (outcome.calendar if outcome else stored).rules
    country = countries.get(str(form.values.get("holidays_country") or ""))
    moved = outcome is not None and outcome.moved
    return page.render(
        "general/general.html",
        block="follows",
        status=status,
        name_form=name_form or Form({"name": page.visitor.workspace_name}),
        form=form,
        renamed=renamed,
        changed=changed,
        seen=version_of(stored),
        weekdays=[(str(number), name) for number, name in enumerate(_WEEKDAYS, 1)],
        zones=[(zone, zone.replace("_", " ")) for zone in sorted(time_zones())],
        countries=[("", "None"), *((one.code, one.name, one.code) for one in countries.values())],
        regions=[("", "Of the whole country"), *country.subdivisions.items()] if country else [],
        names={code: one.name for code, one in countries.items()},
        ahead=await days_off_ahead(rules, page.services.clock.now().astimezone(ZoneInfo(rules.time_zone)).date()),
        previewed=outcome is not None,
        moved=moved,
        concerned=await count_concerned(page.connection, page.actor) if moved else None,
        counted=COUNTED,
    )


def _form_of(calendar: Calendar) -> Form[CalendarUpdate]:
    rules = calendar.rules
    return Form(
        {
            "time_zone": rules.time_zone,
            "working_weekdays": [str(number) for number in rules.working_weekdays],
            "holidays_country": rules.holidays_country,
            "holidays_subdivision": rules.holidays_subdivision,
            "extra_days_off": write_days(rules.extra_days_off),
            "extra_working_days": write_days(rules.extra_working_days),
        }
    )
