"""Moving a lead from stage to stage, which can be taken back, and deleting one, which can be as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.leads.actions import delete_lead, restore_lead
from pivotal_server.leads.board_cards import path_of_lead
from pivotal_server.leads.moves import move_lead
from pivotal_server.leads.pipeline_queries import get_pipeline
from pivotal_server.leads.queries import get_lead
from pivotal_server.leads.schemas import LeadMove
from pivotal_server.web.addresses import reference_of
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.leads.models import LeadRow, Pipeline
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/leads/{lead}/move")
async def show_move(page: Page, lead: str) -> Response:
    """Ask why a lead is moved, which nobody has to say; without a stage, ask to which one."""
    row = await get_lead(page.connection, page.actor, reference_of(lead))
    asked = page.query_params
    if not asked.get("to"):
        return page.redirect(f"/leads/{row.display_id}/stage")
    return await _show(page, row, Form({"to": asked.get("to"), "pipeline": asked.get("pipeline", "")}))


@pages.post("/leads/{lead}/move")
async def move(page: Page, lead: str) -> Response:
    """Move a lead to a stage."""
    row = await get_lead(page.connection, page.actor, reference_of(lead))
    form = page.read_form(LeadMove, {"stage": page.field("to")})
    moved = await page.submit(form, lambda change, body: move_lead(change, row.id, body))
    if moved is None:
        return await _show(page, row, form, UNPROCESSABLE)
    stage = _name_of(await get_pipeline(page.connection, page.actor, moved.pipeline_id), moved.stage)
    undo = f"/leads/{row.display_id}/move/undo?left={row.stage}&of={row.pipeline_id}&entered={moved.stage}"
    return page.done(path_of_lead(row.display_id, row.name), f"Moved to {stage}", undo=undo)


@pages.post("/leads/{lead}/move/undo")
async def take_back(page: Page, lead: str) -> Response:
    """Take a move back, unless the lead has gone on since."""
    row = await get_lead(page.connection, page.actor, reference_of(lead))
    asked = page.query_params

    async def work(change: Change) -> LeadRow:
        held = await get_lead(change.connection, change.actor, row.id, lock=True)
        if held.stage != asked.get("entered"):
            raise ApiError(409, "http_exception", "It has gone to another stage since; nothing was changed.")
        body = LeadMove(stage=asked.get("left") or held.stage, pipeline=asked.get("of"), reason="Taken back")
        return await move_lead(change, row.id, body)

    moved = await page.commit(work)
    stage = _name_of(await get_pipeline(page.connection, page.actor, moved.pipeline_id), moved.stage)
    return page.done(page.came_from or path_of_lead(row.display_id, row.name), f"Back in {stage}")


@pages.post("/leads/{lead}/delete")
async def delete(page: Page, lead: str) -> Response:
    """Delete a lead, and go on to the board."""
    row = await get_lead(page.connection, page.actor, reference_of(lead))
    await page.commit(lambda change: delete_lead(change, row.id))
    return page.redirect("/leads", toast=f"Deleted {row.name}", undo=f"/leads/{row.display_id}/restore")


@pages.post("/leads/{lead}/restore")
async def restore(page: Page, lead: str) -> Response:
    """Take the deletion of a lead back."""
    row = await get_lead(page.connection, page.actor, reference_of(lead), deleted=True)
    await page.commit(lambda change: restore_lead(change, row.id))
    return page.done(path_of_lead(row.display_id, row.name), f"{row.name} is back")


async def _show(page: Page, row: LeadRow, form: Form[LeadMove], status: int = 200) -> Response:
    pipeline = await _pipeline_of(page, row, str(form.values.get("pipeline") or ""))
    stage = pipeline.find(str(form.values.get("to", "")))
    if stage is None or stage.kind == "won":
        raise ApiError(404, "http_exception", "There is no such stage to move it to.")
    return page.render("leads/move.html", block="form", status=status, row=row, form=form, stage=stage)


async def _pipeline_of(page: Page, row: LeadRow, asked: str) -> Pipeline:
    """Return the pipeline that is asked for, or the lead's own.

    Raises:
        ApiError: 404 ``pipeline_not_found``.
    """
    return await get_pipeline(page.connection, page.actor, asked or row.pipeline_id)


def _name_of(pipeline: Pipeline, key: str) -> str:
    stage = pipeline.find(key)
    return stage.name if stage else key
