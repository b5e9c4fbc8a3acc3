"""REST routes of customers."""

from typing import Annotated

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.customers import actions, queries
from pivotal_server.customers.schemas import (
    Customer,
    CustomerCount,
    CustomerCreate,
    CustomerFilters,
    CustomerList,
    CustomerListQuery,
    CustomerUpdate,
    present,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.timeline.queries import list_customer_activity
from pivotal_server.timeline.schemas import TimelineEventList
from pivotal_server.timeline.schemas import present as present_activity

router = APIRouter(prefix="/api/v1", tags=["customers"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("customers:read")]
Writer = Annotated[Call, Needs("customers:write")]


@router.get(
    "/customers", operation_id="list-customers", summary="List customers", response_model=CustomerList,
    responses=errors(400),
)  # fmt: skip
async def list_customers(call: Reader, query: Annotated[CustomerListQuery, Query()]) -> Reply:
    """Customers of the workspace, newest first; `next_cursor` of one page is the `cursor` of the next."""
    rows = await queries.list_customers(call.connection, call.actor, query)
    return reply(page(rows, query.limit, present))


@router.post(
    "/customers", operation_id="create-customer", summary="Create a customer", response_model=Customer,
    status_code=201, responses=errors(400, 409),
)  # fmt: skip
async def create_customer(call: Writer, body: CustomerCreate) -> Reply:
    """Adds a customer. Only `name` is required; `slug` and `domain` are unique within the workspace."""
    return await call.commit(
        lambda change: actions.create_customer(change, body), present,
        status=201, location=lambda row: f"/api/v1/customers/{row.id}",
    )  # fmt: skip


@router.get(
    "/customers/count", operation_id="count-customers", summary="Count customers", response_model=CustomerCount,
    responses=errors(400),
)  # fmt: skip
async def count_customers(call: Reader, query: Annotated[CustomerFilters, Query()]) -> Reply:
    """How many customers match the filters of the list."""
    return reply({"object": "count", "count": await queries.count_customers(call.connection, call.actor, query)})


@router.get(
    "/customers/{id}", operation_id="get-customer", summary="Retrieve a customer", response_model=Customer,
    responses=errors(404),
)  # fmt: skip
async def get_customer(call: Reader, id: str) -> Reply:  # noqa: A002 - the contract's name
    """One customer, by `id` or `display_id`."""
    return reply(present(await queries.get_customer(call.connection, call.actor, id)))


@router.patch(
    "/customers/{id}", operation_id="update-customer", summary="Update a customer", response_model=Customer,
    responses=errors(400, 404, 409),
)  # fmt: skip
async def update_customer(call: Writer, id: str, body: CustomerUpdate) -> Reply:  # noqa: A002
    """Changes the fields that are sent; `null` clears a field that may be empty."""
    return await call.commit(lambda change: actions.update_customer(change, id, body), present)


@router.delete(
    "/customers/{id}", operation_id="delete-customer", summary="Delete a customer", response_model=Deleted,
    responses=errors(404),
)  # fmt: skip
async def delete_customer(call: Writer, id: str) -> Reply:  # noqa: A002
    """Soft delete: hidden from reads and lists, kept for audit. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_customer(change, id), present_deleted)


@router.get(
    "/customers/{id}/timeline", operation_id="list-customer-timeline", summary="List a customer's timeline",
    response_model=TimelineEventList, responses=errors(400, 404),
)  # fmt: skip
async def list_customer_timeline(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """Who did what to the customer and to everything of its, newest first; a deleted customer's still answers."""
    customer = await queries.get_customer(call.connection, call.actor, id, deleted=True)
    rows = await list_customer_activity(call.connection, call.actor, customer.id, query)
    return reply(page(rows, query.limit, present_activity))
