"""The properties of a customer, edited in place on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError
from pivotal_server.customer_pages.detail import path_of
from pivotal_server.customer_pages.detail_queries import find_customer, who_changed
from pivotal_server.customer_pages.properties import Property, body_of, find_property, properties_of
from pivotal_server.customers.actions import update_customer
from pivotal_server.customers.queries import get_customer
from pivotal_server.customers.schemas import CustomerUpdate
from pivotal_server.fields.queries import list_fields, suggest_tags
from pivotal_server.fields.schemas import MAX_TAG, CustomFieldListQuery, TagListQuery
from pivotal_server.identity.people import list_members
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.core.db import Connection
    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.identity.models import Actor
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

_CONFLICT = 409


class _MeanwhileError(ApiError):
    """Somebody else has changed the same field since the page was shown."""

    def __init__(self, theirs: Property, who: str) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} changed this meanwhile.")
        self.theirs, self.who = theirs, who


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
    shown = await _property(page.connection, page.actor, row, property)
    text, was = page.field(property), page.field("was")

    async def work(change: Change) -> CustomerRow:
        held = await get_customer(change.connection, change.actor, row.id, lock=True)
        now = await _property(change.connection, change.actor, held, property)
        if "was" in page.sent and now.value not in {was, text}:
            raise _MeanwhileError(now, await who_changed(change.connection, change.actor, row.id, now.field))
        body = CustomerUpdate.model_validate(body_of(now, held, text), strict=False)
        return await update_customer(change, row.id, body)

    form = page.read_form(CustomerUpdate, body_of(shown, row, text))
    conflict = None
    try:
        saved = None if form.body is None else await page.commit(work)
    except _MeanwhileError as error:
        saved, conflict = None, error
    except ApiError as error:
        form.refuse(error)
        saved = None
    if saved is None:
        told = form.errors.get(shown.field) or "This cannot be saved."
        return _again(page, row, shown, text, None if conflict else told, conflict)
    if not page.wants_fragment:
        return page.redirect(path_of(saved), toast=f"Saved {shown.label}")
    one = await _property(page.connection, page.actor, saved, property)
    context: dict[str, Any] = {"text": None, "error": None, "conflict": None}
    return page.fragment("customer_pages/property.html", "property", row=saved, one=one, saved=True, **context)


def _again(
    page: Page, row: CustomerRow, one: Property, text: str, error: str | None, conflict: _MeanwhileError | None
) -> Response:
    """Return the field as it was typed, with what is wrong or what somebody else made of it."""
    return page.render(
        "customer_pages/property_page.html",
        block="property",
        status=UNPROCESSABLE if conflict is None else _CONFLICT,
        path=path_of(row),
        row=row,
        one=one,
        saved=False,
        text=text,
        error=error,
        conflict=None if conflict is None else (conflict.who, conflict.theirs),
    )


async def _property(connection: Connection, actor: Actor, row: CustomerRow, name: str) -> Property:
    """Return a property as the customer has it.

    Raises:
        ApiError: 404 where there is no such property.
    """
    team = await list_members(connection, actor.workspace_id)
    fields = await list_fields(connection, actor, CustomFieldListQuery(resource="customer"))
    return find_property(properties_of(row, team, fields), name)
