"""REST routes of pipelines."""

from typing import Annotated

from fastapi import APIRouter

from pivotal_server.leads.pipeline_queries import get_pipeline as read_pipeline
from pivotal_server.leads.pipeline_queries import list_pipelines as read_pipelines
from pivotal_server.leads.pipeline_schemas import PipelineList, PipelineResource, present_pipeline
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["pipelines"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("leads:read")]


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
