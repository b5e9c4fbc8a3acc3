"""The event types that there are, and the patterns by which an endpoint chooses among them (documentation: Events).

What their payloads look like is told by ``payloads``.
"""

from collections.abc import Container
from typing import Annotated, NamedTuple

from pydantic import Field

from pivotal_server.core.validation import OneOf


class EventType(NamedTuple):
    """A kind of event.

    Attributes:
        name: the resource and what happened to it, such as ``customer.created``.
        summary: the same in words, as a headline.
        description: when it fires and what it tells.
    """

    name: str
    summary: str
    description: str

    @property
    def resource(self) -> str:
        """What ``data.object`` holds: ``customer``, ``contact``, ``lead``, ``onboarding`` or ``task``."""
        return resource_of(self.name)


def resource_of(type_: str) -> str:
    """Return the resource that an event type is about."""
    return type_.partition(".")[0]


_TYPES = (
    EventType("contact.created", "Contact created", "A person was added to a customer."),
    EventType(
        "contact.deleted",
        "Contact deleted",
        "A contact was deleted. `data.object` is the contact as it last was; it can no longer be read.",
    ),
    EventType(
        "contact.updated",
        "Contact updated",
        "A field of a contact changed. Also fires for the contact that loses its place as the primary one.",
    ),
    EventType(
        "customer.archived",
        "Customer archived",
        "A customer left the default lists: it was archived, or deleted without having been archived before.",
    ),
    EventType(
        "customer.at_risk",
        "Customer at risk",
        "A customer was marked as at risk. Fires together with `customer.updated`.",
    ),
    EventType(
        "customer.churned",
        "Customer churned",
        "A customer was marked as churned. Fires together with `customer.updated`.",
    ),
    EventType("customer.created", "Customer created", "A customer was added."),
    EventType(
        "customer.health_score_dropped",
        "Customer health score dropped",
        "A new calculation put a customer's health score at least 10 points below the one before it, which "
        "`previous_health_score` tells.",
    ),
    EventType("customer.updated", "Customer updated", "A field of a customer changed, its status and flags included."),
    EventType("lead.created", "Lead created", "A lead was added, by hand, over an API or from a file."),
    EventType(
        "lead.deleted",
        "Lead deleted",
        "A lead was deleted. `data.object` is the lead as it last was; it can no longer be read.",
    ),
    EventType(
        "lead.lost",
        "Lead lost",
        "A lead entered a stage that is lost. Fires together with `lead.stage_changed`; `lost_reason` tells why.",
    ),
    EventType(
        "lead.merged",
        "Lead merged",
        "A duplicate became a part of this lead; `previous_attributes` has what it took from there.",
    ),
    EventType(
        "lead.stage_changed",
        "Lead stage changed",
        "A lead moved to another stage or pipeline; `previous_attributes` has those that it left.",
    ),
    EventType("lead.updated", "Lead updated", "A field of a lead changed other than its stage."),
    EventType(
        "lead.won",
        "Lead won",
        "A lead became a customer's contact, which `customer_id` names. Fires together with `lead.stage_changed`.",
    ),
    EventType("onboarding.at_risk", "Onboarding at risk", "An onboarding's state became `at_risk`."),
    EventType(
        "onboarding.back_on_track", "Onboarding back on track", "An onboarding's state left `at_risk` for another one."
    ),
    EventType("onboarding.completed", "Onboarding completed", "An onboarding moved to the phase that ends it."),
    EventType("onboarding.created", "Onboarding created", "An onboarding was started for a customer."),
    EventType(
        "onboarding.launched",
        "Onboarding launched",
        "An onboarding moved to the phase in which its customer goes live.",
    ),
    EventType(
        "onboarding.phase_changed",
        "Onboarding phase changed",
        "An onboarding moved to another phase, forward or back; `previous_attributes.phase` is the one that it left.",
    ),
    EventType(
        "onboarding.state_changed",
        "Onboarding state changed",
        "An onboarding's state changed; `previous_attributes.state` is the former one.",
    ),
    EventType("task.completed", "Task completed", "A task was done; `completed_by` tells who said so."),
    EventType("task.created", "Task created", "A task was added to an onboarding, by hand or from a template."),
    EventType("task.reopened", "Task reopened", "A completed task was opened again."),
    EventType("task.updated", "Task updated", "A field of a task changed other than by completing or reopening it."),
)

EVENT_TYPES: dict[str, EventType] = {type_.name: type_ for type_ in _TYPES}
"""Every event type by its name, sorted by resource and then by name."""

NAMES = tuple(EVENT_TYPES)

PATTERNS = ("*", *sorted({f"{type_.resource}.*" for type_ in _TYPES}), *NAMES)
"""What an endpoint's list of events may hold: everything, all of a resource, or one event type."""

EventPattern = Annotated[
    str,
    OneOf(PATTERNS),
    Field(description="An event type, `<resource>.*` for all of a resource, or `*` for all there are."),
]


def patterns_of(type_: str) -> tuple[str, str, str]:
    """Return the patterns that choose events of this type; an endpoint gets them if its list has one of these."""
    return "*", f"{resource_of(type_)}.*", type_


def matches(patterns: Container[str], type_: str) -> bool:
    """Return whether an endpoint with this list of events gets events of this type."""
    return any(pattern in patterns for pattern in patterns_of(type_))
