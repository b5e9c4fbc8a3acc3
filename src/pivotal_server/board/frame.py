"""What every layout of the onboardings has: the views above it, and what narrows it down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.board import board_queries as queries
from pivotal_server.board.narrowing import OPEN
from pivotal_server.core.errors import ApiError
from pivotal_server.customers.queries import get_customer
from pivotal_server.fields.queries import suggest_tags
from pivotal_server.fields.schemas import TagListQuery
from pivotal_server.identity.people import list_members
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.views import layouts
from pivotal_server.web.filters import words

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.board.cards import Filters
    from pivotal_server.views.layouts import Choices, Narrower
    from pivotal_server.views.standing import Standing
    from pivotal_server.web.page import Page


async def show_layout(
    page: Page,
    template: str,
    block: str,
    filters: Filters,
    standing: Standing,
    **context: Any,  # noqa: ANN401 - the template's
) -> Response:
    """Return a layout: the whole page, or to htmx its block, with the layouts' links where filters were changed.

    Args:
        page: the request.
        template: of the layout.
        block: in it, that is the layout itself.
        filters: what is shown.
        standing: among the views.
        context: what the template needs beside.
    """

    async def frame() -> dict[str, Any]:
        return {
            "some": await queries.has_onboardings(page.connection, page.actor),
            "sought": "Title or customer",
            "narrowing": await narrowing(page, filters),
            "customer": await customer_name(page, filters),
        }

    return await layouts.show_layout(page, template, block, filters, standing, frame, **context)


async def narrowing(page: Page, filters: Filters) -> list[Narrower]:
    """Return what can be chosen to narrow it down."""
    owners = await list_members(page.connection, page.actor.workspace_id)
    templates = await queries.list_template_names(page.connection, page.actor)
    tags = [row.tag for row in await suggest_tags(page.connection, page.actor, TagListQuery(resource="onboarding"))]
    if filters.tag and filters.tag not in tags:
        tags.append(filters.tag)
    phases: Choices = []
    if filters.phase or filters.layout in {"list", "calendar"}:  # elsewhere the columns are the phases
        known = await list_phases(page.connection, page.actor.workspace_id)
        phases = [(OPEN, "Not completed"), *((phase.key, phase.name) for phase in known)]
    fields = [
        ("phase", "Phase", "Any phase", phases),
        ("owner", "Owner", "Anyone's", [*((one.id, one.name) for one in owners), ("nobody", "Nobody's")]),
        ("state", "State", "Any state", [(state, words(state)) for state in STATES]),
        ("template", "Template", "Any template", [(one.id, one.name) for one in templates]),
        ("tag", "Tag", "Any tag", [(tag, tag) for tag in tags]),
    ]
    return [one for one in fields if one[3]]


async def customer_name(page: Page, filters: Filters) -> str | None:
    """Return the name of the customer whose onboardings alone are wanted; None where all are."""
    if not filters.customer:
        return None
    try:
        return (await get_customer(page.connection, page.actor, filters.customer)).name
    except ApiError:
        return "nobody"
