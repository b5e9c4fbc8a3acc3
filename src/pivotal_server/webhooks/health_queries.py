"""How endpoints fare, as the settings show it: what went to them last, and how much of it arrived."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import columns, fetch_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.webhooks.models import DeliveryStatus

LOOKED_BACK = timedelta(hours=24)
# Of an endpoint that gets a million a day, the latest tell as much as all of them.
MAX_LOOKED_AT = 500


class Health(NamedTuple):
    """How one endpoint fares.

    Attributes:
        last_id: its newest delivery; None where there is none yet, and then nothing is known of it.
        last_at: when the event of that one happened.
        tried: how many of its latest deliveries of a day were attempted.
        delivered: how many of these arrived.
    """

    endpoint_id: str
    last_id: str | None
    last_at: datetime | None
    last_status: DeliveryStatus | None
    last_status_code: int | None
    tried: int
    delivered: int

    @property
    def share(self) -> float | None:
        """How much arrived, in per cent; None where nothing was tried."""
        return 100 * self.delivered / self.tried if self.tried else None


_COLUMNS = columns(
    Health,
    "l",
    endpoint_id="w.id",
    last_id="l.id",
    last_at="l.created_at",
    last_status="l.status",
    tried="h.tried",
    delivered="h.delivered",
)
_HEALTH = f"""
SELECT {_COLUMNS} FROM webhook_endpoints w
LEFT JOIN LATERAL (
    SELECT d.id, d.created_at, d.status, d.last_status_code FROM deliveries d
    WHERE d.workspace_id = w.workspace_id AND d.endpoint_id = w.id ORDER BY d.created_at DESC LIMIT 1
) l ON true
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE s.attempts > 0) AS tried, count(*) FILTER (WHERE s.status = 'delivered') AS delivered
    FROM (
        SELECT d.status, d.attempts FROM deliveries d
        WHERE d.workspace_id = w.workspace_id AND d.endpoint_id = w.id AND d.created_at >= $3
        ORDER BY d.created_at DESC LIMIT {MAX_LOOKED_AT}
    ) s
) h
WHERE w.workspace_id = $1 AND w.id = ANY ($2::text[])
"""


async def list_health(
    connection: Connection, actor: Actor, endpoint_ids: Sequence[str], now: datetime
) -> dict[str, Health]:
    """Return how endpoints fare, by their ids."""
    found = await fetch_all(connection, Health, _HEALTH, actor.workspace_id, list(endpoint_ids), now - LOOKED_BACK)
    return {health.endpoint_id: health for health in found}
