"""Live pages: a stream of what has changed in the workspace, which pages ask again for (server-sent events)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response, StreamingResponse

from pivotal_server.core.db import DATABASE_ERRORS
from pivotal_server.core.live import EVERYTHING
from pivotal_server.identity.sessions import find_visitor
from pivotal_server.identity.sight import visible_topics
from pivotal_server.timeline.queries import topics_since
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from pivotal_server.web.page import Page

pages = PageRoutes()

# As often a stream says that it is alive, and looks whether its session still is.
_BEAT_SECONDS = 20.0
# A change carries the time at which it began, and is seen when it is committed: no change takes longer than this.
_LAG = timedelta(seconds=10)
# Who missed more than this asks for everything again.
_MOST_MISSED = 500


@pages.get("/live", streams=True)
async def live(page: Page) -> Response:
    """Stream what changes in the workspace, for as long as the page is open and its session lasts.

    ``since`` is when the page was made, or the id of the last message that it got: what changed after that comes first.
    """
    return StreamingResponse(_changes(page), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _changes(page: Page) -> AsyncIterator[bytes]:
    workspace_id = page.actor.workspace_id
    with page.services.listener.subscription(workspace_id, page.actor.id) as subscription:
        yield b"retry: 2000\n\n"
        if missed := await _missed(page):
            yield _changed(page, missed)
        looked = time.monotonic()
        while not subscription.over:
            topics = await _visible(page, await subscription.wait(_BEAT_SECONDS))
            if time.monotonic() - looked >= _BEAT_SECONDS:
                looked = time.monotonic()
                if why := await _is_over(page, workspace_id):
                    yield f"event: over\ndata: {why}\n\n".encode()
                    return
            yield _changed(page, topics) if topics else b": \n\n"


def _changed(page: Page, topics: Collection[str]) -> bytes:
    data = orjson.dumps(sorted(topics)).decode()
    return f"event: changed\nid: {page.services.clock.now().isoformat()}\ndata: {data}\n\n".encode()


async def _visible(page: Page, topics: Collection[str]) -> Collection[str]:
    """Return of what has changed what this person may know of."""
    if not topics or page.visitor.sees_all:
        return topics
    try:
        async with page.connect() as connection:
            return await visible_topics(connection, page.actor.workspace_id, topics)
    except DATABASE_ERRORS:
        return (EVERYTHING,)  # the page asks for all it shows, and gets what it may


async def _missed(page: Page) -> Collection[str]:
    """Return what changed between the time that the page names and now; nothing where it names none."""
    text = page.query_params.get("since")
    if text is None:
        return ()
    try:
        since = datetime.fromisoformat(text).astimezone(UTC) - _LAG
        async with page.connect() as connection:
            topics = await topics_since(connection, page.actor, since, _MOST_MISSED)
    except (ValueError, OverflowError, *DATABASE_ERRORS):
        topics = None
    return (EVERYTHING,) if topics is None else topics


async def _is_over(page: Page, workspace_id: str) -> str | None:
    """Return why the stream ends: the session that opened it has ended, or moved to another workspace; else None."""
    token = page.cookies.get(page.cookie_names.session, "")
    try:
        async with page.services.pool.acquire() as connection:
            visitor = await find_visitor(connection, token, page.services.clock.now())
    except DATABASE_ERRORS:
        return None  # ask again at the next beat
    if visitor is None:
        return "signed-out"
    page.maybe_visitor = visitor
    return None if visitor.workspace_id == workspace_id else "elsewhere"
