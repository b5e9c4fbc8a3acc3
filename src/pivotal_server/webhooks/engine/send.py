"""One attempt: sign, POST, and put in words what came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

import orjson

from pivotal_server.core.outbound_http import OutboundError, OutboundHttp
from pivotal_server.webhooks.engine.schedule import next_attempt, read_retry_after
from pivotal_server.webhooks.signing import signed_headers

if TYPE_CHECKING:
    from pivotal_server.core.clock import Clock
    from pivotal_server.webhooks.engine.claim import Claimed

_MAY_ASK_FOR_TIME = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Attempt(NamedTuple):
    """What came of sending a delivery, as it will be stored; headers are JSON text, the latency is in milliseconds.

    ``next_attempt_at`` is None where no further attempt is due: it succeeded, or it was the last.
    """

    delivery: Claimed
    at: datetime
    next_attempt_at: datetime | None = None
    status_code: int | None = None
    latency_ms: int = 0
    error_kind: str | None = None
    error: str | None = None
    request_headers: str = "{}"
    response_headers: str | None = None
    response_body: str | None = None
    response_truncated: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the receiver has it: any 2xx."""
        return self.status_code is not None and HTTPStatus.OK <= self.status_code < HTTPStatus.MULTIPLE_CHOICES


async def send(http: OutboundHttp, delivery: Claimed, clock: Clock) -> Attempt:
    """Send a delivery once and return what came of it; whatever the receiver does is data, not an error."""
    at = clock.now()
    if delivery.payload is None:  # removed while it waited, and no further attempt can mend that
        return Attempt(delivery, at, error_kind="gone", error="The event is no longer kept: there is nothing to send.")
    if not delivery.wanted:  # its test mode was changed while this waited
        return Attempt(delivery, at, error_kind="mode", error="The endpoint no longer gets events of this mode.")
    body = delivery.payload.encode()
    secrets = [secret for secret in (delivery.secret, delivery.previous_secret) if secret is not None]
    headers = signed_headers(secrets, delivery.id, int(at.timestamp()), body)
    attempt = Attempt(delivery, at, request_headers=orjson.dumps(headers).decode())
    try:
        response = await http.post(delivery.url, headers=headers, body=body)
    except OutboundError as error:
        attempt = attempt._replace(latency_ms=error.latency_ms, error_kind=error.kind, error=error.message)
        return attempt._replace(next_attempt_at=_next(attempt, clock.now()))
    attempt = attempt._replace(
        status_code=response.status,
        latency_ms=response.latency_ms,
        response_headers=orjson.dumps(_by_name(response.headers)).decode(),
        response_body=response.text(),
        response_truncated=response.truncated,
    )
    if attempt.succeeded:
        return attempt
    now = clock.now()
    return attempt._replace(next_attempt_at=_next(attempt, now, _asked_for(response.status, response.headers, now)))


def failure_of_ours(delivery: Claimed, at: datetime) -> Attempt:
    """Return the failure of an attempt that ended with a defect in Pivotal; it is tried again like any other."""
    message = "Pivotal failed to make the request; its log says why."
    attempt = Attempt(delivery, at, error_kind="internal", error=message)
    return attempt._replace(next_attempt_at=_next(attempt, at))


def _next(attempt: Attempt, now: datetime, retry_after: timedelta | None = None) -> datetime | None:
    delivery = attempt.delivery
    return next_attempt(delivery.made + 1, delivery.first_attempt_at or attempt.at, now, retry_after)


def _by_name(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the headers with what came more than once joined by commas."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _asked_for(status: int, headers: tuple[tuple[str, str], ...], now: datetime) -> timedelta | None:
    if status not in _MAY_ASK_FOR_TIME:
        return None
    value = next((value for name, value in headers if name.lower() == "retry-after"), None)
    return None if value is None else read_retry_after(value, now)
