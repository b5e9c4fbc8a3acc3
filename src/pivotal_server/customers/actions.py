"""Changes to customers: each writes the row, its activity and its events in the caller's transaction."""

from typing import Any

import asyncpg

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.ids import new_id
from pivotal_server.core.resources import NEXT_NUMBER, changes, json_text, moment_of_change, previous_attributes
from pivotal_server.customers.access import hand_over
from pivotal_server.customers.models import EXTERNAL_IDS, CustomerRow
from pivotal_server.customers.queries import COLUMNS, get_customer
from pivotal_server.customers.schemas import CustomerCreate, CustomerUpdate, present
from pivotal_server.fields.values import values_to_store
from pivotal_server.identity.people import find_member
from pivotal_server.timeline.change import Change, Subject

_CREATE_COLUMNS = (
    "name",
    "slug",
    "domain",
    "status",
    "plan",
    "mrr",
    "arr",
    "monthly_orders",
    *EXTERNAL_IDS,
    "owner_id",
    "tags",
    "custom_fields",
    "metadata",
)
CREATE = f"""
WITH next AS ({NEXT_NUMBER.format(resource="customer")})
INSERT INTO customers AS c (workspace_id, id, display_id, created_at, updated_at, {", ".join(_CREATE_COLUMNS)})
SELECT $1, $3, next.display_id, next.created_at, next.created_at,
    {", ".join(f"${number}" for number, _ in enumerate(_CREATE_COLUMNS, 4))}
FROM next RETURNING {COLUMNS}
"""
_UPDATE = f"""
UPDATE customers c SET {{assignments}} WHERE c.workspace_id = $1 AND c.id = $2 RETURNING {COLUMNS}
"""

# Setting one of these statuses is an event of its own.
_STATUS_EVENTS = {"at_risk": "customer.at_risk", "churned": "customer.churned"}


async def create_customer(change: Change, body: CustomerCreate) -> CustomerRow:
    """Add a customer.

    Raises:
        ApiError: 409 ``slug_taken`` or ``shopify_domain_taken``; 400 ``invalid_field`` for an unknown owner; 400 for a
            value that does not fit its custom field.
    """
    fields = await _columns(change, body.model_dump())
    values = [fields[name] for name in _CREATE_COLUMNS]
    row = await _write(change, CREATE, change.actor.workspace_id, change.at, new_id(), *values)
    change.note("customer.created", f"Created customer {row.name}", _subject(row))
    change.emit("customer.created", present(row))
    return row


async def update_customer(
    change: Change, reference: str, body: CustomerUpdate, *, reason: str | None = None
) -> CustomerRow:
    """Change the fields that the body names; where nothing differs, nothing happens.

    Args:
        change: where it is written.
        reference: cuid or display_id.
        body: the fields.
        reason: why, for the timeline.

    Raises:
        ApiError: 404; 409 ``slug_taken`` or ``shopify_domain_taken``; 400 ``invalid_field`` for an unknown owner; 400
            for a value that does not fit its custom field; 403 as ``access.hand_over``.
    """
    before = await get_customer(change.connection, change.actor, reference, lock=True)
    fields = await _columns(change, body.changes(), before)
    if "archived" in fields:
        fields["archived_at"] = (before.archived_at or change.at) if fields.pop("archived") else None
    fields = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if not fields:
        return before
    if "owner_id" in fields:
        await hand_over(change, before)
    row = await _update(change, before, fields)
    after = present(row)
    previous = previous_attributes(present(before), after)
    why = {"reason": reason} if reason else {}
    change.note("customer.updated", _summary(row, previous), _subject(row), changes(previous, after) | why)
    change.emit("customer.updated", after, previous)
    if "status" in previous and row.status in _STATUS_EVENTS:
        change.emit(_STATUS_EVENTS[row.status], after, previous)
    if previous.get("archived") is False:
        change.emit("customer.archived", after, previous)
    return row


async def delete_customer(change: Change, reference: str) -> CustomerRow:
    """Hide a customer from reads, lists and uniqueness; deleting it again changes nothing.

    Its contacts and onboardings survive: they leave every list and still answer by their own id.

    Raises:
        ApiError: 404 where there never was such a customer.
    """
    before = await get_customer(change.connection, change.actor, reference, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    row = await _update(change, before, {"deleted_at": change.at})
    change.note("customer.deleted", f"Deleted customer {row.name}", _subject(row))
    if before.archived_at is None:
        change.emit("customer.archived", present(row))
    return row


async def _columns(change: Change, fields: dict[str, Any], before: CustomerRow | None = None) -> dict[str, Any]:
    """Return request fields as columns."""
    if "metadata" in fields:
        fields["metadata"] = json_text(fields["metadata"])
    if "custom_fields" in fields:
        stored = before.custom_fields if before else "{}"
        fields["custom_fields"] = await values_to_store(change, "customer", fields["custom_fields"], stored)
    if fields.get("domain"):
        fields["domain"] = fields["domain"].lower()
    if "owner_email" in fields:
        email = fields.pop("owner_email")
        fields["owner_id"] = await _owner_id(change, email) if email else None
    return fields


async def _owner_id(change: Change, email: str) -> str:
    person = await find_member(change.connection, change.actor, email=email)
    if person is None:
        raise invalid_field("owner_email", "No teammate of this workspace has this e-mail.")
    return person.id


async def _update(change: Change, before: CustomerRow, fields: dict[str, Any]) -> CustomerRow:
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    return await _write(change, sql, change.actor.workspace_id, before.id, *fields.values())


async def _write(change: Change, sql: str, *arguments: object) -> CustomerRow:
    try:
        row = await fetch_one(change.connection, CustomerRow, sql, *arguments)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "customers_slug_key":
            raise ApiError(409, "slug_taken", "Another customer has this slug.", field="slug") from None
        if error.constraint_name == "customers_domain_key":
            message = "Another customer has this domain."
            raise ApiError(409, "shopify_domain_taken", message, field="shopify_domain") from None
        raise
    assert row is not None  # noqa: S101 - an insert or an update of a locked row returns it
    return row


def _summary(row: CustomerRow, previous: dict[str, Any]) -> str:
    """Return what happened to the customer in one sentence."""
    match list(previous):
        case ["archived"]:
            return f"{'Restored' if row.archived_at is None else 'Archived'} customer {row.name}"
        case names:
            return f"Changed {', '.join(name.replace('_', ' ') for name in names)}"


def _subject(row: CustomerRow) -> Subject:
    return Subject("customer", row.id, customer_id=row.id)
