"""REST routes of custom fields and tags."""

from typing import Annotated

from fastapi import APIRouter, Query

from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.fields import actions, queries
from pivotal_server.fields.schemas import (
    CustomField,
    CustomFieldCreate,
    CustomFieldList,
    CustomFieldListQuery,
    CustomFieldUpdate,
    TagList,
    TagListQuery,
    present,
    present_tag,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["custom_fields"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("settings:read")]
Writer = Annotated[Call, Needs("settings:write")]

_TAKEN = conflict("field_key_taken", "Another custom field of customers has this key.")
_IN_USE = conflict("option_in_use", "37 customers still have an option that would go.")


@router.get(
    "/custom_fields", operation_id="list-custom-fields", summary="List custom fields", response_model=CustomFieldList,
    responses=errors(400),
)  # fmt: skip
async def list_custom_fields(call: Reader, query: Annotated[CustomFieldListQuery, Query()]) -> Reply:
    """The fields of customers, then those of onboardings, each in their order, on one page."""
    rows = await queries.list_fields(call.connection, call.actor, query)
    return reply({"object": "list", "data": list(map(present, rows)), "has_more": False, "next_cursor": None})


@router.post(
    "/custom_fields", operation_id="create-custom-field", summary="Create a custom field", response_model=CustomField,
    status_code=201, responses=errors(400) | _TAKEN,
)  # fmt: skip
async def create_custom_field(call: Writer, body: CustomFieldCreate) -> Reply:
    """Holds values of this key to a type from now on; those that there are stay as they are."""
    return await call.commit(
        lambda change: actions.create_field(change, body), present,
        status=201, location=lambda row: f"/api/v1/custom_fields/{row.id}",
    )  # fmt: skip


@router.get(
    "/custom_fields/{id}", operation_id="get-custom-field", summary="Retrieve a custom field",
    response_model=CustomField, responses=errors(404),
)  # fmt: skip
async def get_custom_field(call: Reader, id: str) -> Reply:  # noqa: A002 - the name in every path
    """One field, by `id` or `display_id`."""
    return reply(present(await queries.get_field(call.connection, call.actor, id)))


@router.patch(
    "/custom_fields/{id}", operation_id="update-custom-field", summary="Update a custom field",
    response_model=CustomField, responses=errors(400, 404) | _IN_USE,
)  # fmt: skip
async def update_custom_field(call: Writer, id: str, body: CustomFieldUpdate) -> Reply:  # noqa: A002
    """Changes what is sent. `archived: true` retires the field: its values stay, new ones are not held to it."""
    return await call.commit(lambda change: actions.update_field(change, id, body), present)


@router.delete(
    "/custom_fields/{id}", operation_id="delete-custom-field", summary="Delete a custom field",
    response_model=Deleted, responses=errors(404),
)  # fmt: skip
async def delete_custom_field(call: Writer, id: str) -> Reply:  # noqa: A002
    """Takes the field away and frees its key; values stay as free ones. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_field(change, id), present_deleted)


@router.get("/tags", operation_id="list-tags", summary="Suggest tags", response_model=TagList, responses=errors(400))
async def list_tags(call: Reader, query: Annotated[TagListQuery, Query()]) -> Reply:
    """Up to twenty tags in use that begin with `prefix`, most used first."""
    rows = await queries.suggest_tags(call.connection, call.actor, query)
    return reply({"object": "list", "data": list(map(present_tag, rows)), "has_more": False, "next_cursor": None})
