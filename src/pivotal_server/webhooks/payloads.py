"""What events look like: a JSON Schema for each type, alone for subscribers and as parts of the OpenAPI document.

Both are made of the shapes that the slices answer with, so an event cannot promise what its resource does not have.
"""

import functools
from typing import Any

from pydantic import TypeAdapter

from pivotal_server.contacts.schemas import Contact
from pivotal_server.core.outbox import API_VERSION
from pivotal_server.customers.schemas import Customer
from pivotal_server.leads.schemas import CLOCK_FIELDS as LEAD_CLOCK_FIELDS
from pivotal_server.leads.schemas import Lead
from pivotal_server.onboardings.events import CLOCK_FIELDS
from pivotal_server.onboardings.schemas import Onboarding
from pivotal_server.rest.descriptions import describe
from pivotal_server.rest.openapi import say_as_contract
from pivotal_server.tasks.schemas import DERIVED_FIELDS, Task
from pivotal_server.webhooks.catalogue import EVENT_TYPES, EventType

Json = dict[str, Any]

_RESOURCES: dict[str, Any] = {
    "contact": Contact,
    "customer": Customer,
    "lead": Lead,
    "onboarding": Onboarding,
    "task": Task,
}

# No event tells a former value of these: they never change, change with every change, or as time passes.
_NEVER_BEFORE = (
    CLOCK_FIELDS | LEAD_CLOCK_FIELDS | DERIVED_FIELDS | {"object", "id", "display_id", "created_at", "updated_at"}
)

# Events that tell of a beginning or an end have no former values.
_WITHOUT_PREVIOUS = frozenset(
    {
        *("contact.created", "contact.deleted", "customer.created", "lead.created", "lead.deleted"),
        *("onboarding.created", "task.created"),
    }
)
# A customer that is deleted without having been archived before was changed in no field, nor is a lead whose duplicate
# tells nothing new.
_PERHAPS_WITHOUT_PREVIOUS = frozenset({"customer.archived", "lead.merged"})
# The former values that an event always has, whatever else changed at the same time.
_ALWAYS_BEFORE = {
    "customer.archived": ("archived",),
    "customer.at_risk": ("status", "at_risk"),
    "customer.churned": ("status", "churned"),
    "customer.health_score_dropped": ("health_score",),
    "lead.lost": ("status",),
    "lead.won": ("status",),
    "onboarding.at_risk": ("state",),
    "onboarding.back_on_track": ("state",),
    "onboarding.completed": ("phase",),
    "onboarding.launched": ("phase",),
    "onboarding.phase_changed": ("phase",),
    "onboarding.state_changed": ("state",),
    "task.completed": ("status", "completed_at"),
    "task.reopened": ("status", "completed_at"),
}
_PREVIOUS = "Former values of the fields that changed, and of no others."
# What an event's resource has beyond the resource itself.
_BEYOND_RESOURCE: dict[str, Json] = {
    "customer.health_score_dropped": {
        "properties": {
            "previous_health_score": {"type": "integer", "description": "The score of the calculation before."},
        },
        "required": ["previous_health_score"],
        # There is a score. Said so, because generators of clients give up where a type is narrowed.
        "not": {"properties": {"health_score": {"type": "null"}}},
    }
}


@functools.cache
def schema_of(name: str) -> Json:
    """Return the JSON Schema (2020-12) of an event type's whole envelope; it refers to nothing outside of itself.

    Lists of known values that may grow, as a workspace's phases do, bind nobody here: they are ``x-extensible-enum``
    only.
    """
    type_ = EVENT_TYPES[name]
    resource = resource_schema(type_.resource)
    resource.pop("examples")
    envelope: Json = _without_open_enums(_envelope(type_, resource, _previous_schema(resource)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name} | envelope


def component_of(type_: EventType) -> Json:
    """Return the schema of an event type's envelope as a component of an OpenAPI document, next to ``components``."""
    resource = type_.resource.capitalize()
    return _envelope(type_, _component(resource), _component(f"Previous{resource}"))


def components() -> Json:
    """Return the schemas that those of ``component_of`` refer to, but for the resources, which have routes."""
    return {f"Previous{name.capitalize()}": _previous_schema(resource_schema(name)) for name in _RESOURCES}


def resource_schema(resource: str) -> Json:
    """Return the schema of a resource as the OpenAPI document says it, with the schemas of its parts inside."""
    schema = TypeAdapter(_RESOURCES[resource]).json_schema()
    inlined: Json = say_as_contract(_inline(schema, schema.pop("$defs", {})))
    describe(inlined)
    return inlined


def _inline(node: Any, definitions: Json) -> Any:  # noqa: ANN401 - JSON
    """Return a schema with what it refers to in place of the references."""
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    node = dict(node)
    if reference := node.pop("$ref", None):
        node = definitions[reference.rpartition("/")[2]] | node
    return {key: _inline(value, definitions) for key, value in node.items()}


def _envelope(type_: EventType, resource: Json, previous: Json) -> Json:
    """Return the schema of an event; ``resource`` and ``previous`` are schemas or references to them."""
    name = type_.name
    if beyond := _BEYOND_RESOURCE.get(name):
        resource = {"allOf": [resource, beyond]}
    data = {
        "object": resource | {"description": f"The {type_.resource}, as the API shows it after the change."},
        "previous_attributes": _previous_of(name, previous),
    }
    return _object(
        {
            "id": _text("The event's own id, the same in every delivery: what to recognise repetitions by."),
            "type": {"type": "string", "enum": [name], "description": "What happened."},
            "created_at": {"type": "string", "format": "date-time", "description": "When it happened."},
            "org_id": _text("The workspace that the resource belongs to."),
            "livemode": {"type": "boolean", "description": "`false` where a test key made the change."},
            "api_version": {"type": "string", "enum": [API_VERSION], "description": "Version of the shape of `data`."},
            "data": _object(data, description="The resource after the change, and the former values of what changed."),
        },
        description=type_.description,
    )


def _previous_of(name: str, previous: Json) -> Json:
    if name in _WITHOUT_PREVIOUS:
        return {"type": "null", "description": "Always `null`: there are no former values."}
    if always := _ALWAYS_BEFORE.get(name):
        previous = {"allOf": [previous, {"required": list(always)}]}
    if name in _PERHAPS_WITHOUT_PREVIOUS:
        return {"anyOf": [previous, {"type": "null"}], "description": f"{_PREVIOUS} `null` where there are none."}
    return previous | {"description": _PREVIOUS}


def _previous_schema(resource: Json) -> Json:
    fields = {name: field for name, field in resource["properties"].items() if name not in _NEVER_BEFORE}
    return {"type": "object", "description": _PREVIOUS, "properties": fields}


def _object(properties: Json, **more: str) -> Json:
    return {"type": "object", **more, "properties": properties, "required": list(properties)}


def _text(description: str) -> Json:
    return {"type": "string", "description": description}


def _component(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _without_open_enums(node: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, list):
        return [_without_open_enums(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_open_enums(value)
        for key, value in node.items()
        if not (key == "enum" and "x-extensible-enum" in node)
    }
