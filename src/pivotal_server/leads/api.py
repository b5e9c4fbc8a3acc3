"""REST routes of leads."""

from typing import Annotated

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.leads import actions, queries
from pivotal_server.leads.models import LeadRow
from pivotal_server.leads.moves import move_lead as move
from pivotal_server.leads.schemas import (
    Lead,
    LeadCreate,
    LeadList,
    LeadListQuery,
    LeadMove,
    LeadUpdate,
    present_lead,
)
from pivotal_server.leads.transition_schemas import StageTransitionList, present_transition
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["leads"], route_class=ApiRoute)
_WON = conflict("lead_won", "This lead is won: it is a contact of a customer now, and changed as such.")
_WIN = conflict("win_required", "A lead is won with `win`, which makes it a customer's contact.")

Reader = Annotated[Call, Needs("leads:read")]
Writer = Annotated[Call, Needs("leads:write")]


@router.get(
    "/leads", operation_id="list-leads", summary="List leads", response_model=LeadList, responses=errors(400)
)  # fmt: skip
async def list_leads(call: Reader, query: Annotated[LeadListQuery, Query()]) -> Reply:
    """Leads of all pipelines, newest first; those that were won stay in the list, with their customer."""
    now = call.services.clock.now()
    rows = await queries.list_leads(call.connection, call.actor, query)
    return reply(page(rows, query.limit, lambda row: present_lead(row, now)))


@router.post(
    "/leads", operation_id="create-lead", summary="Create a lead", response_model=Lead, status_code=201,
    responses=errors(400) | _WIN,
)  # fmt: skip
async def create_lead(call: Writer, body: LeadCreate) -> Reply:
    """Adds a lead. A `name` or a `first_name` is enough; it begins in the first open stage of the first pipeline."""
    return await call.commit(
        lambda change: actions.create_lead(change, body), lambda row: _present(call, row),
        status=201, location=lambda row: f"/api/v1/leads/{row.id}",
    )  # fmt: skip


@router.get(
    "/leads/{id}", operation_id="get-lead", summary="Retrieve a lead", response_model=Lead, responses=errors(404)
)  # fmt: skip
async def get_lead(call: Reader, id: str) -> Reply:  # noqa: A002 - as in every route
    """One lead, by `id` or `display_id`, be it open, lost or won."""
    return reply(_present(call, await queries.get_lead(call.connection, call.actor, id)))


@router.patch(
    "/leads/{id}", operation_id="update-lead", summary="Update a lead", response_model=Lead,
    responses=errors(400, 404) | _WON,
)  # fmt: skip
async def update_lead(call: Writer, id: str, body: LeadUpdate) -> Reply:  # noqa: A002
    """Changes the fields that are sent; `null` clears a field that may be empty. A lead that is won is a contact."""
    return await call.commit(lambda change: actions.update_lead(change, id, body), lambda row: _present(call, row))


@router.delete(
    "/leads/{id}", operation_id="delete-lead", summary="Delete a lead", response_model=Deleted,
    responses=errors(404) | _WON,
)  # fmt: skip
async def delete_lead(call: Writer, id: str) -> Reply:  # noqa: A002
    """Soft delete: hidden from reads and lists. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_lead(change, id), present_deleted)


@router.post(
    "/leads/{id}/move", operation_id="move-lead", summary="Move a lead to another stage", response_model=Lead,
    responses=errors(400, 404) | _WIN,
)  # fmt: skip
async def move_lead(call: Writer, id: str, body: LeadMove) -> Reply:  # noqa: A002
    """Puts the lead into another stage, of its own pipeline or another; where it is there already, nothing happens."""
    return await call.commit(lambda change: move(change, id, body), lambda row: _present(call, row))


@router.get(
    "/leads/{id}/stage_transitions", operation_id="list-stage-transitions", summary="List a lead's stage transitions",
    response_model=StageTransitionList, responses=errors(400, 404),
)  # fmt: skip
async def list_stage_transitions(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """The stages that the lead went through and how long it was in each, newest first."""
    lead = await queries.get_lead(call.connection, call.actor, id)
    rows = await queries.list_stage_transitions(call.connection, call.actor, lead.id, query)
    return reply(page(rows, query.limit, present_transition))


def _present(call: Call, row: LeadRow) -> dict[str, object]:
    return present_lead(row, call.services.clock.now())
