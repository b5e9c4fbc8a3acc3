"""Reads of events."""

import re
from datetime import datetime
from typing import NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor

_ID = re.compile("evt_[0-9a-z]{24}", re.ASCII)


class StoredEvent(NamedTuple):
    """An event as stored: the envelope is text, the very bytes that webhooks deliver."""

    id: str
    created_at: datetime
    payload: str


_COLUMNS = columns(StoredEvent, "e")
_LIST = f"""
SELECT {_COLUMNS} FROM events e WHERE e.workspace_id = $1 AND e.created_at < $2 ORDER BY e.created_at DESC LIMIT $3
"""
_BY_ID = f"SELECT {_COLUMNS} FROM events e WHERE e.workspace_id = $1 AND e.id = $2"


async def list_events(connection: Connection, actor: Actor, query: PageQuery) -> list[StoredEvent]:
    """Return a page of events, newest first, and one more where more follow."""
    return await fetch_all(connection, StoredEvent, _LIST, actor.workspace_id, query.before, query.fetch)


async def get_event(connection: Connection, actor: Actor, id_: str) -> StoredEvent:
    """Return one event.

    Raises:
        ApiError: 404 ``event_not_found``.
    """
    row = await fetch_one(connection, StoredEvent, _BY_ID, actor.workspace_id, id_) if _ID.fullmatch(id_) else None
    if row is None:
        raise not_found("event")
    return row
