"""REST routes of onboardings and their phase transitions."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.customers.queries import get_customer
from pivotal_server.onboardings import actions, queries
from pivotal_server.onboardings.models import OnboardingRow
from pivotal_server.onboardings.phase_schemas import PhaseTransitionList, present_transition
from pivotal_server.onboardings.schemas import (
    Onboarding,
    OnboardingList,
    OnboardingListQuery,
    present,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["onboardings"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]


@router.get(
    "/onboardings", operation_id="list-onboardings", summary="List onboardings", response_model=OnboardingList,
    responses=errors(400),
)  # fmt: skip
async def list_onboardings(call: Reader, query: Annotated[OnboardingListQuery, Query()]) -> Reply:
    """Onboardings of the workspace, newest first; those of a deleted customer are left out.

    `next_cursor` of one page is the `cursor` of the next.
    """
    now = call.services.clock.now()
    rows = await queries.list_onboardings(call.connection, call.actor, query)
    return reply(page(rows, query.limit, lambda row: present(row, now)))


@router.get(
    "/customers/{customerId}/onboardings", operation_id="list-customer-onboardings",
    summary="List a customer's onboardings", response_model=OnboardingList, responses=errors(404),
)  # fmt: skip
async def list_customer_onboardings(call: Reader, customer_id: Annotated[str, Path(alias="customerId")]) -> Reply:
    """All onboardings of a customer on one page, newest first."""
    customer = await get_customer(call.connection, call.actor, customer_id)
    rows = await queries.list_customer_onboardings(call.connection, call.actor, customer.id)
    return reply(_whole(list(map(_presenter(call), rows))))


@router.get(
    "/onboardings/{id}", operation_id="get-onboarding", summary="Retrieve an onboarding", response_model=Onboarding,
    responses=errors(404),
)  # fmt: skip
async def get_onboarding(call: Reader, id: str) -> Reply:  # noqa: A002 - the contract's name
    """One onboarding, by `id` or `display_id`; it answers even where its customer was deleted."""
    return reply(_presenter(call)(await queries.get_onboarding(call.connection, call.actor, id)))


@router.delete(
    "/onboardings/{id}", operation_id="delete-onboarding", summary="Delete an onboarding", response_model=Deleted,
    responses=errors(404),
)  # fmt: skip
async def delete_onboarding(call: Writer, id: str) -> Reply:  # noqa: A002
    """Soft delete: hidden from reads and lists, kept for audit. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_onboarding(change, id), present_deleted)


@router.get(
    "/onboardings/{id}/phase_transitions", operation_id="list-phase-transitions",
    summary="List an onboarding's phase transitions", response_model=PhaseTransitionList, responses=errors(400, 404),
)  # fmt: skip
async def list_phase_transitions(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """When the onboarding entered which phase, by whose hand and why, newest first."""
    onboarding = await queries.get_onboarding(call.connection, call.actor, id)
    rows = await queries.list_transitions(call.connection, call.actor, onboarding.id, query)
    return reply(page(rows, query.limit, present_transition))


def _presenter(call: Call) -> Callable[[OnboardingRow], dict[str, Any]]:
    """Return ``present`` as of the moment of the answer."""

    def present_now(row: OnboardingRow) -> dict[str, Any]:
        return present(row, call.services.clock.now())

    return present_now


def _whole(items: list[Any]) -> dict[str, Any]:
    """Return the answer of a list that has one page."""
    return {"object": "list", "data": items, "has_more": False, "next_cursor": None}
