"""The settings' pages of webhook endpoints: which there are and how they fare, and everything that is done to one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from pivotal_server.timeline.queries import who_changed_setting
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.webhooks.actions import (
    create_endpoint,
    delete_endpoint,
    enable_endpoint,
    name_of,
    rotate_secret,
    update_endpoint,
)
from pivotal_server.webhooks.catalogue import EVENT_TYPES, resource_of
from pivotal_server.webhooks.delivery_schemas import DeliveryListQuery
from pivotal_server.webhooks.health_queries import MAX_LOOKED_AT, list_health
from pivotal_server.webhooks.models import MAX_CONSECUTIVE_FAILURES
from pivotal_server.webhooks.queries import get_endpoint, list_deliveries, list_endpoints
from pivotal_server.webhooks.schemas import WebhookEndpointCreate, WebhookEndpointListQuery, WebhookEndpointUpdate
from pivotal_server.webhooks.signing import secret_text

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.core.outbound_http.addresses import Networks
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page
    from pivotal_server.webhooks.models import EndpointRow

pages = PageRoutes()

_PATH = "/settings/webhooks"
_ONE = f"{_PATH}/{{endpoint}}"
# As many as a workspace may have.
_ALL = WebhookEndpointListQuery(limit=100)
_LATEST = DeliveryListQuery(limit=10)
GROUPS = [(resource, list(types)) for resource, types in groupby(EVENT_TYPES.values(), lambda type_: type_.resource)]
_FIELDS = ("url", "events", "test_mode", "description", "rate_limit")


class HostForm(BaseModel):
    """The host of the endpoint that is to go, written out."""

    host: str = Field(min_length=1, max_length=300)


@pages.get(_PATH, role="admin")
async def endpoints(page: Page) -> Response:
    """Show the workspace's endpoints and how they fare."""
    rows = await list_endpoints(page.connection, page.actor, _ALL)
    health = await list_health(page.connection, page.actor, [row.id for row in rows], page.services.clock.now())
    return page.render("webhooks/list.html", endpoints=rows, health=health, most=MAX_LOOKED_AT, name_of=name_of)


@pages.get(f"{_PATH}/new", role="admin")
async def new_endpoint(page: Page) -> Response:
    """Show the form of a new endpoint."""
    return page.render("webhooks/new.html", form=Form({"events": ["*"], "test_mode": "false"}), groups=GROUPS)


@pages.post(_PATH, role="admin")
async def create(page: Page) -> Response:
    """Add an endpoint and show its secret, this once."""
    form = _read(page)
    row = None
    if form.valid:
        row = await page.submit(form, lambda change, body: create_endpoint(change, body, _allowed(page)))
    if row is None:
        return page.render("webhooks/new.html", status=UNPROCESSABLE, form=form, groups=GROUPS)
    return _secret(page, row, rotated=False)


@pages.get(_ONE, role="admin")
async def one(page: Page, endpoint: str) -> Response:
    """Show an endpoint: what it gets, how it fares, what went to it last."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    now = page.services.clock.now()
    health = await list_health(page.connection, page.actor, [row.id], now)
    deliveries = await list_deliveries(page.connection, page.actor, row.id, _LATEST)
    return page.render(
        "webhooks/endpoint.html",
        row=row,
        name=name_of(row),
        health=health[row.id],
        deliveries=deliveries[: _LATEST.limit],
        most=MAX_LOOKED_AT,
        most_failures=MAX_CONSECUTIVE_FAILURES,
    )


@pages.get(f"{_ONE}/edit", role="admin")
async def edit(page: Page, endpoint: str) -> Response:
    """Show the form of what an endpoint is."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    return await _edit(page, row, Form(_values(row)))


@pages.post(f"{_ONE}/edit", role="admin")
async def save(page: Page, endpoint: str) -> Response:
    """Save what an endpoint is to be, unless somebody else has changed it since the form was shown."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    form = _read(page)
    theirs = _differing(row, form) if page.field("seen") not in {"", row.updated_at.isoformat()} else []
    if (
        theirs
        or not form.valid
        or await page.submit(form, lambda change, body: _update(page, change, row, body)) is None
    ):
        return await _edit(page, row, form, theirs=theirs, status=UNPROCESSABLE)
    return page.redirect(f"{_PATH}/{row.id}", toast=f"Saved {name_of(row)}")


@pages.post(f"{_ONE}/enable", role="admin")
async def enable(page: Page, endpoint: str) -> Response:
    """Send to an endpoint again."""
    row = await page.commit(lambda change: enable_endpoint(change, endpoint))
    path = f"{_PATH}/{row.id}"
    return page.redirect(path, toast=f"Enabled {name_of(row)}", undo=f"{path}/disable")


@pages.post(f"{_ONE}/disable", role="admin")
async def disable(page: Page, endpoint: str) -> Response:
    """Hold back what is for an endpoint."""
    body = WebhookEndpointUpdate(status="disabled")
    row = await page.commit(lambda change: update_endpoint(change, endpoint, body, _allowed(page)))
    path = f"{_PATH}/{row.id}"
    return page.redirect(path, toast=f"Disabled {name_of(row)}: nothing is sent to it", undo=f"{path}/enable")


@pages.get(f"{_ONE}/rotate", role="admin")
async def ask_to_rotate(page: Page, endpoint: str) -> Response:
    """Say what a new secret means."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    return page.render("webhooks/rotate.html", row=row, name=name_of(row))


