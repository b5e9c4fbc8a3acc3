"""Short ways to endpoints and deliveries. What workers do to a delivery is written by hand: tests need no worker."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from pivotal_server.webhooks.engine.fan_out import fan_out
from tests.support import Json, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

URL = "https://hooks.aurora.example/pivotal"
LONG_AGO = "2026-01-01T00:00:00Z"
# Where a delivery stands, and what a replay has told.
SCHEDULE = (
    "SELECT status, attempts, scheduled_attempts, first_attempt_at, next_attempt_at, lease, payload"
    " FROM deliveries WHERE id = $1"
)
# Whether somebody waits for somebody else's lock.
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
NOTES = "SELECT summary, data FROM activity WHERE type = 'webhook_endpoint.replayed' ORDER BY created_at"
# Events as changes leave them, a second apart, the first at $2.
MANY_EVENTS = """
INSERT INTO events (workspace_id, id, created_at, type, livemode, payload)
SELECT $1, 'evt_' || lpad(n::text, 24, '0'), $2::timestamptz + n * interval '1 second', 'customer.created', true, '{}'
FROM generate_series(0, $3 - 1) n
"""

_ATTEMPT = """
WITH recorded AS (
    UPDATE deliveries SET status = $2, attempts = attempts + 1, scheduled_attempts = scheduled_attempts + 1,
        first_attempt_at = coalesce(first_attempt_at, $3), next_attempt_at = $4, lease = NULL, last_attempt_at = $3,
        last_status_code = $5
    WHERE id = $1 RETURNING workspace_id, id, attempts
)
INSERT INTO delivery_attempts (workspace_id, delivery_id, number, created_at, status_code, latency_ms, error_kind,
    error, request_url, request_headers, response_headers, response_body, response_truncated)
SELECT workspace_id, id, attempts, $3, $5, 12, $6, $7, $8, $9, $10, $11, false FROM recorded
"""


async def create_endpoint(api: httpx.AsyncClient, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Make an endpoint, of all events unless told otherwise, and return it with its secret."""
    return body_of(await api.post("/webhook_endpoints", json={"url": URL, "events": ["*"]} | fields), 201)


async def spread(connection: "Connection", now: datetime) -> None:
    """Make the deliveries of all events, as the workers would."""
    while (await fan_out(connection, now))[0]:
        pass


async def deliveries(api: httpx.AsyncClient, endpoint: Json, **query: str) -> list[Json]:
    """Return the endpoint's deliveries, oldest event first."""
    path = f"/webhook_endpoints/{endpoint['id']}/deliveries"
    found: list[Json] = body_of(await api.get(path, params={"limit": "100"} | query))["data"]
    return found[::-1]


async def lease(connection: "Connection", delivery_id: str, until: datetime) -> None:
    """Let a worker begin to send a delivery."""
    await connection.execute("UPDATE deliveries SET lease = 7, next_attempt_at = $2 WHERE id = $1", delivery_id, until)


async def attempt(
    connection: "Connection",
    delivery_id: str,
    at: datetime,
    *,
    code: int | None = 500,
    next_at: datetime | None = None,
) -> None:
    """Let a worker finish an attempt: delivered by a 2xx, to be tried again at ``next_at``, else failed for good."""
    delivered = code is not None and 200 <= code < 300
    status = "delivered" if delivered else "pending" if next_at else "failed"
    error = (None, None) if code else ("timeout", "No answer within 10 s.")
    sent, came = json.dumps({"svix-id": delivery_id}), json.dumps({"content-type": "text/plain"})
    answer = (came, "Hello") if code else (None, None)
    await connection.execute(_ATTEMPT, delivery_id, status, at, next_at, code, *error, URL, sent, *answer)


async def missing(api: httpx.AsyncClient, endpoint: Json, since: str = LONG_AGO, **body: object) -> Json:
    """Send the endpoint what it has missed since then and return the answer."""
    return body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/replay_missing", json={"since": since} | body))


async def resend(api: httpx.AsyncClient, endpoint: Json, *event_ids: str) -> list[Json]:
    """Send the endpoint these events again and return their deliveries."""
    response = await api.post(f"/webhook_endpoints/{endpoint['id']}/resend", json={"event_ids": event_ids})
    body = body_of(response)
    assert set(body) == {"object", "data"}
    found: list[Json] = body["data"]
    return found


async def set_status(api: httpx.AsyncClient, endpoint: Json, status: str) -> None:
    """Enable or disable the endpoint."""
    body_of(await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"status": status}))


async def send_test(api: httpx.AsyncClient, endpoint: Json, type_: str = "customer.created", **body: object) -> Json:
    """Send the endpoint a test event and return its delivery."""
    response = await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json={"type": type_} | body)
    return body_of(response, 201)
