"""REST routes of the log of messages."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pivotal_server.core.pagination import PageQuery, page
from pivotal_server.message_log import actions, queries
from pivotal_server.message_log.correspondents import get_correspondent
from pivotal_server.message_log.models import Logged
from pivotal_server.message_log.schemas import (
    Message,
    MessageCreate,
    MessageList,
    MessageUpdate,
    present,
    present_logged,
)
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute

router = APIRouter(prefix="/api/v1", tags=["messages"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("contacts:read")]
Writer = Annotated[Call, Needs("contacts:write")]

_TAKEN = conflict("external_id_taken", "Another message has this external id.")
_THERE: dict[int | str, dict[str, Any]] = {200: {"model": Message}}


@router.get(
    "/contacts/{id}/messages", operation_id="list-contact-messages", summary="List a contact's messages",
    response_model=MessageList, responses=errors(400, 404),
)  # fmt: skip
async def list_contact_messages(call: Reader, id: str, query: Annotated[PageQuery, Query()]) -> Reply:  # noqa: A002
    """What was written to and by a contact, or a lead, over any channel; what came into the log last comes first."""
    contact = await get_correspondent(call.connection, call.actor, id)
    rows = await queries.list_messages(call.connection, call.actor, contact.id, query)
    return reply(page(rows, query.limit, present))


@router.post(
    "/contacts/{id}/messages", operation_id="create-contact-message", summary="Log a message",
    response_model=Message, status_code=201, responses=errors(400, 404) | _TAKEN | _THERE,
)  # fmt: skip
async def create_contact_message(call: Writer, id: str, body: MessageCreate) -> Reply:  # noqa: A002
    """Writes down what was written to or by a contact, or a lead, elsewhere. Nothing is sent.

    The same `external_id` again answers 200 with the message that is there, moved on to the status that is sent. What
    comes in makes the newest message that went out before, over the same channel, `replied`.
    """
    return await call.commit(
        lambda change: actions.log_message(change, id, body), present_logged,
        status=lambda logged: 201 if logged.is_new else 200, location=_location,
    )  # fmt: skip


@router.get(
    "/contacts/{id}/messages/{message_id}", operation_id="get-contact-message", summary="Retrieve a message",
    response_model=Message, responses=errors(404),
)  # fmt: skip
async def get_contact_message(call: Reader, id: str, message_id: str) -> Reply:  # noqa: A002
    """One message of a contact or a lead."""
    contact = await get_correspondent(call.connection, call.actor, id)
    return reply(present(await queries.get_message(call.connection, call.actor, contact.id, message_id)))


@router.patch(
    "/contacts/{id}/messages/{message_id}", operation_id="update-contact-message", summary="Update a message",
    response_model=Message, responses=errors(400, 404) | _TAKEN,
)  # fmt: skip
async def update_contact_message(call: Writer, id: str, message_id: str, body: MessageUpdate) -> Reply:  # noqa: A002
    """Says how far a message got. What it says stays as it is, and a status that it has left behind changes nothing."""
    return await call.commit(lambda change: actions.update_message(change, id, message_id, body), present)


def _location(logged: Logged) -> str:
    return f"/api/v1/contacts/{logged.message.contact_id}/messages/{logged.message.id}"
