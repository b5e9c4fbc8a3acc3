"""The log of deliveries over all endpoints of a workspace, as the settings show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from pivotal_server.core.db import fetch_all
from pivotal_server.core.validation import OneOf
from pivotal_server.web.asked import LogQuery, Moment
from pivotal_server.webhooks.catalogue import NAMES
from pivotal_server.webhooks.models import DELIVERY_STATUSES, DeliveryRow
from pivotal_server.webhooks.queries import DELIVERY_COLUMNS

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor


class DeliveryFilters(LogQuery):
    """What the log can be narrowed to.

    Attributes:
        endpoint: an endpoint's ``ep_…``.
        since: deliveries of events of this moment or later; ``until`` of those before.
    """

    endpoint: Annotated[str, Field(max_length=64)] | None = None
    type: Annotated[str, OneOf(NAMES)] | None = None
    status: Annotated[str, OneOf(DELIVERY_STATUSES)] | None = None
    mode: Annotated[str, OneOf(("live", "test"))] | None = None
    since: Moment | None = None
    until: Moment | None = None


# Each endpoint's log is an index of its own in the order of time: the newest of each are read, and the newest of all
# are among them. An event that goes to several endpoints has one time at all of them, so the id decides as well.
_LOG = f"""
SELECT {DELIVERY_COLUMNS} FROM webhook_endpoints w
CROSS JOIN LATERAL (
    SELECT * FROM deliveries d
    WHERE d.workspace_id = w.workspace_id AND d.endpoint_id = w.id AND d.created_at <= $2
        AND (d.created_at, d.id) < ($2, $3) AND {{filters}}
    ORDER BY d.created_at DESC, d.id DESC LIMIT $4
) d
WHERE w.workspace_id = $1 AND w.deleted_at IS NULL AND ($5::text IS NULL OR w.id = $5)
ORDER BY d.created_at DESC, d.id DESC LIMIT $4
"""


async def list_log(connection: Connection, actor: Actor, filters: DeliveryFilters, limit: int) -> list[DeliveryRow]:
    """Return at most so many deliveries to the endpoints that there are, newest events first."""
    conditions, values = ["true"], []
    # Written out, not passed: only then does PostgreSQL know which partial index will do.
    if filters.status is not None:
        conditions.append(f"d.status = '{filters.status}'")
    if filters.mode is not None:
        conditions.append("d.livemode" if filters.mode == "live" else "NOT d.livemode")
    optional: tuple[tuple[str, Any], ...] = (
        ("d.event_type =", filters.type),
        ("d.created_at >=", filters.since),
        ("d.created_at <", filters.until),
    )
    for condition, value in optional:
        if value is not None:
            values.append(value)
            conditions.append(f"{condition} ${len(values) + 5}")
    sql = _LOG.format(filters=" AND ".join(conditions))
    place = (filters.after, filters.after_id, limit)
    return await fetch_all(connection, DeliveryRow, sql, actor.workspace_id, *place, filters.endpoint, *values)
