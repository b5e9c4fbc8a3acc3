"""Changes to contacts: each writes the row, its activity and its events in the caller's transaction."""

from typing import Any

import asyncpg

from pivotal_server.contacts.models import ContactRow
from pivotal_server.contacts.queries import COLUMNS, get_contact, has_live_contact, has_primary
from pivotal_server.contacts.schemas import ContactCreate, ContactUpdate, present
from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, changes, json_text, moment_of_change, previous_attributes
from pivotal_server.customers.models import CustomerRow
from pivotal_server.customers.queries import get_customer
from pivotal_server.timeline.change import Change, Subject

_CREATE_COLUMNS = (
    *("name", "email", "title", "phone", "linkedin_url", "location", "is_primary", "labels", "metadata", "livemode"),
)
_CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="contact")})
INSERT INTO contacts AS t (workspace_id, id, customer_id, display_id, created_at, updated_at,
    {", ".join(_CREATE_COLUMNS)})
SELECT $1, $3, $4, next.display_id, next.created_at, next.created_at,
    {", ".join(f"${number}" for number, _ in enumerate(_CREATE_COLUMNS, 5))}
FROM next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE contacts t SET {{assignments}} WHERE t.workspace_id = $1 AND t.id = $2 RETURNING {COLUMNS}
"""
_UNMAKE_PRIMARY = f"""
UPDATE contacts t SET is_primary = false, updated_at = greatest($3, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.customer_id = $2 AND t.is_primary AND t.deleted_at IS NULL RETURNING {COLUMNS}
"""
_ADOPT = f"""
UPDATE contacts t SET customer_id = $3, email = $4, is_primary = $5, archived_at = NULL,
    updated_at = greatest($6, t.updated_at + interval '1 microsecond')
WHERE t.workspace_id = $1 AND t.id = $2 RETURNING {COLUMNS}
"""

# Fields as a person calls them, where that is another name.
_WORDS = {"email": "e-mail", "linkedin_url": "LinkedIn", "is_primary": "primary contact"}


async def create_contact(change: Change, customer_reference: str, body: ContactCreate) -> ContactRow:
    """Add a contact to a customer; the first that is neither deleted nor archived becomes primary by itself.

    Raises:
        ApiError: 404 ``customer_not_found``; 409 ``email_taken``.
    """
    customer = await get_customer(change.connection, change.actor, customer_reference, lock=True)
    if "is_primary" in body.model_fields_set:
        is_primary = body.is_primary
    else:
        is_primary = not await has_live_contact(change.connection, change.actor, customer.id)
    if is_primary:
        await _unmake_primary(change, customer.id)
    fields = {
        **body.model_dump(),
        "is_primary": is_primary,
        "metadata": json_text(body.metadata),
        "livemode": change.actor.livemode,
    }
    values = [fields[name] for name in _CREATE_COLUMNS]
    row = await _write(change, _CREATE, change.actor.workspace_id, change.at, new_id(), customer.id, *values)
    change.note("contact.created", f"Added contact {row.name}", _subject(row))
    change.emit("contact.created", present(row))
    return row


async def adopt_contact(
    change: Change, customer: CustomerRow, contact_id: str, *, email: str, is_primary: bool | None = None
) -> ContactRow:
    """Bring somebody who was under no customer yet under one; to those who are told it is a new contact.

    Args:
        change: what to write on.
        customer: whose contact it becomes; the transaction holds its row, or has made it.
        contact_id: cuid of the contact, whose row the transaction holds.
        email: under which the customer has them.
        is_primary: whether they become primary; where it is None, if they are the customer's first.

    Raises:
        ApiError: 409 ``email_taken``.
    """
    if is_primary is None:
        is_primary = not await has_live_contact(change.connection, change.actor, customer.id)
    if is_primary:
        await _unmake_primary(change, customer.id)
    arguments = customer.id, email, is_primary, change.at
    row = await _write(change, _ADOPT, change.actor.workspace_id, contact_id, *arguments)
    change.note("contact.created", f"Added contact {row.name}", _subject(row))
    change.emit("contact.created", present(row))
    return row


async def update_contact(change: Change, reference: str, body: ContactUpdate) -> ContactRow:
    """Change the fields that the body names; where nothing differs, nothing happens.

    Raises:
        ApiError: 404 ``contact_not_found``; 409 ``email_taken``.
    """
    fields = body.changes()
    if fields.get("is_primary"):
        # Who is primary is decided under the customer's lock, which is always taken before a contact's.
        contact = await get_contact(change.connection, change.actor, reference)
        await get_customer(change.connection, change.actor, contact.customer_id, deleted=True, lock=True)
    before = await get_contact(change.connection, change.actor, reference, lock=True)
    if "metadata" in fields:
        fields["metadata"] = json_text(fields["metadata"])
    if "archived" in fields:
        fields["archived_at"] = (before.archived_at or change.at) if fields.pop("archived") else None
    fields = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if not fields:
        return before
    if fields.get("is_primary"):
        await _unmake_primary(change, before.customer_id)
    row = await _update(change, before, fields)
    record_change(change, before, row)
    return row


async def delete_contact(change: Change, reference: str) -> ContactRow:
    """Hide a contact from reads, lists and uniqueness; deleting it again changes nothing.

    Raises:
        ApiError: 404 where there never was such a contact.
    """
    before = await get_contact(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    row = await _update(change, before, {"deleted_at": change.at})
    change.note("contact.deleted", f"Deleted contact {row.name}", _subject(row))
    change.emit("contact.deleted", present(row))
    return row


async def restore_contact(change: Change, reference: str) -> ContactRow:
    """Take the deletion of a contact back; one that is there stays as it is.

    Whoever became primary meanwhile stays so. To those who were told that it was deleted it is a new contact.

    Raises:
        ApiError: 404 where there never was such a contact, or its customer is gone; 409 ``email_taken``.
    """
    contact = await get_contact(change.connection, change.actor, reference, deleted=True)
    await get_customer(change.connection, change.actor, contact.customer_id, lock=True)
    before = await get_contact(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is None:
        return before
    is_primary = before.is_primary and not await has_primary(change.connection, change.actor, before.customer_id)
    row = await _update(change, before, {"deleted_at": None, "is_primary": is_primary})
    change.note("contact.restored", f"Restored contact {row.name}", _subject(row))
    change.emit("contact.created", present(row))
    return row


def record_change(change: Change, before: ContactRow, row: ContactRow) -> None:
    """Note and emit what differs; nothing where that is nothing."""
    previous = previous_attributes(present(before), present(row))
    if previous:
        _record_update(change, row, previous)


async def _unmake_primary(change: Change, customer_id: str) -> None:
    """Take the place of the customer's primary contact, if it has one; the customer's row is locked."""
    row = await fetch_one(
        change.connection, ContactRow, _UNMAKE_PRIMARY, change.actor.workspace_id, customer_id, change.at
    )
    if row is not None:
        _record_update(change, row, {"is_primary": True})


async def _update(change: Change, before: ContactRow, fields: dict[str, Any]) -> ContactRow:
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    return await _write(change, sql, change.actor.workspace_id, before.id, *fields.values())


async def _write(change: Change, sql: str, *arguments: object) -> ContactRow:
    try:
        row = await fetch_one(change.connection, ContactRow, sql, *arguments)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "contacts_email_key":
            message = "Another contact of this customer has this e-mail."
            raise ApiError(409, "email_taken", message, field="email") from None
        raise
    assert row is not None  # noqa: S101 - an insert or an update of a locked row returns it
    return row


def _record_update(change: Change, row: ContactRow, previous: dict[str, Any]) -> None:
    after = present(row)
    change.note("contact.updated", _summary(row, previous), _subject(row), changes(previous, after))
    change.emit("contact.updated", after, previous)


def _summary(row: ContactRow, previous: dict[str, Any]) -> str:
    """Return what happened to the contact in one sentence."""
    match list(previous):
        case ["is_primary"]:
            return f"Made {row.name} the primary contact" if row.is_primary else f"{row.name} is no longer primary"
        case ["archived"]:
            return f"{'Restored' if row.archived_at is None else 'Archived'} contact {row.name}"
        case names:
            return f"Changed contact {row.name}: {', '.join(_WORDS.get(name, name) for name in names)}"


def _subject(row: ContactRow) -> Subject:
    return Subject("contact", row.id, customer_id=row.customer_id)