@pages.post(f"{_ONE}/rotate", role="admin")
async def rotate(page: Page, endpoint: str) -> Response:
    """Give an endpoint a new secret and show it, this once."""
    return _secret(page, await page.commit(lambda change: rotate_secret(change, endpoint)), rotated=True)


@pages.get(f"{_ONE}/delete", role="admin")
async def ask_to_delete(page: Page, endpoint: str) -> Response:
    """Ask for the host of the endpoint that is to go."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    return page.render("webhooks/delete.html", row=row, name=name_of(row), form=Form())


@pages.post(f"{_ONE}/delete", role="admin")
async def delete(page: Page, endpoint: str) -> Response:
    """Delete an endpoint whose host was written out."""
    row = await get_endpoint(page.connection, page.actor, endpoint)
    form, name = page.read_form(HostForm), name_of(row)
    if form.body and form.body.host != name:
        form.errors["host"] = f"This is not the endpoint's host, which is {name}."
    if not form.valid or await page.submit(form, lambda change, _: delete_endpoint(change, row.id)) is None:
        return page.render("webhooks/delete.html", status=UNPROCESSABLE, row=row, name=name, form=form)
    return page.redirect(_PATH, toast=f"Deleted {name}: nothing more is sent to it")


def _allowed(page: Page) -> Networks:
    return page.services.settings.outbound_allow


def _read(page: Page) -> Form[WebhookEndpointCreate]:
    """Return what was sent as the body of a new endpoint, without events that a wildcard beside them has anyway."""
    chosen = [value for value in page.sent.getlist("events") if isinstance(value, str)]
    given = set(chosen)
    events = [
        event
        for event in dict.fromkeys(chosen)
        if event == "*" or ("*" not in given and (event.endswith(".*") or f"{resource_of(event)}.*" not in given))
    ]
    form = page.read_form(WebhookEndpointCreate, {"events": events})
    form.values["events"] = chosen
    if not page.field("url"):
        form.errors["url"] = "Fill this in."
    if not events:
        form.errors["events"] = "Choose at least one."
    return form


async def _update(page: Page, change: Change, row: EndpointRow, body: WebhookEndpointCreate) -> EndpointRow:
    return await update_endpoint(change, row.id, WebhookEndpointUpdate(**body.model_dump()), _allowed(page))


def _values(row: EndpointRow) -> dict[str, Any]:
    """Return an endpoint as its form has it."""
    return {name: getattr(row, name) for name in _FIELDS} | {"test_mode": str(row.test_mode).lower()}


def _differing(row: EndpointRow, form: Form[WebhookEndpointCreate]) -> list[tuple[str, str]]:
    """Return the fields in which an endpoint is other than what is to be saved, with its values."""
    if form.body is None:
        return []
    body, words = form.body, {"url": "URL", "test_mode": "Test mode", "rate_limit": "Rate limit"}
    return [
        (words.get(name, name.capitalize()), _told(getattr(row, name)))
        for name in _FIELDS
        if getattr(row, name) != getattr(body, name)
    ]


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value or "nothing")


async def _edit(
    page: Page,
    row: EndpointRow,
    form: Form[WebhookEndpointCreate],
    *,
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    who = await who_changed_setting(page.connection, page.actor, "webhook_endpoint", row.id) if theirs else None
    context: dict[str, Any] = {"form": form, "groups": GROUPS, "theirs": theirs, "who": who}
    return page.render("webhooks/edit.html", status=status, row=row, name=name_of(row), **context)


def _secret(page: Page, row: EndpointRow, *, rotated: bool) -> Response:
    return page.render(
        "webhooks/secret.html", row=row, name=name_of(row), secret=secret_text(row.secret), rotated=rotated
    )
