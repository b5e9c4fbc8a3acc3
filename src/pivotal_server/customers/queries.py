"""Reads of customers; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.customers.models import EXTERNAL_IDS, CustomerRow
from pivotal_server.customers.schemas import CustomerFilters, CustomerListQuery
from pivotal_server.identity.models import Actor

COLUMNS = columns(CustomerRow, "c", owner_email="(SELECT p.email FROM people p WHERE p.id = c.owner_id)")
BY_REFERENCE = f"SELECT {COLUMNS} FROM customers c WHERE c.workspace_id = $1 AND c.{{column}} = $2"
LIST = f"""
SELECT {COLUMNS} FROM customers c
WHERE c.workspace_id = $1 AND c.created_at < $2 AND c.deleted_at IS NULL AND {{filters}}
ORDER BY c.created_at DESC LIMIT $3
"""
_COUNT = "SELECT count(*) FROM customers c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND {filters}"

_EQUALS = ("status", "slug", "domain", *EXTERNAL_IDS)


async def get_customer(
    connection: Connection, actor: Actor, reference: str, *, deleted: bool = False, lock: bool = False
) -> CustomerRow:
    """Return the customer with this cuid or display_id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        reference: cuid or display_id.
        deleted: whether a deleted customer is found as well.
        lock: whether to hold the row until the end of the transaction, for a change to it.

    Raises:
        ApiError: 404 ``customer_not_found``.
    """
    parsed = read_reference(reference)
    if parsed is not None:
        sql = BY_REFERENCE.format(column=parsed.column) + (" FOR NO KEY UPDATE OF c" if lock else "")
        row = await fetch_one(connection, CustomerRow, sql, actor.workspace_id, parsed.value)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("customer")


async def list_customers(connection: Connection, actor: Actor, query: CustomerListQuery) -> list[CustomerRow]:
    """Return a page of customers, newest first, and one more where more follow."""
    filters, values = _where(query, first=4)
    sql = LIST.format(filters=filters)
    return await fetch_all(connection, CustomerRow, sql, actor.workspace_id, query.before, query.fetch, *values)


async def count_customers(connection: Connection, actor: Actor, filters: CustomerFilters) -> int:
    """Return how many customers match."""
    where, values = _where(filters, first=2)
    return int(await connection.fetchval(_COUNT.format(filters=where), actor.workspace_id, *values))


def _where(filters: CustomerFilters, first: int) -> tuple[str, list[object]]:
    """Return the conditions of the filters, their parameters numbered from ``first``, and the values."""
    conditions = [f"c.archived_at IS {'NOT NULL' if filters.archived == 'true' else 'NULL'}"]
    values: list[object] = []
    for name in _EQUALS:
        value = getattr(filters, name)
        if value is not None:
            values.append(value.lower() if name == "domain" else value)
            conditions.append(f"c.{name} = ${first + len(values) - 1}")
    if filters.updated_since is not None:
        values.append(filters.updated_since)
        conditions.append(f"c.updated_at >= ${first + len(values) - 1}")
    return " AND ".join(conditions), values
