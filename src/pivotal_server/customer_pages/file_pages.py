"""The files of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pivotal_server.customer_pages.detail import arrive, frame, path_of
from pivotal_server.customer_pages.file_queries import list_files
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_SHOWN = 50
_LONGEST = 200


@pages.get("/customers/{customer}/files")
async def files(page: Page, customer: str) -> Response:
    """Show what was attached to a customer's onboardings and tasks, or what of it has some words in its name."""
    row, elsewhere = await arrive(page, customer, "/files")
    if elsewhere:
        return elsewhere
    words, after = (
        page.query_params.get("q", "").replace("\0", "").strip()[:_LONGEST],
        page.query_params.get("after", ""),
    )
    found = await list_files(page.connection, page.actor, row.id, words=words, after=after, limit=_SHOWN + 1)
    shown, more = found[:_SHOWN], None
    if len(found) > _SHOWN:
        said = {"q": words} if words else {}
        more = f"{path_of(row)}/files?{urlencode({**said, 'after': shown[-1].position})}"
    context: dict[str, Any] = {"files": shown, "more": more, "words": words}
    if page.wants_fragment and after:
        return page.fragment("customer_pages/files.html", "lines", **context)
    return page.render("customer_pages/files.html", block="found", **await frame(page, row), **context)
