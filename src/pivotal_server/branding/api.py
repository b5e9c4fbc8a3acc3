"""What a look is made of, for every page that shows it: its colour as a stylesheet, its images. No session is needed.

An address always has the same content, so browsers keep it for good. Nothing in it can do anything: an image that was
opened by itself is shown without scripts, in an origin of its own.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from pivotal_server.branding.colours import HEX, stylesheet
from pivotal_server.branding.queries import find_image
from pivotal_server.comments.models import file_key
from pivotal_server.core.errors import ApiError
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/brand", route_class=ApiRoute, include_in_schema=False)

Anybody = Annotated[Call, Needs(None)]

_FOR_GOOD = (
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_ENDING = ".css"


@router.get("/colours/{name}")
async def get_stylesheet(call: Anybody, name: str) -> Reply:  # noqa: ARG001 - says who may call it
    """The stylesheet of a colour, such as ``4f46e5.css``: the same for every workspace that has it."""
    colour = f"#{name.removesuffix(_ENDING)}"
    if not name.endswith(_ENDING) or not HEX.fullmatch(colour):
        raise _nothing()
    return Reply(stylesheet(colour).encode(), 200, _FOR_GOOD, b"text/css; charset=utf-8")


@router.get("/images/{workspace}/{image}")
async def get_image(call: Anybody, workspace: str, image: str) -> Reply:
    """The bytes of an image."""
    async with call.connected() as connection:
        row = await find_image(connection, workspace, image)
    if row is None:
        raise _nothing()
    pieces = None
    if call.method != "HEAD":
        try:
            pieces = await call.services.storage.open(file_key(workspace, row.id), 0, row.size)
        except FileNotFoundError:
            raise _nothing() from None
    return Reply(b"", 200, _FOR_GOOD, row.content_type.encode(), pieces=pieces, size=row.size)


def _nothing() -> ApiError:
    return ApiError(404, "http_exception", "There is nothing at this URL.")
