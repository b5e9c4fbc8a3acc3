"""Adding a lead by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.identity.people import list_members
from pivotal_server.leads import board_queries as queries
from pivotal_server.leads.actions import create_lead
from pivotal_server.leads.board_cards import path_of_lead
from pivotal_server.leads.pipeline_queries import list_pipelines
from pivotal_server.leads.schemas import LeadCreate
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.leads.models import Pipeline
    from pivotal_server.web.page import Page

pages = PageRoutes()

_SOURCE = "app"


@pages.get("/leads/new")
async def new_lead(page: Page) -> Response:
    """Show the form of a new lead, for the pipeline that the address names."""
    asked = page.query_params.get("pipeline", "")
    pipelines = await list_pipelines(page.connection, page.actor)
    begins = next((one for one in pipelines if asked in {one.id, str(one.row.display_id)}), pipelines[0])
    return await _show(page, Form({"place": _place(begins, begins.first_stage.key), "owner": page.actor.id}))


@pages.post("/leads")
async def create(page: Page) -> Response:
    """Add a lead, and go on to it."""
    pipeline, _, stage = page.field("place").partition("/")
    place = {"pipeline": pipeline or None, "stage": stage or None}
    form = page.read_form(LeadCreate, {**place, "source": _SOURCE})
    lead = await page.submit(form, create_lead)
    if lead is None:
        return await _show(page, form, UNPROCESSABLE)
    return page.redirect(path_of_lead(lead.display_id, lead.name), toast=f"Added {lead.name}")


async def _show(page: Page, form: Form[LeadCreate], status: int = 200) -> Response:
    for field in ("pipeline", "stage"):
        if field in form.errors:
            form.errors["place"] = form.errors[field]
    pipelines = await list_pipelines(page.connection, page.actor)
    people = await list_members(page.connection, page.actor.workspace_id)
    return page.render(
        "leads/new.html",
        block="form",
        status=status,
        form=form,
        owners=[("", "Nobody"), *((one.id, one.name, one.email) for one in people)],
        stages=[
            (_place(one, stage.key), stage.name if len(pipelines) == 1 else f"{one.name}: {stage.name}")
            for one in pipelines
            for stage in one.stages
            if stage.kind == "open"
        ],
        lead_sources=await queries.list_in_use(page.connection, page.actor, "lead_source"),
    )


def _place(pipeline: Pipeline, stage: str) -> str:
    """Return what the form calls a stage of a pipeline."""
    return f"{pipeline.row.display_id}/{stage}"
