"""REST routes of the event catalogue; the same for everybody, and rendered once."""

import functools
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.errors import not_found
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import shown_as
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.webhooks.catalogue import EVENT_TYPES, EventType
from pivotal_server.webhooks.examples import example_of
from pivotal_server.webhooks.payloads import schema_of

router = APIRouter(prefix="/api/v1", tags=["event_types"], route_class=ApiRoute)


def present(type_: EventType) -> dict[str, Any]:
    """Return the event type as the API shows it."""
    return {
        "object": "event_type",
        "name": type_.name,
        "description": type_.description,
        "schema": schema_of(type_.name),
        "example": example_of(type_.name),
    }


EXAMPLE = present(EVENT_TYPES["contact.deleted"])


class EventTypeResource(TypedDict):
    """A kind of event that endpoints can be told of."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["event_type"]
    name: Annotated[str, Field(description="The resource and what happened to it, such as `customer.created`.")]
    description: Annotated[str, Field(description="When it fires, and what it tells.")]
    schema: Annotated[
        dict[str, Any],
        Field(description="JSON Schema (2020-12) of the whole envelope; it refers to nothing outside of itself."),
    ]
    example: Annotated[dict[str, Any], Field(description="An event of this type.")]


class EventTypeList(TypedDict):
    """All event types, sorted by name."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[EventTypeResource]
    has_more: bool
    next_cursor: str | None


Reader = Annotated[Call, Needs("webhooks:read")]


@router.get("/event_types", operation_id="list-event-types", summary="List event types", response_model=EventTypeList)
async def list_event_types(call: Reader) -> Reply:  # noqa: ARG001 - every route takes its call
    """Everything that webhooks can tell, each with the JSON Schema of its envelope and an example, on one page."""
    return Reply(_list())


@router.get(
    "/event_types/{name}", operation_id="get-event-type", summary="Retrieve an event type",
    response_model=EventTypeResource, responses=errors(404),
)  # fmt: skip
async def get_event_type(
    call: Reader,  # noqa: ARG001 - every route takes its call
    name: Annotated[str, Path(description="Such as `customer.created`.")],
) -> Reply:
    """One event type, by its name."""
    if name not in EVENT_TYPES:
        raise not_found("event_type")
    return Reply(_one(name))


@functools.cache
def _list() -> bytes:
    data = [present(type_) for type_ in EVENT_TYPES.values()]
    return orjson.dumps({"object": "list", "data": data, "has_more": False, "next_cursor": None})


@functools.cache
def _one(name: str) -> bytes:
    return orjson.dumps(present(EVENT_TYPES[name]))
