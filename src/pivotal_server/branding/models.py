"""The shape of an image, and the places where a look has one."""

from __future__ import annotations

from typing import Literal, NamedTuple

Place = Literal["logo", "dark_logo", "favicon"]
PLACES: dict[Place, str] = {"logo": "logo", "dark_logo": "logo for dark", "favicon": "icon"}
"""Where an image stands, and what it is called there."""


class BrandImage(NamedTuple):
    """An image of a look, or one that it had."""

    id: str
    content_type: str
    size: int
    width: int
    height: int
