"""The REST route that wins leads."""

from typing import Annotated

from fastapi import APIRouter, Path

from pivotal_server.leads import winning
from pivotal_server.leads.win_schemas import LeadWin, LeadWon
from pivotal_server.leads.winning import present_won
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["leads"], route_class=ApiRoute)

Writer = Annotated[Call, Needs("leads:write")]


@router.post(
    "/leads/{id}/win", operation_id="win-lead", summary="Win a lead", response_model=LeadWon,
    responses=errors(400, 404) | conflict("slug_taken", "Another customer has this slug."),
)  # fmt: skip
async def win_lead(
    call: Writer,
    id: Annotated[str, Path(examples=["32"])],  # noqa: A002 - as in every path
    body: LeadWin,
) -> Reply:
    """Makes the lead a customer's contact, with the customer, the onboarding and its plan, all in one step.

    The contact is the lead, by the same id, and what happened to the lead stands on the customer's timeline. A lead
    that is won already answers what it became, and nothing changes. With `dry_run: true`, answers what would be, and
    changes nothing; the ids are nobody's then. The key needs `customers:write` and `contacts:write` as well, and
    `onboardings:write` where an onboarding begins.
    """
    call.require("customers:write")
    call.require("contacts:write")
    if "onboarding" not in body.model_fields_set or body.onboarding is not None:
        call.require("onboardings:write")
    return await call.commit(
        lambda change: winning.win_lead(change, id, body), lambda won: present_won(won, call.services.clock.now()),
        dry_run=body.dry_run,
    )  # fmt: skip
