"""REST routes of a workspace's phases, and of moves through them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.onboardings import moves, queries
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.move_schemas import Advance, LaunchDateShiftList, SendBack, Skip, present_shift
from pivotal_server.onboardings.schemas import Onboarding, present
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["onboardings"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]


@router.post(
    "/onboardings/{id}/advance", operation_id="advance-onboarding", summary="Move an onboarding to the next phase",
    response_model=Onboarding, responses=errors(400, 404) | conflict("no_next_phase", "Completed is the last phase."),
)  # fmt: skip
async def advance_onboarding(call: Writer, id: str, body: Advance) -> Reply:  # noqa: A002 - the contract's name
    """Moves it one phase forward, as a `PATCH` of `phase` does."""
    return await call.commit(lambda change: moves.advance(change, id, body), lambda row: _present(call, row))


@router.post(
    "/onboardings/{id}/send_back", operation_id="send-back-onboarding", summary="Send an onboarding back",
    response_model=Onboarding,
    responses=errors(400, 404) | conflict("no_previous_phase", "Before getting started is the first phase."),
)  # fmt: skip
async def send_back_onboarding(call: Writer, id: str, body: SendBack) -> Reply:  # noqa: A002
    """Moves it to an earlier phase, the one before unless `to` names another. Out of the last phase this reopens it."""
    return await call.commit(lambda change: moves.send_back(change, id, body), lambda row: _present(call, row))


@router.post(
    "/onboardings/{id}/skip", operation_id="skip-onboarding-phases", summary="Skip phases of an onboarding",
    response_model=Onboarding, responses=errors(400, 404),
)  # fmt: skip
async def skip_onboarding_phases(call: Writer, id: str, body: Skip) -> Reply:  # noqa: A002
    """Moves it forward over one phase or more."""
    return await call.commit(lambda change: moves.skip(change, id, body), lambda row: _present(call, row))


@router.get(
    "/onboardings/{id}/launch_date_shifts", operation_id="list-launch-date-shifts",
    summary="List an onboarding's launch date shifts", response_model=LaunchDateShiftList, responses=errors(400, 404),
)  # fmt: skip
async def list_launch_date_shifts(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """Every change of its target launch date since it began, by whose hand and why, newest first."""
    onboarding = await queries.get_onboarding(call.connection, call.actor, id)
    rows = await queries.list_launch_date_shifts(call.connection, call.actor, onboarding.id, query)
    return reply(page(rows, query.limit, present_shift))


def _present(call: Call, row: OnboardingRow) -> dict[str, Any]:
    return present(row, call.services.clock.now())
