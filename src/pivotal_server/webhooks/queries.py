"""Reads of endpoints, deliveries and attempts; nothing is found outside the actor's workspace."""

import re

from pivotal_server.core.db import Connection, columns, fetch_all, fetch_one
from pivotal_server.core.errors import not_found
from pivotal_server.identity.models import Actor
from pivotal_server.webhooks.delivery_schemas import DeliveryListQuery
from pivotal_server.webhooks.models import WANTED, AttemptRow, DeliveryRow, EndpointRow
from pivotal_server.webhooks.schemas import WebhookEndpointListQuery

MAX_ATTEMPTS_SHOWN = 100

_ENDPOINT_ID = re.compile("ep_[0-9a-z]{24}", re.ASCII)
_DELIVERY_ID = re.compile("msg_[0-9a-z]{24}", re.ASCII)

ENDPOINT_COLUMNS = columns(EndpointRow, "w")
_ENDPOINT = f"SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints w WHERE w.workspace_id = $1 AND w.id = $2"
_ENDPOINTS = f"""
SELECT {ENDPOINT_COLUMNS} FROM webhook_endpoints w
WHERE w.workspace_id = $1 AND w.created_at < $2 AND w.deleted_at IS NULL AND {{filters}}
ORDER BY w.created_at DESC LIMIT $3
"""
_OF_STATUS = {None: "true", "enabled": "w.disabled_at IS NULL", "disabled": "w.disabled_at IS NOT NULL"}

DELIVERY_COLUMNS = columns(DeliveryRow, "d")
# A deleted endpoint takes its log with it.
_DELIVERY = f"""
SELECT {DELIVERY_COLUMNS} FROM deliveries d
JOIN webhook_endpoints w ON w.workspace_id = d.workspace_id AND w.id = d.endpoint_id AND w.deleted_at IS NULL
WHERE d.workspace_id = $1 AND d.id = $2
"""
_HOLD = "SELECT FROM deliveries d WHERE d.workspace_id = $1 AND d.id = $2 FOR NO KEY UPDATE"
_DELIVERIES = f"""
SELECT {DELIVERY_COLUMNS} FROM deliveries d
WHERE d.workspace_id = $1 AND d.endpoint_id = $2 AND d.created_at < $3 AND {{filters}}
ORDER BY d.created_at DESC LIMIT $4
"""
_PAYLOAD = """
SELECT coalesce(d.payload, e.payload) FROM deliveries d
LEFT JOIN events e ON e.workspace_id = d.workspace_id AND e.id = d.event_id
WHERE d.workspace_id = $1 AND d.id = $2
"""
_IS_WANTED = f"""
SELECT {WANTED.format(delivery="d", endpoint="w")} FROM deliveries d
JOIN webhook_endpoints w ON w.workspace_id = d.workspace_id AND w.id = d.endpoint_id
WHERE d.workspace_id = $1 AND d.id = $2
"""
_ATTEMPTS = f"""
SELECT * FROM (
    SELECT {columns(AttemptRow, "a")} FROM delivery_attempts a WHERE a.workspace_id = $1 AND a.delivery_id = $2
    ORDER BY a.number DESC LIMIT {MAX_ATTEMPTS_SHOWN}
) newest ORDER BY number
"""


async def get_endpoint(
    connection: Connection, actor: Actor, id_: str, *, deleted: bool = False, lock: bool = False
) -> EndpointRow:
    """Return the endpoint with this id.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        id_: its ``ep_…``.
        deleted: whether a deleted endpoint is found as well.
        lock: whether to hold the row until the end of the transaction. Whoever changes an endpoint or reopens its
            deliveries holds it, so all of that happens one after the other.

    Raises:
        ApiError: 404 ``webhook_endpoint_not_found``.
    """
    if _ENDPOINT_ID.fullmatch(id_):
        sql = _ENDPOINT + (" FOR NO KEY UPDATE" if lock else "")
        row = await fetch_one(connection, EndpointRow, sql, actor.workspace_id, id_)
        if row is not None and (deleted or row.deleted_at is None):
            return row
    raise not_found("webhook_endpoint")


async def list_endpoints(connection: Connection, actor: Actor, query: WebhookEndpointListQuery) -> list[EndpointRow]:
    """Return a page of endpoints, newest first, and one more where more follow."""
    sql = _ENDPOINTS.format(filters=_OF_STATUS[query.status])
    return await fetch_all(connection, EndpointRow, sql, actor.workspace_id, query.before, query.fetch)


async def get_delivery(connection: Connection, actor: Actor, id_: str, *, lock: bool = False) -> DeliveryRow:
    """Return the delivery with this id, unless its endpoint was deleted.

    Args:
        connection: where to read.
        actor: whose workspace to look in.
        id_: its ``msg_…``.
        lock: whether to hold its row, and then the endpoint's as ``get_endpoint`` does. A worker that is recording an
            attempt takes them in that order, too.

    Raises:
        ApiError: 404 ``delivery_not_found``.
    """
    if _DELIVERY_ID.fullmatch(id_):
        sql = _DELIVERY
        if lock:
            await connection.execute(_HOLD, actor.workspace_id, id_)
            sql += " FOR NO KEY UPDATE OF w"
        row = await fetch_one(connection, DeliveryRow, sql, actor.workspace_id, id_)
        if row is not None:
            return row
    raise not_found("delivery")


async def list_deliveries(
    connection: Connection, actor: Actor, endpoint_id: str, query: DeliveryListQuery
) -> list[DeliveryRow]:
    """Return a page of an endpoint's deliveries, newest events first, and one more where more follow."""
    before = min(query.before, query.until) if query.until else query.before
    conditions, values = [], []
    if query.status is not None:
        # Written out, not passed: only then does PostgreSQL know that the index of what is unfinished will do.
        conditions.append(f"d.status = '{query.status}'")
    for condition, value in (("d.event_type = ", query.type), ("d.created_at >= ", query.since)):
        if value is not None:
            values.append(value)
            conditions.append(f"{condition}${len(values) + 4}")
    sql = _DELIVERIES.format(filters=" AND ".join(conditions) or "true")
    return await fetch_all(connection, DeliveryRow, sql, actor.workspace_id, endpoint_id, before, query.fetch, *values)


async def get_payload(connection: Connection, actor: Actor, delivery_id: str) -> str | None:
    """Return the very body of the delivery with this id, as text; None where its event is no longer kept."""
    payload: str | None = await connection.fetchval(_PAYLOAD, actor.workspace_id, delivery_id)
    return payload


async def is_wanted(connection: Connection, actor: Actor, delivery_id: str) -> bool:
    """Return whether the endpoint of the delivery with this id takes events of its mode, or it is a test event."""
    return bool(await connection.fetchval(_IS_WANTED, actor.workspace_id, delivery_id))


async def list_attempts(connection: Connection, actor: Actor, delivery_id: str) -> list[AttemptRow]:
    """Return the last hundred attempts of the delivery with this id, oldest first."""
    return await fetch_all(connection, AttemptRow, _ATTEMPTS, actor.workspace_id, delivery_id)
