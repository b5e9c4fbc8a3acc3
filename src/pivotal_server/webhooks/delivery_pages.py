"""The settings' pages of deliveries: the log over all endpoints, one with all its attempts, sending them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from pivotal_server.core.errors import ApiError
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.webhooks.actions import name_of
from pivotal_server.webhooks.delivery_actions import replay_delivery
from pivotal_server.webhooks.delivery_view import look_again, mark_of, pretty, view_of
from pivotal_server.webhooks.queries import get_delivery, get_endpoint, get_payload, list_attempts

if TYPE_CHECKING:
    from pivotal_server.web.page import Page
    from pivotal_server.webhooks.models import DeliveryRow

pages = PageRoutes()

_PATH = "/settings/webhooks/deliveries"
_NOT_FOUND = 404
_NO_CONTENT = 204


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
    form: Form[Any] = Form()
    try:
        await page.commit(lambda change: replay_delivery(change, row.id))
    except ApiError as error:
        if error.status == _NOT_FOUND:
            raise
        form.errors[""] = error.message
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
