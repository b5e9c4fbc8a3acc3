"""The onboardings as a list, and as a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

from pivotal_server.board.cards import Filters
from pivotal_server.board.frame import show_layout
from pivotal_server.board.list_queries import COUNTED, Line, count_lines, list_lines
from pivotal_server.customer_pages.csv_file import csv_lines, instant
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from starlette.responses import Response

    from pivotal_server.views.standing import Standing
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PAGE = 50
_BATCH = 1000
_HEAD = (
    *("Number", "Title", "Customer", "Phase", "Days in phase", "State", "Owner", "Started", "Target launch"),
    *("First target launch", "Completed", "Tasks", "Tasks done", "Created", "Updated"),
)


async def show_list(page: Page, filters: Filters, standing: Standing) -> Response:
    """Show the onboardings as a list; htmx gets what follows a row as rows."""
    asked = page.query_params
    after = (asked["after"], asked.get("after_id", "")) if asked.get("after") else None
    size = _PAGE * page.pages_shown
    lines = await list_lines(page.connection, page.actor, filters, size + 1, after)
    shown, more = lines[:size], None
    if len(lines) > size:
        more = filters.address(after=shown[-1].position, after_id=shown[-1].id)
    context: dict[str, Any] = {"lines": shown, "more": more}
    if page.wants_fragment and after is not None:
        return page.fragment("board/list.html", "lines", **context)
    context |= {"counted": COUNTED, "total": await count_lines(page.connection, page.actor, filters)}
    return await show_layout(page, "board/list.html", "rows", filters, standing, **context)


@pages.get("/onboardings.csv", streams=True)
async def onboarding_file(page: Page) -> Response:
    """Give exactly the list that the address asks for as a CSV file, piece by piece."""
    filters = Filters.read(page.query_params)
    headers = {"content-disposition": 'attachment; filename="onboardings.csv"'}
    return StreamingResponse(_file(page, filters), media_type="text/csv", headers=headers)


async def _file(page: Page, filters: Filters) -> AsyncIterator[bytes]:
    yield csv_lines([_HEAD])
    now, after = page.services.clock.now(), None
    while True:
        async with page.connect() as connection:
            lines = await list_lines(connection, page.actor, filters, _BATCH, after)
        yield csv_lines(_cells(line, now) for line in lines)
        if len(lines) < _BATCH:
            return
        after = (lines[-1].position, lines[-1].id)


def _cells(line: Line, now: datetime) -> tuple[str, ...]:
    return (
        *(str(line.display_id), line.name, line.customer, line.phase),
        *("" if line.completed_at else str(line.days_in_phase(now)), line.state, line.owner_email or ""),
        *(instant(line.started_at), _day(line.target_launch_date), _day(line.original_launch_date)),
        *(instant(line.completed_at), str(line.tasks), str(line.done)),
        *(instant(line.created_at), instant(line.updated_at)),
    )


def _day(value: datetime | None) -> str:
    return value.date().isoformat() if value else ""
