"""Pages of customers: the list, its CSV file, and adding one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import StreamingResponse

from pivotal_server.core.errors import ApiError
from pivotal_server.customer_pages.csv_file import amount, csv_lines, instant
from pivotal_server.customer_pages.detail import path_of
from pivotal_server.customer_pages.filter_words import chips
from pivotal_server.customer_pages.list_columns import all_columns, chosen_columns
from pivotal_server.customer_pages.list_queries import (
    COUNTED,
    CustomerLine,
    count_lines,
    lines_of,
    list_lines,
    list_plans,
)
from pivotal_server.customer_pages.list_schemas import NOBODY, Asked
from pivotal_server.customer_pages.view_pages import KIND
from pivotal_server.customers.actions import create_customer
from pivotal_server.customers.models import STATUSES
from pivotal_server.customers.schemas import CustomerCreate
from pivotal_server.fields.queries import list_fields, suggest_tags
from pivotal_server.fields.schemas import CustomFieldListQuery, TagListQuery
from pivotal_server.identity.people import list_members
from pivotal_server.views.standing import gone, stand
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.web.security import local_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.responses import Response

    from pivotal_server.fields.models import FieldRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PAGE = 50
_MOST_ROWS = 100
_BATCH = 1000
_FIELDS = CustomFieldListQuery(resource="customer")
_ORDERS = (
    *(("", "Newest first"), ("created", "Oldest first"), ("-updated", "Changed last"), ("name", "By name")),
    ("-arr", "Largest ARR first"),
)
_HEAD = (
    *("Number", "Name", "Domain", "Status", "Plan", "MRR", "ARR", "Owner", "Tags", "Open onboardings", "Next launch"),
    *("Last activity", "Created", "Updated"),
)


@pages.get("/customers")
async def customer_list(page: Page) -> Response:
    """Show the customers that the address asks for, in its order; htmx gets what follows a row as rows."""
    standing = await stand(page, KIND)
    try:
        asked = Asked.read(standing.query, standing.name)
        lines = await list_lines(page.connection, page.actor, asked.filters, _PAGE + 1)
    except ApiError as error:
        return page.redirect(gone(page, standing, error), toast="This view asks for a field that there is no more")
    fields = await list_fields(page.connection, page.actor, _FIELDS)
    shown, more = lines[:_PAGE], None
    if len(lines) > _PAGE:
        more = asked.address(after=shown[-1].position, after_id=shown[-1].id)
    columns = chosen_columns(fields, asked.columns or standing.habits.columns)
    context: dict[str, Any] = {"lines": shown, "more": more, "asked": asked, "columns": columns}
    if page.wants_fragment and asked.filters.after is not None:
        return page.fragment("customer_pages/list.html", "lines", **context)
    members = await list_members(page.connection, page.actor.workspace_id)
    return page.render(
        "customer_pages/list.html",
        block="rows",
        **context,
        standing=standing,
        all_columns=all_columns(fields),
        counted=COUNTED,
        total=await count_lines(page.connection, page.actor, asked.filters),
        chips=chips(asked, fields, members),
        form=Form(dict(asked.pairs)),
        fields=fields,
        choices={field.key: [("", "Any"), *((option, option) for option in field.options)] for field in fields},
        orders=_ORDERS,
        statuses=STATUSES,
        plans=await list_plans(page.connection, page.actor),
        owners=[(NOBODY, "Nobody"), *((member.email, member.name) for member in members)],
        tags=await suggest_tags(page.connection, page.actor, TagListQuery()),
    )


@pages.get("/customers/rows")
async def changed_rows(page: Page) -> Response:
    """Give rows of an open list as they are now, and how many came since it was made.

    The query is the list's, with the ids of ``rows``, when it was ``made``, and where ``back`` leads to the whole list.
    """
    asked = Asked.read(page.url.query)
    ids = page.query_params.get("rows", "").split(",")[:_MOST_ROWS]
    lines = await lines_of(page.connection, page.actor, ids, archived=asked.filters.archived == "true")
    made = _made(page.query_params.get("made", ""))
    return page.fragment(
        "customer_pages/list.html",
        "changed",
        lines=lines,
        more=None,
        columns=chosen_columns(await list_fields(page.connection, page.actor, _FIELDS), asked.columns),
        address=local_path(page.query_params.get("back"), "/customers"),
        news=await count_lines(page.connection, page.actor, asked.filters, made) if made else 0,
        counted=COUNTED,
    )


@pages.get("/customers.csv", streams=True)
async def customer_file(page: Page) -> Response:
    """Give exactly the list that the address asks for as a CSV file, piece by piece."""
    asked = Asked.read(page.url.query)
    async with page.connect() as connection:
        fields = await list_fields(connection, page.actor, _FIELDS)
        first = await list_lines(connection, page.actor, asked.filters, _BATCH)
    headers = {"content-disposition": 'attachment; filename="customers.csv"'}
    return StreamingResponse(_file(page, asked, fields, first), media_type="text/csv", headers=headers)


@pages.get("/customers/new")
async def new_customer(page: Page) -> Response:
    """Show the form of a new customer."""
    return await _new(page, Form({"status": "active", "owner_email": ""}))


@pages.post("/customers")
async def create(page: Page) -> Response:
    """Add a customer, and go on to it."""
    form = page.read_form(CustomerCreate)
    row = await page.submit(form, create_customer)
    if row is None:
        return await _new(page, form, UNPROCESSABLE)
    return page.redirect(path_of(row), toast=f"Added {row.name}")


async def _new(page: Page, form: Form[CustomerCreate], status: int = 200) -> Response:
    members = await list_members(page.connection, page.actor.workspace_id)
    return page.render(
        "customer_pages/new.html",
        block="form",
        status=status,
        form=form,
        statuses=STATUSES,
        owners=[("", "Nobody"), *((member.email, member.name, member.email) for member in members)],
        plans=await list_plans(page.connection, page.actor),
    )


async def _file(
    page: Page, asked: Asked, fields: Sequence[FieldRow], lines: list[CustomerLine]
) -> AsyncIterator[bytes]:
    yield csv_lines([(*_HEAD, *(field.name for field in fields))])
    while lines:
        yield csv_lines(_cells(line, fields) for line in lines)
        if len(lines) < _BATCH:
            return
        last = lines[-1]
        filters = asked.filters.model_copy(update={"after": last.position, "after_id": last.id})
        async with page.connect() as connection:
            lines = await list_lines(connection, page.actor, filters, _BATCH)


def _made(text: str) -> datetime | None:
    """Return when a list was made; None where that is no time."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _cells(line: CustomerLine, fields: Sequence[FieldRow]) -> tuple[str, ...]:
    values = orjson.loads(line.custom_fields) if fields else {}
    return (
        *(str(line.display_id), line.name, line.domain or "", line.status, line.plan or ""),
        *(amount(line.mrr), amount(line.arr), line.owner_email or "", ", ".join(line.tags)),
        *(str(line.open_onboardings), line.launch.date().isoformat() if line.launch else ""),
        *(instant(line.active_at), instant(line.created_at), instant(line.updated_at)),
        *(str(values.get(field.key, "")) for field in fields),
    )
