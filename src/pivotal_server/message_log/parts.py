"""The log of messages on a page: of a lead, or of a customer's contact; and the form that logs one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.message_log.actions import log_message
from pivotal_server.message_log.models import CHANNELS, STATUSES
from pivotal_server.message_log.queries import list_messages
from pivotal_server.message_log.schemas import MessageCreate
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

SHOWN = 50
_CHANNEL_NAMES = {"email": "E-mail", "sms": "Text message", "whatsapp": "WhatsApp", "linkedin": "LinkedIn"}
# A field of a form for a moment has no seconds and no zone: it is UTC, as the label says.
_MINUTES, _SECONDS = len("2026-05-26T17:21"), len("2026-05-26T17:21:00")


class LogPlace(NamedTuple):
    """Whose log it is, and where it stands.

    Attributes:
        id: cuid of the contact or lead.
        path: of the page with the log; the form is at ``new`` below it.
    """

    id: str
    name: str
    path: str


async def read_log(page: Page, place: LogPlace, latest: int | None = None) -> dict[str, Any]:
    """Return what ``message_log/log.html`` shows: the page of the log that the address asks for.

    With ``latest`` it is so many messages that came into the log last, and the way to no others.
    """
    cursor = page.query_params.get("cursor") or None
    query = PageQuery(limit=latest) if latest else validate(PageQuery, {"cursor": cursor, "limit": SHOWN})
    found = await list_messages(page.connection, page.actor, place.id, query)
    messages, more = found[: query.limit], len(found) > query.limit
    return {
        "place": place,
        "messages": messages,
        "more": to_cursor(messages[-1].created_at) if more and not latest else None,
        "channels": _CHANNEL_NAMES,
        "first": query.cursor is None,
    }


def show_form(page: Page, place: LogPlace, form: Form[MessageCreate] | None = None) -> Response:
    """Show the form that logs a message, with what is wrong with it where it was sent."""
    return page.render(
        "message_log/form.html",
        block="dialog",
        status=UNPROCESSABLE if form else 200,
        place=place,
        form=form or Form({"channel": "email", "direction": "outbound"}),
        channels=[(channel, _CHANNEL_NAMES.get(channel, channel.capitalize())) for channel in CHANNELS],
        statuses=[("", "Sent, or received"), *((status, status.capitalize()) for status in STATUSES)],
    )


async def log_by_form(page: Page, place: LogPlace) -> Response:
    """Log a message as a form says, and go on to the log."""
    form = page.read_form(MessageCreate, _given(page))
    logged = await page.submit(form, lambda change, body: log_message(change, place.id, body))
    if logged is None:
        return show_form(page, place, form)
    return page.redirect(place.path, toast=f"Logged a message {_DIRECTIONS[logged.message.direction]} {place.name}")


_DIRECTIONS = {"inbound": "from", "outbound": "to"}


def _given(page: Page) -> dict[str, Any]:
    """Return what a form has in another shape than the API: no status or time where none was chosen."""
    given: dict[str, Any] = {}
    if status := page.field("status"):
        given["status"] = status
    if text := page.field("sent_at"):
        zone = {_MINUTES: ":00Z", _SECONDS: "Z"}.get(len(text), "")
        given["sent_at"] = f"{text}{zone}"
    return given
