"""REST routes of contacts by UUID, with the key in ``x-api-key`` and numbered pages."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from pivotal_server.contacts.listing import EVERYBODY, page_of_everybody
from pivotal_server.core.ids import cuid_to_uuid
from pivotal_server.dialects import uuid_queries as queries
from pivotal_server.dialects.key_queries import whose_key
from pivotal_server.dialects.uuid_schemas import (
    EXAMPLE_ID,
    ContactByUuid,
    ContactByUuidCreate,
    ContactByUuidCreated,
    ContactByUuidPage,
    ContactByUuidQuery,
    PlainError,
    present,
    present_created,
    present_listed,
    tell,
)
from pivotal_server.identity.people import find_member
from pivotal_server.leads.actions import create_lead
from pivotal_server.leads.models import LeadRow
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.dialect import Dialect
from pivotal_server.rest.openapi import errors, invalid
from pivotal_server.rest.route import ApiRoute
from pivotal_server.timeline.change import Change

DIALECT = Dialect("/v1", PlainError, tell, bare_key=True)
router = APIRouter(prefix=DIALECT.prefix, tags=["contacts_by_uuid"], route_class=ApiRoute)
_NO_PAGE = invalid("page", "too_small", "Number must be greater than or equal to 1")
_NO_NAME = invalid("first_name", "invalid_type", "Required")

Reader = Annotated[Call, Needs("contacts:read")]
Writer = Annotated[Call, Needs("contacts:write")]


@router.get(
    "/contacts", operation_id="list-contacts-by-uuid", summary="List contacts by UUID",
    response_model=ContactByUuidPage, responses=_NO_PAGE,
)  # fmt: skip
async def list_contacts(call: Reader, query: Annotated[ContactByUuidQuery, Query()]) -> Reply:
    """All contacts of the workspace, leads among them, the newest first; archived ones are left out."""
    rows, total = await page_of_everybody(call.connection, call.actor, EVERYBODY, query.page, query.size)
    position = {"page": query.page, "limit": query.size, "total": total}
    return reply({"data": [present_listed(row) for row in rows], "pagination": position})


@router.post(
    "/contacts", operation_id="create-contact-by-uuid", summary="Create a contact by UUID",
    response_model=ContactByUuidCreated, status_code=201, responses=_NO_NAME,
)  # fmt: skip
async def create_contact(call: Writer, body: ContactByUuidCreate) -> Reply:
    """Adds a lead, in the first open stage of the first pipeline; only `first_name` is required.

    It belongs to the teammate who made the key.
    """
    return await call.commit(
        lambda change: _create(change, body), present_created,
        status=201, location=lambda row: f"{DIALECT.prefix}/contacts/{cuid_to_uuid(row.id)}",
    )  # fmt: skip


@router.get(
    "/contacts/{id}", operation_id="get-contact-by-uuid", summary="Retrieve a contact by UUID",
    response_model=ContactByUuid, responses=errors(404),
)  # fmt: skip
async def get_contact(
    call: Reader,
    id: Annotated[str, Path(description="The contact's UUID, in lower case.", examples=[EXAMPLE_ID])],  # noqa: A002
) -> Reply:
    """One contact or lead, whatever became of its customer."""
    return reply(present(await queries.get_by_uuid(call.connection, call.actor, id)))


async def _create(change: Change, body: ContactByUuidCreate) -> LeadRow:
    """Add a lead of whoever made the key; of nobody where they have left."""
    person_id = await whose_key(change.connection, change.actor)
    owner = await find_member(change.connection, change.actor, person_id=person_id) if person_id else None
    return await create_lead(change, body.as_lead(owner.id if owner else None))
