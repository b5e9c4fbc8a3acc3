"""The settings' page of API requests: narrowed by its address, page by page, and following what comes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from pivotal_server.identity.api_keys import list_keys
from pivotal_server.request_log.models import METHODS, RequestFilters
from pivotal_server.request_log.queries import list_requests
from pivotal_server.web.asked import Asked
from pivotal_server.web.filters import words
from pivotal_server.web.forms import Form
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from pivotal_server.request_log.models import Found, RequestRow
    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/settings/logs"
_SHOWN = 50
_NO_CONTENT = 204
# The processes write their requests twice a second, each its own: by then nothing comes before what is shown already.
_SETTLED = timedelta(seconds=2)
# Sorts after every id.
_LAST_ID = "~"
_WORDS = {
    "mode": ("Mode", "is"),
    "key": ("Key", "is"),
    "status": ("Status", "is"),
    "method": ("Method", "is"),
    "path": ("Path", "begins with"),
    "since": ("Time", "from"),
    "until": ("Time", "before"),
}
_STATUSES = (
    ("2xx", "2xx, went well"),
    ("4xx", "4xx, the caller's error"),
    ("5xx", "5xx, ours"),
    *((code, code) for code in ("200", "201", "400", "403", "404", "409", "413", "415", "429", "500", "503")),
)


@pages.get(_PATH, role="admin")
async def requests(page: Page) -> Response:
    """Show the requests that the address asks for; htmx gets what follows a row, or has come since, as rows."""
    asked = Asked.read(_PATH, page.url.query, RequestFilters)
    filters, settled = asked.filters, page.services.clock.now() - _SETTLED
    if filters.follow:
        filters = filters.model_copy(update={"until": min(filters.until or settled, settled)})
    found = await list_requests(page.connection, page.actor, filters, _SHOWN + 1)
    shown = found.rows[:_SHOWN]
    context: dict[str, Any] = {"asked": asked, "rows": shown}
    if page.wants_fragment and asked.filters.newer is not None:
        return _news(page, asked, found.rows)
    context |= {"incoming": False, "left_out": False}
    context |= {"more": _more(asked, found), "further": found.looked_back_to if len(found.rows) <= _SHOWN else None}
    if page.wants_fragment and not asked.filters.is_first:
        return page.fragment("request_log/list.html", "lines", **context)
    keys = {key.id: key.name for key in await list_keys(page.connection, page.actor.workspace_id)}
    chips = [
        (*_WORDS[name], _told(name, value, keys), asked.without(name))
        for name, value in asked.values.items()
        if name in _WORDS
    ]
    return page.render(
        "request_log/list.html",
        **context,
        form=Form(asked.values),
        chips=chips,
        keys=keys,
        methods=[(method, method) for method in METHODS],
        statuses=_STATUSES,
        newer=asked.newer(shown[0].created_at, shown[0].id) if shown else asked.newer(settled, ""),
        follows=asked.filters.follow is not None,
        toggled=asked.without("follow") if asked.filters.follow else asked.with_value("follow", "on"),
    )


def _news(page: Page, asked: Asked[RequestFilters], rows: list[RequestRow]) -> Response:
    """Return the rows that have come since the page was last told of any; nothing where there are none."""
    if not rows:
        return Response(status_code=_NO_CONTENT)
    return page.fragment(
        "request_log/list.html",
        "news",
        asked=asked,
        rows=rows[:_SHOWN],
        newer=asked.newer(rows[0].created_at, rows[0].id),
        left_out=len(rows) > _SHOWN,
        incoming=True,
    )


def _more(asked: Asked[RequestFilters], found: Found) -> str | None:
    """Return the address of what follows, be it known to be there or only further back than was looked."""
    if len(found.rows) > _SHOWN:
        last = found.rows[_SHOWN - 1]
        return asked.following(last.created_at, last.id)
    return asked.following(found.looked_back_to, _LAST_ID) if found.looked_back_to else None


def _told(name: str, value: str, keys: dict[str, str]) -> str:
    """Return a filter's value in words."""
    if name == "key":
        return keys.get(value, value)
    return words(value) if name == "mode" else value.replace("T", " ") if name in {"since", "until"} else value
