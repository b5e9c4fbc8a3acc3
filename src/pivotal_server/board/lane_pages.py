"""The board in lanes, one for each owner, and giving an onboarding to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.board.cards import LANES
from pivotal_server.board.frame import show_layout
from pivotal_server.board.lane_queries import NOBODY, list_owners, read_lanes
from pivotal_server.core.errors import ApiError
from pivotal_server.identity.people import find_member
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate
from pivotal_server.plans import actions
from pivotal_server.plans.detail import path_of
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.board.cards import Filters
    from pivotal_server.timeline.change import Change
    from pivotal_server.views.columns import Drop
    from pivotal_server.views.standing import Standing
    from pivotal_server.web.page import Page

pages = PageRoutes()


async def show_lanes(page: Page, filters: Filters, standing: Standing, drops: dict[str, Drop]) -> Response:
    """Show the onboardings by owner and phase; htmx gets the lanes that follow others as lanes."""
    owners = await list_owners(page.connection, page.actor, filters)
    start = page.query_params.get("from", "")
    first = min(int(start), len(owners)) if start.isascii() and start.isdigit() and len(start) < len("99999") else 0
    end = first + LANES
    lanes = await read_lanes(page.connection, page.actor, filters, owners[first:end])
    more = filters.address(**{"from": str(end)}) if end < len(owners) else None
    context: dict[str, Any] = {"lanes": lanes, "drops": drops, "more_lanes": more}
    if page.wants_fragment and first:
        return page.fragment("board/lanes.html", "lanes", filters=filters, changed=False, **context)
    phases = await list_phases(page.connection, page.actor.workspace_id)
    return await show_layout(page, "board/lanes.html", "board", filters, standing, phases=phases, **context)


@pages.post("/onboardings/{onboarding}/owner")
async def give(page: Page, onboarding: str) -> Response:
    """Give an onboarding to another CSM, or to nobody."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    before, owner = row.csm_id or NOBODY, page.field("csm") or NOBODY
    name = await _name_of(page, owner)
    await page.commit(lambda change: _give(change, row.id, owner))
    undo = f"/onboardings/{row.display_id}/owner/undo?left={before}&entered={owner}"
    return page.done(path_of(row), f"{row.name} is {name} now", undo=undo)


@pages.post("/onboardings/{onboarding}/owner/undo")
async def take_back(page: Page, onboarding: str) -> Response:
    """Give an onboarding back to whose it was, unless somebody else has it by now."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    left, entered = page.query_params.get("left", ""), page.query_params.get("entered", "")
    name = await _name_of(page, left)

    async def work(change: Change) -> None:
        held = await get_onboarding(change.connection, change.actor, row.id, lock=True)
        if (held.csm_id or NOBODY) != entered:
            raise ApiError(409, "http_exception", "It has gone to somebody else since; nothing was changed.")
        await _give(change, row.id, left)

    await page.commit(work)
    return page.done(page.came_from or path_of(row), f"{row.name} is {name} again")


async def _give(change: Change, id_: str, owner: str) -> None:
    body = OnboardingUpdate(csm_id=None if owner == NOBODY else owner)
    await actions.update_onboarding(change, id_, body)


async def _name_of(page: Page, owner: str) -> str:
    """Return whose it is then.

    Raises:
        ApiError: 404 for nobody of this workspace.
    """
    if owner == NOBODY:
        return "nobody's"
    person = await find_member(page.connection, page.actor, person_id=owner)
    if person is None:
        raise ApiError(404, "http_exception", "No teammate of this workspace is meant by that.")
    return f"{person.name}'s"
