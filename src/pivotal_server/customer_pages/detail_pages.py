"""The page of a customer: what is under way, its people, what happened; and what can be done with it as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from pivotal_server.contacts.queries import list_contacts
from pivotal_server.contacts.schemas import ContactListQuery
from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.customer_pages.activity_words import GROUPS, describe
from pivotal_server.customer_pages.csv_file import csv_lines, instant
from pivotal_server.customer_pages.detail import arrive, frame, path_of
from pivotal_server.customer_pages.detail_queries import (
    find_customer,
    list_actors,
    list_history,
    list_onboarding_lines,
)
from pivotal_server.customers.actions import delete_customer, update_customer
from pivotal_server.customers.models import STATUSES
from pivotal_server.customers.schemas import CustomerUpdate, Status
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response

    from pivotal_server.timeline.models import Activity
    from pivotal_server.web.page import Page

pages = PageRoutes()

_SHOWN = 50
_BATCH = 100
_HEAD = ("When", "Who", "Kind of actor", "Type", "What", "Details")
# What nobody should set without saying why.
_GRAVE = ("at_risk", "churned")


class StatusForm(BaseModel):
    """A status, and why it is set."""

    status: Status
    reason: str = Field("", max_length=1000)


class NameForm(BaseModel):
    """The name of the customer that is to go, written out."""

    name: str = Field(min_length=1)


@pages.get("/customers/{customer}")
async def overview(page: Page, customer: str) -> Response:
    """Show a customer, its onboardings and its contacts."""
    row, elsewhere = await arrive(page, customer)
    if elsewhere:
        return elsewhere
    query = ContactListQuery(archived="true" if page.query_params.get("contacts") == "archived" else "false")
    return page.render(
        "customer_pages/overview.html",
        **await frame(page, row),
        onboardings=await list_onboarding_lines(page.connection, page.actor, row.id),
        contacts=await list_contacts(page.connection, page.actor, row.id, query),
        archived=query.archived == "true",
    )


@pages.get("/customers/{customer}/activity")
async def activity(page: Page, customer: str) -> Response:
    """Show what happened to a customer, all of it or what somebody did, or to what."""
    row, elsewhere = await arrive(page, customer, "/activity")
    if elsewhere:
        return elsewhere
    query, chosen = _asked(page, _SHOWN)
    rows = await list_history(page.connection, page.actor, row.id, query, **_narrowed(chosen))
    more = to_cursor(rows[query.limit - 1].created_at) if len(rows) > query.limit else None
    context: dict[str, Any] = {
        "entries": [describe(entry) for entry in rows[: query.limit]],
        "more": more,
        "chosen": chosen,
    }
    if page.wants_fragment and query.cursor:
        return page.fragment("customer_pages/activity.html", "entries", **context, path=path_of(row))
    return page.render(
        "customer_pages/activity.html",
        block="log",
        **await frame(page, row),
        **context,
        groups=list(GROUPS.items()),
        actors=await list_actors(page.connection, page.actor, row.id),
    )


@pages.get("/customers/{customer}/activity.csv", streams=True)
async def activity_file(page: Page, customer: str) -> Response:
    """Give the activity that the address asks for as a CSV file, piece by piece."""
    query, chosen = _asked(page, _BATCH)
    async with page.connect() as connection:
        page.connection = connection
        row = await find_customer(connection, page.actor, customer)
    headers = {"content-disposition": f'attachment; filename="activity-{row.display_id}.csv"'}
    return StreamingResponse(_file(page, row.id, query, chosen), media_type="text/csv", headers=headers)


@pages.get("/customers/{customer}/status")
async def status_form(page: Page, customer: str) -> Response:
    """Ask for a status, and why."""
    row = await find_customer(page.connection, page.actor, customer)
    form: Form[StatusForm] = Form({"status": row.status})
    return page.render(
        "customer_pages/status.html", block="dialog", row=row, path=path_of(row), form=form, all=STATUSES
    )


@pages.post("/customers/{customer}/status")
async def set_status(page: Page, customer: str) -> Response:
    """Set the status; that a customer is at risk or lost has a reason."""
    row = await find_customer(page.connection, page.actor, customer)
    form = page.read_form(StatusForm)
    if form.body and form.body.status in _GRAVE and form.body.status != row.status and not form.body.reason:
        form.errors["reason"] = "Say why: it stands on the timeline."
    saved = None
    if form.valid:
        saved = await page.submit(
            form,
            lambda change, body: update_customer(
                change, row.id, CustomerUpdate(status=body.status), reason=body.reason or None
            ),
        )
    if saved is None:
        context: dict[str, Any] = {"row": row, "path": path_of(row), "form": form, "all": STATUSES}
        return page.render("customer_pages/status.html", block="dialog", status=UNPROCESSABLE, **context)
    return page.redirect(path_of(saved), toast=f"{saved.name}: status saved")


@pages.post("/customers/{customer}/archive")
async def archive(page: Page, customer: str) -> Response:
    """Take a customer out of the list."""
    row = await find_customer(page.connection, page.actor, customer)
    await page.commit(lambda change: update_customer(change, row.id, CustomerUpdate(archived=True)))
    return page.redirect(path_of(row), toast=f"Archived {row.name}", undo=f"/customers/{row.display_id}/restore")


@pages.post("/customers/{customer}/restore")
async def restore(page: Page, customer: str) -> Response:
    """Bring an archived customer back into the list."""
    row = await find_customer(page.connection, page.actor, customer)
    await page.commit(lambda change: update_customer(change, row.id, CustomerUpdate(archived=False)))
    return page.redirect(path_of(row), toast=f"Restored {row.name}", undo=f"/customers/{row.display_id}/archive")


@pages.get("/customers/{customer}/delete")
async def delete_form(page: Page, customer: str) -> Response:
    """Ask for the name of the customer that is to go."""
    row = await find_customer(page.connection, page.actor, customer)
    return page.render("customer_pages/delete.html", block="dialog", row=row, path=path_of(row), form=Form())


@pages.post("/customers/{customer}/delete")
async def delete(page: Page, customer: str) -> Response:
    """Delete a customer whose name was written out."""
    row = await find_customer(page.connection, page.actor, customer)
    form = page.read_form(NameForm)
    if form.body and form.body.name != row.name:
        form.errors["name"] = f"This is not the customer's name, which is {row.name}."
    if not form.valid or await page.submit(form, lambda change, _: delete_customer(change, row.id)) is None:
        context: dict[str, Any] = {"row": row, "path": path_of(row), "form": form}
        return page.render("customer_pages/delete.html", block="dialog", status=UNPROCESSABLE, **context)
    return page.redirect("/customers", toast=f"Deleted {row.name}")


def _asked(page: Page, limit: int) -> tuple[PageQuery, dict[str, str]]:
    """Return which page of the activity is asked for, and by what it is narrowed."""
    asked = page.query_params
    query = validate(PageQuery, {"cursor": asked.get("cursor") or None, "limit": limit})
    return query, {"type": asked.get("type", ""), "actor": asked.get("actor", "")}


def _narrowed(chosen: dict[str, str]) -> dict[str, str | None]:
    return {"type_": chosen["type"] or None, "actor_id": chosen["actor"] or None}


async def _file(page: Page, customer_id: str, query: PageQuery, chosen: dict[str, str]) -> AsyncIterator[bytes]:
    yield csv_lines([_HEAD])
    while True:
        async with page.connect() as connection:
            rows = await list_history(connection, page.actor, customer_id, query, **_narrowed(chosen))
        yield csv_lines(_cells(row) for row in rows[: query.limit])
        if len(rows) <= query.limit:
            return
        query = query.model_copy(update={"cursor": rows[query.limit - 1].created_at})


def _cells(row: Activity) -> tuple[str, ...]:
    return (instant(row.created_at), row.actor_name, row.actor_type, row.type, row.summary, row.data)
