"""The search: a page of its own, and what the palette shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import END_OF_TIME, PageQuery
from pivotal_server.core.validation import validate
from pivotal_server.search.places import find_actions, find_places
from pivotal_server.search.search_queries import find
from pivotal_server.search.sought import Sought
from pivotal_server.search.words import Group, group_of, group_of_deeds
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.search.sought import Kind
    from pivotal_server.web.page import Page

pages = PageRoutes()

_SHOWN = 6
_PAGE = 50


@pages.get("/search")
async def search(page: Page) -> Response:
    """Show what was found, by kind; of one kind alone as much as there is, page by page."""
    sought = Sought.read(page.query_params.get("q", ""))
    cursor = validate(PageQuery, {"cursor": page.query_params.get("cursor") or None}).cursor
    if sought.kind and sought.asks and not page.wants_fragment:
        before = (cursor or END_OF_TIME) if sought.is_anywhere else None
        found = await find(page.connection, page.actor, sought.kind, sought, _PAGE + 1, before)
        more = None
        if before and len(found) > _PAGE:
            more = _address(sought.text, cursor=to_cursor(found[_PAGE - 1].created_at))
        groups = [group_of(sought.kind, found[:_PAGE], sought, more)]
    else:
        groups = [*await _things(page, sought), *_deeds(page, sought)]
    groups = [group for group in groups if group.hits]
    shown: dict[str, Any] = {"sought": sought, "groups": groups, "count": sum(len(group.hits) for group in groups)}
    if page.wants_fragment:
        return page.fragment("search/found.html", "found", **shown)
    return page.render("search/search.html", **shown)


async def _things(page: Page, sought: Sought) -> list[Group]:
    groups = []
    for kind in sought.kinds if sought.asks else ():
        found = await find(page.connection, page.actor, kind, sought, _SHOWN + 1)
        more = _address(_of(kind, sought)) if len(found) > _SHOWN else None
        groups.append(group_of(kind, found[:_SHOWN], sought, more))
    return groups


def _deeds(page: Page, sought: Sought) -> list[Group]:
    if sought.kind or sought.fields or sought.number:
        return []
    return [
        group_of_deeds("Actions", find_actions(page, sought.words), sought),
        group_of_deeds("Go to", find_places(page, sought.words), sought),
    ]


def _of(kind: Kind, sought: Sought) -> str:
    """Return what asks for the same, of one kind alone."""
    return sought.text if sought.kind else f"type:{kind} {sought.text}"


def _address(text: str, **more: str) -> str:
    return f"/search?{urlencode({'q': text, **more})}"
