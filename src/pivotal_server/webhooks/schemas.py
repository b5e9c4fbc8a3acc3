"""Webhook endpoints over the API, in and out (documentation: Webhook endpoints and deliveries)."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso, to_iso_or_none
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import UNSENT, Count, OneOf, RequestModel, Timestamp, shown_as
from pivotal_server.webhooks.catalogue import EventPattern
from pivotal_server.webhooks.models import ENDPOINT_STATUSES, EndpointRow
from pivotal_server.webhooks.signing import secret_text


def _without_repetitions(patterns: list[str]) -> list[str]:
    return list(dict.fromkeys(patterns))


Url = Annotated[
    str,
    Field(max_length=2048, description="Where events are posted to: `https://` and a host that is public."),
]
Events = Annotated[
    list[EventPattern],
    Field(min_length=1, max_length=100, description="Which events it gets; repetitions are dropped."),
    AfterValidator(_without_repetitions),
]
Description = Annotated[str, Field(max_length=500, description="For people.")]
TestMode = Annotated[
    bool,
    Field(description="`true`: it gets the events of test keys and no others; `false`: those of live keys."),
]
RateLimit = Annotated[
    Count,
    Field(ge=1, le=1000),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1000, "description": "Deliveries a second at most."}),
]
Status = Annotated[str, OneOf(ENDPOINT_STATUSES)]

EXAMPLE: dict[str, Any] = {
    "object": "webhook_endpoint",
    "id": "ep_mg8x0k4t0007a1b2c3d4e5f6",
    "url": "https://hooks.aurora.example/pivotal",
    "description": "Billing",
    "events": ["customer.*", "onboarding.completed"],
    "test_mode": False,
    "rate_limit": None,
    "status": "enabled",
    "disabled_reason": None,
    "disabled_at": None,
    "unhealthy": False,
    "consecutive_failures": 0,
    "failed_deliveries": 0,
    "previous_secret_expires_at": None,
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}
_SECRET = "whsec_c2hvd24gb25jZSwga2VwdCBzYWZlbHkh"  # noqa: S105 - of the examples
EXAMPLE_CREATE = {
    "url": "https://hooks.aurora.example/pivotal",
    "events": ["customer.*", "onboarding.completed"],
    "description": "Billing",
}
EXAMPLE_UPDATE = {"events": ["*"], "rate_limit": 50}


class WebhookEndpointCreate(RequestModel):
    """Body of create-webhook-endpoint; the URL and the events are required."""

    model_config = shown_as(EXAMPLE_CREATE)

    url: Url
    events: Events
    test_mode: TestMode = False
    description: Description | None = None
    rate_limit: RateLimit | None = None


class WebhookEndpointUpdate(RequestModel):
    """Body of update-webhook-endpoint: only what is sent changes; ``null`` clears."""

    model_config = shown_as(EXAMPLE_UPDATE)

    url: Url = UNSENT
    events: Events = UNSENT
    test_mode: TestMode = UNSENT
    description: Description | None = None
    rate_limit: RateLimit | None = None
    status: Annotated[Status, Field(description="`disabled` holds deliveries back; `enabled` lets them go on.")] = (
        UNSENT
    )


class WebhookEndpointListQuery(PageQuery):
    """Query of list-webhook-endpoints."""

    status: Annotated[Status | None, Field(description="Only endpoints with this status.")] = None


class WebhookEndpoint(TypedDict):
    """An address that events are sent to, and how it fares."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["webhook_endpoint"]
    id: str
    url: Annotated[str, Field(description="Where events are posted to.")]
    description: Annotated[str | None, Field(description="For people.")]
    events: Annotated[
        list[EventPattern], Field(description="Which events it gets: event types, `<resource>.*` or `*`.")
    ]
    test_mode: Annotated[
        bool, Field(description="`true`: it gets the events of test keys and no others; `false`: those of live keys.")
    ]
    rate_limit: Annotated[int | None, Field(description="Deliveries a second at most; `null` for no limit.")]
    status: Annotated[Literal["enabled", "disabled"], Field(description="Whether events are sent to it.")]
    disabled_reason: Annotated[
        Literal["manual", "failures"] | None,
        Field(description="`failures` where too many deliveries in a row failed for good."),
    ]
    disabled_at: Annotated[
        Timestamp | None, Field(description="Since when nothing is sent to it; `null` while it is enabled.")
    ]
    unhealthy: Annotated[bool, Field(description="A delivery failed for good, and none has succeeded since.")]
    consecutive_failures: Annotated[int, Field(description="Deliveries that failed for good since the last success.")]
    failed_deliveries: Annotated[int, Field(description="Deliveries that failed for good, ever.")]
    previous_secret_expires_at: Annotated[
        Timestamp | None, Field(description="Up to when the secret before the last rotation signs beside the new one.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


class WebhookEndpointWithSecret(WebhookEndpoint):
    """An endpoint at the moments when its secret is shown."""

    __pydantic_config__ = shown_as(EXAMPLE | {"secret": _SECRET})  # type: ignore[misc]

    secret: Annotated[str, Field(description="What verifies the signatures. It is not shown again.")]


class WebhookEndpointList(TypedDict):
    """A page of endpoints, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[WebhookEndpoint]
    has_more: bool
    next_cursor: str | None


class DeletedWebhookEndpoint(TypedDict):
    """Answer of every DELETE of an endpoint, the first and any later one."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {"object": "deleted", "id": EXAMPLE["id"], "deleted": True}
    )

    object: Literal["deleted"]
    id: str
    deleted: Annotated[bool, Field(description="It is gone, by this request or an earlier one.")]


def present(row: EndpointRow) -> dict[str, Any]:
    """Return the endpoint as the API shows it, which is without its secret: a ``WebhookEndpoint``."""
    return {
        "object": "webhook_endpoint",
        "id": row.id,
        "url": row.url,
        "description": row.description,
        "events": row.events,
        "test_mode": row.test_mode,
        "rate_limit": row.rate_limit,
        "status": row.status,
        "disabled_reason": row.disabled_reason,
        "disabled_at": to_iso_or_none(row.disabled_at),
        "unhealthy": row.unhealthy,
        "consecutive_failures": row.consecutive_failures,
        "failed_deliveries": row.failed_deliveries,
        "previous_secret_expires_at": to_iso_or_none(row.previous_secret_until),
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def present_with_secret(row: EndpointRow) -> dict[str, Any]:
    """Return the endpoint with the secret that signs its deliveries: a ``WebhookEndpointWithSecret``."""
    return {**present(row), "secret": secret_text(row.secret)}


def present_deleted(row: EndpointRow) -> dict[str, Any]:
    """Return the answer of a DELETE of the endpoint: a ``DeletedWebhookEndpoint``."""
    return {"object": "deleted", "id": row.id, "deleted": True}
