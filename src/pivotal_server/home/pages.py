"""The home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.customer_pages.activity_words import describe
from pivotal_server.home.first_steps import find_first_steps
from pivotal_server.home.home_queries import MOST_COUNTED, SHOWN, list_launches, list_needy, list_team_activity
from pivotal_server.tasks.list_queries import SHOWN as MOST_TASKS
from pivotal_server.tasks.list_queries import TaskFilter, list_due_on, list_due_on_others
from pivotal_server.tasks.plan_view import make_lines
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from starlette.responses import Response

    from pivotal_server.tasks.list_queries import ListedTask
    from pivotal_server.tasks.plan_view import Line
    from pivotal_server.web.page import Page

pages = PageRoutes()

_NOON, _EVENING = 12, 18


@pages.get("/")
async def home(page: Page) -> Response:
    """Show what needs the person today, what launches next, and what the team did."""
    connection, actor = page.connection, page.actor
    _, time_zone = await working_days_of(connection, actor.workspace_id)
    local = page.services.clock.now().astimezone(time_zone)
    today = local.date()
    mine = TaskFilter(actor.id)
    others = await list_due_on_others(connection, actor, mine, today, None)
    overdue = [one for one in others if one.row.due_on and one.row.due_on < today]
    due = await list_due_on(connection, actor, mine, today)
    return page.render(
        "home/home.html",
        block="home",
        greeting="Good morning"
        if local.hour < _NOON
        else "Good afternoon"
        if local.hour < _EVENING
        else "Good evening",
        first_steps=None if page.visitor.in_sample else await find_first_steps(connection, actor),
        view={"today": today},
        overdue=_lines(overdue, today),
        overdue_count=_counted(len(overdue), MOST_TASKS),
        due=_lines(due, today),
        due_count=_counted(len(due), MOST_TASKS),
        needy=await list_needy(connection, actor, today),
        launches=await list_launches(connection, actor, today),
        activity=[(line, describe(line.row)) for line in await list_team_activity(connection, actor)],
        counted=lambda count: _counted(count, MOST_COUNTED - 1),
    )


def _lines(tasks: Sequence[ListedTask], today: date) -> list[tuple[Line, ListedTask]]:
    shown = tasks[:SHOWN]
    lines = make_lines([one.row for one in shown], {}, today)
    return [(lines[one.row.id], one) for one in shown]


def _counted(count: int, most: int) -> str:
    """Return a number, or that there are more than are counted."""
    return f"{most}+" if count > most else str(count)
