"""A list that is shown in several layouts, with its views and what narrows it down above all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from pivotal_server.views.narrowing import Narrowing
    from pivotal_server.views.standing import Standing
    from pivotal_server.web.page import Page

Choices = list[tuple[str, str]]
Narrower = tuple[str, str, str, Choices]
"""A field that narrows a list down: its name, its label, what the choice of all is called, and the other choices."""


async def show_layout(
    page: Page,
    template: str,
    block: str,
    filters: Narrowing,
    standing: Standing,
    frame: Callable[[], Awaitable[dict[str, Any]]],
    **context: Any,  # noqa: ANN401 - the template's
) -> Response:
    """Return a layout: the whole page, or to htmx its block, with the layouts' links where filters were changed.

    Args:
        page: the request.
        template: of the layout; it is an extension of ``views/frame.html``.
        block: in it, that is the layout itself.
        filters: what is shown.
        standing: among the views.
        frame: reads what the whole page needs beside.
        context: what the layout needs.
    """
    changed = page.headers.get("hx-trigger") == "filters"
    context |= {"filters": filters, "standing": standing, "changed": changed}
    if not page.wants_fragment:
        return page.render(template, **context, **await frame())
    response = page.fragment(template, block, **context)
    if changed:
        response.headers["hx-push-url"] = filters.address()
    return response
