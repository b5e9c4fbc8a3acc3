"""Changes to the look of a workspace; what a look had can be brought back for a day.

An image is stored before it is part of a look, as attachments are: until then, and once no look has it any more, a row
of ``leftover_files`` stands for it, by which the clean-up removes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.branding.models import PLACES, BrandImage, Place
from pivotal_server.branding.queries import get_brand
from pivotal_server.comments.file_actions import expect_file
from pivotal_server.comments.models import file_key
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.general.general_queries import who_changed
from pivotal_server.identity.models import Brand
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Subject

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

    from pivotal_server.branding.images import Image
    from pivotal_server.core.db import Connection
    from pivotal_server.core.storage import Storage
    from pivotal_server.timeline.change import Change

CHANGED = "brand.updated"
KEPT_FOR = timedelta(days=1)
"""How long what a look had can be brought back."""

_CONFLICT = 409
_LOCK = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_WRITE = """
INSERT INTO brands (workspace_id, accent, logo, dark_logo, favicon, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace_id) DO UPDATE SET accent = excluded.accent, logo = excluded.logo,
    dark_logo = excluded.dark_logo, favicon = excluded.favicon, updated_at = excluded.updated_at
"""
_RELEASE = "INSERT INTO leftover_files (workspace_id, id, remove_after) VALUES ($1, $2, $3)"
_CLAIM = """
DELETE FROM leftover_files f USING brand_images i
WHERE f.workspace_id = $1 AND f.id = $2 AND f.remove_after > $3 AND i.workspace_id = $1 AND i.id = f.id RETURNING f.id
"""
_ADD = """
INSERT INTO brand_images (workspace_id, id, content_type, size, width, height, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# Those that were removed from the storage since.
_FORGET = """
DELETE FROM brand_images i WHERE i.workspace_id = $1
    AND NOT EXISTS (SELECT FROM leftover_files f WHERE f.workspace_id = $1 AND f.id = i.id)
    AND NOT EXISTS (SELECT FROM brands b WHERE b.workspace_id = $1 AND i.id IN (b.logo, b.dark_logo, b.favicon))
"""


class AccentChangedError(ApiError):
    """Somebody else has chosen another colour since the page was shown."""

    def __init__(self, who: str, theirs: str | None) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} chose another colour meanwhile.")
        self.who, self.theirs = who, theirs


async def store_image(
    connection: Connection, storage: Storage, workspace_id: str, data: bytes, image: Image, now: datetime
) -> BrandImage:
    """Store the bytes of an image that is about to become part of a look; outside of a transaction."""
    id_ = new_id()
    await expect_file(connection, workspace_id, id_, now)
    await storage.put(file_key(workspace_id, id_), _whole(data))
    return BrandImage(id_, image.content_type, len(data), image.width, image.height)


async def put_image(change: Change, place: Place, image: BrandImage) -> Brand:
    """Give the look an image that was stored, and return the look before.

    Raises:
        ApiError: 403 ``insufficient_role``.
    """
    require(change.actor, "admin")
    workspace_id = change.actor.workspace_id
    await change.connection.execute(_FORGET, workspace_id)
    await change.connection.execute(_ADD, workspace_id, *image, change.now)
    return await change_brand(change, {place: image.id})


async def change_accent(change: Change, accent: str, was: str | None) -> Brand:
    """Give the look another colour, and return the look before.

    Args:
        change: what to write on.
        accent: ``#rrggbb``.
        was: the colour that the page had shown.

    Raises:
        ApiError: 403 ``insufficient_role``; ``AccentChangedError`` where it is another than both.
    """
    require(change.actor, "admin")
    await change.connection.execute(_LOCK, change.actor.workspace_id)
    before = await get_brand(change.connection, change.actor)
    if before.accent not in {was, accent}:
        raise AccentChangedError(await who_changed(change.connection, change.actor, CHANGED, change.now), before.accent)
    return await change_brand(change, {"accent": accent})


async def change_brand(change: Change, fields: Mapping[str, str | None]) -> Brand:
    """Change what of a look is named, and return the look before; where nothing differs, nothing happens.

    Args:
        change: what to write on.
        fields: of ``Brand``; an image is one that was stored, or that the look had within the last day.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``invalid_field`` for an image that is not kept any more.
    """
    require(change.actor, "admin")
    connection, workspace_id = change.connection, change.actor.workspace_id
    await connection.execute(_LOCK, workspace_id)
    before = await get_brand(connection, change.actor)
    after = Brand(**{**before._asdict(), **fields})
    if after == before:
        return before
    changed = [place for place in PLACES if getattr(before, place) != getattr(after, place)]
    for place in changed:
        claimed = getattr(after, place)
        if claimed is not None and not await connection.fetchval(_CLAIM, workspace_id, claimed, change.now):
            raise invalid_field(place, "This image is not kept any more. Upload it again.")
    await connection.execute(_WRITE, *after, change.at)
    for place in changed:
        released = getattr(before, place)
        if released is not None:
            await connection.execute(_RELEASE, workspace_id, released, change.now + KEPT_FOR)
    words = [*(["colour"] if before.accent != after.accent else []), *(PLACES[place] for place in changed)]
    data = {"changes": {name: [getattr(before, name), value] for name, value in after._asdict().items()
                        if getattr(before, name) != value}}  # fmt: skip
    summary = f"Changed the look of the workspace: {', '.join(words)}"
    change.note(CHANGED, summary, Subject("workspace", workspace_id), data)
    return before


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
