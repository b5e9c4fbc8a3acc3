"""Keeping views of lists. What the team shares stands in the activity; what is somebody's own is theirs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.db import columns, fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id
from pivotal_server.identity.rights import has_role, require
from pivotal_server.timeline.change import Subject
from pivotal_server.views.models import MAX_VIEWS, SavedView, in_order
from pivotal_server.views.queries import get_habits, get_view, list_views

if TYPE_CHECKING:
    from pivotal_server.identity.models import Actor
    from pivotal_server.timeline.change import Change
    from pivotal_server.views.models import ListKind

# Whoever keeps views at two places at once does so one after the other, so that the limit holds.
_ALONE = "SELECT FROM memberships m WHERE m.workspace_id = $1 AND m.person_id = $2 FOR NO KEY UPDATE"
_COUNT = "SELECT count(*) FROM saved_views v WHERE v.workspace_id = $1 AND v.owner_id = $2 AND v.deleted_at IS NULL"
_VIEW = columns(SavedView, "v")
_ADD = f"""
INSERT INTO saved_views AS v (workspace_id, id, kind, name, query, owner_id, shared, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING {_VIEW}
"""
_UPDATE = f"""
UPDATE saved_views v SET name = $3, query = $4, shared = $5, updated_at = $6, deleted_at = $7
WHERE v.workspace_id = $1 AND v.id = $2 RETURNING {_VIEW}
"""
_DEFAULT = """
INSERT INTO list_habits AS h (workspace_id, person_id, kind, default_view_id, view_order) VALUES ($1, $2, $3, $4, '{}')
ON CONFLICT (workspace_id, person_id, kind) DO UPDATE SET default_view_id = $4
"""
_ORDER = """
INSERT INTO list_habits AS h (workspace_id, person_id, kind, view_order) VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, person_id, kind) DO UPDATE SET view_order = $4
"""
_COLUMNS = """
INSERT INTO list_habits AS h (workspace_id, person_id, kind, columns, view_order) VALUES ($1, $2, $3, $4, '{}')
ON CONFLICT (workspace_id, person_id, kind) DO UPDATE SET columns = $4
"""


def may_change(actor: Actor, view: SavedView) -> bool:
    """Return whether somebody may change a view: its owner, and of a shared one the admins too."""
    return view.owner_id == actor.id or (view.shared and has_role(actor.role, "admin"))


async def keep_view(change: Change, kind: ListKind, name: str, query: str, *, shared: bool) -> SavedView:
    """Keep a view of a list.

    Args:
        change: where to write it.
        kind: of which list.
        name: what it is called.
        query: what it asks the list for, as the list itself says it.
        shared: whether the whole team may use it.

    Raises:
        ApiError: 409 where they have as many as they can.
    """
    require(change.actor, "member")
    await _make_room(change)
    actor = change.actor
    values = (actor.workspace_id, new_id(), kind, name, query, actor.id, shared, change.at)
    view = await fetch_one(change.connection, SavedView, _ADD, *values)
    assert view is not None  # noqa: S101 - it was just written
    _tell(change, "saved_view.created", "Shared the view", view)
    return view


async def change_view(
    change: Change,
    kind: ListKind,
    id_: str,
    *,
    name: str | None = None,
    query: str | None = None,
    shared: bool | None = None,
) -> SavedView:
    """Change what is given of a view.

    Raises:
        ApiError: 404 for a view that the actor may not use; 403 where it is another's.
    """
    view = await _own(change, kind, id_)
    wanted = view._replace(
        name=view.name if name is None else name,
        query=view.query if query is None else query,
        shared=view.shared if shared is None else shared,
    )
    if wanted == view:
        return view
    saved = await _write(change, wanted)
    told = saved if saved.shared else view
    _tell(change, "saved_view.updated", "Changed the view" if saved.shared else "Took back the view", told)
    return saved


async def delete_view(change: Change, kind: ListKind, id_: str) -> SavedView:
    """Delete a view; it can be brought back.

    Raises:
        ApiError: 404 for a view that the actor may not use; 403 where it is another's.
    """
    view = await _own(change, kind, id_)
    _tell(change, "saved_view.deleted", "Deleted the view", view)
    return await _write(change, view._replace(deleted_at=change.at))


async def restore_view(change: Change, kind: ListKind, id_: str) -> SavedView:
    """Bring a deleted view back.

    Raises:
        ApiError: 404 for a view that the actor may not use; 403 where it is another's; 409 where they have enough.
    """
    view = await _own(change, kind, id_, deleted=True)
    if view.deleted_at is None:
        return view
    if view.owner_id == change.actor.id:
        await _make_room(change)
    _tell(change, "saved_view.restored", "Brought back the view", view)
    return await _write(change, view._replace(deleted_at=None))


async def open_with(change: Change, kind: ListKind, id_: str | None) -> None:
    """Have a list open with a view for the actor; with None it opens with everything.

    Raises:
        ApiError: 404 for a view that the actor may not use.
    """
    if id_ is not None:
        await get_view(change.connection, change.actor, kind, id_, lock=True)
    await change.connection.execute(_DEFAULT, change.actor.workspace_id, change.actor.id, kind, id_)


async def move_view(change: Change, kind: ListKind, id_: str, steps: int) -> None:
    """Move a view among those that the actor has, to the left where ``steps`` is negative.

    Raises:
        ApiError: 404 for a view that the actor may not use.
    """
    view = await get_view(change.connection, change.actor, kind, id_)
    habits = await get_habits(change.connection, change.actor, kind)
    ids = [one.id for one in in_order(await list_views(change.connection, change.actor, kind), habits)]
    place = min(max(ids.index(view.id) + steps, 0), len(ids) - 1) if view.id in ids else 0
    order = [one for one in ids if one != view.id]
    order.insert(place, view.id)
    await change.connection.execute(_ORDER, change.actor.workspace_id, change.actor.id, kind, order)


async def choose_columns(change: Change, kind: ListKind, names: list[str] | None) -> None:
    """Remember which columns the actor wants in a list; None for those that it has by itself."""
    await change.connection.execute(_COLUMNS, change.actor.workspace_id, change.actor.id, kind, names)


async def _own(change: Change, kind: ListKind, id_: str, *, deleted: bool = False) -> SavedView:
    view = await get_view(change.connection, change.actor, kind, id_, lock=True, deleted=deleted)
    if not may_change(change.actor, view):
        raise ApiError(403, "http_exception", "Only who made this view, and admins, may change it.")
    return view


async def _make_room(change: Change) -> None:
    whose = (change.actor.workspace_id, change.actor.id)
    await change.connection.execute(_ALONE, *whose)
    if await change.connection.fetchval(_COUNT, *whose) >= MAX_VIEWS:
        raise ApiError(409, "http_exception", f"You have {MAX_VIEWS} views; delete one that you do not need.")


async def _write(change: Change, view: SavedView) -> SavedView:
    values = (change.actor.workspace_id, view.id, view.name, view.query, view.shared, change.at, view.deleted_at)
    saved = await fetch_one(change.connection, SavedView, _UPDATE, *values)
    assert saved is not None  # noqa: S101 - it is locked
    return saved


def _tell(change: Change, type_: str, words: str, view: SavedView) -> None:
    if view.shared:
        change.note(type_, f"{words} {view.name} of {view.kind}", Subject("saved_view", view.id))
