"""REST routes of teammates: who they are, by the ids that other resources name."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import OneOf, Timestamp, shown_as
from pivotal_server.identity import people
from pivotal_server.identity.models import ROLES, Teammate
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["people"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("people:read")]

EXAMPLE: dict[str, Any] = {
    "object": "person",
    "id": "cmg8x0k4t0003a1b2c3d4e5f6",
    "name": "Maya",
    "email": "maya@northwind.example",
    "role": "owner",
    "created_at": "2026-03-02T09:00:00.123Z",
}


class Person(TypedDict):
    """A teammate."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["person"]
    id: Annotated[str, Field(description="What `csm_id`, `assignee_id` and their like hold.")]
    name: Annotated[str, Field(description="As they call themselves.")]
    email: Annotated[
        str,
        Field(
            json_schema_extra={"format": "email"}, description="Where they sign in, and what assigns and mentions them."
        ),
    ]
    role: Annotated[str, OneOf(ROLES), Field(description="What they may do in the app.")]
    created_at: Annotated[Timestamp, Field(description="When they came to the workspace.")]


class PersonList(TypedDict):
    """All teammates, on one page."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Person]
    has_more: bool
    next_cursor: str | None


def present(row: Teammate) -> dict[str, Any]:
    """Return the teammate as the API shows them."""
    return {
        "object": "person",
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "created_at": to_iso(row.created_at),
    }


@router.get("/people", operation_id="list-people", summary="List teammates", response_model=PersonList)
async def list_people(call: Reader) -> Reply:
    """Everybody who belongs to the workspace, in the order in which they came, on one page."""
    rows = await people.list_teammates(call.connection, call.actor)
    return reply({"object": "list", "data": list(map(present, rows)), "has_more": False, "next_cursor": None})


@router.get(
    "/people/{id}", operation_id="get-person", summary="Retrieve a teammate", response_model=Person,
    responses=errors(404),
)  # fmt: skip
async def get_person(call: Reader, id: str) -> Reply:  # noqa: A002 - as in every route
    """One teammate, by the id that onboardings and tasks name."""
    return reply(present(await people.get_teammate(call.connection, call.actor, id)))
