"""REST routes of webhook endpoints and their deliveries."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from pivotal_server.core.pagination import page
from pivotal_server.rest.call import Call, Needs, Reply, reply
from pivotal_server.rest.openapi import conflict, errors
from pivotal_server.rest.route import ApiRoute
from pivotal_server.webhooks import actions, delivery_actions, queries
from pivotal_server.webhooks.delivery_schemas import (
    Delivery,
    DeliveryList,
    DeliveryListQuery,
    DeliveryWithAttempts,
    MissingReplay,
    Replay,
    Resend,
    ResentDeliveries,
    TestEventCreate,
    present_delivery,
    present_delivery_with_attempts,
    present_replay,
)
from pivotal_server.webhooks.models import DeliveryRow
from pivotal_server.webhooks.schemas import (
    DeletedWebhookEndpoint,
    WebhookEndpoint,
    WebhookEndpointCreate,
    WebhookEndpointList,
    WebhookEndpointListQuery,
    WebhookEndpointUpdate,
    WebhookEndpointWithSecret,
    present,
    present_deleted,
    present_with_secret,
)

router = APIRouter(prefix="/api/v1", tags=["webhooks"], route_class=ApiRoute)

Reader = Annotated[Call, Needs("webhooks:read")]
Writer = Annotated[Call, Needs("webhooks:write")]
EndpointId = Annotated[str, Path(description="The endpoint's `ep_…`.")]
DeliveryId = Annotated[str, Path(description="The delivery's `msg_…`.")]

_FULL = conflict("endpoint_limit_reached", "A workspace has at most 100 webhook endpoints. Delete one first.")
_DISABLED = conflict("endpoint_disabled", "The webhook endpoint is disabled. Enable it first.")


@router.get(
    "/webhook_endpoints", operation_id="list-webhook-endpoints", summary="List webhook endpoints",
    response_model=WebhookEndpointList, responses=errors(400),
)  # fmt: skip
async def list_webhook_endpoints(call: Reader, query: Annotated[WebhookEndpointListQuery, Query()]) -> Reply:
    """Endpoints of the workspace, newest first, without their secrets."""
    rows = await queries.list_endpoints(call.connection, call.actor, query)
    return reply(page(rows, query.limit, present))


@router.post(
    "/webhook_endpoints", operation_id="create-webhook-endpoint", summary="Create a webhook endpoint",
    response_model=WebhookEndpointWithSecret, status_code=201, responses=errors(400) | _FULL,
)  # fmt: skip
async def create_webhook_endpoint(call: Writer, body: WebhookEndpointCreate) -> Reply:
    """Subscribes a URL to events. The answer holds the secret that its signatures are verified with, this once."""
    return await call.commit(
        lambda change: actions.create_endpoint(change, body, call.services.settings.outbound_allow),
        present_with_secret, status=201, location=lambda row: f"/api/v1/webhook_endpoints/{row.id}",
    )  # fmt: skip


@router.get(
    "/webhook_endpoints/{id}", operation_id="get-webhook-endpoint", summary="Retrieve a webhook endpoint",
    response_model=WebhookEndpoint, responses=errors(404),
)  # fmt: skip
async def get_webhook_endpoint(call: Reader, id: EndpointId) -> Reply:  # noqa: A002 - the name in every path
    """One endpoint and how it fares, without its secret."""
    return reply(present(await queries.get_endpoint(call.connection, call.actor, id)))


@router.patch(
    "/webhook_endpoints/{id}", operation_id="update-webhook-endpoint", summary="Update a webhook endpoint",
    response_model=WebhookEndpoint, responses=errors(400, 404),
)  # fmt: skip
async def update_webhook_endpoint(call: Writer, id: EndpointId, body: WebhookEndpointUpdate) -> Reply:  # noqa: A002
    """Changes the fields that are sent. Deliveries that wait already go to the new URL."""
    allowed = call.services.settings.outbound_allow
    return await call.commit(lambda change: actions.update_endpoint(change, id, body, allowed), present)


@router.delete(
    "/webhook_endpoints/{id}", operation_id="delete-webhook-endpoint", summary="Delete a webhook endpoint",
    response_model=DeletedWebhookEndpoint, responses=errors(404),
)  # fmt: skip
async def delete_webhook_endpoint(call: Writer, id: EndpointId) -> Reply:  # noqa: A002
    """Sends it nothing any more and hides it with its deliveries. Repeating it gives the same answer."""
    return await call.commit(lambda change: actions.delete_endpoint(change, id), present_deleted)


@router.post(
    "/webhook_endpoints/{id}/enable", operation_id="enable-webhook-endpoint", summary="Enable a webhook endpoint",
    response_model=WebhookEndpoint, responses=errors(404),
)  # fmt: skip
async def enable_webhook_endpoint(call: Writer, id: EndpointId) -> Reply:  # noqa: A002
    """Sends to it again, what waited meanwhile included, and counts its failures from zero."""
    return await call.commit(lambda change: actions.enable_endpoint(change, id), present)


@router.post(
    "/webhook_endpoints/{id}/rotate_secret", operation_id="rotate-webhook-endpoint-secret",
    summary="Rotate a webhook endpoint's secret", response_model=WebhookEndpointWithSecret, responses=errors(404),
)  # fmt: skip
async def rotate_webhook_endpoint_secret(call: Writer, id: EndpointId) -> Reply:  # noqa: A002
    """Makes a new secret and shows it, this once. The one before it signs beside it for 24 hours."""
    return await call.commit(lambda change: actions.rotate_secret(change, id), present_with_secret)


@router.post(
    "/webhook_endpoints/{id}/test", operation_id="send-test-event", summary="Send a test event",
    response_model=Delivery, status_code=201, responses=errors(400, 404) | _DISABLED,
)  # fmt: skip
async def send_test_event(call: Writer, id: EndpointId, body: TestEventCreate) -> Reply:  # noqa: A002
    """Sends a made-up event with `livemode: false`, whatever the endpoint's mode and list of events."""
    return await call.commit(
        lambda change: delivery_actions.send_test_event(change, id, body), _present_with(call),
        status=201, location=lambda row: f"/api/v1/deliveries/{row.id}",
    )  # fmt: skip


