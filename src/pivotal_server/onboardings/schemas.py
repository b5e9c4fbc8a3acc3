"""Onboardings over the API, in and out (documentation: API reference, Onboardings)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import in_milliseconds, to_iso, to_iso_or_none
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import (
    UNSENT,
    Count,
    DateTime,
    ExternalId,
    JsonObject,
    Name,
    OneOf,
    RequestModel,
    Timestamp,
    shown_as,
)
from pivotal_server.fields.schemas import CustomFields, FieldFilters, Tags
from pivotal_server.onboardings.models import STATES, OnboardingRow, whole_seconds
from pivotal_server.onboardings.phases import DEFAULT_PHASES

PhaseKey = Annotated[
    str,
    OneOf(tuple(phase.key for phase in DEFAULT_PHASES), extensible=True),
    Field(description="Key of one of the workspace's phases; list-phases tells them."),
]
State = Annotated[
    str,
    OneOf(STATES),
    Field(
        description="`waiting` and `waiting_on_customer` are one and the same; it suspends the SLA clock.",
        json_schema_extra={"x-extensible-enum": list(STATES)},
    ),
]
Moment = Annotated[DateTime, AfterValidator(in_milliseconds), WithJsonSchema({"type": "string", "format": "date-time"})]
TeammateId = Annotated[ExternalId | None, Field(description="Id of a teammate in this workspace.")]


def _check_notes(value: str) -> str:
    if len(value.encode()) > MAX_NOTES_BYTES:
        raise PydanticCustomError("too_big", f"Notes must be at most {MAX_NOTES_BYTES} bytes")
    return value


MAX_NOTES_BYTES = 100_000
Notes = Annotated[str, Field(max_length=MAX_NOTES_BYTES), AfterValidator(_check_notes)]
ReminderDays = Annotated[Count, Field(ge=1, le=365), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 365})]
Reason = Annotated[str, Field(max_length=1000)]
Metadata = Annotated[JsonObject | None, Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")]

EXAMPLE: dict[str, Any] = {
    "object": "onboarding",
    "id": "cmg8x0k4t0006a1b2c3d4e5f6",
    "display_id": 89,
    "customer_id": "cmg8x0k4t0000a1b2c3d4e5f6",
    "template_id": None,
    "name": "Aurora Outfitters",
    "owner_email": "maya@northwind.example",
    "phase": "program_design",
    "state": "active",
    "started_at": "2026-05-20T09:00:00.000Z",
    "completed_at": None,
    "target_launch_date": "2026-07-15T00:00:00.000Z",
    "slippage_days": 0,
    "csm_id": "cmg8x0k4t0007a1b2c3d4e5f6",
    "se_id": None,
    "designer_id": None,
    "product_ops_id": None,
    "notes": None,
    "waiting_on_customer": False,
    "waiting_on_customer_since": None,
    "wizard_completed_at": None,
    "reminder_email": True,
    "reminder_slack": True,
    "reminder_frequency_days": 1,
    "phase_entered_at": "2026-05-24T17:21:09.412Z",
    "phase_target_days": 14,
    "time_in_phase_seconds": 86400,
    "time_waiting_seconds": 3600,
    "tags": ["enterprise"],
    "custom_fields": {"integration": "Shopify", "kick_off": "2026-05-21"},
    "metadata": {},
    "created_at": "2026-05-20T09:00:00.000Z",
    "updated_at": "2026-05-24T17:21:09.412Z",
}
EXAMPLE_CREATE = {"customer_id": "42", "target_launch_date": "2026-07-15T00:00:00Z"}
EXAMPLE_UPDATE = {"phase": "program_design", "reason": "Requirements are signed off"}


class OnboardingFields(RequestModel):
    """What may be set on an onboarding; ``null`` clears."""

    template_id: ExternalId | None = None
    target_launch_date: Moment | None = None
    completed_at: Annotated[
        Moment | None,
        Field(
            description="Unless it is sent, set on the way into the terminal phase and cleared on the way out of it."
        ),
    ] = None
    csm_id: TeammateId = None
    se_id: TeammateId = None
    designer_id: TeammateId = None
    product_ops_id: TeammateId = None
    notes: Notes | None = None
    tags: Tags = Field(default_factory=list)
    custom_fields: CustomFields = None
    metadata: Metadata = None


class OnboardingCreate(OnboardingFields):
    """Body of create-onboarding; only the customer is required."""

    model_config = shown_as(EXAMPLE_CREATE)

    customer_id: Annotated[str, Field(description="The customer's display_id, as a string, or cuid.")]
    name: Annotated[Name, Field(description="The customer's name unless it is sent.")] = UNSENT
    phase: Annotated[PhaseKey, Field(description="The workspace's first phase unless it is sent.")] = UNSENT
    state: State = "active"
    reminder_email: bool = True
    reminder_slack: bool = True
    reminder_frequency_days: ReminderDays = 1


class OnboardingUpdate(OnboardingFields):
    """Body of update-onboarding: only what is sent changes."""

    model_config = shown_as(EXAMPLE_UPDATE)

    name: Name = UNSENT
    phase: PhaseKey = UNSENT
    state: State = UNSENT
    waiting_on_customer: Annotated[
        bool,
        Field(
            description="`true` makes the state `waiting`; `false` makes `waiting` `active` and changes nothing else. "
            "Where `state` is sent as well, that decides."
        ),
    ] = UNSENT
    reminder_email: bool = UNSENT
    reminder_slack: bool = UNSENT
    reminder_frequency_days: ReminderDays = UNSENT
    reason: Annotated[
        Reason | None, Field(description="Why; kept with the phase transition, launch date shift and timeline entry.")
    ] = None


class OnboardingListQuery(FieldFilters, PageQuery):
    """Query of list-onboardings."""

    customer_id: Annotated[str | None, Field(description="The customer's display_id or cuid.")] = None
    state: Annotated[State | None, Field(description="Only onboardings in this state.")] = None
    phase: Annotated[PhaseKey | None, Field(description="Only onboardings in the phase with this key.")] = None
    updated_since: Annotated[
        DateTime | None,
        Field(description="Only what was updated at this instant or later."),
        WithJsonSchema({"type": "string", "format": "date-time"}),
    ] = None


class Onboarding(TypedDict):
    """A customer's way through the phases to launch."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["onboarding"]
    id: str
    display_id: int
    customer_id: Annotated[str, Field(description="The customer's cuid.")]
    template_id: Annotated[
        str | None, Field(description="Id of the template that it was made from; `null` where there was none.")
    ]
    name: Annotated[str, Field(description="For people; the customer's name unless you gave another.")]
    owner_email: Annotated[str | None, Field(description="E-mail of the CSM.")]
    phase: PhaseKey
    state: State
    started_at: Annotated[
        Timestamp, Field(description="When it began: dates that count from the start count from this day.")
    ]
    completed_at: Annotated[
        Timestamp | None, Field(description="When it reached the terminal phase; `null` as long as it has not.")
    ]
    target_launch_date: Annotated[
        Timestamp | None, Field(description="When it is to go live; `null` where nobody has said.")
    ]
    slippage_days: Annotated[
        int | None,
        Field(
            description="Calendar days by which the target launch date is later than the first one ever set; `null` "
            "where there is none."
        ),
    ]
    csm_id: Annotated[str | None, Field(description="Id of the customer success manager, a teammate.")]
    se_id: Annotated[str | None, Field(description="Id of the solutions engineer, a teammate.")]
    designer_id: Annotated[str | None, Field(description="Id of the designer, a teammate.")]
    product_ops_id: Annotated[str | None, Field(description="Id of the teammate for product operations.")]
    notes: Annotated[str | None, Field(description="Notes of your team, up to 100 kB.")]
    waiting_on_customer: Annotated[bool, Field(description="Whether `state` is `waiting`.")]
    waiting_on_customer_since: Annotated[
        Timestamp | None, Field(description="Since when it waits; `null` while it does not.")
    ]
    wizard_completed_at: Annotated[
        Timestamp | None,
        Field(description="When somebody made it with the form in the app; `null` where it came over the API."),
    ]
    reminder_email: Annotated[
        bool, Field(description="Whether contacts are reminded by mail of what is overdue on their side.")
    ]
    reminder_slack: Annotated[
        bool, Field(description="Whether reminders may go by Slack; kept for it, and mails do not depend on it.")
    ]
    reminder_frequency_days: Annotated[int, Field(description="Days between two reminders to the same contact.")]
    phase_entered_at: Annotated[Timestamp, Field(description="When it entered the phase that it is in.")]
    phase_target_days: Annotated[int, Field(description="Days that the phase should take; 0 where it has no target.")]
    time_in_phase_seconds: Annotated[
        int,
        Field(
            description="The SLA clock: whole seconds since the phase was entered, as of this answer, without those in "
            "which the onboarding waited on the customer."
        ),
    ]
    time_waiting_seconds: Annotated[
        int, Field(description="Whole seconds in this phase, as of this answer, in which it waited on the customer.")
    ]
    tags: Annotated[list[str], Field(description="Words to find onboardings by; lists filter by `tag`.")]
    custom_fields: Annotated[
        dict[str, Any], Field(description="Values by key; the workspace's custom fields say which there are.")
    ]
    metadata: Annotated[dict[str, Any], Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")]
    created_at: Timestamp
    updated_at: Timestamp


class OnboardingList(TypedDict):
    """A page of onboardings, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Onboarding]
    has_more: bool
    next_cursor: str | None


def present(row: OnboardingRow, at: datetime) -> dict[str, Any]:
    """Return the onboarding as the API and events show it: an ``Onboarding`` whose JSON parts are text.

    Args:
        row: the onboarding.
        at: the present, up to which its clock runs.
    """
    return {
        "object": "onboarding",
        "id": row.id,
        "display_id": row.display_id,
        "customer_id": row.customer_id,
        "template_id": row.template_id,
        "name": row.name,
        "owner_email": row.owner_email,
        "phase": row.phase,
        "state": row.state,
        "started_at": to_iso(row.started_at),
        "completed_at": to_iso_or_none(row.completed_at),
        "target_launch_date": to_iso_or_none(row.target_launch_date),
        "slippage_days": row.slippage_days,
        "csm_id": row.csm_id,
        "se_id": row.se_id,
        "designer_id": row.designer_id,
        "product_ops_id": row.product_ops_id,
        "notes": row.notes,
        "waiting_on_customer": row.state == "waiting",
        "waiting_on_customer_since": to_iso_or_none(row.waiting_on_customer_since),
        "wizard_completed_at": to_iso_or_none(row.wizard_completed_at),
        "reminder_email": row.reminder_email,
        "reminder_slack": row.reminder_slack,
        "reminder_frequency_days": row.reminder_frequency_days,
        "phase_entered_at": to_iso(row.phase_entered_at),
        "phase_target_days": row.phase_target_days,
        "time_in_phase_seconds": whole_seconds(row.time_in_phase(at)),
        "time_waiting_seconds": whole_seconds(row.time_waiting(at)),
        "tags": row.tags,
        "custom_fields": orjson.Fragment(row.custom_fields),
        "metadata": orjson.Fragment(row.metadata),
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }
