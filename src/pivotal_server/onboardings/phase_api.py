"""REST routes of a workspace's phases and presets, and of moves through them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.onboardings import moves, phase_actions, preset_actions, queries
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.move_schemas import Advance, LaunchDateShiftList, SendBack, Skip, present_shift
from pivotal_server.onboardings.phase_schemas import (
    PhaseCreate,
    PhaseList,
    PhaseListQuery,
    PhaseResource,
    PhaseRetireQuery,
    PhaseUpdate,
    present_phase,
)
from pivotal_server.onboardings.phases import get_phase as read_phase
from pivotal_server.onboardings.phases import list_phases as read_phases
from pivotal_server.onboardings.phases import list_retired_phases
from pivotal_server.onboardings.preset_schemas import (
    PhasePresetList,
    PresetApply,
    PresetSwitch,
    present_preset,
    present_switch,
)
from pivotal_server.onboardings.presets import PRESETS
from pivotal_server.onboardings.schemas import Onboarding, present
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["onboardings"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]
SettingsReader = Annotated[Call, Needs("settings:read")]
SettingsWriter = Annotated[Call, Needs("settings:write")]
PhaseKeyInPath = Annotated[str, Path(description="The phase's `key`.")]

_TOO_MANY = conflict(
    "too_many_onboardings", "More than 5000 onboardings would move at once. Move some of them first."
)  # fmt: skip


@router.get("/phases", operation_id="list-phases", summary="List phases", response_model=PhaseList)
async def list_phases(call: Reader, query: Annotated[PhaseListQuery, Query()]) -> Reply:
    """The phases that every onboarding of the workspace takes, in their order, on one page."""
    read = list_retired_phases if query.retired == "true" else read_phases
    return reply(_whole(list(map(present_phase, await read(call.connection, call.actor.workspace_id)))))


@router.post(
    "/phases", operation_id="create-phase", summary="Add a phase", response_model=PhaseResource, status_code=201,
    responses=errors(400) | conflict("phase_kind_taken", "Launch is the launch phase already."),
)  # fmt: skip
async def create_phase(call: SettingsWriter, body: PhaseCreate) -> Reply:
    """Adds a phase for all onboardings; those at its position and behind shift by one."""
    return await call.commit(
        lambda change: phase_actions.create_phase(change, body), present_phase,
        status=201, location=lambda phase: f"/api/v1/phases/{phase.key}",
    )  # fmt: skip


@router.get(
    "/phases/{key}", operation_id="get-phase", summary="Retrieve a phase", response_model=PhaseResource,
    responses=errors(404),
)  # fmt: skip
async def get_phase(call: Reader, key: PhaseKeyInPath) -> Reply:
    """One phase, by its key; a retired one too, for transitions still name it."""
    return reply(present_phase(await read_phase(call.connection, call.actor.workspace_id, key)))


@router.patch(
    "/phases/{key}", operation_id="update-phase", summary="Update a phase", response_model=PhaseResource,
    responses=errors(400, 404) | conflict("phase_required", "The last phase is the terminal one."),
)  # fmt: skip
async def update_phase(call: SettingsWriter, key: PhaseKeyInPath, body: PhaseUpdate) -> Reply:
    """Changes the fields that are sent. A new `position` shifts the phases between; onboardings stay in theirs."""
    return await call.commit(lambda change: phase_actions.update_phase(change, key, body), present_phase)


@router.delete(
    "/phases/{key}", operation_id="retire-phase", summary="Retire a phase", response_model=PhaseResource,
    responses=errors(400, 404) | _TOO_MANY,
)  # fmt: skip
async def retire_phase(call: SettingsWriter, key: PhaseKeyInPath, query: Annotated[PhaseRetireQuery, Query()]) -> Reply:
    """Moves its onboardings to `move_to` and takes it out of the order. Transitions that name it stay.

    Repeating it gives the same answer, whose `moved_to` says where the onboardings went.
    """
    return await call.commit(lambda change: phase_actions.retire_phase(change, key, query.move_to), present_phase)


@router.post(
    "/phases/{key}/restore", operation_id="restore-phase", summary="Restore a retired phase",
    response_model=PhaseResource,
    responses=errors(404)
    | conflict("phase_limit_reached", "A workspace has at most 30 phases, and 100 with the retired ones."),
)  # fmt: skip
async def restore_phase(call: SettingsWriter, key: PhaseKeyInPath) -> Reply:
    """Puts it back where it was, as `normal` if another phase has its kind. Its onboardings do not come back."""
    return await call.commit(lambda change: phase_actions.restore_phase(change, key), present_phase)


@router.get(
    "/phase_presets", operation_id="list-phase-presets", summary="List presets of phases",
    response_model=PhasePresetList,
)  # fmt: skip
async def list_phase_presets(call: SettingsReader) -> Reply:  # noqa: ARG001 - every route takes its call
    """Ready-made sets of phases; the first is what a new workspace has."""
    return reply(_whole(list(map(present_preset, PRESETS.values()))))


@router.post(
    "/phases/apply_preset", operation_id="apply-phase-preset", summary="Switch to a preset of phases",
    response_model=PresetSwitch, responses=errors(400) | _TOO_MANY,
)  # fmt: skip
async def apply_phase_preset(call: SettingsWriter, body: PresetApply) -> Reply:
    """Gives the workspace the preset's phases and retires the others; onboardings go over by `mapping`.

    With `dry_run` nothing changes, and what `mapping` leaves out is proposed.
    """
    return await call.commit(
        lambda change: preset_actions.apply_preset(change, body), lambda moved: present_switch(body, moved),
        dry_run=body.dry_run,
    )  # fmt: skip


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


def _whole(items: list[Any]) -> dict[str, Any]:
    """Return the answer of a list that has one page."""
    return {"object": "list", "data": items, "has_more": False, "next_cursor": None}
