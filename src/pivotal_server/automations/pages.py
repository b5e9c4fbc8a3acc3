"""The recap of a launch, and what ran by itself for it, on the page of an onboarding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.automations.models import RecapRow
from pivotal_server.automations.queries import get_recap, list_runs
from pivotal_server.core.errors import ApiError
from pivotal_server.core.pagination import PageQuery
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/onboardings/{onboarding}/recap")
async def show(page: Page, onboarding: str) -> Response:
    """Show the draft of a recap, to be copied, and what came of the launch's automations."""
    row = await get_onboarding(page.connection, page.actor, reference_of(onboarding))
    runs = await list_runs(page.connection, page.actor, row.id, PageQuery(limit=20))
    recap: RecapRow | None = None
    try:
        recap = await get_recap(page.connection, page.actor, row.id)
    except ApiError as error:
        if error.code != "launch_recap_not_found":
            raise
    return page.render("automations/recap.html", block="recap", row=row, recap=recap, runs=runs[:20])
