"""The shapes of endpoints, deliveries and attempts as stored, and what follows from them."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal, NamedTuple

DeliveryStatus = Literal["pending", "delivered", "failed"]
DELIVERY_STATUSES: tuple[DeliveryStatus, ...] = ("pending", "delivered", "failed")
EndpointStatus = Literal["enabled", "disabled"]
ENDPOINT_STATUSES: tuple[EndpointStatus, ...] = ("enabled", "disabled")
DisabledReason = Literal["manual", "failures"]

# How long the former secret signs beside the new one (documentation: Secret rotation).
ROTATION_OVERLAP = timedelta(hours=24)
# Deliveries in a row that failed for good, after which an endpoint gets no more.
MAX_CONSECUTIVE_FAILURES = 100
# What ends a delivery without a request: its event is no longer kept, or no longer of the endpoint's mode.
NOTHING_TO_SEND = ("gone", "mode")

DELIVERY_ID = (
    "'msg_' || substr({event_id}, 5, 10)"
    " || left(encode(sha256(convert_to({event_id} || {endpoint_id}, 'UTF8')), 'hex'), 14)"
)
"""SQL for the id of an event's delivery to an endpoint; formatted with SQL for ``event_id`` and ``endpoint_id``.

It follows from the two, so that an event has one ``svix-id`` at an endpoint for good, whenever it is sent again. The
time of the event comes first, as in every id.
"""


WANTED = "({delivery}.payload IS NOT NULL OR {delivery}.livemode <> {endpoint}.test_mode)"
"""SQL for whether an endpoint takes a delivery: of its mode, or a test event; formatted with the rows' aliases."""


class EndpointRow(NamedTuple):
    """A webhook endpoint as stored."""

    id: str
    url: str
    description: str | None
    events: list[str]
    test_mode: bool
    rate_limit: int | None
    secret: bytes
    previous_secret: bytes | None
    previous_secret_until: datetime | None
    disabled_at: datetime | None
    disabled_reason: DisabledReason | None
    unhealthy: bool
    consecutive_failures: int
    failed_deliveries: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @property
    def status(self) -> EndpointStatus:
        """Whether anything is sent to it."""
        return "enabled" if self.disabled_at is None else "disabled"


class DeliveryRow(NamedTuple):
    """An event on its way to an endpoint, as stored; ``created_at`` is the event's."""

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    livemode: bool
    created_at: datetime
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    lease: int | None
    last_attempt_at: datetime | None
    last_status_code: int | None

    def is_in_flight(self, now: datetime) -> bool:
        """Return whether a worker is sending it: until its lease ends, nobody else touches it."""
        return self.lease is not None and self.next_attempt_at is not None and self.next_attempt_at > now


class AttemptRow(NamedTuple):
    """One request of a delivery and what came of it; JSON columns are text."""

    number: int
    created_at: datetime
    status_code: int | None
    latency_ms: int
    error_kind: str | None
    error: str | None
    request_url: str
    request_headers: str
    response_headers: str | None
    response_body: str | None
    response_truncated: bool

    @property
    def succeeded(self) -> bool:
        """Whether the receiver has it: any 2xx."""
        return self.status_code is not None and HTTPStatus.OK <= self.status_code < HTTPStatus.MULTIPLE_CHOICES
