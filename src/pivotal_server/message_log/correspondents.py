"""Who writes and gets messages: contacts, and leads, who are under no customer yet."""

from datetime import datetime
from typing import NamedTuple

from pivotal_server.core.db import Connection, columns, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.identity.models import Actor


class Correspondent(NamedTuple):
    """A contact or a lead, as far as messages concern them; a lead has no customer until it is won."""

    id: str
    name: str
    customer_id: str | None
    deleted_at: datetime | None


_CORRESPONDENT = f"""
SELECT {columns(Correspondent, "t")} FROM contacts t WHERE t.workspace_id = $1 AND t.{{column}} = $2
"""


async def get_correspondent(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> Correspondent:
    """Return the contact or lead with this cuid or display_id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted one is found as well.
        lock: whether to hold the row until the end of the transaction, which every change to its messages does.

    Raises:
        ApiError: 404 ``contact_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _CORRESPONDENT.format(column=parsed.column) + (" FOR NO KEY UPDATE" if lock else "")
        row = await fetch_one(connection, Correspondent, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("contact")
