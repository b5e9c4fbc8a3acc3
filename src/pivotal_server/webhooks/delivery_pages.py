"""The settings' pages of deliveries: the log over all endpoints, one with all its attempts, sending them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from pivotal_server.core.errors import ApiError
from pivotal_server.web.asked import Asked
from pivotal_server.web.filters import plural, words
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.webhooks.actions import name_of
from pivotal_server.webhooks.catalogue import NAMES
from pivotal_server.webhooks.delivery_actions import replay_delivery
from pivotal_server.webhooks.delivery_view import look_again, mark_of, pretty, view_of
from pivotal_server.webhooks.log_queries import DeliveryFilters, list_log
from pivotal_server.webhooks.models import DELIVERY_STATUSES
from pivotal_server.webhooks.queries import get_delivery, get_endpoint, get_payload, list_attempts, list_endpoints
from pivotal_server.webhooks.schemas import WebhookEndpointListQuery

if TYPE_CHECKING:
    from pivotal_server.web.page import Page
    from pivotal_server.webhooks.models import DeliveryRow

pages = PageRoutes()

_PATH = "/settings/webhooks/deliveries"
_NO_CONTENT = 204
_SHOWN = 50
# Rows that one form sends again, each in a transaction of its own.
_MAX_CHOSEN = 200
_ALL = WebhookEndpointListQuery(limit=100)
_WORDS = {
    "endpoint": ("Endpoint", "is"),
    "type": ("Event", "is"),
    "status": ("State", "is"),
    "mode": ("Mode", "is"),
    "since": ("Time", "from"),
    "until": ("Time", "before"),
}


@pages.get(_PATH, role="admin")
async def log(page: Page) -> Response:
    """Show the deliveries that the address asks for, over all endpoints; htmx gets what follows a row as rows."""
    asked = Asked.read(_PATH, page.url.query, DeliveryFilters)
    rows = await list_log(page.connection, page.actor, asked.filters, _SHOWN + 1)
    endpoints = await list_endpoints(page.connection, page.actor, _ALL)
    names = {row.id: row.description or name_of(row) for row in endpoints}
    shown = rows[:_SHOWN]
    more = asked.following(shown[-1].created_at, shown[-1].id) if len(rows) > _SHOWN else None
    context: dict[str, Any] = {"asked": asked, "rows": shown, "names": names, "more": more}
    if page.wants_fragment and not asked.filters.is_first:
        return page.fragment("webhooks/deliveries.html", "lines", **context)
    return page.render(
        "webhooks/deliveries.html",
        **context,
        form=Form(asked.values),
        chips=[(*_WORDS[name], _told(name, value, names), asked.without(name)) for name, value in asked.values.items()],
        types=[(name, name) for name in NAMES],
        statuses=[(status, _told("status", status, names)) for status in DELIVERY_STATUSES],
    )


@pages.post(f"{_PATH}/replay", role="admin")
async def replay_chosen(page: Page) -> Response:
    """Send the chosen deliveries again, and say how many could not be, and why."""
    chosen = [value for value in page.sent.getlist("ids") if isinstance(value, str)]
    if not chosen or len(chosen) > _MAX_CHOSEN:
        raise ApiError(400, "invalid_field", f"Choose 1 to {_MAX_CHOSEN} deliveries.", field="ids")
    refusals = [refusal for id_ in dict.fromkeys(chosen) if (refusal := await _replay(page, id_))]
    sent = len(dict.fromkeys(chosen)) - len(refusals)
    told = f"{plural(sent, 'delivery', 'deliveries')} on the way again"
    if refusals:
        told += f"; {len(refusals)} not: {refusals[0]}"
    return page.done(_PATH, told)


async def _replay(page: Page, id_: str) -> str | None:
    """Send a delivery again; return why not, where it cannot be."""
    try:
        await page.commit(lambda change: replay_delivery(change, id_))
    except ApiError as error:
        return error.message
    return None


def _told(name: str, value: str, names: dict[str, str]) -> str:
    """Return a filter's value in words."""
    if name == "endpoint":
        return names.get(value, value)
    if name == "status":
        return {"pending": "Waiting"}.get(value) or words(value)
    return value if name == "type" else words(value) if name == "mode" else value.replace("T", " ")


@pages.get(f"{_PATH}/{{delivery}}", role="admin")
async def one(page: Page, delivery: str) -> Response:
    """Show a delivery with what it carries and every attempt; a page that has seen all of it gets nothing."""
    row = await get_delivery(page.connection, page.actor, delivery)
    if page.wants_fragment and page.query_params.get("seen") == mark_of(row, page.services.clock.now()):
        return Response(status_code=_NO_CONTENT)
    return await _show(page, row, Form())


@pages.post(f"{_PATH}/{{delivery}}/replay", role="admin")
async def replay(page: Page, delivery: str) -> Response:
    """Send a delivery again."""
    row = await get_delivery(page.connection, page.actor, delivery)
    if refusal := await _replay(page, row.id):
        form: Form[Any] = Form()
        form.errors[""] = refusal
        return await _show(page, row, form, UNPROCESSABLE)
    return page.redirect(f"{_PATH}/{row.id}", toast="On its way again, under the same id")


async def _show(page: Page, row: DeliveryRow, form: Form[Any], status: int = 200) -> Response:
    endpoint = await get_endpoint(page.connection, page.actor, row.endpoint_id)
    attempts = await list_attempts(page.connection, page.actor, row.id)
    payload = await get_payload(page.connection, page.actor, row.id)
    now = page.services.clock.now()
    return page.render(
        "webhooks/delivery.html",
        block="delivery",
        status=status,
        row=row,
        form=form,
        endpoint=endpoint,
        name=name_of(endpoint),
        attempts=[view_of(attempt) for attempt in reversed(attempts)],
        payload=None if payload is None else pretty(payload),
        mark=mark_of(row, now),
        in_flight=row.is_in_flight(now),
        pause=look_again(row, now),
    )
