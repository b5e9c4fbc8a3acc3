"""Starting an onboarding: customer, onboarding and plan in one transaction, each with its activity and events."""

from datetime import date, datetime, time, timedelta

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.customers.actions import create_customer
from pivotal_server.customers.models import CustomerRow
from pivotal_server.customers.queries import get_customer
from pivotal_server.customers.schemas import CustomerCreate
from pivotal_server.identity.people import find_member
from pivotal_server.onboardings.models import TEAM, OnboardingRow
from pivotal_server.onboardings.schemas import OnboardingCreate
from pivotal_server.plans import actions as plans
from pivotal_server.starting.schemas import NEW, Start
from pivotal_server.timeline.change import Change

# What a customer's own action calls the fields of this form.
_FIELDS = {"name": "customer_name", "shopify_domain": "domain", "owner_email": "csm_id"}
_REACH = timedelta(days=3653)
_GIVEN = ("name", "phase", "template_id", "target_launch_date", *TEAM)


async def start_onboarding(change: Change, body: Start) -> OnboardingRow:
    """Start an onboarding, of a customer who is added with it where the body says so.

    Raises:
        ApiError: 400 ``invalid_field`` where no customer is named, or none that there is, or for a start that is far
            away; whatever ``customers.actions.create_customer`` and ``plans.actions.create_onboarding`` refuse.
    """
    customer = await (_add_customer(change, body) if body.whose == NEW else _find_customer(change, body))
    given = {name: value for name, value in body.changes().items() if name in _GIVEN and value is not None}
    started_at = await _first_moment(change, customer, body.starts_on)
    create = OnboardingCreate.model_validate({"customer_id": customer.id, **given})
    return (await plans.create_onboarding(change, create, by_wizard=True, started_at=started_at)).row


async def _find_customer(change: Change, body: Start) -> CustomerRow:
    if body.customer_id is None:
        raise invalid_field("customer_id", "Choose the customer.")
    try:
        return await get_customer(change.connection, change.actor, body.customer_id)
    except ApiError:
        raise invalid_field("customer_id", "There is no such customer any more.") from None


async def _add_customer(change: Change, body: Start) -> CustomerRow:
    """Add the customer, who belongs to whoever leads the onboarding."""
    if body.customer_name is None:
        raise invalid_field("customer_name", "Fill this in.")
    owner = await find_member(change.connection, change.actor, person_id=body.csm_id) if body.csm_id else None
    email = owner.email if owner else None
    fields = {"name": body.customer_name, "domain": body.domain, "status": "onboarding", "owner_email": email}
    try:
        return await create_customer(change, CustomerCreate.model_validate(fields))
    except ApiError as error:
        field = _FIELDS.get(error.field or "", error.field)
        raise ApiError(error.status, error.code, error.message, field=field) from None


async def _first_moment(change: Change, customer: CustomerRow, day: date | None) -> datetime:
    """Return when a day begins where the customer is; of today, and of no day, the present."""
    _, time_zone = await working_days_of(change.connection, change.actor.workspace_id, customer.id)
    today = change.at.astimezone(time_zone).date()
    if day is None or day == today:
        return change.at
    if abs(day - today) > _REACH:
        raise invalid_field("starts_on", "Choose a day within ten years of today.")
    return datetime.combine(day, time(), time_zone)
