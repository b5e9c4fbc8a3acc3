"""``/metrics``, for the people who run the server (docs/hosting/monitoring.md)."""

from typing import Annotated

from fastapi import APIRouter

from pivotal_server.core.errors import ApiError
from pivotal_server.core.telemetry.exposition import CONTENT_TYPE
from pivotal_server.identity.gate import CHALLENGE
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.headers import RequestHeaders
from pivotal_server.rest.route import ApiRoute

router = APIRouter(route_class=ApiRoute)


@router.get("/metrics", include_in_schema=False)
async def get_metrics(call: Annotated[Call, Needs(None)]) -> Reply:
    """The metrics of all processes of this machine; without the operator's setting there is nothing here."""
    telemetry = call.services.telemetry
    if telemetry is None:
        raise ApiError(404, "http_exception", "There is nothing at this URL.")
    if not telemetry.admits(RequestHeaders.of(call.scope).authorization):
        raise ApiError(401, "http_exception", "Metrics need the token of PIVOTAL_METRICS_TOKEN.", headers=CHALLENGE)
    return Reply(await telemetry.scrape(), content_type=CONTENT_TYPE)
