"""REST routes that change onboardings and, with them, when their tasks are due."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter

from pivotal_server.onboardings.move_schemas import Advance, SendBack, Skip
from pivotal_server.onboardings.schemas import Onboarding, OnboardingCreate, OnboardingUpdate, present
from pivotal_server.plans import actions
from pivotal_server.plans.actions import Outcome
from pivotal_server.plans.schemas import OnboardingPreview
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.openapi import conflict, errors, missing
from pivotal_server.rest.route import ApiRoute
from pivotal_server.tasks.plan_schemas import present_move

router = APIRouter(prefix="/api/v1", tags=["onboardings"], route_class=ApiRoute)

Writer = Annotated[Call, Needs("onboardings:write")]


@router.post(
    "/onboardings", operation_id="create-onboarding", summary="Create an onboarding", response_model=Onboarding,
    status_code=201,
    responses=errors(400) | missing("customer")
    | conflict("template_phase_missing", "The workspace has retired the phase Review, and no other took its place."),
)  # fmt: skip
async def create_onboarding(call: Writer, body: OnboardingCreate) -> Reply:
    """Starts an onboarding: in the first phase, active, with both reminders every day, unless the body says else.

    With `template_id`, the tasks of that template land in it, in the same transaction.
    """
    return await call.commit(
        lambda change: actions.create_onboarding(change, body), partial(_present, call),
        status=201, location=lambda outcome: f"/api/v1/onboardings/{outcome.row.id}",
    )  # fmt: skip


@router.patch(
    "/onboardings/{id}", operation_id="update-onboarding", summary="Update an onboarding",
    response_model=Onboarding, responses=errors(400, 404),
)  # fmt: skip
async def update_onboarding(call: Writer, id: str, body: OnboardingUpdate) -> Reply:  # noqa: A002 - the contract's name
    """Changes the fields that are sent; `null` clears a field that may be empty.

    A new `phase` leaves a phase transition; `state: waiting` sets `waiting_on_customer`, any other state clears it.
    Tasks that are due by the phase or the target launch date move along.
    """
    return await call.commit(lambda change: actions.update_onboarding(change, id, body), partial(_present, call))


@router.post(
    "/onboardings/{id}/preview", operation_id="preview-onboarding-update", summary="Preview an update of an onboarding",
    response_model=OnboardingPreview, responses=errors(400, 404),
)  # fmt: skip
async def preview_onboarding_update(call: Writer, id: str, body: OnboardingUpdate) -> Reply:  # noqa: A002
    """Takes what a `PATCH` takes and answers what it would do, and how tasks would move. Nothing is done."""
    return await call.commit(
        lambda change: actions.update_onboarding(change, id, body), partial(_preview, call), dry_run=True
    )


@router.post(
    "/onboardings/{id}/advance", operation_id="advance-onboarding", summary="Move an onboarding to the next phase",
    response_model=Onboarding, responses=errors(400, 404) | conflict("no_next_phase", "Completed is the last phase."),
)  # fmt: skip
async def advance_onboarding(call: Writer, id: str, body: Advance) -> Reply:  # noqa: A002
    """Moves it one phase forward, as a `PATCH` of `phase` does."""
    return await call.commit(lambda change: actions.advance(change, id, body), partial(_present, call))


@router.post(
    "/onboardings/{id}/send_back", operation_id="send-back-onboarding", summary="Send an onboarding back",
    response_model=Onboarding,
    responses=errors(400, 404) | conflict("no_previous_phase", "Before getting started is the first phase."),
)  # fmt: skip
async def send_back_onboarding(call: Writer, id: str, body: SendBack) -> Reply:  # noqa: A002
    """Moves it to an earlier phase, the one before unless `to` names another. Out of the last phase this reopens it."""
    return await call.commit(lambda change: actions.send_back(change, id, body), partial(_present, call))


@router.post(
    "/onboardings/{id}/skip", operation_id="skip-onboarding-phases", summary="Skip phases of an onboarding",
    response_model=Onboarding, responses=errors(400, 404),
)  # fmt: skip
async def skip_onboarding_phases(call: Writer, id: str, body: Skip) -> Reply:  # noqa: A002
    """Moves it forward over one phase or more."""
    return await call.commit(lambda change: actions.skip(change, id, body), partial(_present, call))


def _present(call: Call, outcome: Outcome) -> dict[str, Any]:
    return present(outcome.row, call.services.clock.now())


def _preview(call: Call, outcome: Outcome) -> dict[str, Any]:
    moves = [present_move(move, row) for move, row in outcome.moves]
    return {"object": "onboarding_preview", "onboarding": _present(call, outcome), "moves": moves}
