"""REST routes of automations, their runs, and recaps."""

from typing import Annotated

from fastapi import APIRouter, Query

from pivotal_server.automations import actions, queries
from pivotal_server.automations.schemas import (
    AutomationRunList,
    Automations,
    AutomationsUpdate,
    LaunchRecap,
    present,
    present_recap,
    present_run,
)
from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors, missing
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["automations"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
SettingsReader = Annotated[Call, Needs("settings:read")]
SettingsWriter = Annotated[Call, Needs("settings:write")]


@router.get(
    "/automations", operation_id="get-automations", summary="Retrieve the automations", response_model=Automations
)
async def get_automations(call: SettingsReader) -> Reply:
    """Which of the things are on that happen when an onboarding launches; all of them until somebody says otherwise."""
    return reply(present(await queries.find_settings(call.connection, call.actor.workspace_id)))


@router.patch(
    "/automations", operation_id="update-automations", summary="Switch automations on or off",
    response_model=Automations, responses=errors(400),
)  # fmt: skip
async def update_automations(call: SettingsWriter, body: AutomationsUpdate) -> Reply:
    """Changes what is sent, for launches from now on."""
    return await call.commit(lambda change: actions.update_automations(change, body), present)


@router.get(
    "/onboardings/{id}/automation_runs", operation_id="list-automation-runs",
    summary="List what ran after an onboarding's launches", response_model=AutomationRunList,
    responses=errors(400, 404),
)  # fmt: skip
async def list_automation_runs(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """Every run of an automation, newest first; where a test key launched it, all are `suppressed`."""
    onboarding = await get_onboarding(call.connection, call.actor, id)
    rows = await queries.list_runs(call.connection, call.actor, onboarding.id, query)
    return reply(page(rows, query.limit, present_run))


@router.get(
    "/onboardings/{id}/recap", operation_id="get-launch-recap", summary="Retrieve the draft of a recap",
    response_model=LaunchRecap, responses=missing("launch_recap"),
)  # fmt: skip
async def get_launch_recap(call: Reader, id: str) -> Reply:  # noqa: A002
    """What was drafted when the onboarding launched last: phases, launch date, tasks, people, in Markdown."""
    onboarding = await get_onboarding(call.connection, call.actor, id)
    return reply(present_recap(await queries.get_recap(call.connection, call.actor, onboarding.id)))
