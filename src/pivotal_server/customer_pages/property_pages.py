"""The properties of a customer, edited in place on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.customer_pages.detail import path_of
from pivotal_server.customer_pages.detail_queries import find_customer, who_changed
from pivotal_server.customer_pages.properties import properties_of
from pivotal_server.customers.actions import update_customer
from pivotal_server.customers.queries import get_customer
from pivotal_server.customers.schemas import CustomerUpdate
from pivotal_server.fields.queries import list_fields, suggest_tags
from pivotal_server.fields.schemas import MAX_TAG, CustomFieldListQuery, TagListQuery
from pivotal_server.identity.people import list_members
from pivotal_server.web.properties import Known, change_in_place
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.core.db import Connection
    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.identity.models import Actor
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/tags")
async def tags(page: Page) -> Response:
    """Give the tags that begin with what somebody types into a field of tags."""
    of = "onboarding" if page.query_params.get("of") == "onboarding" else "customer"
    typed = page.query_params.get("q", "").replace("\0", "").strip()[:MAX_TAG]
    found = await suggest_tags(page.connection, page.actor, TagListQuery(resource=of, prefix=typed))
    return page.fragment("customer_pages/tags.html", "tags", found=found)


@pages.post("/customers/{customer}/properties/{property}")
async def change_property(page: Page, customer: str, property: str) -> Response:  # noqa: A002 - the word for it
    """Change one property in place; where somebody else did so meanwhile, both values are shown instead."""
    row = await find_customer(page.connection, page.actor, customer)
    return await change_in_place(page, _Customer(row), property)


class _Customer:
    """A customer whose properties are edited."""

    model = CustomerUpdate

    def __init__(self, row: CustomerRow) -> None:
        self._id, self.action = row.id, f"/customers/{row.display_id}/properties"

    async def read(self, connection: Connection, actor: Actor, *, lock: bool = False) -> Known:
        row = await get_customer(connection, actor, self._id, lock=lock)
        team = await list_members(connection, actor.workspace_id)
        fields = await list_fields(connection, actor, CustomFieldListQuery(resource="customer"))
        return Known(row.name, path_of(row), properties_of(row, team, fields), row.custom_fields)

    async def save(self, change: Change, body: CustomerUpdate) -> object:
        return await update_customer(change, self._id, body)

    async def who_changed(self, connection: Connection, actor: Actor, field: str) -> str:
        return await who_changed(connection, actor, self._id, field)
