"""Reads of saved views: a person's own and those that are shared, of the actor's workspace alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import read_reference
from pivotal_server.views.models import Habits, SavedView

if TYPE_CHECKING:
    from pivotal_server.identity.models import Actor
    from pivotal_server.views.models import ListKind

# Above a list stand no more than this many views.
_SHOWN = 200

_VIEW = columns(SavedView, "v")
_MINE = f"SELECT {_VIEW} FROM saved_views v WHERE v.workspace_id = $1 AND (v.owner_id = $2 OR v.shared)"
_LIST = f"{_MINE} AND v.kind = $3 AND v.deleted_at IS NULL ORDER BY v.owner_id <> $2, v.created_at, v.id LIMIT {_SHOWN}"
_HABITS = f"""
SELECT {columns(Habits, "h")} FROM list_habits h WHERE h.workspace_id = $1 AND h.person_id = $2 AND h.kind = $3
"""


async def list_views(connection: Connection, actor: Actor, kind: ListKind) -> list[SavedView]:
    """Return the views of a list that the actor may use, their own first."""
    return await fetch_all(connection, SavedView, _LIST, actor.workspace_id, actor.id, kind)


async def get_view(
    connection: Connection, actor: Actor, kind: ListKind, id_: str, *, lock: bool = False, deleted: bool = False
) -> SavedView:
    """Return a view that the actor may use.

    Args:
        connection: where to read.
        actor: who asks.
        kind: of which list.
        id_: the view's.
        lock: keep others from changing it until the transaction ends.
        deleted: return it also where it has been deleted.

    Raises:
        ApiError: 404; somebody else's private view does not exist.
    """
    sql = f"{_MINE} AND v.kind = $3 AND v.id = $4{' FOR NO KEY UPDATE' if lock else ''}"
    known = read_reference(id_)  # anything may stand in an address
    row = await fetch_one(connection, SavedView, sql, actor.workspace_id, actor.id, kind, id_) if known else None
    if row is None or (row.deleted_at is not None and not deleted):
        raise ApiError(404, "http_exception", "This view is gone, or somebody keeps it to themselves.")
    return row


async def get_habits(connection: Connection, actor: Actor, kind: ListKind) -> Habits:
    """Return how the actor likes a list."""
    row = await fetch_one(connection, Habits, _HABITS, actor.workspace_id, actor.id, kind)
    return row or Habits(actor.id, kind, None, None, [])
