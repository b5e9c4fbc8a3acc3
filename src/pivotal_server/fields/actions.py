"""Changes to custom fields: each writes the row and its activity in the caller's transaction; they fire no events."""

from collections.abc import Iterable
from typing import Any

import asyncpg

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, changes, moment_of_change, previous_attributes
from pivotal_server.fields.models import FieldRow
from pivotal_server.fields.queries import COLUMNS, get_field
from pivotal_server.fields.schemas import CustomFieldCreate, CustomFieldUpdate, present
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Change, Subject

MAX_FIELDS = 100

# One by one, so that two requests at once cannot both be the hundredth.
_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="custom_field")}), others AS (
    SELECT count(*) AS number, coalesce(max(o.position), 0) AS last FROM custom_fields o
    WHERE o.workspace_id = $1 AND o.resource = $4 AND o.deleted_at IS NULL
)
INSERT INTO custom_fields AS f (workspace_id, id, display_id, created_at, updated_at, resource, key, name, type,
    options, position, description)
SELECT $1, $3, next.display_id, next.created_at, next.created_at, $4, $5, $6, $7, $8,
    coalesce($9, others.last + 1), $10
FROM next, others WHERE others.number < {MAX_FIELDS} RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE custom_fields f SET {{assignments}} WHERE f.workspace_id = $1 AND f.id = $2 RETURNING {COLUMNS}
"""
_MANY = 1000
_COUNT_USES = f"""
SELECT count(*) FROM (
    SELECT FROM facets f
    WHERE f.workspace_id = $1 AND f.list = ANY($2::text[]) AND f.kind = 'text' AND f.key = $3
        AND f.value = ANY($4::text[])
    LIMIT {_MANY + 1}
) uses
"""
_LISTS = {"customer": ["customers", "archived_customers"], "onboarding": ["onboardings"]}


async def create_field(change: Change, body: CustomFieldCreate) -> FieldRow:
    """Give the workspace's customers or onboardings a field; values that are there already stay as they are.

    Raises:
        ApiError: 403 ``insufficient_role``; 409 ``field_key_taken`` or ``field_limit_reached``; 400 for a ``select``
            without options, or options of another type.
    """
    require(change.actor, "admin")
    if (body.options is not None) != (body.type == "select"):
        if body.type == "select":
            raise invalid_field("options", "A select needs options.")
        raise invalid_field("options", "Only a select has options.")
    workspace_id = change.actor.workspace_id
    await change.connection.execute(_WAIT_FOR_TURN, workspace_id)
    values = (body.resource, body.key, body.name, body.type, body.options or [], body.position, body.description)
    try:
        row = await fetch_one(change.connection, FieldRow, _CREATE, workspace_id, change.at, new_id(), *values)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "custom_fields_key_key":
            message = f"Another custom field of {body.resource}s has this key."
            raise ApiError(409, "field_key_taken", message, field="key") from None
        raise
    if row is None:
        message = f"A workspace has at most {MAX_FIELDS} custom fields of {body.resource}s. Delete one first."
        raise ApiError(409, "field_limit_reached", message)
    change.note("custom_field.created", f"Added custom field {row.name}", _subject(row))
    return row


async def update_field(change: Change, reference: str, body: CustomFieldUpdate) -> FieldRow:
    """Change the properties that the body names; where nothing differs, nothing happens.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``custom_field_not_found``; 400 for options of another type than
            ``select``; 409 ``option_in_use`` for leaving out an option that some have.
    """
    require(change.actor, "admin")
    before = await get_field(change.connection, change.actor, reference, lock=True)
    fields = body.changes()
    if "options" in fields and before.type != "select":
        raise invalid_field("options", "Only a select has options.")
    if "archived" in fields:
        fields["archived_at"] = (before.archived_at or change.at) if fields.pop("archived") else None
    fields = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if not fields:
        return before
    if "options" in fields:
        await _check_unused(change, before, set(before.options) - set(fields["options"]))
    row = await _update(change, before, fields)
    previous = previous_attributes(present(before), present(row))
    summary = f"Changed custom field {row.name}: {', '.join(previous)}"
    if list(previous) == ["archived"]:
        summary = f"{'Archived' if row.archived_at else 'Restored'} custom field {row.name}"
    change.note("custom_field.updated", summary, _subject(row), changes(previous, present(row)))
    return row


async def delete_field(change: Change, reference: str) -> FieldRow:
    """Take a field away; its values stay where they are, and its key is free. Doing so again changes nothing.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 where there never was such a field.
    """
    require(change.actor, "admin")
    before = await get_field(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    row = await _update(change, before, {"deleted_at": change.at})
    change.note("custom_field.deleted", f"Deleted custom field {row.name}", _subject(row))
    return row


async def _check_unused(change: Change, field: FieldRow, options: Iterable[str]) -> None:
    uses = await change.connection.fetchval(
        _COUNT_USES, change.actor.workspace_id, _LISTS[field.resource], field.key, list(options)
    )
    if uses:
        number = f"{uses:,}" if uses <= _MANY else f"More than {_MANY:,}"
        message = f"{number} {field.resource}{' still has' if uses == 1 else 's still have'} an option that would go."
        raise ApiError(409, "option_in_use", message, field="options")


async def _update(change: Change, before: FieldRow, fields: dict[str, Any]) -> FieldRow:
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    row = await fetch_one(change.connection, FieldRow, sql, change.actor.workspace_id, before.id, *fields.values())
    assert row is not None  # noqa: S101 - an update of a locked row returns it
    return row


def _subject(row: FieldRow) -> Subject:
    return Subject("custom_field", row.id)
