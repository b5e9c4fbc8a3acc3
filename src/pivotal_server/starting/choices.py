"""What the form of a new onboarding offers; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection
from pivotal_server.core.errors import ApiError
from pivotal_server.customer_pages.list_queries import list_lines
from pivotal_server.customer_pages.list_schemas import ListFilters
from pivotal_server.customers.queries import get_customer
from pivotal_server.identity.models import Actor

_OFFERED = 20

CustomerChoice = tuple[str, str, str | None]
"""Id, name and domain of a customer."""


async def suggest_customers(connection: Connection, actor: Actor, words: str) -> list[CustomerChoice]:
    """Return id, name and domain of customers: by name those with the words, or the newest where there are none."""
    filters = ListFilters(q=words, sort="name") if words else ListFilters()
    lines = await list_lines(connection, actor, filters, _OFFERED)
    return [(line.id, line.name, line.domain) for line in lines]


async def offer_customers(
    connection: Connection, actor: Actor, chosen: str | None
) -> tuple[list[CustomerChoice], str | None]:
    """Return the newest customers, with the one that is chosen already, and its id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        chosen: cuid or display_id of a customer; one that is not there is offered neither.
    """
    customers = await suggest_customers(connection, actor, "")
    if not chosen or any(id_ == chosen for id_, *_ in customers):
        return customers, chosen
    try:
        row = await get_customer(connection, actor, chosen)
    except ApiError:
        return customers, chosen
    return [(row.id, row.name, row.domain), *(one for one in customers if one[0] != row.id)], row.id
