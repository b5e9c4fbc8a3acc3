"""The part of the OpenAPI document that tells subscribers what they will be sent (its ``webhooks`` section)."""

from typing import Any

from pivotal_server.webhooks.catalogue import EVENT_TYPES, EventType
from pivotal_server.webhooks.examples import example_of
from pivotal_server.webhooks.payloads import component_of, components

_HEADERS = {
    "id": "The delivery's id, the same in each of its attempts and replays.",
    "timestamp": "Unix second of the attempt; refuse one that is more than five minutes off.",
    "signature": "One signature for each valid secret, separated by spaces: `v1,` and a base64 HMAC-SHA256.",
}
_ANSWER = "Received. Any other status, or none within ten seconds, and it will be sent again."


def webhooks_section() -> dict[str, Any]:
    """Return what webhooks add to the OpenAPI document: an operation for each event type, and their components.

    Refers to the schemas of the resources that have routes by their names.
    """
    parameters = {
        f"{family.capitalize()}{name.capitalize()}": _header(f"{family}-{name}", description)
        for family in ("svix", "webhook")
        for name, description in _HEADERS.items()
    }
    references = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    envelopes = {_component_name(type_): component_of(type_) for type_ in EVENT_TYPES.values()}
    return {
        "webhooks": {type_.name: {"post": _operation(type_, references)} for type_ in EVENT_TYPES.values()},
        "components": {"schemas": components() | envelopes, "parameters": parameters},
    }


def _operation(type_: EventType, parameters: list[dict[str, str]]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{_component_name(type_)}"}
    media = {"schema": schema, "example": example_of(type_.name)}
    return {
        "tags": ["webhooks"],
        "operationId": "receive-" + type_.name.replace(".", "-").replace("_", "-"),
        "summary": type_.summary,
        "description": type_.description,
        "security": [],
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": media}},
        "responses": {"2XX": {"description": _ANSWER}},
    }


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": description, "schema": {"type": "string"}}


def _component_name(type_: EventType) -> str:
    return "".join(part.capitalize() for part in type_.name.replace(".", "_").split("_")) + "Event"
