"""The leads of a pipeline, as a board with a column for each stage and as a list, and what narrows them down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.people import list_members
from pivotal_server.leads import board_queries as queries
from pivotal_server.leads.board_cards import ARCHIVED, NOBODY, LeadFilters
from pivotal_server.leads.board_view_pages import KIND
from pivotal_server.leads.list_queries import COUNTED, count_lines, list_lines
from pivotal_server.leads.pipeline_queries import default_pipeline, get_pipeline, list_pipelines
from pivotal_server.leads.queries import get_lead
from pivotal_server.views.columns import CARDS, Drop
from pivotal_server.views.layouts import show_layout
from pivotal_server.views.standing import gone, stand
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.leads.models import Pipeline
    from pivotal_server.views.layouts import Choices, Narrower
    from pivotal_server.views.standing import Standing
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PAGE = 50
_CARDS = "leads/cards.html"
_DROPS = {"lost": Drop("You can say why.", asks="move"), "won": Drop("It becomes a customer.", asks="win", stays=True)}
_STATUSES = [("open", "Open"), ("won", "Won"), ("lost", "Lost"), (ARCHIVED, "Archived")]


@pages.get("/leads")
async def leads(page: Page) -> Response:
    """Show the leads of a pipeline in the layout that the address asks for."""
    standing = await stand(page, KIND)
    filters = LeadFilters.read(dict(parse_qsl(standing.query)), standing.name)
    try:
        pipeline = await _pipeline(page, filters)
    except ApiError as error:
        return page.redirect(gone(page, standing, error), toast="This view is of a pipeline that there is no more")
    show = _show_list if filters.layout == "list" else _show_board
    return await show(page, filters, standing, pipeline)


@pages.get("/leads/column")
async def column(page: Page) -> Response:
    """Show more of one stage: the cards that follow, or a board of it alone."""
    filters = LeadFilters.read(page.query_params)
    pipeline = await _pipeline(page, filters)
    last = page.query_params.get("last", "")
    found = await queries.read_column(page.connection, page.actor, pipeline, filters, last)
    if page.wants_fragment:
        return page.fragment(_CARDS, "cards", column=found, filters=filters)
    return page.render("views/column.html", columns=[found], filters=filters, drops={}, cards=_CARDS)


@pages.get("/leads/{lead}/stage")
async def choose_stage(page: Page, lead: str) -> Response:
    """Show where a lead can be moved to, in its own pipeline and in the others."""
    row = await get_lead(page.connection, page.actor, reference_of(lead))
    pipelines = await list_pipelines(page.connection, page.actor)
    pipelines.sort(key=lambda pipeline: pipeline.id != row.pipeline_id)
    return page.render("leads/stage.html", block="choice", row=row, pipelines=pipelines)


async def _show_board(page: Page, filters: LeadFilters, standing: Standing, pipeline: Pipeline) -> Response:
    columns = await queries.read_board(page.connection, page.actor, pipeline, filters, CARDS * page.pages_shown)
    context: dict[str, Any] = {"columns": columns, "drops": _DROPS, "cards": _CARDS}
    return await _show(page, "leads/board.html", "columns", filters, standing, pipeline, **context)


async def _show_list(page: Page, filters: LeadFilters, standing: Standing, pipeline: Pipeline) -> Response:
    """Show the leads as a list; htmx gets what follows a row as rows."""
    asked = page.query_params
    after = (asked["after"], asked.get("after_id", "")) if asked.get("after") else None
    size = _PAGE * page.pages_shown
    lines = await list_lines(page.connection, page.actor, pipeline, filters, size + 1, after)
    shown, more = lines[:size], None
    if len(lines) > size:
        more = filters.address(after=shown[-1].position, after_id=shown[-1].id)
    context: dict[str, Any] = {"lines": shown, "more": more}
    if page.wants_fragment and after is not None:
        return page.fragment("leads/list.html", "lines", **context)
    total = await count_lines(page.connection, page.actor, pipeline, filters)
    context |= {"total": total, "counted": COUNTED}
    return await _show(page, "leads/list.html", "rows", filters, standing, pipeline, **context)


async def _show(
    page: Page,
    template: str,
    block: str,
    filters: LeadFilters,
    standing: Standing,
    pipeline: Pipeline,
    **context: Any,  # noqa: ANN401 - the template's
) -> Response:
    async def frame() -> dict[str, Any]:
        return {
            "some": await queries.has_leads(page.connection, page.actor),
            "sought": "Name, e-mail or company",
            "narrowing": await _narrowing(page, filters, pipeline),
            "pipelines": await list_pipelines(page.connection, page.actor),
            "pipeline": pipeline,
        }

    return await show_layout(page, template, block, filters, standing, frame, **context)


async def _pipeline(page: Page, filters: LeadFilters) -> Pipeline:
    """Return the pipeline that an address asks for.

    Raises:
        ApiError: 404 ``pipeline_not_found``.
    """
    if not filters.pipeline:
        return await default_pipeline(page.connection, page.actor)
    return await get_pipeline(page.connection, page.actor, filters.pipeline)


async def _narrowing(page: Page, filters: LeadFilters, pipeline: Pipeline) -> list[Narrower]:
    """Return what can be chosen to narrow the leads down."""
    people = [(one.id, one.name) for one in await list_members(page.connection, page.actor.workspace_id)]
    stages: Choices = []
    if filters.stage or filters.layout == "list":  # elsewhere the columns are the stages
        stages = [(stage.key, stage.name) for stage in pipeline.stages]
    fields = [
        ("stage", "Stage", "Any stage", stages),
        ("owner", "Owner", "Anyone's", [*people, (NOBODY, "Nobody's")]),
        ("assignee", "Assignee", "Any assignee", people),
        ("status", "Status", "Any status", _STATUSES),
        ("source", "Source", "Any source", await _in_use(page, "source", filters.source)),
        ("lead_source", "Lead source", "Any lead source", await _in_use(page, "lead_source", filters.lead_source)),
    ]
    return [field for field in fields if field[3]]


async def _in_use(page: Page, column: str, chosen: str) -> Choices:
    """Return the values of a column that leads have, and the one that is chosen in any case."""
    found = await queries.list_in_use(page.connection, page.actor, column)
    return [(value, value) for value in [*found, *({chosen} - {""} - set(found))]]
