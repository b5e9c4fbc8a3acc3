"""REST routes that change what plans are counted by: phases and calendars. Open tasks move soon after, by a job."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query

from pivotal_server.calendars import actions
from pivotal_server.calendars.schemas import CalendarResource, CalendarUpdate
from pivotal_server.calendars.schemas import present as present_calendar
from pivotal_server.onboardings import phase_actions, preset_actions
from pivotal_server.onboardings.phase_schemas import (
    PhaseCreate,
    PhaseResource,
    PhaseRetireQuery,
    PhaseUpdate,
    present_phase,
)
from pivotal_server.onboardings.preset_schemas import PresetApply, PresetSwitch, present_switch
from pivotal_server.plans.replanning import replan_later, replanning
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.timeline.change import Change

phases = APIRouter(prefix="/api/v1", tags=["onboardings"], route_class=ApiRoute)
calendars = APIRouter(prefix="/api/v1", tags=["calendar"], route_class=ApiRoute)

SettingsWriter = Annotated[Call, Needs("settings:write")]
CustomerWriter = Annotated[Call, Needs("customers:write")]
PhaseKeyInPath = Annotated[str, Path(description="The phase's `key`.")]
Result = TypeVar("Result")

_TOO_MANY = conflict(
    "too_many_onboardings", "More than 5000 onboardings would move at once. Move some of them first."
)  # fmt: skip


@phases.post(
    "/phases", operation_id="create-phase", summary="Add a phase", response_model=PhaseResource, status_code=201,
    responses=errors(400) | conflict("phase_kind_taken", "Launch is the launch phase already."),
)  # fmt: skip
async def create_phase(call: SettingsWriter, body: PhaseCreate) -> Reply:
    """Adds a phase for all onboardings; those at its position and behind shift by one."""
    return await call.commit(
        replanning(lambda change: phase_actions.create_phase(change, body)), present_phase,
        status=201, location=lambda phase: f"/api/v1/phases/{phase.key}",
    )  # fmt: skip


@phases.patch(
    "/phases/{key}", operation_id="update-phase", summary="Update a phase", response_model=PhaseResource,
    responses=errors(400, 404) | conflict("phase_required", "The last phase is the terminal one."),
)  # fmt: skip
async def update_phase(call: SettingsWriter, key: PhaseKeyInPath, body: PhaseUpdate) -> Reply:
    """Changes the fields that are sent. A new `position` shifts the phases between; onboardings stay in theirs."""
    return await call.commit(replanning(lambda change: phase_actions.update_phase(change, key, body)), present_phase)


@phases.delete(
    "/phases/{key}", operation_id="retire-phase", summary="Retire a phase", response_model=PhaseResource,
    responses=errors(400, 404) | _TOO_MANY,
)  # fmt: skip
async def retire_phase(call: SettingsWriter, key: PhaseKeyInPath, query: Annotated[PhaseRetireQuery, Query()]) -> Reply:
    """Moves its onboardings to `move_to` and takes it out of the order. Transitions that name it stay.

    Repeating it gives the same answer, whose `moved_to` says where the onboardings went.
    """
    return await call.commit(
        replanning(lambda change: phase_actions.retire_phase(change, key, query.move_to)), present_phase
    )


@phases.post(
    "/phases/{key}/restore", operation_id="restore-phase", summary="Restore a retired phase",
    response_model=PhaseResource,
    responses=errors(404)
    | conflict("phase_limit_reached", "A workspace has at most 30 phases, and 100 with the retired ones."),
)  # fmt: skip
async def restore_phase(call: SettingsWriter, key: PhaseKeyInPath) -> Reply:
    """Puts it back where it was, as `normal` if another phase has its kind. Its onboardings do not come back."""
    return await call.commit(replanning(lambda change: phase_actions.restore_phase(change, key)), present_phase)


@phases.post(
    "/phases/apply_preset", operation_id="apply-phase-preset", summary="Switch to a preset of phases",
    response_model=PresetSwitch, responses=errors(400) | _TOO_MANY,
)  # fmt: skip
async def apply_phase_preset(call: SettingsWriter, body: PresetApply) -> Reply:
    """Gives the workspace the preset's phases and retires the others; onboardings go over by `mapping`.

    With `dry_run` nothing changes, and what `mapping` leaves out is proposed.
    """
    return await call.commit(
        replanning(lambda change: preset_actions.apply_preset(change, body)),
        lambda moved: present_switch(body, moved), dry_run=body.dry_run,
    )  # fmt: skip


@calendars.patch(
    "/calendar", operation_id="update-calendar", summary="Update the workspace's working calendar",
    response_model=CalendarResource, responses=errors(400),
)  # fmt: skip
async def update_calendar(call: SettingsWriter, body: CalendarUpdate) -> Reply:
    """Changes the fields that are sent; customers with a calendar of their own are not concerned."""
    return await call.commit(_moving(lambda change: actions.update_calendar(change, body)), _calendar)


@calendars.patch(
    "/customers/{customerId}/calendar", operation_id="update-customer-calendar",
    summary="Update a customer's working calendar", response_model=CalendarResource, responses=errors(400, 404),
)  # fmt: skip
async def update_customer_calendar(
    call: CustomerWriter, customer_id: Annotated[str, Path(alias="customerId")], body: CalendarUpdate
) -> Reply:
    """Changes the fields that are sent. A customer without its own calendar gets one, beginning as the workspace's."""
    return await call.commit(
        _moving(lambda change: actions.update_customer_calendar(change, customer_id, body)), _calendar
    )


@calendars.delete(
    "/customers/{customerId}/calendar", operation_id="delete-customer-calendar",
    summary="Go back to the workspace's working calendar", response_model=CalendarResource, responses=errors(404),
)  # fmt: skip
async def delete_customer_calendar(
    call: CustomerWriter, customer_id: Annotated[str, Path(alias="customerId")]
) -> Reply:
    """Drops the customer's own calendar; the answer is the one that holds from now on. Repeating it changes nothing."""
    return await call.commit(_moving(lambda change: actions.delete_customer_calendar(change, customer_id)), _calendar)


def _moving(
    work: Callable[[Change], Awaitable[actions.Outcome]],
) -> Callable[[Change], Awaitable[actions.Outcome]]:
    """Return an action that changes a calendar and, where other days may be worked by it, has its plans follow."""

    async def changed(change: Change) -> actions.Outcome:
        outcome = await work(change)
        if outcome.moved:
            await replan_later(change, "The working calendar changed", outcome.calendar.customer_id)
        return outcome

    return changed


def _calendar(outcome: actions.Outcome) -> dict[str, Any]:
    return present_calendar(outcome.calendar)
