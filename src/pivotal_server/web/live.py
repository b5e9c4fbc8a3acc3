"""Live pages: a stream of what has changed in the workspace, which pages ask again for (server-sent events)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response, StreamingResponse

from pivotal_server.core.db import DATABASE_ERRORS
from pivotal_server.identity.sessions import find_visitor
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pivotal_server.web.page import Page

pages = PageRoutes()

# As often a stream says that it is alive, and looks whether its session still is.
_BEAT_SECONDS = 20.0


@pages.get("/live", streams=True)
async def live(page: Page) -> Response:
    """Stream what changes in the workspace, for as long as the page is open and its session lasts."""
    return StreamingResponse(_changes(page), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _changes(page: Page) -> AsyncIterator[bytes]:
    workspace_id = page.actor.workspace_id
    with page.services.listener.subscription(workspace_id, page.actor.id) as subscription:
        yield b"retry: 2000\n\n"
        while True:
            topics = await subscription.wait(_BEAT_SECONDS)
            if topics:
                yield b"event: changed\ndata: " + orjson.dumps(sorted(topics)) + b"\n\n"
            elif await _is_over(page, workspace_id):
                yield b"event: over\ndata:\n\n"
                return
            else:
                yield b": \n\n"


async def _is_over(page: Page, workspace_id: str) -> bool:
    """Return whether the session that opened the stream has ended or moved to another workspace."""
    token = page.cookies.get(page.cookie_names.session, "")
    try:
        async with page.services.pool.acquire() as connection:
            visitor = await find_visitor(connection, token, page.services.clock.now())
    except DATABASE_ERRORS:
        return False  # ask again at the next beat
    return visitor is None or visitor.workspace_id != workspace_id
