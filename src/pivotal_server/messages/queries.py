"""Reads of a workspace's texts."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.identity.models import Actor
from pivotal_server.messages.catalogue import KINDS
from pivotal_server.messages.models import MessageKind, MessageRow, Template

COLUMNS = columns(MessageRow, "m")
_OF_WORKSPACE = f"SELECT {COLUMNS} FROM message_templates m WHERE m.workspace_id = $1"
_ONE = f"{_OF_WORKSPACE} AND m.key = $2"


def find_kind(key: str) -> MessageKind:
    """Return the kind of message with this key.

    Raises:
        ApiError: 404 ``message_template_not_found``.
    """
    if key not in KINDS:
        raise not_found("message_template")
    return KINDS[key]


async def get_template(connection: Connection, actor: Actor, kind: MessageKind) -> Template:
    """Return what holds for a kind of message in the actor's workspace."""
    return Template(kind, await fetch_one(connection, MessageRow, _ONE, actor.workspace_id, kind.key))


async def list_templates(connection: Connection, actor: Actor) -> list[Template]:
    """Return what holds for every kind of message, in the order of the catalogue."""
    rows = {row.key: row for row in await fetch_all(connection, MessageRow, _OF_WORKSPACE, actor.workspace_id)}
    return [Template(kind, rows.get(key)) for key, kind in KINDS.items()]
