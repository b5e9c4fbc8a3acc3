"""REST routes of contacts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from pivotal_server.contacts import actions, queries
from pivotal_server.contacts.schemas import (
    Contact,
    ContactCreate,
    ContactList,
    ContactListQuery,
    ContactUpdate,
    present,
)
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.customers.queries import get_customer
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["contacts"], route_class=ApiRoute)
_TAKEN = conflict("email_taken", "Another contact of this customer has this e-mail.")

Reader = Annotated[Call, Needs("contacts:read")]
Writer = Annotated[Call, Needs("contacts:write")]


@router.get(
    "/customers/{customerId}/contacts", operation_id="list-customer-contacts", summary="List a customer's contacts",
    response_model=ContactList, responses=errors(400, 404),
)  # fmt: skip
async def list_customer_contacts(
    call: Reader, customer_id: Annotated[str, Path(alias="customerId")], query: Annotated[ContactListQuery, Query()]
) -> Reply:
    """All contacts of a customer on one page: the primary one first, then the newest."""
    customer = await get_customer(call.connection, call.actor, customer_id)
    rows = await queries.list_contacts(call.connection, call.actor, customer.id, query)
    return reply({"object": "list", "data": [present(row) for row in rows]})


@router.post(
    "/customers/{customerId}/contacts", operation_id="create-customer-contact", summary="Add a contact to a customer",
    response_model=Contact, status_code=201, responses=errors(400, 404) | _TAKEN,
)  # fmt: skip
async def create_customer_contact(
    call: Writer, customer_id: Annotated[str, Path(alias="customerId")], body: ContactCreate
) -> Reply:
    """Adds a contact. The customer's first one becomes its primary contact unless `is_primary` is `false`."""
    return await call.commit(
        lambda change: actions.create_contact(change, customer_id, body), present,
        status=201, location=lambda row: f"/api/v1/contacts/{row.id}",
    )  # fmt: skip


@router.get(
    "/contacts/{id}", operation_id="get-contact", summary="Retrieve a contact", response_model=Contact,
    responses=errors(404),
)  # fmt: skip
async def get_contact(call: Reader, id: str) -> Reply:  # noqa: A002 - the contract's name
    """One contact, by `id` or `display_id`; it answers even where its customer was deleted."""
    return reply(present(await queries.get_contact(call.connection, call.actor, id)))


@router.patch(
    "/contacts/{id}", operation_id="update-contact", summary="Update a contact", response_model=Contact,
    responses=errors(400, 404) | _TAKEN,
)  # fmt: skip
async def update_contact(call: Writer, id: str, body: ContactUpdate) -> Reply:  # noqa: A002
    """Changes the fields that are sent. Making a contact primary unmakes the one that was, in the same moment."""
    return await call.commit(lambda change: actions.update_contact(change, id, body), present)


@router.delete(
    "/contacts/{id}", operation_id="delete-contact", summary="Delete a contact", response_model=Deleted,
    responses=errors(404),
)  # fmt: skip
async def delete_contact(call: Writer, id: str) -> Reply:  # noqa: A002
    """Soft delete: hidden from reads and lists, its e-mail free again. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_contact(change, id), present_deleted)
