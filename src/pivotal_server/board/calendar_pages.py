"""The onboardings as a calendar of their launches."""

from __future__ import annotations

import re
from calendar import Calendar
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from pivotal_server.board.calendar_queries import SHOWN, SHOWN_LATE, SHOWN_OF_DAY, list_days, list_late
from pivotal_server.board.cards import Filters
from pivotal_server.board.frame import show_layout
from pivotal_server.core.errors import ApiError
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.board.calendar_queries import Launch
    from pivotal_server.views.standing import Standing
    from pivotal_server.web.page import Page

pages = PageRoutes()

# Beyond these years nobody plans, and dates end.
_YEARS = range(1990, 2200)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_WEEKS = Calendar()


async def show_calendar(page: Page, filters: Filters, standing: Standing) -> Response:
    """Show a month with its launches, and before it what is overdue."""
    today = page.services.clock.now().astimezone(UTC).date()
    month = _month(page.query_params.get("month", ""), today)
    weeks = _WEEKS.monthdatescalendar(month.year, month.month)
    first, end = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    days: dict[date, list[Launch]] = {}
    for launch in await list_days(page.connection, page.actor, filters, first, end):
        days.setdefault(launch.day, []).append(launch)
    return await show_layout(
        page,
        "board/calendar.html",
        "month",
        filters,
        standing,
        month=month,
        before=month - timedelta(days=1),
        after=month + timedelta(days=31),
        weeks=weeks,
        days=days,
        shown=SHOWN,
        late=await list_late(page.connection, page.actor, filters, today),
        shown_late=SHOWN_LATE,
    )


@pages.get("/onboardings/day")
async def show_day(page: Page) -> Response:
    """Show every launch of one day."""
    filters = Filters.read(page.query_params)
    try:
        day = date.fromisoformat(page.query_params.get("day", ""))
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise ApiError(404, "http_exception", "There is no such day.")
    end = day + timedelta(days=1)
    launches = await list_days(page.connection, page.actor, filters, day, end, SHOWN_OF_DAY)
    return page.render("board/day.html", block="day", day=day, launches=launches, filters=filters)


def _month(text: str, today: date) -> date:
    """Return the first day of the month in an address, or of this month."""
    found = _MONTH.fullmatch(text)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    return date(year, month, 1) if year in _YEARS and 1 <= month <= 12 else today.replace(day=1)  # noqa: PLR2004 - months
