"""Reminding the customer's contacts from the page of an onboarding: the mails as they would be, and those that went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.words import count_in_words
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.reminders.actions import send_reminders
from pivotal_server.reminders.queries import list_reminders
from pivotal_server.reminders.schemas import ReminderSend
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.reminders.models import ReminderRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_SHOWN = 20


@pages.get("/onboardings/{onboarding}/reminders")
async def show(page: Page, onboarding: str) -> Response:
    """Show the mails that would go to contacts who are late, and those that went."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    sent = await list_reminders(page.connection, page.actor, row.id, PageQuery(limit=_SHOWN))
    drafts: list[ReminderRow] = []
    nothing = None
    try:
        drafts = await page.preview(lambda change: send_reminders(change, row.id, ReminderSend()))
    except ApiError as error:
        nothing = error.message
    return page.render(
        "reminders/reminders.html", block="form", row=row, drafts=drafts, nothing=nothing, sent=sent[:_SHOWN]
    )


@pages.post("/onboardings/{onboarding}/reminders")
async def send(page: Page, onboarding: str) -> Response:
    """Remind every contact who is late, now."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    rows = await page.commit(lambda change: send_reminders(change, row.id, ReminderSend()))
    told = count_in_words(len(rows), "contact", "contacts")
    return page.done(f"/onboardings/{row.display_id}", f"Reminded {told}")
