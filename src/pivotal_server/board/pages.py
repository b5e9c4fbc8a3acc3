"""The board: onboardings by phase, what narrows them down, and moving one from phase to phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.automations.queries import find_settings
from pivotal_server.automations.schemas import present
from pivotal_server.board import board_queries as queries
from pivotal_server.board.cards import Filters
from pivotal_server.core.errors import ApiError
from pivotal_server.core.words import join_words
from pivotal_server.customers.queries import get_customer
from pivotal_server.fields.queries import suggest_tags
from pivotal_server.fields.schemas import TagListQuery
from pivotal_server.identity.people import list_members
from pivotal_server.identity.rights import has_role
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.filters import words
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.board.cards import Column
    from pivotal_server.web.page import Page

pages = PageRoutes()

_AT_LAUNCH = {
    "launch_message": "writes to the CSM",
    "calendar_entry": "sends a calendar entry",
    "launch_recap": "drafts a recap",
}


@pages.get("/onboardings")
async def board(page: Page) -> Response:
    """Show the onboardings by phase."""
    filters = Filters.read(page.query_params)
    columns = await queries.read_board(page.connection, page.actor, filters)
    if not page.wants_fragment:
        return await _show(page, filters, columns)
    response = page.fragment("board/board.html", "columns", **await _context(page, filters, columns))
    if page.headers.get("hx-trigger") == "filters":
        response.headers["hx-push-url"] = filters.address("/onboardings")
    return response


@pages.get("/onboardings/column")
async def column(page: Page) -> Response:
    """Show more of one phase: the cards that follow, or a board of it alone."""
    filters, asked = Filters.read(page.query_params), page.query_params
    found = await queries.read_column(
        page.connection, page.actor, filters, asked.get("phase", ""), asked.get("last", "")
    )
    if page.wants_fragment:
        return page.fragment("board/cards.html", "cards", column=found, filters=filters)
    return await _show(page, filters, [found], alone=True)


@pages.get("/onboardings/{onboarding}/phase")
async def choose_phase(page: Page, onboarding: str) -> Response:
    """Show where an onboarding can be moved to; choosing one leads to what that would do."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    phases = await list_phases(page.connection, page.actor.workspace_id)
    here = phases.index(find_phase(phases, row.phase))
    reach = len(phases) if has_role(page.actor.role, "admin") else here + 2
    return page.render("board/phase.html", block="choice", row=row, phases=phases, here=here, reach=reach)


async def _show(page: Page, filters: Filters, columns: list[Column], *, alone: bool = False) -> Response:
    return page.render(
        "board/board.html",
        **await _context(page, filters, columns),
        alone=alone,
        some=any(one.count for one in columns) or await queries.has_onboardings(page.connection, page.actor),
        narrowing=await _narrowing(page, filters),
        customer=await _customer(page, filters),
    )


async def _narrowing(page: Page, filters: Filters) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Return what can be chosen to narrow the board down: field, label, the choice of all, and the others."""
    owners = await list_members(page.connection, page.actor.workspace_id)
    templates = await queries.list_template_names(page.connection, page.actor)
    tags = [row.tag for row in await suggest_tags(page.connection, page.actor, TagListQuery(resource="onboarding"))]
    if filters.tag and filters.tag not in tags:
        tags.append(filters.tag)
    fields = [
        ("owner", "Owner", "Anyone's", [*((one.id, one.name) for one in owners), ("nobody", "Nobody's")]),
        ("state", "State", "Any state", [(state, words(state)) for state in STATES]),
        ("template", "Template", "Any template", [(one.id, one.name) for one in templates]),
        ("tag", "Tag", "Any tag", [(tag, tag) for tag in tags]),
    ]
    return [one for one in fields if one[3]]


async def _customer(page: Page, filters: Filters) -> str | None:
    """Return the name of the customer whose onboardings alone are wanted; None where all are."""
    if not filters.customer:
        return None
    try:
        return (await get_customer(page.connection, page.actor, filters.customer)).name
    except ApiError:
        return "nobody"


async def _context(page: Page, filters: Filters, columns: list[Column]) -> dict[str, Any]:
    """Return what the columns of the board are made of."""
    switches = present(await find_settings(page.connection, page.actor.workspace_id))
    sets_going = [does for name, does in _AT_LAUNCH.items() if switches[name]]
    hints: dict[str, str] = {"terminal": "It is completed then."}
    hints["launch"] = f"Launching {join_words(sets_going)}." if sets_going else "It counts as launched then."
    return {"filters": filters, "columns": columns, "hints": hints}
