"""What the page of a customer shows whatever its tab: where it is, its head, its properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.customer_pages.detail_queries import find_customer
from pivotal_server.customer_pages.properties import grouped, properties_of
from pivotal_server.customers.access import may_change_access, read_access
from pivotal_server.fields.queries import list_fields, suggest_tags
from pivotal_server.fields.schemas import CustomFieldListQuery, TagListQuery
from pivotal_server.identity.people import list_members
from pivotal_server.web.filters import slug
from pivotal_server.web.properties import find_property

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.web.page import Page


def path_of(row: CustomerRow) -> str:
    """Return the address of a customer's page."""
    return f"/customers/{row.display_id}-{slug(row.name)}"


async def arrive(page: Page, place: str, tab: str = "") -> tuple[CustomerRow, Response | None]:
    """Return the customer of an address, and the way to the address that it should have been, if it was another.

    Raises:
        ApiError: 404 ``customer_not_found``.
    """
    row = await find_customer(page.connection, page.actor, place)
    path = path_of(row)
    if page.wants_fragment or f"/customers/{place}" == path:
        return row, None
    query = page.url.query
    return row, page.redirect(f"{path}{tab}{'?' if query else ''}{query}")


async def frame(page: Page, row: CustomerRow) -> dict[str, Any]:
    """Return what the head and the properties of a customer's page are made of."""
    fields = await list_fields(page.connection, page.actor, CustomFieldListQuery(resource="customer"))
    team = await list_members(page.connection, page.actor.workspace_id)
    known = properties_of(row, team, fields)
    return {
        "customer": row,
        "row": row,
        "path": path_of(row),
        "owner": next((person.name for person in team if person.email == row.owner_email), row.owner_email),
        "access": await read_access(page.connection, page.actor, row.id),
        "may_change_access": may_change_access(page.actor, row),
        "title": find_property(known, "name"),
        "properties": grouped(known),
        "tags": await suggest_tags(page.connection, page.actor, TagListQuery()),
    }
