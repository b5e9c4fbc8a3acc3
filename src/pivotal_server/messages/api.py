"""REST routes of message templates."""

from typing import Annotated

from fastapi import APIRouter, Path

from pivotal_server.messages import actions, queries
from pivotal_server.messages.schemas import (
    MessagePreview,
    MessagePreviewRequest,
    MessageTemplate,
    MessageTemplateList,
    MessageTemplateUpdate,
    present,
    present_preview,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["message_templates"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("settings:read")]
Writer = Annotated[Call, Needs("settings:write")]
Key = Annotated[str, Path(description="Such as `reminder`.")]


@router.get(
    "/message_templates", operation_id="list-message-templates", summary="List message templates",
    response_model=MessageTemplateList,
)  # fmt: skip
async def list_message_templates(call: Reader) -> Reply:
    """Every text that Pivotal writes to people, as it holds in the workspace, on one page."""
    templates = await queries.list_templates(call.connection, call.actor)
    return reply({"object": "list", "data": list(map(present, templates)), "has_more": False, "next_cursor": None})


@router.get(
    "/message_templates/{key}", operation_id="get-message-template", summary="Retrieve a message template",
    response_model=MessageTemplate, responses=errors(404),
)  # fmt: skip
async def get_message_template(call: Reader, key: Key) -> Reply:
    """One text, with the merge fields that it may use."""
    return reply(present(await queries.get_template(call.connection, call.actor, queries.find_kind(key))))


@router.patch(
    "/message_templates/{key}", operation_id="update-message-template", summary="Update a message template",
    response_model=MessageTemplate, responses=errors(400, 404),
)  # fmt: skip
async def update_message_template(call: Writer, key: Key, body: MessageTemplateUpdate) -> Reply:
    """Changes the subject, the body or both. What is no merge field of the text is refused by name."""
    return await call.commit(lambda change: actions.update_template(change, key, body), present)


@router.delete(
    "/message_templates/{key}", operation_id="reset-message-template", summary="Go back to the usual text",
    response_model=MessageTemplate, responses=errors(404),
)  # fmt: skip
async def reset_message_template(call: Writer, key: Key) -> Reply:
    """Drops the workspace's own text; the answer is the one that holds from now on. Repeating it changes nothing."""
    return await call.commit(lambda change: actions.reset_template(change, key), present)


@router.post(
    "/message_templates/{key}/preview", operation_id="preview-message-template", summary="Preview a message template",
    response_model=MessagePreview, responses=errors(400, 404),
)  # fmt: skip
async def preview_message_template(call: Reader, key: Key, body: MessagePreviewRequest) -> Reply:
    """Answers the text with the examples of its merge fields; `subject` and `body` are tried out before they are kept.

    Nothing is written or sent.
    """
    return await call.commit(
        lambda change: actions.preview_template(change, key, body), lambda result: present_preview(*result)
    )
