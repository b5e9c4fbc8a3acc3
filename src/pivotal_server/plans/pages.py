"""The pages of one onboarding: its tasks, timeline, comments and activity below the same head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.comments.thread import read_thread
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.fields.queries import list_fields
from pivotal_server.fields.schemas import CustomFieldListQuery
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.plans.activity_view import GROUPS, describe
from pivotal_server.plans.detail import path_of, read_detail
from pivotal_server.plans.properties import grouped, properties_of
from pivotal_server.tasks.gantt import ZOOMS, draw
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.timeline.queries import list_onboarding_activity, list_onboarding_actors
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.properties import find_property
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_ACTIVITY_SHOWN = 50
_STATE_ICONS = {
    "active": "circle-dot",
    "paused": "circle-pause",
    "at_risk": "triangle-alert",
    "waiting": "clock",
    "blocked": "circle-x",
}


@pages.get("/onboardings/{onboarding}")
async def tasks(page: Page, onboarding: str) -> Response:
    """Show an onboarding and its tasks by phase."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if moved := _canonical(page, row, onboarding):
        return moved
    view = await read_plan(page.connection, page.actor, row, page.services.clock.now())
    return await show(page, row, "plans/tasks.html", view=view)


@pages.get("/onboardings/{onboarding}/timeline")
async def timeline(page: Page, onboarding: str) -> Response:
    """Show the plan on a scale of days."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if moved := _canonical(page, row, onboarding, "/timeline"):
        return moved
    view = await read_plan(page.connection, page.actor, row, page.services.clock.now())
    zoom = page.query_params.get("zoom", "")
    gantt = draw(view, zoom if zoom in ZOOMS else "week")
    if page.wants_fragment:
        return page.fragment("tasks/gantt.html", "gantt", view=view, gantt=gantt)
    return await show(page, row, "plans/timeline.html", view=view, gantt=gantt)


@pages.get("/onboardings/{onboarding}/comments")
async def comments(page: Page, onboarding: str) -> Response:
    """Show what people say on an onboarding."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if moved := _canonical(page, row, onboarding, "/comments"):
        return moved
    thread = await read_thread(page, row)
    if page.wants_fragment:
        return page.fragment("comments/thread.html", "thread", thread=thread)
    return await show(page, row, "plans/comments.html", thread=thread)


@pages.get("/onboardings/{onboarding}/activity")
async def activity(page: Page, onboarding: str) -> Response:
    """Show what happened in an onboarding, all of it or what somebody did, or to what."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if moved := _canonical(page, row, onboarding, "/activity"):
        return moved
    asked = page.query_params
    query = validate(PageQuery, {"cursor": asked.get("cursor") or None, "limit": _ACTIVITY_SHOWN})
    chosen = {"type": asked.get("type", ""), "actor": asked.get("actor", "")}
    rows = await list_onboarding_activity(
        page.connection, page.actor, row.id, query, type_=chosen["type"] or None, actor_id=chosen["actor"] or None
    )
    context: dict[str, Any] = {
        "onboarding": row,
        "entries": [describe(entry) for entry in rows[: query.limit]],
        "more": rows[query.limit - 1].created_at if len(rows) > query.limit else None,
        "chosen": chosen,
        "groups": list(GROUPS.items()),
        "actors": await list_onboarding_actors(page.connection, page.actor, row.id),
        "first": query.cursor is None,
    }
    if page.wants_fragment:
        return page.fragment("plans/activity.html", "entries" if query.cursor else "log", **context)
    return await show(page, row, "plans/activity.html", **context)


@pages.get("/onboardings/{onboarding}/header")
async def header(page: Page, onboarding: str) -> Response:
    """Show the head of an onboarding's page again."""
    return await _part(page, onboarding, "header")


@pages.get("/onboardings/{onboarding}/properties")
async def properties(page: Page, onboarding: str) -> Response:
    """Show what is known of an onboarding again."""
    return await _part(page, onboarding, "properties")


async def show(page: Page, row: OnboardingRow, template: str, **context: Any) -> Response:  # noqa: ANN401 - of the template
    """Return a page of an onboarding: the template's own part below the head that all of them have."""
    return page.render(template, **await _read(page, row), **context)


async def _part(page: Page, onboarding: str, block: str) -> Response:
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    if not page.wants_fragment:
        return page.redirect(path_of(row))
    return page.fragment("plans/onboarding.html", block, **await _read(page, row))


async def _read(page: Page, row: OnboardingRow) -> dict[str, Any]:
    """Return what the head and the properties of an onboarding's page are made of."""
    detail = await read_detail(page.connection, page.actor, row, page.services.clock.now())
    fields = await list_fields(page.connection, page.actor, CustomFieldListQuery(resource="onboarding"))
    known = properties_of(row, detail.team, fields)
    return {
        "detail": detail,
        "states": STATES,
        "state_icons": _STATE_ICONS,
        "title": find_property(known, "name"),
        "properties": grouped(known),
    }


def _canonical(page: Page, row: OnboardingRow, place: str, tab: str = "") -> Response | None:
    """Return where an onboarding's page is, if that is not the place that was asked for."""
    path = path_of(row)
    if page.wants_fragment or f"/onboardings/{place}" == path:
        return None
    query = page.url.query
    return page.redirect(f"{path}{tab}{'?' if query else ''}{query}")
