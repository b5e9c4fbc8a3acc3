"""REST routes of a workspace's phases and presets, and of moves through them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.onboardings import queries
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.move_schemas import LaunchDateShiftList, present_shift
from pivotal_server.onboardings.phase_schemas import (
    PhaseList,
    PhaseListQuery,
    PhaseResource,
    present_phase,
)
from pivotal_server.onboardings.phases import get_phase as read_phase
from pivotal_server.onboardings.phases import list_phases as read_phases
from pivotal_server.onboardings.phases import list_retired_phases
from pivotal_server.onboardings.preset_schemas import (
    PhasePresetList,
    present_preset,
)
from pivotal_server.onboardings.presets import PRESETS
from pivotal_server.onboardings.schemas import present
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


@router.get(
    "/phases", operation_id="list-phases", summary="List phases", response_model=PhaseList, responses=errors(400)
)  # fmt: skip
async def list_phases(call: Reader, query: Annotated[PhaseListQuery, Query()]) -> Reply:
    """The phases that every onboarding of the workspace takes, in their order, on one page."""
    read = list_retired_phases if query.retired == "true" else read_phases
    return reply(_whole(list(map(present_phase, await read(call.connection, call.actor.workspace_id)))))


@router.get(
    "/phases/{key}", operation_id="get-phase", summary="Retrieve a phase", response_model=PhaseResource,
    responses=errors(404),
)  # fmt: skip
async def get_phase(call: Reader, key: PhaseKeyInPath) -> Reply:
    """One phase, by its key; a retired one too, for transitions still name it."""
    return reply(present_phase(await read_phase(call.connection, call.actor.workspace_id, key)))


@router.get(
    "/phase_presets", operation_id="list-phase-presets", summary="List presets of phases",
    response_model=PhasePresetList,
)  # fmt: skip
async def list_phase_presets(call: SettingsReader) -> Reply:  # noqa: ARG001 - every route takes its call
    """Ready-made sets of phases; the first is what a new workspace has."""
    return reply(_whole(list(map(present_preset, PRESETS.values()))))


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
