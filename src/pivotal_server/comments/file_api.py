"""REST routes of attachments, and the files behind signed links."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from pivotal_server.comments import file_actions as actions
from pivotal_server.comments.downloads import download_headers, wanted_range
from pivotal_server.comments.file_types import served_type
from pivotal_server.comments.links import LINK_LASTS, make_token, read_token
from pivotal_server.comments.models import MAX_FILE_BYTES, AttachmentRow, file_key
from pivotal_server.comments.queries import find_file, get_attachment
from pivotal_server.comments.schemas import EXAMPLE_ATTACHMENT, Attachment, AttachmentCreateQuery, present_attachment
from pivotal_server.core.errors import ApiError, not_found
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import Deleted, present_deleted
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["attachments"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("onboardings:read")]
Writer = Annotated[Call, Needs("onboardings:write")]
Uploader = Annotated[Call, Needs("onboardings:write", streams=True)]
Anybody = Annotated[Call, Needs(None)]

_EXAMPLE_TOKEN = EXAMPLE_ATTACHMENT["download_url"].rpartition("/")[2]
_UPLOAD = {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}}
_FILE = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": _FILE},
    206: {"description": "The part of it that `Range` asked for", "content": _FILE},
}


_PENDING = conflict("scan_pending", "The virus scanner has not looked through this file yet. Retry shortly.")


@router.post(
    "/attachments", operation_id="create-attachment", summary="Upload a file", response_model=Attachment,
    status_code=201, responses=errors(400, 413),
    openapi_extra={"requestBody": {"description": "The bytes of the file.", "content": _UPLOAD}},
)  # fmt: skip
async def create_attachment(call: Uploader, query: Annotated[AttachmentCreateQuery, Query()]) -> Reply:
    """Stores up to 25 MiB, sent as they are. A comment names the file within 24 hours, or it is removed."""
    id_, workspace_id, storage = new_id(), call.actor.workspace_id, call.services.storage
    async with call.connected() as connection:
        await actions.expect_file(connection, workspace_id, id_, call.services.clock.now())
    intake = actions.Intake(call.read(MAX_FILE_BYTES))
    await actions.store_file(storage, file_key(workspace_id, id_), intake)
    file = intake.finished(id_, query.filename)
    call.identify(file.sha256, query.filename.encode())
    async with call.connected():
        return await call.commit(
            lambda change: actions.create_attachment(change, file, scanned=call.services.settings.clamd is not None),
            lambda row: _present(call, row), status=201, location=lambda row: f"/api/v1/attachments/{row.id}",
        )  # fmt: skip


@router.get(
    "/attachments/{id}", operation_id="get-attachment", summary="Retrieve an attachment", response_model=Attachment,
    responses=errors(404),
)  # fmt: skip
async def retrieve_attachment(call: Reader, id: str) -> Reply:  # noqa: A002
    """What is known of a file, with a link that downloads it during the next five minutes."""
    return reply(_present(call, await get_attachment(call.connection, call.actor, id)))


@router.delete(
    "/attachments/{id}", operation_id="delete-attachment", summary="Delete an attachment", response_model=Deleted,
    responses=errors(404) | conflict("edit_window_closed", "A file can be deleted for 24 hours."),
)  # fmt: skip
async def delete_attachment(call: Writer, id: str) -> Reply:  # noqa: A002
    """Takes your own file back, for 24 hours. Links to it end at once."""
    return await call.commit(lambda change: actions.delete_attachment(change, id), present_deleted)


@router.get(
    "/files/{token}", operation_id="get-file", summary="Download a file", response_class=Response,
    response_model=None, responses=_DOWNLOAD | errors(404, 416) | _PENDING, openapi_extra={"x-public": True},
)  # fmt: skip
async def get_file(
    call: Anybody,
    token: Annotated[str, Path(description="The last segment of a `download_url`.", examples=[_EXAMPLE_TOKEN])],
) -> Reply:
    """The bytes of a file, always as a download. The link is the permission: it needs no API key."""
    services = call.services
    target = read_token(services.checksum_secret, token, services.clock.now())
    if target is None:
        raise not_found("file")
    async with call.connected() as connection:
        row = await find_file(connection, *target)
    if row is None:
        raise not_found("file")
    if row.scan == "infected":
        raise ApiError(404, "file_infected", "The virus scanner found something in this file.")
    if row.scan == "pending":
        raise ApiError(409, "scan_pending", "The virus scanner has not looked through this file yet. Retry shortly.")
    headers = download_headers(row)
    part = wanted_range(call.headers.get("range"), call.headers.get("if-range"), row)
    if part is not None:
        headers = (*headers, (b"content-range", b"bytes %d-%d/%d" % (part.start, part.stop - 1, row.size)))
    found = part or range(row.size)
    pieces = None
    if call.method != "HEAD":
        key = file_key(*target)
        try:
            pieces = await services.storage.open(key, found.start, len(found))
        except FileNotFoundError:
            raise ApiError(500, "internal_error", "The file is missing from the storage.") from None
    return Reply(
        b"", 206 if part else 200, headers, served_type(row.content_type).encode(), pieces=pieces, size=len(found)
    )


def _present(call: Call, row: AttachmentRow) -> dict[str, Any]:
    """Return the attachment with a fresh link."""
    services = call.services
    expires_at = (services.clock.now() + LINK_LASTS).replace(microsecond=0)
    token = make_token(services.checksum_secret, call.actor.workspace_id, row.id, expires_at)
    return present_attachment(row, f"{services.settings.base_url}/api/v1/files/{token}", expires_at)
