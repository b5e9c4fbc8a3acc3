"""The settings' pages of pipelines: adding, naming, reordering and removing them and their stages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import Name, OneOf, RequestModel
from pivotal_server.leads.pipeline_actions import create_pipeline, delete_pipeline, update_pipeline
from pivotal_server.leads.pipeline_queries import get_pipeline, list_pipelines
from pivotal_server.leads.pipeline_schemas import PipelineCreate, PipelineUpdate
from pivotal_server.leads.pipeline_view import (
    MOST_COUNTED,
    PATH,
    Named,
    count_leads,
    names_of,
    path_of_pipeline,
    staged,
)
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.properties import change_in_place
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.leads.models import Pipeline, Stage
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_KINDS = (("open", "A step"), ("lost", "The end of one that is lost"))
_PLACE = re.compile(r"[0-9]{1,3}")


class StageCreate(RequestModel):
    """The form of a new stage."""

    name: Name
    kind: Annotated[str, OneOf(("open", "lost"))] = "open"


class StageRemove(RequestModel):
    """The form that removes a stage: where its leads go, if there are any."""

    move_to: str | None = None


@pages.get(PATH, role="admin")
async def pipelines(page: Page) -> Response:
    """Show the pipelines in their order."""
    return await _show_all(page, Form())


@pages.post(PATH, role="admin")
async def add(page: Page) -> Response:
    """Add a pipeline with the stages that every pipeline begins with, and go on to it."""
    form = page.read_form(PipelineCreate)
    made = await page.submit(form, create_pipeline)
    if made is None:
        return await _show_all(page, form, UNPROCESSABLE)
    return page.redirect(path_of_pipeline(made), toast=f"Added {made.name}")


@pages.get(f"{PATH}/{{pipeline}}", role="admin")
async def pipeline_settings(page: Page, pipeline: str) -> Response:
    """Show the stages of a pipeline."""
    return await _show(page, await get_pipeline(page.connection, page.actor, pipeline), Form({"kind": "open"}))


@pages.post(f"{PATH}/{{pipeline}}/properties/{{property}}", role="admin")
async def rename(page: Page, pipeline: str, property: str) -> Response:  # noqa: A002 - the word for it
    """Give a pipeline or a stage another name; where somebody else did so meanwhile, both are shown instead."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    return await change_in_place(page, Named(found, property), property)


@pages.post(f"{PATH}/{{pipeline}}/move", role="admin")
async def move(page: Page, pipeline: str) -> Response:
    """Put a pipeline at another place; the first is where leads come that name none."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    before = [one.id for one in await list_pipelines(page.connection, page.actor)].index(found.id) + 1
    place = _place(page)
    body = PipelineUpdate.model_validate({"position": place})
    await page.commit(lambda change: update_pipeline(change, found.id, body))
    undo = f"{path_of_pipeline(found)}/move?position={before}"
    return page.done(PATH, f"{found.name} is number {place}", undo=undo)


@pages.get(f"{PATH}/{{pipeline}}/delete", role="admin")
async def show_delete(page: Page, pipeline: str) -> Response:
    """Say what deleting a pipeline means, and whether it can be."""
    return await _show_delete(page, await get_pipeline(page.connection, page.actor, pipeline), Form())


@pages.post(f"{PATH}/{{pipeline}}/delete", role="admin")
async def delete(page: Page, pipeline: str) -> Response:
    """Delete a pipeline that has no leads."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    form: Form[StageRemove] = page.read_form(StageRemove)
    if await page.submit(form, lambda change, _: delete_pipeline(change, found.id)) is None:
        return await _show_delete(page, found, form, UNPROCESSABLE)
    return page.redirect(PATH, toast=f"Deleted {found.name}")


@pages.post(f"{PATH}/{{pipeline}}/stages", role="admin")
async def add_stage(page: Page, pipeline: str) -> Response:
    """Add a stage: a step before what is won, or another end at the end."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    form = page.read_form(StageCreate)

    async def work(change: Change, body: StageCreate) -> Pipeline:
        held = await get_pipeline(change.connection, change.actor, found.id, lock=True)
        stages = staged(held.stages)
        place = held.stages.index(held.won_stage) if body.kind == "open" else len(stages)
        stages.insert(place, {"name": body.name, "kind": body.kind})
        return await update_pipeline(change, held.id, PipelineUpdate.model_validate({"stages": stages}))

    if await page.submit(form, work) is None:
        if "stages" in form.errors:
            form.errors["name"] = form.errors["stages"]
        return await _show(page, found, form, UNPROCESSABLE)
    return page.redirect(path_of_pipeline(found), toast=f"Added {form.body.name if form.body else ''}")


@pages.post(f"{PATH}/{{pipeline}}/stages/{{stage}}/move", role="admin")
async def move_stage(page: Page, pipeline: str, stage: str) -> Response:
    """Put a stage at another place."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    moved, place = _stage(found, stage), _place(page)

    async def work(change: Change) -> Pipeline:
        held = await get_pipeline(change.connection, change.actor, found.id, lock=True)
        stages = [one for one in held.stages if one.key != moved.key]
        stages.insert(place - 1, _stage(held, moved.key))
        return await update_pipeline(change, held.id, PipelineUpdate.model_validate({"stages": staged(stages)}))

    await page.commit(work)
    path = path_of_pipeline(found)
    undo = f"{path}/stages/{moved.key}/move?position={found.stages.index(moved) + 1}"
    return page.done(path, f"{moved.name} is number {place}", undo=undo)


