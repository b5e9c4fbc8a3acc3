"""The file of a takeout, behind a signed link: whoever has the link may download, until the takeout is removed."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import APIRouter

from pivotal_server.comments.downloads import download_headers, wanted_range
from pivotal_server.comments.links import read_token
from pivotal_server.comments.models import file_key
from pivotal_server.core.errors import ApiError
from pivotal_server.rest.call import Call, Needs, Reply
from pivotal_server.rest.route import ApiRoute
from pivotal_server.transfer.queries import find_takeout

router = APIRouter(prefix="/takeouts", route_class=ApiRoute, include_in_schema=False)

Anybody = Annotated[Call, Needs(None)]


class _File(NamedTuple):
    filename: str
    size: int
    sha256: bytes


@router.get("/{token}")
async def get_takeout(call: Anybody, token: str) -> Reply:
    """The bytes of a takeout, or the part of them that ``Range`` asks for."""
    services, now = call.services, call.services.clock.now()
    target = read_token(services.checksum_secret, token, now)
    if target is None:
        raise _gone()
    async with call.connected() as connection:
        takeout = await find_takeout(connection, *target)
    if takeout is None or takeout.file_id is None or takeout.size is None or takeout.sha256 is None:
        raise _gone()
    if not takeout.can_be_had(now):
        raise _gone()
    file = _File(f"pivotal-{takeout.created_at:%Y-%m-%d}.zip", takeout.size, takeout.sha256)
    headers = download_headers(file)
    part = wanted_range(call.headers.get("range"), call.headers.get("if-range"), file)
    if part is not None:
        headers = (*headers, (b"content-range", b"bytes %d-%d/%d" % (part.start, part.stop - 1, file.size)))
    found = part or range(file.size)
    pieces = None
    if call.method != "HEAD":
        try:
            pieces = await services.storage.open(file_key(target[0], takeout.file_id), found.start, len(found))
        except FileNotFoundError:
            raise _gone() from None
    return Reply(b"", 206 if part else 200, headers, b"application/zip", pieces=pieces, size=len(found))


def _gone() -> ApiError:
    return ApiError(404, "http_exception", "This takeout is not here any more. Begin another one in the settings.")
