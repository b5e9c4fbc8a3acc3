"""Winning a lead: customer, contact and onboarding in one transaction, and the lead's history goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pivotal_server.contacts import schemas as contacts
from pivotal_server.contacts.actions import adopt_contact
from pivotal_server.contacts.queries import get_contact
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.customers import schemas as customers
from pivotal_server.customers.access import require_sight
from pivotal_server.customers.actions import create_customer
from pivotal_server.customers.queries import get_customer
from pivotal_server.identity.people import find_member
from pivotal_server.leads.actions import hold_pipeline, write_lead
from pivotal_server.leads.moves import enter_stage, record_move
from pivotal_server.leads.queries import get_lead
from pivotal_server.leads.schemas import present_lead
from pivotal_server.onboardings import schemas as onboardings
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.plans.actions import create_onboarding

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.contacts.models import ContactRow
    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.leads.models import LeadRow
    from pivotal_server.leads.win_schemas import LeadWin
    from pivotal_server.onboardings.models import OnboardingRow
    from pivotal_server.timeline.change import Change

# What happened to the lead until now stands on its customer's timeline from now on.
_HAND_OVER_HISTORY = """
UPDATE activity a SET customer_id = $3
WHERE a.workspace_id = $1 AND a.subject_type = 'lead' AND a.subject_id = $2 AND a.customer_id IS NULL
"""


class Won(NamedTuple):
    """What a won lead became."""

    lead: LeadRow
    customer: CustomerRow
    contact: ContactRow
    onboarding: OnboardingRow | None


async def win_lead(change: Change, reference: str, body: LeadWin) -> Won:
    """Make a customer of a lead, or its contact, and start the onboarding; a lead that is won already stays as it is.

    Raises:
        ApiError: 404 ``lead_not_found``, ``customer_not_found``; 400 ``invalid_field`` for ``email`` where there is
            none; 409 ``email_taken``; whatever ``customers.actions.create_customer`` and
            ``plans.actions.create_onboarding`` refuse, with the field of this body.
    """
    lead = await get_lead(change.connection, change.actor, reference)
    if lead.customer_id is not None:
        return await _read_won(change, lead)
    # A customer's row is always locked before that of a contact, and a pipeline's before that of a lead.
    there = await _find_customer(change, body)
    pipeline = await hold_pipeline(change, lead.pipeline_id)
    lead = await get_lead(change.connection, change.actor, lead.id, lock=True)
    if lead.customer_id is not None:
        return await _read_won(change, lead)
    if lead.pipeline_id != pipeline.id:  # it went elsewhere this very moment
        pipeline = await hold_pipeline(change, lead.pipeline_id)
    email = body.email or lead.email
    if email is None:
        raise invalid_field("email", "The lead has no e-mail. Send one: a customer's contact needs it.")
    customer = there or await _add_customer(change, lead, body)
    await _require_sight(change, lead, customer)
    is_primary = body.is_primary if "is_primary" in body.model_fields_set else None
    contact = await adopt_contact(change, customer, lead.id, email=email, is_primary=is_primary)
    onboarding = await _start_onboarding(change, customer, body)
    row = await enter_stage(change, lead, pipeline.id, pipeline.won_stage, body.reason)
    if onboarding is not None:
        row = await write_lead(change, row, {"won_onboarding_id": onboarding.id})
    record_move(change, lead, row, pipeline.won_stage, body.reason)
    await change.connection.execute(_HAND_OVER_HISTORY, change.actor.workspace_id, lead.id, customer.id)
    return Won(row, customer, contact, onboarding)


def present_won(won: Won, now: datetime) -> dict[str, Any]:
    """Return what a won lead became as the API shows it: a ``LeadWon``."""
    return {
        "object": "lead_win",
        "lead": present_lead(won.lead, now),
        "customer": customers.present(won.customer),
        "contact": contacts.present(won.contact),
        "onboarding": onboardings.present(won.onboarding, now) if won.onboarding else None,
    }


async def _read_won(change: Change, lead: LeadRow) -> Won:
    """Return what a lead became that was won before, whatever became of that."""
    connection, actor, started = change.connection, change.actor, lead.won_onboarding_id
    return Won(
        lead,
        await get_customer(connection, actor, str(lead.customer_id), deleted=True),
        await get_contact(connection, actor, lead.id),
        await get_onboarding(connection, actor, started, deleted=True) if started else None,
    )


async def _find_customer(change: Change, body: LeadWin) -> CustomerRow | None:
    """Return the customer that a body names, with its row locked; None where one is to be made."""
    if body.customer_id is None:
        return None
    if body.customer is not None:
        raise invalid_field("customer_id", "Send customer for a new customer or customer_id for one that is there.")
    try:
        return await get_customer(change.connection, change.actor, body.customer_id, lock=True)
    except ApiError as error:
        raise _told_of(error, "customer_id") from None


async def _add_customer(change: Change, lead: LeadRow, body: LeadWin) -> CustomerRow:
    """Add the customer, who belongs to whoever owns the lead."""
    given = body.customer.changes() if body.customer else {}
    if "owner_email" not in given and lead.owner_id is not None:
        owner = await find_member(change.connection, change.actor, person_id=lead.owner_id)
        given["owner_email"] = owner.email if owner else None
    defaults = {
        "name": (lead.company or lead.name)[:255],
        "status": "active" if body.onboarding is None else "onboarding",
    }
    try:
        return await create_customer(change, customers.CustomerCreate.model_validate(defaults | given))
    except ApiError as error:
        raise _told_of(error, "customer", {"shopify_domain": "domain"}) from None


async def _require_sight(change: Change, lead: LeadRow, customer: CustomerRow) -> None:
    """Refuse a restricted customer that those who work on the lead do not see: it would be taken from them."""
    people = [*([lead.owner_id] if lead.owner_id else []), *lead.assignee_ids]
    await require_sight(change, customer.id, [("customer_id", person) for person in people])


async def _start_onboarding(change: Change, customer: CustomerRow, body: LeadWin) -> OnboardingRow | None:
    if body.onboarding is None:
        return None
    create = onboardings.OnboardingCreate.model_validate({"customer_id": customer.id, **body.onboarding.changes()})
    try:
        return (await create_onboarding(change, create)).row
    except ApiError as error:
        raise _told_of(error, "onboarding") from None


def _told_of(error: ApiError, part: str, renamed: dict[str, str] | None = None) -> ApiError:
    """Return a refusal of a part of the body as one that names the field of the whole."""
    field = (renamed or {}).get(error.field or "", error.field)
    return ApiError(error.status, error.code, error.message, field=f"{part}.{field}" if field else part)
