"""Reads of all contacts of a workspace, under a customer or not; nothing is found outside of it."""

from datetime import datetime
from typing import NamedTuple

from pivotal_server.core.db import Connection, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import uuid_to_cuid
from pivotal_server.identity.models import Actor

_COLUMNS = """
t.id, t.name, t.first_name, t.email, t.title, coalesce(c.name, t.company) AS company, t.linkedin_url, t.location,
t.phone, t.created_at, t.updated_at
"""
_FROM = "contacts t LEFT JOIN customers c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id"
_LISTED = "t.workspace_id = $1 AND t.deleted_at IS NULL AND t.archived_at IS NULL AND c.deleted_at IS NULL"
_PAGE = f"SELECT {_COLUMNS} FROM {_FROM} WHERE {_LISTED} ORDER BY t.created_at DESC, t.id DESC LIMIT $2 OFFSET $3"
_COUNT = f"SELECT count(*) FROM {_FROM} WHERE {_LISTED}"
_ONE = f"SELECT {_COLUMNS} FROM {_FROM} WHERE t.workspace_id = $1 AND t.id = $2 AND t.deleted_at IS NULL"


class WholeContactRow(NamedTuple):
    """A contact or lead as a dialect shows it; the company is the customer's name where there is a customer."""

    id: str
    name: str
    first_name: str | None
    email: str | None
    title: str | None
    company: str | None
    linkedin_url: str | None
    location: str | None
    phone: str | None
    created_at: datetime
    updated_at: datetime


async def list_all_contacts(
    connection: Connection, actor: Actor, page: int, limit: int
) -> tuple[list[WholeContactRow], int]:
    """Return a page of the workspace's contacts, the newest first, and how many there are on all pages.

    Left out is who was deleted or archived, and whose customer was deleted.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        page: which one, from 1.
        limit: how many are on a page.
    """
    total = int(await connection.fetchval(_COUNT, actor.workspace_id))
    before = (page - 1) * limit
    if before >= total:
        return [], total
    return await fetch_all(connection, WholeContactRow, _PAGE, actor.workspace_id, limit, before), total


async def get_by_uuid(connection: Connection, actor: Actor, uuid: str) -> WholeContactRow:
    """Return the contact with this UUID.

    Raises:
        ApiError: 404 ``contact_not_found``.
    """
    id_ = uuid_to_cuid(uuid)
    row = await fetch_one(connection, WholeContactRow, _ONE, actor.workspace_id, id_) if id_ else None
    if row is None:
        raise not_found("contact")
    return row
