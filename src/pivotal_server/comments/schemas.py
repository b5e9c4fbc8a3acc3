"""Comments and attachments over the API, in and out (documentation: Comments and attachments)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.comments.models import MAX_ATTACHMENTS, MAX_BODY, SCANS, AttachmentRow, CommentRow
from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import UNSENT, RequestModel, Timestamp, shown_as

Body = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_BODY,
        description="Markdown. `@` and the e-mail of a teammate mentions them, outside of code and quotations.",
    ),
]
Scan = Annotated[
    str,
    Field(
        description="What the virus scanner says: `pending` and `infected` files are not served; `off` without one.",
        json_schema_extra={"enum": list(SCANS)},
    ),
]

EXAMPLE_ATTACHED: dict[str, Any] = {
    "id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "filename": "cutover-plan.pdf",
    "size": 48213,
    "content_type": "application/pdf",
    "scan": "clean",
}
EXAMPLE: dict[str, Any] = {
    "object": "comment",
    "id": "cmg8x0k4t0008a1b2c3d4e5f6",
    "display_id": 88,
    "onboarding_id": "cmg8x0k4t0004a1b2c3d4e5f6",
    "task_id": None,
    "author": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "body": "The cutover plan is final. @maya@northwind.example, please have a look.",
    "mentions": [{"person_id": "cmg8x0k4t0003a1b2c3d4e5f6", "name": "Maya", "email": "maya@northwind.example"}],
    "attachments": [EXAMPLE_ATTACHED],
    "pinned": False,
    "deleted": False,
    "edited_at": None,
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}
EXAMPLE_CREATE = {"body": EXAMPLE["body"]}
EXAMPLE_UPDATE = {"body": "The cutover plan is final, and signed."}


class CommentCreate(RequestModel):
    """Body of the two operations that make a comment."""

    model_config = shown_as(EXAMPLE_CREATE)

    body: Body
    attachment_ids: Annotated[
        list[str],
        Field(max_length=MAX_ATTACHMENTS, description="Files that the same key has uploaded for it."),
    ] = Field(default_factory=list)


class CommentUpdate(RequestModel):
    """Body of update-comment."""

    model_config = shown_as(EXAMPLE_UPDATE)

    body: Body = UNSENT


class CommentAuthor(TypedDict):
    """Who wrote it: an API key, a teammate, a portal user or the product itself."""

    type: Annotated[str, Field(description="`api_key`, `person`, `portal`, `integration` or `system`.")]
    id: Annotated[str, Field(description="Id of the API key or teammate.")]
    name: Annotated[str, Field(description="As the timeline shows it.")]


class Mention(TypedDict):
    """A teammate who is mentioned."""

    person_id: Annotated[str, Field(description="The teammate's id.")]
    name: Annotated[str, Field(description="The teammate's name.")]
    email: Annotated[
        str,
        Field(json_schema_extra={"format": "email"}, description="The teammate's e-mail, as it stands in the text."),
    ]


class AttachedFile(TypedDict):
    """A file of a comment; its link is what `GET /attachments/{id}` answers."""

    id: Annotated[str, Field(description="The attachment's id.")]
    filename: Annotated[str, Field(description="What the file is called.")]
    size: Annotated[int, Field(description="In bytes.")]
    content_type: Annotated[str, Field(description="By the bytes themselves, whatever was sent as one.")]
    scan: Scan


class Comment(TypedDict):
    """What somebody says on an onboarding or a task."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["comment"]
    id: str
    display_id: int
    onboarding_id: Annotated[str, Field(description="The onboarding's cuid, also where it is on a task.")]
    task_id: Annotated[str | None, Field(description="The task that it is on; `null` if on the onboarding itself.")]
    author: Annotated[CommentAuthor, Field(description="Who wrote it.")]
    body: Annotated[str | None, Field(description="Markdown; `null` once it is deleted.")]
    mentions: Annotated[list[Mention], Field(description="The teammates whom it mentions, each once.")]
    attachments: Annotated[list[AttachedFile], Field(description="Its files.")]
    pinned: Annotated[bool, Field(description="Whether it is at the top of its onboarding.")]
    deleted: Annotated[bool, Field(description="Lists keep its place, and nothing of what it said.")]
    edited_at: Annotated[
        Timestamp | None, Field(description="When its text was last changed; `null` where it never was.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


class CommentList(TypedDict):
    """A page of comments, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Comment]
    has_more: bool
    next_cursor: str | None


def present(row: CommentRow) -> dict[str, Any]:
    """Return the comment as the API shows it: a ``Comment`` whose mentions and attachments are text already."""
    deleted = row.deleted_at is not None
    return {
        "object": "comment",
        "id": row.id,
        "display_id": row.display_id,
        "onboarding_id": row.onboarding_id,
        "task_id": row.task_id,
        "author": {"type": row.author_type, "id": row.author_id, "name": row.author_name},
        "body": None if deleted else row.body,
        "mentions": [] if deleted else orjson.Fragment(row.mentions),
        "attachments": [] if deleted else orjson.Fragment(row.attachments),
        "pinned": row.pinned_at is not None,
        "deleted": deleted,
        "edited_at": to_iso_or_none(row.edited_at),
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


EXAMPLE_ATTACHMENT: dict[str, Any] = {
    "object": "attachment",
    "id": "cmg8x0k4t0009a1b2c3d4e5f6",
    "display_id": 31,
    "comment_id": None,
    "filename": "cutover-plan.pdf",
    "size": 48213,
    "content_type": "application/pdf",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "scan": "off",
    "uploader": {"type": "api_key", "id": "cmg8x0k4t0002a1b2c3d4e5f6", "name": "API: prod-server"},
    "download_url": "https://pivotal.example/api/v1/files/org_mg8x0k4t.cmg8x0k4t.1779816369.Zk3vN1",
    "download_url_expires_at": "2026-05-26T17:26:09.000Z",
    "created_at": "2026-05-26T17:21:09.412Z",
}


class AttachmentCreateQuery(RequestModel):
    """Query of create-attachment."""

    filename: Annotated[
        str,
        Field(
            min_length=1,
            max_length=255,
            pattern=r"^[^\x00-\x1f\x7f/\\]+$",
            description="What the file is called, for whoever downloads it.",
            examples=[EXAMPLE_ATTACHMENT["filename"]],
        ),
    ]


class Attachment(TypedDict):
    """An uploaded file."""

    __pydantic_config__ = shown_as(EXAMPLE_ATTACHMENT)  # type: ignore[misc]

    object: Literal["attachment"]
    id: str
    display_id: int
    comment_id: Annotated[str | None, Field(description="The comment that it belongs to, once there is one.")]
    filename: Annotated[str, Field(description="What the file is called, for whoever downloads it.")]
    size: Annotated[int, Field(description="In bytes.")]
    content_type: Annotated[str, Field(description="By the bytes themselves.")]
    sha256: Annotated[str, Field(description="SHA-256 of its bytes, in hexadecimal.")]
    scan: Scan
    uploader: Annotated[CommentAuthor, Field(description="Who sent it.")]
    download_url: Annotated[str, Field(description="Needs no API key.", json_schema_extra={"format": "uri"})]
    download_url_expires_at: Annotated[
        Timestamp, Field(description="Until when the link works: five minutes from this answer.")
    ]
    created_at: Timestamp


def present_attachment(row: AttachmentRow, url: str, expires_at: datetime) -> dict[str, Any]:
    """Return the attachment as the API shows it, with a link that works until ``expires_at``: an ``Attachment``."""
    return {
        "object": "attachment",
        "id": row.id,
        "display_id": row.display_id,
        "comment_id": row.comment_id,
        "filename": row.filename,
        "size": row.size,
        "content_type": row.content_type,
        "sha256": row.sha256.hex(),
        "scan": row.scan,
        "uploader": {"type": row.uploader_type, "id": row.uploader_id, "name": row.uploader_name},
        "download_url": url,
        "download_url_expires_at": to_iso(expires_at),
        "created_at": to_iso(row.created_at),
    }
