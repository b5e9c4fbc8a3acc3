"""Reads of looks, and of their images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.branding.models import BrandImage
from pivotal_server.core.db import columns, fetch_all, fetch_one
from pivotal_server.identity.models import Brand

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor

_BRAND = columns(Brand, "b", workspace_id="w.id")
_OF_WORKSPACE = f"SELECT {_BRAND} FROM workspaces w LEFT JOIN brands b ON b.workspace_id = w.id WHERE w.id = $1"
_ONLY = f"""
SELECT {_BRAND} FROM (SELECT w.id, count(*) OVER () FROM (SELECT id FROM workspaces LIMIT 2) w) w
LEFT JOIN brands b ON b.workspace_id = w.id WHERE w.count = 1
"""
IMAGE_COLUMNS = columns(BrandImage, "i")
_IMAGE = f"SELECT {IMAGE_COLUMNS} FROM brand_images i WHERE i.workspace_id = $1 AND i.id = $2"
_IMAGES = f"SELECT {IMAGE_COLUMNS} FROM brand_images i WHERE i.workspace_id = $1 AND i.id = ANY ($2)"


async def get_brand(connection: Connection, actor: Actor) -> Brand:
    """Return how the actor's workspace looks."""
    brand = await fetch_one(connection, Brand, _OF_WORKSPACE, actor.workspace_id)
    assert brand is not None  # noqa: S101 - the actor's workspace is there
    return brand


async def find_only_brand(connection: Connection) -> Brand | None:
    """Return how the one workspace of this installation looks; None where there are several."""
    return await fetch_one(connection, Brand, _ONLY)


async def list_images(connection: Connection, actor: Actor, brand: Brand) -> dict[str, BrandImage]:
    """Return the images of a look by their ids."""
    ids = [id_ for id_ in (brand.logo, brand.dark_logo, brand.favicon) if id_ is not None]
    return {image.id: image for image in await fetch_all(connection, BrandImage, _IMAGES, actor.workspace_id, ids)}


async def find_image(connection: Connection, workspace_id: str, image_id: str) -> BrandImage | None:
    """Return an image of a workspace, for whoever is shown it: signing in takes no session."""
    return await fetch_one(connection, BrandImage, _IMAGE, workspace_id, image_id)
