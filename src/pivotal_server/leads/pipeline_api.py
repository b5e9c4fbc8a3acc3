"""REST routes of pipelines."""

from typing import Annotated

from fastapi import APIRouter

from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.leads import pipeline_actions as actions
from pivotal_server.leads.pipeline_queries import get_pipeline as read_pipeline
from pivotal_server.leads.pipeline_queries import list_pipelines as read_pipelines
from pivotal_server.leads.pipeline_schemas import (
    PipelineCreate,
    PipelineList,
    PipelineResource,
    PipelineUpdate,
    present_pipeline,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["pipelines"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("leads:read")]
Editor = Annotated[Call, Needs("settings:write")]
_IN_USE = conflict("stage_in_use", "There are leads in Proposal. Say in moved_stages where they go.")
_TAKEN = conflict("pipeline_name_taken", "Another pipeline of this workspace has this name.")


@router.get("/pipelines", operation_id="list-pipelines", summary="List pipelines", response_model=PipelineList)
async def list_pipelines(call: Reader) -> Reply:
    """All pipelines in their order, each with its stages, on one page."""
    found = await read_pipelines(call.connection, call.actor)
    data = [present_pipeline(pipeline) for pipeline in found]
    return reply({"object": "list", "data": data, "has_more": False, "next_cursor": None})


@router.get(
    "/pipelines/{id}", operation_id="get-pipeline", summary="Retrieve a pipeline", response_model=PipelineResource,
    responses=errors(404),
)  # fmt: skip
async def get_pipeline(call: Reader, id: str) -> Reply:  # noqa: A002 - as in every route
    """One pipeline with its stages, by `id` or `display_id`."""
    return reply(present_pipeline(await read_pipeline(call.connection, call.actor, id)))


@router.post(
    "/pipelines", operation_id="create-pipeline", summary="Create a pipeline", response_model=PipelineResource,
    status_code=201, responses=errors(400) | _TAKEN,
)  # fmt: skip
async def create_pipeline(call: Editor, body: PipelineCreate) -> Reply:
    """Adds a pipeline, with the stages of a new workspace's one unless others are sent; there are at most 20."""
    return await call.commit(
        lambda change: actions.create_pipeline(change, body), present_pipeline,
        status=201, location=lambda pipeline: f"/api/v1/pipelines/{pipeline.id}",
    )  # fmt: skip


@router.patch(
    "/pipelines/{id}", operation_id="update-pipeline", summary="Update a pipeline", response_model=PipelineResource,
    responses=errors(400, 404) | _IN_USE,
)  # fmt: skip
async def update_pipeline(call: Editor, id: str, body: PipelineUpdate) -> Reply:  # noqa: A002
    """Changes its name, its place or its stages. `stages` is the whole list: those that it leaves out go."""
    return await call.commit(lambda change: actions.update_pipeline(change, id, body), present_pipeline)


@router.delete(
    "/pipelines/{id}", operation_id="delete-pipeline", summary="Delete a pipeline", response_model=Deleted,
    responses=errors(404) | conflict("pipeline_in_use", "There are leads in this pipeline."),
)  # fmt: skip
async def delete_pipeline(call: Editor, id: str) -> Reply:  # noqa: A002
    """Takes a pipeline away that has no leads. Repeating it gives the same answer."""
    return await call.commit(
        lambda change: actions.delete_pipeline(change, id), lambda pipeline: present_deleted(pipeline.row)
    )
