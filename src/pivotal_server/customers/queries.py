"""Reads of customers; nothing is found outside the actor's workspace."""

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.core.ids import read_reference
from pivotal_server.customers.models import EXTERNAL_IDS, CustomerRow
from pivotal_server.customers.schemas import CustomerFilters, CustomerListQuery
from pivotal_server.fields.search import Place, Where, find_in_list
from pivotal_server.identity.models import Actor

COLUMNS = columns(CustomerRow, "c", owner_email="(SELECT p.email FROM people p WHERE p.id = c.owner_id)")
BY_REFERENCE = f"SELECT {COLUMNS} FROM customers c WHERE c.workspace_id = $1 AND c.{{column}} = $2"
LIST = f"""
SELECT {COLUMNS} FROM customers c
WHERE c.workspace_id = $1 AND c.created_at < $2 AND c.deleted_at IS NULL AND {{filters}}
ORDER BY c.created_at DESC LIMIT $3
"""
_COUNT = "SELECT count(*) FROM customers c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND {filters}"
# The same, of what was found by tags or custom fields.
_LIST_OF_FOUND = f"""
SELECT {COLUMNS} FROM {{found}} JOIN customers c ON c.workspace_id = $1 AND c.id = f.resource_id
WHERE {{filters}} ORDER BY f.created_at DESC LIMIT $3
"""
# Each entry has its customer: joined from outside, the planner leaves customers out where no filter is about them.
_COUNT_FOUND = """
SELECT count(*) FROM {found} LEFT JOIN customers c ON c.workspace_id = $1 AND c.id = f.resource_id WHERE {filters}
"""

_KNOWN_BY = ("slug", "domain", *EXTERNAL_IDS)


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
    """Return a page of customers, newest first, and one more where more follow.

    Raises:
        ApiError: 400 for a custom field that there is not, or a value that is not of its type.
    """
    where = Where(actor.workspace_id, query.before, query.fetch)
    found = await _find(connection, actor, query, where, before="$2")
    sql = _LIST_OF_FOUND if found else LIST
    return await fetch_all(connection, CustomerRow, sql.format(found=found, filters=where), *where.values)


async def count_customers(connection: Connection, actor: Actor, filters: CustomerFilters) -> int:
    """Return how many customers match.

    Raises:
        ApiError: 400 for a custom field that there is not, or a value that is not of its type.
    """
    where = Where(actor.workspace_id)
    found = await _find(connection, actor, filters, where)
    sql = _COUNT_FOUND if found else _COUNT
    return int(await connection.fetchval(sql.format(found=found, filters=where), *where.values))


async def _find(
    connection: Connection, actor: Actor, filters: CustomerFilters, where: Where, before: str | None = None
) -> str | None:
    """Add the conditions of the filters, and return what to read from if not from all customers."""
    known = False
    for name in ("status", *_KNOWN_BY):
        value = getattr(filters, name)
        if value is not None:
            where.add(f"c.{name} = {{}}", value.lower() if name == "domain" else value)
            known = known or name in _KNOWN_BY
    if filters.updated_since is not None:
        where.add("c.updated_at >= {}", filters.updated_since)
    archived = filters.archived == "true"
    place = Place("customer", "archived_customers" if archived else "customers", "c")
    found = await find_in_list(connection, actor, place, filters, where, before=before, narrowed=known)
    if found is None:  # which else is of the one list or the other
        where.add(f"c.archived_at IS {'NOT NULL' if archived else 'NULL'}")
    return found
