"""The board: onboardings by phase, what narrows them down, and moving one from phase to phase."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from pivotal_server.automations.queries import find_settings
from pivotal_server.automations.schemas import present
from pivotal_server.board import board_queries as queries
from pivotal_server.board.calendar_pages import show_calendar
from pivotal_server.board.cards import Filters
from pivotal_server.board.frame import show_layout
from pivotal_server.board.lane_pages import show_lanes
from pivotal_server.board.list_pages import show_list
from pivotal_server.board.view_pages import KIND
from pivotal_server.core.words import join_words
from pivotal_server.identity.rights import has_role
from pivotal_server.onboardings.phases import find_phase, list_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.views.columns import CARDS, Drop
from pivotal_server.views.standing import stand
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_CARDS = "board/cards.html"
_AT_LAUNCH = {
    "launch_message": "writes to the CSM",
    "calendar_entry": "sends a calendar entry",
    "launch_recap": "drafts a recap",
}


@pages.get("/onboardings")
async def onboardings(page: Page) -> Response:
    """Show the onboardings in the layout that the address asks for."""
    standing = await stand(page, KIND)
    filters = Filters.read(dict(parse_qsl(standing.query)), standing.name)
    if filters.layout == "list":
        return await show_list(page, filters, standing)
    if filters.layout == "calendar":
        return await show_calendar(page, filters, standing)
    drops = await _drops(page)
    if filters.layout == "lanes":
        return await show_lanes(page, filters, standing, drops)
    columns = await queries.read_board(page.connection, page.actor, filters, CARDS * page.pages_shown)
    return await show_layout(
        page, "board/board.html", "columns", filters, standing, columns=columns, drops=drops, cards=_CARDS
    )


@pages.get("/onboardings/column")
async def column(page: Page) -> Response:
    """Show more of one phase: the cards that follow, or a board of it alone."""
    filters, asked = Filters.read(page.query_params), page.query_params
    found = await queries.read_column(
        page.connection, page.actor, filters, asked.get("phase", ""), asked.get("last", "")
    )
    if page.wants_fragment:
        return page.fragment(_CARDS, "cards", column=found, filters=filters)
    return page.render("views/column.html", columns=[found], filters=filters, drops={}, cards=_CARDS)


@pages.get("/onboardings/{onboarding}/phase")
async def choose_phase(page: Page, onboarding: str) -> Response:
    """Show where an onboarding can be moved to; choosing one leads to what that would do."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    phases = await list_phases(page.connection, page.actor.workspace_id)
    here = phases.index(find_phase(phases, row.phase))
    reach = len(phases) if has_role(page.actor.role, "admin") else here + 2
    return page.render("board/phase.html", block="choice", row=row, phases=phases, here=here, reach=reach)


async def _drops(page: Page) -> dict[str, Drop]:
    """Return what entering a phase of a kind means: what it sets going."""
    switches = present(await find_settings(page.connection, page.actor.workspace_id))
    sets_going = [does for name, does in _AT_LAUNCH.items() if switches[name]]
    launch = f"Launching {join_words(sets_going)}." if sets_going else "It counts as launched then."
    return {"terminal": Drop("It is completed then.", asks="move"), "launch": Drop(launch, asks="move")}
