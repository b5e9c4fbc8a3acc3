"""Reads of all contacts of a workspace, under a customer or not; nothing is found outside of it."""

from pivotal_server.contacts.listing import COLUMNS
from pivotal_server.contacts.models import ListedContact
from pivotal_server.core.db import Connection, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import uuid_to_cuid
from pivotal_server.identity.models import Actor

_ONE = f"""
SELECT {COLUMNS} FROM contacts t LEFT JOIN customers u ON u.workspace_id = t.workspace_id AND u.id = t.customer_id
WHERE t.workspace_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
"""


async def get_by_uuid(connection: Connection, actor: Actor, uuid: str) -> ListedContact:
    """Return the contact with this UUID.

    Raises:
        ApiError: 404 ``contact_not_found``.
    """
    id_ = uuid_to_cuid(uuid)
    row = await fetch_one(connection, ListedContact, _ONE, actor.workspace_id, id_) if id_ else None
    if row is None:
        raise not_found("contact")
    return row
