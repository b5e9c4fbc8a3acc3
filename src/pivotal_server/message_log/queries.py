"""Reads of messages; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.core.pagination import PageQuery
from pivotal_server.identity.models import Actor
from pivotal_server.message_log.models import MessageRow

COLUMNS = columns(MessageRow, "m")
_LIST = f"""
SELECT {COLUMNS} FROM contact_messages m
WHERE m.workspace_id = $1 AND m.contact_id = $2 AND m.created_at < $3 ORDER BY m.created_at DESC LIMIT $4
"""
_MESSAGE = f"SELECT {COLUMNS} FROM contact_messages m WHERE m.workspace_id = $1 AND m.contact_id = $2 AND m.id = $3"
_BY_ID = f"SELECT {COLUMNS} FROM contact_messages m WHERE m.workspace_id = $1 AND m.id = $2"
_BY_EXTERNAL_ID = f"SELECT {COLUMNS} FROM contact_messages m WHERE m.workspace_id = $1 AND m.external_id = $2"


async def list_messages(connection: Connection, actor: Actor, contact_id: str, query: PageQuery) -> list[MessageRow]:
    """Return a page of the messages of the contact or lead with this cuid, and one more where more follow.

    What came into the log last comes first.
    """
    return await fetch_all(connection, MessageRow, _LIST, actor.workspace_id, contact_id, query.before, query.fetch)


async def get_message(connection: Connection, actor: Actor, contact_id: str, id_: str) -> MessageRow:
    """Return the message with this cuid, of the contact or lead with that one.

    Raises:
        ApiError: 404 ``message_not_found``.
    """
    parsed = read_reference(id_)
    if parsed is not None and parsed.column == "id":
        row = await fetch_one(connection, MessageRow, _MESSAGE, actor.workspace_id, contact_id, parsed.value)
        if row is not None:
            return row
    raise not_found("message")


async def find_message(connection: Connection, actor: Actor, id_: str) -> MessageRow | None:
    """Return the message with this cuid, whoever it is to or from."""
    return await fetch_one(connection, MessageRow, _BY_ID, actor.workspace_id, id_)


async def find_by_external_id(connection: Connection, actor: Actor, external_id: str) -> MessageRow | None:
    """Return the message that another system calls so, whoever it is to or from."""
    return await fetch_one(connection, MessageRow, _BY_EXTERNAL_ID, actor.workspace_id, external_id)