@router.get(
    "/webhook_endpoints/{id}/deliveries", operation_id="list-webhook-endpoint-deliveries",
    summary="List a webhook endpoint's deliveries", response_model=DeliveryList, responses=errors(400, 404),
)  # fmt: skip
async def list_webhook_endpoint_deliveries(
    call: Reader,
    id: EndpointId,  # noqa: A002
    query: Annotated[DeliveryListQuery, Query()],
) -> Reply:
    """What was sent, is on its way or failed; newest events first."""
    endpoint = await queries.get_endpoint(call.connection, call.actor, id)
    rows = await queries.list_deliveries(call.connection, call.actor, endpoint.id, query)
    return reply(page(rows, query.limit, _present_with(call)))


@router.post(
    "/webhook_endpoints/{id}/replay_missing", operation_id="replay-missing-deliveries",
    summary="Send everything that was missed", response_model=Replay, responses=errors(400, 404) | _DISABLED,
)  # fmt: skip
async def replay_missing_deliveries(call: Writer, id: EndpointId, body: MissingReplay) -> Reply:  # noqa: A002
    """Sends what the endpoint should have got since then and has not: what failed, and what it was disabled for.

    One call looks at up to 10,000 events. While `has_more` is true, call again with `next_since` as `since`.
    """
    return await call.commit(
        lambda change: delivery_actions.replay_missing(change, id, body), present_replay
    )  # fmt: skip


@router.post(
    "/webhook_endpoints/{id}/resend", operation_id="resend-events", summary="Send events again",
    response_model=ResentDeliveries, responses=errors(400, 404) | _DISABLED,
)  # fmt: skip
async def resend_events(call: Writer, id: EndpointId, body: Resend) -> Reply:  # noqa: A002
    """Sends up to 1,000 events, whether the endpoint had them before or not and whatever its list of events says."""
    show = _present_with(call)
    return await call.commit(
        lambda change: delivery_actions.resend_events(change, id, body),
        lambda rows: {"object": "list", "data": [show(row) for row in rows]},
    )  # fmt: skip


@router.get(
    "/deliveries/{id}", operation_id="get-delivery", summary="Retrieve a delivery",
    response_model=DeliveryWithAttempts, responses=errors(404),
)  # fmt: skip
async def get_delivery(call: Reader, id: DeliveryId) -> Reply:  # noqa: A002
    """One delivery with the event that it carries and every attempt: what was sent, what came back."""
    row = await queries.get_delivery(call.connection, call.actor, id)
    attempts = await queries.list_attempts(call.connection, call.actor, row.id)
    payload = await queries.get_payload(call.connection, call.actor, row.id)
    return reply(present_delivery_with_attempts(row, attempts, payload, call.services.clock.now()))


@router.post(
    "/deliveries/{id}/replay", operation_id="replay-delivery", summary="Replay a delivery",
    response_model=Delivery, responses=errors(404) | _DISABLED,
)  # fmt: skip
async def replay_delivery(call: Writer, id: DeliveryId) -> Reply:  # noqa: A002
    """Sends it again, under the same `svix-id` and with the same bytes. One that is being sent is left alone."""
    return await call.commit(
        lambda change: delivery_actions.replay_delivery(change, id), _present_with(call)
    )  # fmt: skip


def _present_with(call: Call) -> Callable[[DeliveryRow], dict[str, Any]]:
    return lambda row: present_delivery(row, call.services.clock.now())
