"""The page of a lead: its way so far, what happened; and what can be done with it as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.customer_pages.activity_words import describe
from pivotal_server.leads.actions import update_lead
from pivotal_server.leads.detail import arrive, path_of, properties_on, read_detail
from pivotal_server.leads.detail_queries import find_lead, list_lead_activity
from pivotal_server.leads.merging import find_duplicates
from pivotal_server.leads.queries import list_stage_transitions
from pivotal_server.leads.schemas import LeadUpdate
from pivotal_server.message_log.parts import LogPlace, read_log
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.leads.models import LeadRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_STEPS, _ENTRIES, _LATEST, _DUPLICATES = 10, 50, 3, 5


@pages.get("/leads/{lead}")
async def overview(page: Page, lead: str) -> Response:
    """Show a lead and its way through the stages."""
    row, elsewhere = await arrive(page, lead)
    if elsewhere:
        return elsewhere
    query = _asked(page, _STEPS)
    found = await list_stage_transitions(page.connection, page.actor, row.id, query)
    steps, more = found[: query.limit], len(found) > query.limit
    context: dict[str, Any] = {
        "path": path_of(row),
        "steps": steps,
        "older": to_cursor(steps[-1].created_at) if more else None,
    }
    if page.wants_fragment and query.cursor:
        return page.fragment("leads/steps.html", "steps", **context)
    context |= await read_log(page, place_of(row), latest=_LATEST)
    duplicates = await find_duplicates(page.connection, page.actor, row, PageQuery(limit=_DUPLICATES))
    return await show(page, row, "leads/overview.html", duplicates=duplicates, **context)


@pages.get("/leads/{lead}/activity")
async def activity(page: Page, lead: str) -> Response:
    """Show what happened to a lead, newest first."""
    row, elsewhere = await arrive(page, lead, "/activity")
    if elsewhere:
        return elsewhere
    query = _asked(page, _ENTRIES)
    found = await list_lead_activity(page.connection, page.actor, row.id, query)
    entries, more = found[: query.limit], len(found) > query.limit
    context: dict[str, Any] = {
        "path": path_of(row),
        "entries": [describe(entry) for entry in entries],
        "more": to_cursor(entries[-1].created_at) if more else None,
    }
    if page.wants_fragment and query.cursor:
        return page.fragment("leads/activity.html", "entries", **context)
    return await show(page, row, "leads/activity.html", **context)


@pages.post("/leads/{lead}/archive")
async def archive(page: Page, lead: str) -> Response:
    """Take a lead off the board."""
    row = await find_lead(page.connection, page.actor, lead)
    await page.commit(lambda change: update_lead(change, row.id, LeadUpdate(archived=True)))
    return page.redirect(path_of(row), toast=f"Archived {row.name}", undo=f"/leads/{row.display_id}/unarchive")


@pages.post("/leads/{lead}/unarchive")
async def unarchive(page: Page, lead: str) -> Response:
    """Bring an archived lead back onto the board."""
    row = await find_lead(page.connection, page.actor, lead)
    await page.commit(lambda change: update_lead(change, row.id, LeadUpdate(archived=False)))
    return page.redirect(path_of(row), toast=f"{row.name} is back", undo=f"/leads/{row.display_id}/archive")


async def show(page: Page, row: LeadRow, template: str, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - of the template
    """Return a page of a lead: the template's own part below the head that all of them have."""
    detail = await read_detail(page, row)
    title, properties = properties_on(detail)
    return page.render(template, status=status, detail=detail, title=title, properties=properties, **context)


def place_of(row: LeadRow) -> LogPlace:
    """Return where a lead's messages are."""
    return LogPlace(row.id, row.name, f"{path_of(row)}/messages")


def _asked(page: Page, limit: int) -> PageQuery:
    return validate(PageQuery, {"cursor": page.query_params.get("cursor") or None, "limit": limit})
