"""Reads of contacts; nothing is found outside the actor's workspace."""

from pivotal_server.contacts.models import ContactRow
from pivotal_server.contacts.schemas import ContactListQuery
from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.identity.models import Actor

COLUMNS = columns(ContactRow, "t")
# Who is under no customer yet is a lead, and not found here.
_BY_REFERENCE = f"""
SELECT {COLUMNS} FROM contacts t WHERE t.workspace_id = $1 AND t.{{column}} = $2 AND t.customer_id IS NOT NULL
"""
_OF_CUSTOMER = f"""
SELECT {COLUMNS} FROM contacts t
WHERE t.workspace_id = $1 AND t.customer_id = $2 AND t.deleted_at IS NULL AND (t.archived_at IS NOT NULL) = $3
ORDER BY t.is_primary DESC, t.created_at DESC
"""
_ANY_LIVE = """
SELECT EXISTS (
    SELECT FROM contacts t
    WHERE t.workspace_id = $1 AND t.customer_id = $2 AND t.deleted_at IS NULL AND t.archived_at IS NULL
)
"""
_HAS_PRIMARY = """
SELECT EXISTS (
    SELECT FROM contacts t
    WHERE t.workspace_id = $1 AND t.customer_id = $2 AND t.is_primary AND t.deleted_at IS NULL
)
"""


async def get_contact(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> ContactRow:
    """Return the contact with this cuid or display_id, whatever became of its customer.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted contact is found as well.
        lock: whether to hold the row until the end of the transaction, for a change to it.

    Raises:
        ApiError: 404 ``contact_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (" FOR NO KEY UPDATE" if lock else "")
        row = await fetch_one(connection, ContactRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("contact")


async def list_contacts(
    connection: Connection, actor: Actor, customer_id: str, query: ContactListQuery
) -> list[ContactRow]:
    """Return all contacts of the customer with this cuid: the primary one first, then the newest."""
    return await fetch_all(
        connection, ContactRow, _OF_CUSTOMER, actor.workspace_id, customer_id, query.archived == "true"
    )


async def has_live_contact(connection: Connection, actor: Actor, customer_id: str) -> bool:
    """Return whether the customer with this cuid has a contact that is neither deleted nor archived."""
    return bool(await connection.fetchval(_ANY_LIVE, actor.workspace_id, customer_id))


async def has_primary(connection: Connection, actor: Actor, customer_id: str) -> bool:
    """Return whether the customer with this cuid has a primary contact, be it an archived one."""
    return bool(await connection.fetchval(_HAS_PRIMARY, actor.workspace_id, customer_id))
