"""Reads of custom fields and tags; nothing is found outside the actor's workspace."""

from collections.abc import Sequence

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.fields.models import FieldRow, Resource, TagRow
from pivotal_server.fields.schemas import CustomFieldListQuery, TagListQuery
from pivotal_server.identity.models import Actor

COLUMNS = columns(FieldRow, "f")
_BY_REFERENCE = f"SELECT {COLUMNS} FROM custom_fields f WHERE f.workspace_id = $1 AND f.{{column}} = $2"
_LIST = f"""
SELECT {COLUMNS} FROM custom_fields f
WHERE f.workspace_id = $1 AND ($2::text IS NULL OR f.resource = $2) AND (f.archived_at IS NOT NULL) = $3
    AND f.deleted_at IS NULL
ORDER BY f.resource, f.position, f.display_id
"""
_BY_KEYS = f"""
SELECT {COLUMNS} FROM custom_fields f
WHERE f.workspace_id = $1 AND f.resource = $2 AND f.key = ANY($3::text[]) AND f.deleted_at IS NULL
"""
# Of the tags with the prefix the first in the alphabet are looked at, however many there are: another letter finds the
# others.
_TAGS = f"""
SELECT {columns(TagRow, "f")} FROM (
    SELECT t.tag, t.uses FROM tags t
    WHERE t.workspace_id = $1 AND t.resource = $2 AND t.uses > 0
        AND lower(t.tag) >= lower($3::text COLLATE "C") AND lower(t.tag) < lower($3::text COLLATE "C") || $4
    ORDER BY lower(t.tag) LIMIT 2000
) f ORDER BY f.uses DESC, f.tag LIMIT 20
"""
_LAST_CHARACTER = chr(0x10FFFF)


async def get_field(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> FieldRow:
    """Return the custom field with this cuid or display_id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted field is found as well.
        lock: whether to hold the row, for a change to it, until the end of the transaction. Whoever writes a value of
            it at the time is waited for.

    Raises:
        ApiError: 404 ``custom_field_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = _BY_REFERENCE.format(column=parsed.column) + (" FOR UPDATE OF f" if lock else "")
        row = await fetch_one(connection, FieldRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("custom_field")


async def list_fields(connection: Connection, actor: Actor, query: CustomFieldListQuery) -> list[FieldRow]:
    """Return the workspace's fields, or those of one resource, in their order."""
    archived = query.archived == "true"
    return await fetch_all(connection, FieldRow, _LIST, actor.workspace_id, query.resource, archived)


async def fields_by_keys(
    connection: Connection, actor: Actor, resource: Resource, keys: Sequence[str]
) -> list[FieldRow]:
    """Return the workspace's fields with these keys, archived ones included."""
    return await fetch_all(connection, FieldRow, _BY_KEYS, actor.workspace_id, resource, keys)


async def held_fields(connection: Connection, actor: Actor, resource: Resource, keys: Sequence[str]) -> list[FieldRow]:
    """Return the fields that new values of these keys are held to; they stay as they are until the transaction ends."""
    sql = f"{_BY_KEYS} AND f.archived_at IS NULL ORDER BY f.position, f.display_id FOR KEY SHARE OF f"
    return await fetch_all(connection, FieldRow, sql, actor.workspace_id, resource, keys)


async def suggest_tags(connection: Connection, actor: Actor, query: TagListQuery) -> list[TagRow]:
    """Return up to twenty tags that begin with a prefix, most used first."""
    return await fetch_all(connection, TagRow, _TAGS, actor.workspace_id, query.resource, query.prefix, _LAST_CHARACTER)
