"""Winning a lead over the API, in and out (documentation: Leads, winning)."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.contacts import schemas as contacts
from pivotal_server.core.validation import UNSENT, Email, ExternalId, Name, RequestModel, shown_as
from pivotal_server.customers import schemas as customers
from pivotal_server.leads import schemas as leads
from pivotal_server.onboardings import schemas as onboardings
from pivotal_server.onboardings.schemas import OnboardingFields, PhaseKey, Reason

EXAMPLE_WIN = {
    "customer": {"name": "Saltgrass Swim", "domain": "saltgrass.example"},
    "onboarding": {"target_launch_date": "2026-07-15T00:00:00Z"},
}
EXAMPLE_WON: dict[str, Any] = {
    "object": "lead_win",
    "lead": leads.EXAMPLE,
    "customer": customers.EXAMPLE,
    "contact": contacts.EXAMPLE,
    "onboarding": onboardings.EXAMPLE,
}


class CustomerOfLead(customers.CustomerFields):
    """The customer that a lead becomes: what create-customer takes, all of it optional."""

    name: Annotated[Name, Field(description="The lead's company unless it is sent, or else the lead's name.")] = UNSENT
    status: Annotated[
        customers.Status, Field(description="`onboarding` unless it is sent, `active` where no onboarding is started.")
    ] = UNSENT


class OnboardingOfLead(OnboardingFields):
    """The onboarding that begins with it: what create-onboarding takes, all of it optional."""

    name: Annotated[Name, Field(description="The customer's name unless it is sent.")] = UNSENT
    phase: Annotated[PhaseKey, Field(description="The workspace's first phase unless it is sent.")] = UNSENT


class LeadWin(RequestModel):
    """Body of win-lead; ``{}`` makes a customer of the lead's company and starts its onboarding."""

    model_config = shown_as(EXAMPLE_WIN)

    customer: Annotated[
        CustomerOfLead | None,
        Field(description="What the new customer is to be; unless it says so, the lead's owner becomes its owner."),
    ] = None
    customer_id: Annotated[
        ExternalId | None,
        Field(description="Whose contact the lead becomes, where the customer is there already: its id or display_id."),
    ] = None
    onboarding: Annotated[
        OnboardingOfLead | None, Field(description="The onboarding that begins; `null` starts none.")
    ] = Field(default_factory=OnboardingOfLead)
    email: Annotated[Email | None, Field(description="The contact's e-mail, where the lead has none or another.")] = (
        None
    )
    is_primary: Annotated[
        bool,
        Field(
            description="Unless it is sent, the lead becomes the primary contact of a customer that has no contact yet."
        ),
    ] = UNSENT
    reason: Annotated[Reason | None, Field(description="Why it was won, for the history of its stages.")] = None
    dry_run: Annotated[bool, Field(description="Show what would happen, and change nothing.")] = False


class LeadWon(TypedDict):
    """What a won lead became."""

    __pydantic_config__ = shown_as(EXAMPLE_WON)  # type: ignore[misc]

    object: Literal["lead_win"]
    lead: Annotated[leads.Lead, Field(description="The lead, in the won stage of its pipeline.")]
    customer: Annotated[customers.Customer, Field(description="Its customer.")]
    contact: Annotated[
        contacts.Contact, Field(description="The same person as the customer's contact, by the same id.")
    ]
    onboarding: Annotated[
        onboardings.Onboarding | None, Field(description="The onboarding that began; `null` where none did.")
    ]
