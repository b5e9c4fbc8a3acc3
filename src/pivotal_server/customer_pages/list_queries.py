"""Reads of the list of customers, in any of its orders; nothing is found outside the actor's workspace.

A page of the list is read off an index of its order, and what only the rows shown have is looked up for those.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.core.errors import invalid_field
from pivotal_server.customer_pages.list_schemas import NOBODY
from pivotal_server.fields.search import Place, Where, find_in_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.customer_pages.list_schemas import ListFilters
    from pivotal_server.identity.models import Actor

COUNTED = 10_000
"""Up to how many customers are counted; of more the page says that there are more."""

_ALL = "customers c"
_KEYS = {"name": "lower(c.name)", "arr": "coalesce(c.arr, -1)", "created": "c.created_at", "updated": "c.updated_at"}
_WORDS = """(c.name || ' ' || coalesce(c.domain, '') COLLATE "default") ILIKE {}"""
_WILD = re.compile(r"([\\%_])")
_LIST = """
SELECT c.id, c.display_id, c.name, c.domain, c.status, c.plan, c.mrr, c.arr, p.name, p.email, c.tags, c.custom_fields,
    c.created_at, c.updated_at, c.position, o.open, o.launch, (
        SELECT a.created_at FROM activity a WHERE a.workspace_id = $1 AND a.customer_id = c.id
        ORDER BY a.created_at DESC LIMIT 1
    )
FROM (
    SELECT c.*, {key}::text AS position
    FROM {source} WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND {filters}
    ORDER BY {first} {way}, {id} {way} LIMIT $2
) c
LEFT JOIN people p ON p.id = c.owner_id
CROSS JOIN LATERAL (
    SELECT count(*) AS open, min(o.target_launch_date) AS launch FROM onboardings o
    WHERE o.workspace_id = $1 AND o.customer_id = c.id AND o.deleted_at IS NULL AND o.completed_at IS NULL
) o
ORDER BY {key} {way}, c.id {way}
"""
_COUNT = f"""
SELECT count(*) FROM (
    SELECT FROM {{source}} WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND {{filters}} LIMIT {COUNTED + 1}
) found
"""
# From each plan to the next, over the index: however many customers there are.
_PLANS = """
WITH RECURSIVE plans (plan, number) AS (
    (SELECT c.plan, 1 FROM customers c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND c.plan IS NOT NULL
        ORDER BY c.plan LIMIT 1)
    UNION ALL
    SELECT (SELECT c.plan FROM customers c
        WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND c.plan > plans.plan ORDER BY c.plan LIMIT 1), number + 1
    FROM plans WHERE plans.plan IS NOT NULL AND number < 50
)
SELECT plan FROM plans WHERE plan IS NOT NULL
"""


class CustomerLine(NamedTuple):
    """A customer as the list shows it.

    Attributes:
        custom_fields: JSON text.
        position: what the row is sorted by, as text, for the page that follows.
        open_onboardings: how many are not completed.
        launch: the nearest target launch date of those.
        active_at: when anything was last done about the customer.
    """

    id: str
    display_id: int
    name: str
    domain: str | None
    status: str
    plan: str | None
    mrr: int | None
    arr: int | None
    owner_name: str | None
    owner_email: str | None
    tags: list[str]
    custom_fields: str
    created_at: datetime
    updated_at: datetime
    position: str
    open_onboardings: int
    launch: datetime | None
    active_at: datetime | None


async def list_lines(connection: Connection, actor: Actor, filters: ListFilters, limit: int) -> list[CustomerLine]:
    """Return up to ``limit`` customers that match, from the place that the filters name.

    Raises:
        ApiError: 400 for a custom field that there is not, or a value that is not of its type.
    """
    where = Where(actor.workspace_id, limit)
    source = await _narrow(connection, actor, filters, where)
    column, falling = filters.sort.removeprefix("-"), filters.sort.startswith("-")
    key = _KEYS[column]
    if filters.after is not None:
        where.add(f"({key}, c.id) {'<' if falling else '>'} ({{}}, {{}})", _position(filters), filters.after_id)
    # What is found by tags and fields lies there in the order of creation, as the customers do.
    first, id_ = ("f.created_at", "f.resource_id") if column == "created" and source != _ALL else (key, "c.id")
    way = "DESC" if falling else "ASC"
    sql = _LIST.format(key=key, first=first, id=id_, way=way, source=source, filters=where)
    return await fetch_all(connection, CustomerLine, sql, *where.values)


async def lines_of(connection: Connection, actor: Actor, ids: Sequence[str], *, archived: bool) -> list[CustomerLine]:
    """Return the lines of these customers, without those that are not there, or not in that one of the two lists."""
    where = Where(actor.workspace_id, len(ids))
    where.add("c.id = ANY ({}::text[])", list(ids))
    where.add(_archived(archived))
    key = _KEYS["created"]
    sql = _LIST.format(key=key, first=key, id="c.id", way="DESC", source=_ALL, filters=where)
    return await fetch_all(connection, CustomerLine, sql, *where.values)


async def count_lines(connection: Connection, actor: Actor, filters: ListFilters, since: datetime | None = None) -> int:
    """Return how many customers match, or one more than ``COUNTED`` where more than that do.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        filters: what they have to match.
        since: count only those that were added after this.
    """
    where = Where(actor.workspace_id)
    source = await _narrow(connection, actor, filters, where)
    if since is not None:
        where.add("c.created_at > {}", since)
    return int(await connection.fetchval(_COUNT.format(source=source, filters=where), *where.values))


async def list_plans(connection: Connection, actor: Actor) -> list[str]:
    """Return the plans that customers have, the first fifty in the alphabet."""
    return [row["plan"] for row in await connection.fetch(_PLANS, actor.workspace_id)]


async def _narrow(connection: Connection, actor: Actor, filters: ListFilters, where: Where) -> str:
    """Add the conditions of the filters, and return what to read from."""
    if filters.q:
        words = _WILD.sub(r"\\\1", filters.q)
        where.add(_WORDS, f"%{words}%")
    if filters.status is not None:
        where.add("c.status = {}", filters.status)
    if filters.plan is not None:
        where.add("c.plan = {}", filters.plan)
    if filters.owner == NOBODY:
        where.add("c.owner_id IS NULL")
    elif filters.owner is not None:
        where.add("c.owner_id = (SELECT p.id FROM people p WHERE p.email = {})", filters.owner.lower())
    archived = filters.archived == "true"
    where.add(_archived(archived))
    place = Place("customer", "archived_customers" if archived else "customers", "c")
    found = await find_in_list(connection, actor, place, filters, where)
    return f"{found} JOIN customers c ON c.workspace_id = $1 AND c.id = f.resource_id" if found else _ALL


def _archived(archived: bool) -> str:  # noqa: FBT001 - of a condition
    return f"c.archived_at IS {'NOT NULL' if archived else 'NULL'}"


def _position(filters: ListFilters) -> object:
    """Return what the list is to go on after.

    Raises:
        ApiError: 400 where that is nothing that the list is sorted by.
    """
    text, column = filters.after or "", filters.sort.removeprefix("-")
    try:
        match column:
            case "arr":
                return int(text[:18])
            case "created" | "updated":
                return datetime.fromisoformat(text).astimezone(UTC)
            case _:
                return text
    except (ValueError, OverflowError):
        raise invalid_field("after", "This is no place in the list.") from None