@pages.get(f"{PATH}/{{pipeline}}/stages/{{stage}}/remove", role="admin")
async def show_remove(page: Page, pipeline: str, stage: str) -> Response:
    """Show what removing a stage means, and ask where its leads go."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    return await _show_remove(page, found, _stage(found, stage), Form())


@pages.post(f"{PATH}/{{pipeline}}/stages/{{stage}}/remove", role="admin")
async def remove(page: Page, pipeline: str, stage: str) -> Response:
    """Remove a stage; its leads go to the stage that was chosen."""
    found = await get_pipeline(page.connection, page.actor, pipeline)
    gone = _stage(found, stage)
    form = page.read_form(StageRemove)

    async def work(change: Change, body: StageRemove) -> Pipeline:
        held = await get_pipeline(change.connection, change.actor, found.id, lock=True)
        stages = [one for one in held.stages if one.key != gone.key]
        moved = {gone.key: body.move_to} if body.move_to else {}
        body_ = PipelineUpdate.model_validate({"stages": staged(stages), "moved_stages": moved})
        return await update_pipeline(change, held.id, body_)

    if await page.submit(form, work) is None:
        return await _show_remove(page, found, gone, form, UNPROCESSABLE)
    return page.redirect(path_of_pipeline(found), toast=f"Removed {gone.name}")


async def _show_all(page: Page, form: Form[PipelineCreate], status: int = 200) -> Response:
    found = await list_pipelines(page.connection, page.actor)
    counts = await count_leads(page.connection, page.actor, found)
    return page.render(
        "leads/pipelines.html",
        block="list",
        status=status,
        form=form,
        pipelines=found,
        counts={one.id: sum(counts[one.id, stage.key] for stage in one.stages) for one in found},
        most=MOST_COUNTED,
    )


async def _show(page: Page, found: Pipeline, form: Form[StageCreate], status: int = 200) -> Response:
    counts = await count_leads(page.connection, page.actor, [found])
    return page.render(
        "leads/pipeline.html",
        block="stages",
        status=status,
        form=form,
        pipeline=found,
        path=path_of_pipeline(found),
        names={one.name: one for one in names_of(found)},
        kinds=_KINDS,
        counts={stage.key: counts[found.id, stage.key] for stage in found.stages},
        most=MOST_COUNTED,
        several=len(await list_pipelines(page.connection, page.actor)) > 1,
    )


async def _show_delete(page: Page, found: Pipeline, form: Form[StageRemove], status: int = 200) -> Response:
    counts = await count_leads(page.connection, page.actor, [found])
    return page.render(
        "leads/pipeline_delete.html",
        block="form",
        status=status,
        form=form,
        pipeline=found,
        path=path_of_pipeline(found),
        count=sum(counts.values()),
        most=MOST_COUNTED,
        several=len(await list_pipelines(page.connection, page.actor)) > 1,
    )


async def _show_remove(
    page: Page, found: Pipeline, gone: Stage, form: Form[StageRemove], status: int = 200
) -> Response:
    counts = await count_leads(page.connection, page.actor, [found])
    alike = [one for one in found.stages if one.kind == gone.kind and one.key != gone.key]
    return page.render(
        "leads/stage_remove.html",
        block="form",
        status=status,
        form=form,
        pipeline=found,
        path=path_of_pipeline(found),
        stage=gone,
        count=counts[found.id, gone.key],
        most=MOST_COUNTED,
        choices=[(one.key, one.name) for one in alike],
    )


def _stage(pipeline: Pipeline, key: str) -> Stage:
    """Return a pipeline's stage.

    Raises:
        ApiError: 404 where it has none such.
    """
    stage = pipeline.find(key)
    if stage is None:
        raise ApiError(404, "http_exception", "This pipeline has no such stage.")
    return stage


def _place(page: Page) -> int:
    """Return the place that something is moved to, from 1.

    Raises:
        ApiError: 404 where that is none.
    """
    place = page.field("position") or page.query_params.get("position", "")
    if not _PLACE.fullmatch(place) or int(place) < 1:
        raise ApiError(404, "http_exception", "There is no such place.")
    return int(place)
