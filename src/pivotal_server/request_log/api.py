"""REST route of the request log."""

from typing import Annotated

from fastapi import APIRouter, Query

from pivotal_server.request_log.queries import list_requests
from pivotal_server.request_log.schemas import RequestLogList, RequestLogQuery, present_page
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["request_logs"], route_class=ApiRoute)


@router.get(
    "/request_logs", operation_id="list-request-logs", summary="List API requests",
    response_model=RequestLogList, responses=errors(400),
)  # fmt: skip
async def list_request_logs(
    call: Annotated[Call, Needs("settings:read")], query: Annotated[RequestLogQuery, Query()]
) -> Reply:
    """What the workspace's API keys asked for and were answered, newest first; a request shows after about a second."""
    found = await list_requests(call.connection, call.actor, query.filters(), query.limit + 1)
    return reply(present_page(found, query.limit))
