"""The inbox: what the person was told of, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pydantic import BaseModel

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import DateTime, validate
from pivotal_server.notifications import actions
from pivotal_server.notifications.inbox_queries import count_waiting, find_place
from pivotal_server.notifications.queries import list_notifications
from pivotal_server.web.filters import plural
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from starlette.responses import Response

    from pivotal_server.notifications.models import NotificationRow
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_SHOWN = "50"


class _ReadAt(BaseModel):
    at: DateTime


@pages.get("/inbox")
async def inbox(page: Page) -> Response:
    """Show a page of the person's notifications, or of those that they have not read."""
    asked = page.query_params
    unread = asked.get("show") == "unread"
    query = validate(PageQuery, {"limit": _SHOWN, "cursor": asked.get("cursor") or None})
    rows = await list_notifications(page.connection, page.actor, page.visitor.person_id, query, unread=unread)
    more = rows[query.limit - 1].created_at if len(rows) > query.limit else None
    _, time_zone = await working_days_of(page.connection, page.actor.workspace_id)
    now = page.services.clock.now()
    if page.wants_fragment:
        page.counts = await count_waiting(page.connection, page.actor)
    chosen = {"show": "unread"} if unread else {}
    return page.render(
        "notifications/inbox.html",
        block="notifications",
        sections=_sections(rows[: query.limit], now.astimezone(time_zone).date(), time_zone),
        unread=unread,
        first=query.cursor is None,
        older=f"/inbox?{urlencode(chosen | {'cursor': to_cursor(more)})}" if more else None,
        newest="/inbox?show=unread" if unread else "/inbox",
        back=page.address,
    )


@pages.get("/inbox/badge")
async def badge(page: Page) -> Response:
    """Show how many notifications wait."""
    page.counts = await count_waiting(page.connection, page.actor)
    return page.render("notifications/badges.html")


@pages.post("/inbox/read-all")
async def read_all(page: Page) -> Response:
    """Mark everything as read."""

    async def work(change: Change) -> tuple[int, datetime]:
        return await actions.read_all_notifications(change, page.visitor.person_id), change.at

    count, at = await page.commit(work)
    undo = f"/inbox/unread-again?{urlencode({'at': to_cursor(at)})}" if count else None
    return page.done("/inbox", f"Marked {plural(count, 'notification')} as read", undo=undo)


@pages.post("/inbox/unread-again")
async def unread_again(page: Page) -> Response:
    """Take back that everything was marked as read."""
    at = validate(_ReadAt, {"at": page.query_params.get("at")}).at
    count = await page.commit(lambda change: actions.unread_notifications_read_at(change, page.visitor.person_id, at))
    return page.done("/inbox", f"{plural(count, 'notification')} unread again")


@pages.post("/inbox/{notification}/open")
async def open_(page: Page, notification: str) -> Response:
    """Mark a notification as read, and lead to what it is about."""
    row = await page.commit(lambda change: actions.read_notification(change, notification))
    return page.redirect(await find_place(page.connection, page.actor, row))


@pages.post("/inbox/{notification}/read")
async def read(page: Page, notification: str) -> Response:
    """Mark a notification as read."""
    await page.commit(lambda change: actions.read_notification(change, notification))
    return page.done("/inbox", "Marked as read", undo=f"/inbox/{notification}/unread")


@pages.post("/inbox/{notification}/unread")
async def unread(page: Page, notification: str) -> Response:
    """Mark a notification as not read."""
    await page.commit(lambda change: actions.unread_notification(change, notification))
    return page.done("/inbox", "Marked as unread", undo=f"/inbox/{notification}/read")


def _sections(rows: list[NotificationRow], today: date, time_zone: tzinfo) -> list[tuple[str, list[NotificationRow]]]:
    """Return what happened today and what happened earlier, as far as there is any of it."""
    now = [row for row in rows if row.created_at.astimezone(time_zone).date() >= today]
    return [(title, part) for title, part in (("Today", now), ("Earlier", rows[len(now) :])) if part]
