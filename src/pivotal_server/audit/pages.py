"""The settings' page of the audit log: narrowed by its address, page by page, and as a file for a spreadsheet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import StreamingResponse

from pivotal_server.audit.queries import AuditFilters, list_actors, list_entries
from pivotal_server.customer_pages.csv_file import csv_lines, instant
from pivotal_server.web.asked import Asked
from pivotal_server.web.forms import Form
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from starlette.responses import Response

    from pivotal_server.audit.queries import AuditRow, Found
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/audit"
_SHOWN = 50
_BATCH = 1000
# The beginning of the entries' types, and the words for them.
_GROUPS = (
    *(
        ("customer", "Customers"),
        ("contact", "Contacts"),
        ("lead", "Leads"),
        ("onboarding", "Onboardings"),
        ("task", "Tasks"),
    ),
    *(
        ("comment", "Comments"),
        ("attachment", "Files"),
        ("template", "Templates"),
        ("phase", "Phases"),
        ("pipeline", "Pipelines"),
    ),
    *(("phases", "Presets of phases"), ("custom_field", "Custom fields"), ("calendar", "Calendars")),
    *(
        ("message", "Messages"),
        ("reminder", "Reminders"),
        ("automations", "Automations"),
        ("message_template", "Texts"),
    ),
    *(("member", "Members"), ("invitation", "Invitations"), ("workspace", "The workspace")),
    *(("api_key", "API keys"), ("webhook_endpoint", "Webhook endpoints")),
)
_WORDS = {
    "actor": ("Who", "is"),
    "type": ("What", "is"),
    "subject": ("To", "is"),
    "since": ("Time", "from"),
    "until": ("Time", "before"),
}
_HEAD = (
    *("When", "Who", "Kind of actor", "Id of actor", "Type", "What", "To", "Id", "Mode", "From", "Request", "Details"),
)


@pages.get(_PATH, role="admin")
async def log(page: Page) -> Response:
    """Show the entries that the address asks for; htmx gets what follows an entry."""
    asked = Asked.read(_PATH, page.url.query, AuditFilters)
    found = await list_entries(page.connection, page.actor, asked.filters, _SHOWN + 1)
    shown = [(row, _details(row)) for row in found.rows[:_SHOWN]]
    further = found.looked_back_to if len(found.rows) <= _SHOWN else None
    after = _after(found, _SHOWN)
    context: dict[str, Any] = {"asked": asked, "rows": shown, "more": after and asked.following(after, "")}
    context["further"] = further
    if page.wants_fragment and not asked.filters.is_first:
        return page.fragment("audit/list.html", "lines", **context)
    actors = await list_actors(page.connection, page.actor)
    chips = [
        (*_WORDS[name], _told(name, value, dict(actors)), asked.without(name)) for name, value in asked.values.items()
    ]
    return page.render(
        "audit/list.html", **context, form=Form(asked.values), chips=chips, actors=actors, groups=_GROUPS
    )


@pages.get(f"{_PATH}.csv", role="admin", streams=True)
async def file(page: Page) -> Response:
    """Give the entries that the address asks for as a CSV file, piece by piece."""
    asked = Asked.read(f"{_PATH}.csv", page.url.query, AuditFilters)
    headers = {"content-disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(_file(page, asked.filters), media_type="text/csv", headers=headers)


async def _file(page: Page, filters: AuditFilters) -> AsyncIterator[bytes]:
    yield csv_lines([_HEAD])
    after: datetime | None = filters.after
    while after is not None:
        narrowed = filters.model_copy(update={"after": after})
        async with page.connect() as connection:
            found = await list_entries(connection, page.actor, narrowed, _BATCH + 1)
        yield csv_lines(_cells(row) for row in found.rows[:_BATCH])
        after = _after(found, _BATCH)


def _after(found: Found, size: int) -> datetime | None:
    """Return the moment before which everything stands that follows; None where nothing does."""
    if len(found.rows) > size:
        return found.rows[size - 1].created_at
    # The entry at that moment was not looked at.
    return found.looked_back_to + timedelta(microseconds=1) if found.looked_back_to else None


def _cells(row: AuditRow) -> tuple[str, ...]:
    return (
        *(instant(row.created_at), row.actor_name, row.actor_type, row.actor_id, row.type, row.summary),
        *(row.subject_type, row.subject_id, "live" if row.livemode else "test", row.ip or "", row.request_id or ""),
        row.data,
    )


def _details(row: AuditRow) -> str | None:
    """Return what else an entry tells, in lines."""
    data = orjson.loads(row.data)
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode() if data else None


def _told(name: str, value: str, actors: dict[str, str]) -> str:
    """Return a filter's value in words."""
    if name == "actor":
        return actors.get(value, value)
    if name == "type":
        return dict(_GROUPS).get(value, value)
    return value.replace("T", " ") if name in {"since", "until"} else value
