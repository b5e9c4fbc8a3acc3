"""The settings' pages that send an endpoint something: a test event, and everything that it has missed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import BaseModel

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.errors import ApiError
from pivotal_server.web.asked import Moment
from pivotal_server.web.filters import plural
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.webhooks.actions import name_of
from pivotal_server.webhooks.catalogue import EVENT_TYPES, NAMES
from pivotal_server.webhooks.delivery_actions import MAX_EVENTS, replay_missing, send_test_event
from pivotal_server.webhooks.delivery_schemas import MissingReplay, ReplayResult, TestEventCreate
from pivotal_server.webhooks.examples import example_of
from pivotal_server.webhooks.queries import get_endpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page
    from pivotal_server.webhooks.models import EndpointRow

pages = PageRoutes()

_ONE = "/settings/webhooks/{endpoint}"
_FIRST = "customer.created"
# Where somebody is likely to begin.
_A_DAY = timedelta(hours=24)


class MissingForm(BaseModel):
    """Of which time an endpoint is to get what it has missed; ``until`` is now, unless given."""

    since: Moment
    until: Moment | None = None


@pages.get(f"{_ONE}/test", role="admin")
async def choose_test_event(page: Page, endpoint: str) -> Response:
    """Show what a test event tells, ready to be changed; htmx gets that alone, for another type."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    type_ = page.query_params.get("type", _FIRST)
    return _show_test(page, row, Form({"type": type_, "data": _example(type_ if type_ in EVENT_TYPES else _FIRST)}))


@pages.post(f"{_ONE}/test", role="admin")
async def send_test(page: Page, endpoint: str) -> Response:
    """Send a test event, and go on to where it can be watched."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    form = _read_test(page)
    sent = await page.submit(form, lambda change, body: send_test_event(change, row.id, body)) if form.valid else None
    if sent is None:
        return _show_test(page, row, form, UNPROCESSABLE)
    return page.redirect(
        f"/settings/webhooks/deliveries/{sent.id}", toast=f"A test event is on its way to {name_of(row)}"
    )


@pages.get(f"{_ONE}/missed", role="admin")
async def choose_missed(page: Page, endpoint: str) -> Response:
    """Ask of which time an endpoint is to get what it has missed."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    begin = row.disabled_at or page.services.clock.now() - _A_DAY
    return _show_missed(page, row, Form({"since": f"{begin:%Y-%m-%dT%H:%M}"}))


@pages.post(f"{_ONE}/missed", role="admin")
async def send_missed(page: Page, endpoint: str) -> Response:
    """Say how much an endpoint has missed; sent with ``go``, send it, and say where there is more of it."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    form, go = page.read_form(MissingForm), page.field("go") == "true"
    result = await _missed(page, row, form, go=go) if form.body else None
    if result is None:
        return _show_missed(page, row, form, status=UNPROCESSABLE)
    if not go:
        return _show_missed(page, row, form, result=result)
    toast = f"{plural(result.scheduled, 'event')} on the way to {name_of(row)}"
    if result.next_since is None:
        return page.redirect(f"/settings/webhooks/{row.id}", toast=toast)
    form.values["since"] = to_cursor(result.next_since)
    return _show_missed(page, row, form, sent=result.scheduled)


async def _missed(page: Page, row: EndpointRow, form: Form[MissingForm], *, go: bool) -> ReplayResult | None:
    """Return what was sent, or would be; None where the form says what is wrong instead."""
    assert form.body is not None  # noqa: S101 - the handler has seen to it
    body = MissingReplay(since=form.body.since, until=form.body.until)
    try:
        return await (page.commit if go else page.preview)(lambda change: replay_missing(change, row.id, body))
    except ApiError as error:
        form.refuse(error)
        return None


def _show_missed(
    page: Page,
    row: EndpointRow,
    form: Form[Any],
    *,
    result: ReplayResult | None = None,
    sent: int | None = None,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {"row": row, "name": name_of(row), "form": form, "result": result, "sent": sent}
    return page.render("webhooks/missed.html", status=status, at_once=MAX_EVENTS, **context)


def _read_test(page: Page) -> Form[TestEventCreate]:
    """Return what was sent, with what the event tells read as JSON; left empty, it is the example of its type."""
    text, data, wrong = page.field("data"), None, None
    if text:
        try:
            data = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            wrong = f"This is not JSON: {error.msg}, in line {error.lineno}, column {error.colno}."
    form = page.read_form(TestEventCreate, {"data": data})
    if wrong:
        form.errors["data"] = wrong
    elif "data" in form.errors and not (isinstance(data, dict) and isinstance(data.get("object"), dict)):
        form.errors["data"] = "It is an object with another one in it, under “object”."
    return form


def _show_test(page: Page, row: EndpointRow, form: Form[Any], status: int = 200) -> Response:
    return page.render(
        "webhooks/test.html",
        block="payload" if status != UNPROCESSABLE else None,
        status=status,
        row=row,
        name=name_of(row),
        form=form,
        types=[(name, name, EVENT_TYPES[name].summary) for name in NAMES],
    )


def _example(type_: str) -> str:
    return orjson.dumps(example_of(type_)["data"], option=orjson.OPT_INDENT_2).decode()
