"""The page of tasks over all onboardings: mine unless somebody else's are asked for, today's first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.clock import to_cursor
from pivotal_server.core.ids import read_reference
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.identity.people import list_members
from pivotal_server.onboardings.models import ROLE_NAMES
from pivotal_server.tasks.list_queries import (
    SHOWN,
    ListedTask,
    TaskFilter,
    list_done,
    list_due_on,
    list_due_on_others,
    list_undated,
)
from pivotal_server.tasks.models import ROLES
from pivotal_server.tasks.plan_view import Assignee, Line, make_lines
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

ANYONE = "anyone"
_SUNDAY = 6


class Section(NamedTuple):
    """Tasks below a heading."""

    title: str
    tasks: list[tuple[Line, ListedTask]]


@pages.get("/tasks")
async def task_list(page: Page) -> Response:
    """Show open tasks by when they are due, or what was done lately."""
    asked = page.query_params
    done = asked.get("show") == "done"
    who = asked.get("who") or page.visitor.person_id
    number = read_reference(asked.get("customer", ""))
    customer = number.value if number is not None and isinstance(number.value, int) else None
    wanted = TaskFilter(None if who == ANYONE else who, customer, SHOWN * page.pages_shown)
    cursor = validate(PageQuery, {"cursor": asked.get("cursor") or None}).cursor
    now = page.services.clock.now()
    _, time_zone = await working_days_of(page.connection, page.actor.workspace_id)
    today = now.astimezone(time_zone).date()
    members = await list_members(page.connection, page.actor.workspace_id)
    assignees = {f"person:{one.id}": Assignee(f"person:{one.id}", one.name, None, "Team") for one in members}

    if done:
        found = await list_done(page.connection, page.actor, wanted, now, cursor)
        sections = [_section("Done in the last 30 days", found[: wanted.shown], assignees, today)]
        last = found[wanted.shown - 1].row.completed_at if len(found) > wanted.shown else None
    else:
        sections, last = await _open(page, wanted, today, cursor, assignees)
    chosen = {"who": asked.get("who", ""), "customer": asked.get("customer", ""), "show": asked.get("show", "")}
    return page.render(
        "tasks/list.html",
        block="more" if cursor else "sections",
        sections=[section for section in sections if section.tasks],
        members=members,
        chosen=chosen,
        done=done,
        view={"today": today},
        roles={role: ROLE_NAMES[f"{role}_id"] for role in ROLES},
        filtered=urlencode({name: value for name, value in chosen.items() if value and name != "show"}),
        back=page.address,
        first=cursor is None,
        more=f"/tasks?{urlencode(chosen | {'cursor': _text(last)})}" if last else None,
    )


async def _open(
    page: Page, wanted: TaskFilter, today: date, cursor: datetime | None, assignees: dict[str, Assignee]
) -> tuple[list[Section], datetime | None]:
    """Return the open tasks by when they are due, and the place of the last where more follow."""
    connection, actor = page.connection, page.actor
    due = cursor.replace(tzinfo=None) if cursor else None
    others = await list_due_on_others(connection, actor, wanted, today, due)
    shown, week = others[: wanted.shown], today + timedelta(days=_SUNDAY - today.weekday())
    days = [(one, one.row.due_on or today) for one in shown]
    sections = [
        Section("Today", []),
        _section("Overdue", [one for one, day in days if day < today], assignees, today),
        _section("This week", [one for one, day in days if today < day <= week], assignees, today),
        _section("Later", [one for one, day in days if day > week], assignees, today),
    ]
    last = shown[-1].row.due_order if len(others) > wanted.shown else None
    if cursor is None:
        sections[0] = _section("Today", await list_due_on(connection, actor, wanted, today), assignees, today)
    # Everybody's tasks without a date are more than anybody wants to see.
    if last is None and not (wanted.person_id is None and wanted.customer is None):
        undated = await list_undated(connection, actor, wanted)
        sections.append(_section("No date", undated[: wanted.shown], assignees, today))
    return sections, last


def _section(title: str, tasks: Sequence[ListedTask], assignees: dict[str, Assignee], today: date) -> Section:
    lines = make_lines([one.row for one in tasks], assignees, today)
    return Section(title, [(lines[one.row.id], one) for one in tasks])


def _text(place: datetime) -> str:
    """Return a place as a cursor; due dates have no time zone."""
    return to_cursor(place) if place.tzinfo else f"{place.isoformat(timespec='microseconds')}Z"
