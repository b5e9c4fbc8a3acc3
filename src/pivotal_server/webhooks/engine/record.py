"""What came of attempts, written together, and only by whoever still holds the lease."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.core.db import Connection, fetch_all
from pivotal_server.webhooks.models import MAX_CONSECUTIVE_FAILURES, NOTHING_TO_SEND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pivotal_server.webhooks.engine.send import Attempt

# The owner hears of an endpoint's failures once a day at most, however often something is delivered between them.
_TELL_EVERY = "interval '24 hours'"

# $1-$15 the attempts, column by column.
_RECORD = """
WITH attempts AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[], $5::boolean[], $6::timestamptz[],
        $7::smallint[], $8::integer[], $9::text[], $10::text[], $11::text[], $12::json[], $13::json[], $14::text[],
        $15::boolean[])
        AS a (workspace_id, id, lease, at, succeeded, next_attempt_at, status_code, latency_ms, error_kind, error, url,
              request_headers, response_headers, response_body, response_truncated)
), recorded AS (
    UPDATE deliveries d SET
        status = CASE WHEN a.succeeded THEN 'delivered' WHEN a.next_attempt_at IS NULL THEN 'failed' ELSE 'pending' END,
        attempts = d.attempts + 1,
        scheduled_attempts = d.scheduled_attempts + 1,
        first_attempt_at = coalesce(d.first_attempt_at, a.at),
        next_attempt_at = CASE WHEN a.succeeded THEN NULL ELSE a.next_attempt_at END,
        lease = NULL,
        last_attempt_at = a.at,
        last_status_code = a.status_code
    FROM attempts a
    WHERE d.workspace_id = a.workspace_id AND d.id = a.id AND d.lease = a.lease
    RETURNING d.workspace_id, d.id, d.endpoint_id, d.attempts, d.status, a.at, a.status_code, a.latency_ms,
        a.error_kind, a.error, a.url, a.request_headers, a.response_headers, a.response_body, a.response_truncated
), logged AS (
    INSERT INTO delivery_attempts (workspace_id, delivery_id, number, created_at, status_code, latency_ms, error_kind,
        error, request_url, request_headers, response_headers, response_body, response_truncated)
    SELECT r.workspace_id, r.id, r.attempts, r.at, r.status_code, r.latency_ms, r.error_kind, r.error, r.url,
        r.request_headers, r.response_headers, r.response_body, r.response_truncated
    FROM recorded r
), well AS (
    SELECT w.workspace_id, w.id
    FROM (SELECT DISTINCT r.workspace_id, r.endpoint_id FROM recorded r WHERE r.status = 'delivered') r
    JOIN webhook_endpoints w ON w.workspace_id = r.workspace_id AND w.id = r.endpoint_id
        AND (w.unhealthy OR w.consecutive_failures > 0)
    ORDER BY w.workspace_id, w.id FOR NO KEY UPDATE OF w SKIP LOCKED -- the next success heals it as well
), healed AS (
    UPDATE webhook_endpoints w SET unhealthy = false, consecutive_failures = 0
    FROM well WHERE w.workspace_id = well.workspace_id AND w.id = well.id
)
SELECT r.workspace_id, r.endpoint_id, r.status, r.error_kind FROM recorded r
"""
# $1 workspaces, $2 endpoints, $3 how many deliveries failed for good at each, $4 now.
_COUNT_FAILURES = f"""
WITH failures AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::integer[]) AS f (workspace_id, id, number)
), held AS (
    SELECT w.workspace_id, w.id, f.number,
        w.disabled_at IS NULL AND w.consecutive_failures + f.number >= {MAX_CONSECUTIVE_FAILURES} AS too_many,
        w.owner_told_at IS NULL OR w.owner_told_at <= $4::timestamptz - {_TELL_EVERY} AS due
    FROM webhook_endpoints w JOIN failures f ON f.workspace_id = w.workspace_id AND f.id = w.id
    ORDER BY w.workspace_id, w.id FOR NO KEY UPDATE OF w
)
UPDATE webhook_endpoints w SET
    unhealthy = true,
    consecutive_failures = w.consecutive_failures + h.number,
    failed_deliveries = w.failed_deliveries + h.number,
    disabled_at = CASE WHEN h.too_many THEN $4 ELSE w.disabled_at END,
    disabled_reason = CASE WHEN h.too_many THEN 'failures' ELSE w.disabled_reason END,
    updated_at = CASE WHEN h.too_many THEN greatest($4, w.updated_at + interval '1 microsecond') ELSE w.updated_at END,
    owner_told_at = CASE WHEN h.too_many OR h.due THEN $4 ELSE w.owner_told_at END
FROM held h WHERE w.workspace_id = h.workspace_id AND w.id = h.id
RETURNING w.workspace_id, w.id, h.too_many, h.too_many OR h.due
"""


class Recorded(NamedTuple):
    """A delivery whose attempt was written, what it is now, and what kept the attempt from an answer."""

    workspace_id: str
    endpoint_id: str
    status: str
    error_kind: str | None

    @property
    def failed(self) -> bool:
        """Whether it has failed for good, and not because there was nothing to send."""
        return self.status == "failed" and self.error_kind not in NOTHING_TO_SEND


class Trouble(NamedTuple):
    """An endpoint at which a delivery failed for good: whether that disabled it, and whether to tell the owner."""

    workspace_id: str
    endpoint_id: str
    disabled: bool
    tell: bool


async def record(connection: Connection, attempts: Sequence[Attempt]) -> list[Recorded]:
    """Write attempts and what becomes of their deliveries, all together.

    An attempt whose lease was lost is left out: somebody else sends that delivery, and records it.

    Args:
        connection: where to write.
        attempts: of a delivery there may be several, one under each lease.
    """
    # In one order, so that two workers never wait for each other.
    ordered = sorted(attempts, key=lambda attempt: (attempt.delivery.workspace_id, attempt.delivery.id))
    return await fetch_all(
        connection,
        Recorded,
        _RECORD,
        [attempt.delivery.workspace_id for attempt in ordered],
        [attempt.delivery.id for attempt in ordered],
        [attempt.delivery.lease for attempt in ordered],
        [attempt.at for attempt in ordered],
        [attempt.succeeded for attempt in ordered],
        [attempt.next_attempt_at for attempt in ordered],
        [attempt.status_code for attempt in ordered],
        [attempt.latency_ms for attempt in ordered],
        [attempt.error_kind for attempt in ordered],
        [attempt.error for attempt in ordered],
        [attempt.delivery.url for attempt in ordered],
        [attempt.request_headers for attempt in ordered],
        [attempt.response_headers for attempt in ordered],
        [attempt.response_body for attempt in ordered],
        [attempt.response_truncated for attempt in ordered],
    )


async def count_failures(connection: Connection, failed: Sequence[Recorded], now: datetime) -> list[Trouble]:
    """Count deliveries that failed for good, and disable an endpoint at which too many did so in a row.

    Args:
        connection: in the transaction that recorded them.
        failed: those that ``record`` returned and that failed.
        now: the present.
    """
    numbers: dict[tuple[str, str], int] = {}
    for delivery in failed:
        key = delivery.workspace_id, delivery.endpoint_id
        numbers[key] = numbers.get(key, 0) + 1
    return await fetch_all(
        connection,
        Trouble,
        _COUNT_FAILURES,
        [workspace_id for workspace_id, _ in numbers],
        [endpoint_id for _, endpoint_id in numbers],
        list(numbers.values()),
        now,
    )
