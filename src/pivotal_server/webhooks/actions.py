"""Changes to endpoints: each writes the row and its activity in the caller's transaction; they fire no events."""

from typing import Any
from urllib.parse import urlsplit

from pivotal_server.core.db import fetch_one
from pivotal_server.core.errors import ApiError
from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.core.outbound_http import OutboundError, check_url
from pivotal_server.core.outbound_http.addresses import Networks
from pivotal_server.core.resources import changes, moment_of_change, previous_attributes
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Change, Subject
from pivotal_server.webhooks.models import ROTATION_OVERLAP, EndpointRow
from pivotal_server.webhooks.queries import ENDPOINT_COLUMNS, get_endpoint
from pivotal_server.webhooks.schemas import WebhookEndpointCreate, WebhookEndpointUpdate, present
from pivotal_server.webhooks.signing import new_secret

MAX_ENDPOINTS = 100

# One by one, so that two requests at once cannot both be the hundredth.
_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_CREATE_COLUMNS = ("url", "events", "test_mode", "description", "rate_limit")
_CREATE = f"""
INSERT INTO webhook_endpoints AS w (workspace_id, id, secret, created_at, updated_at, {", ".join(_CREATE_COLUMNS)})
SELECT $1, $2, $3, $4, $4, {", ".join(f"${number}" for number, _ in enumerate(_CREATE_COLUMNS, 5))}
WHERE {MAX_ENDPOINTS} > (SELECT count(*) FROM webhook_endpoints o WHERE o.workspace_id = $1 AND o.deleted_at IS NULL)
RETURNING {ENDPOINT_COLUMNS}
"""
_UPDATE = f"""
UPDATE webhook_endpoints w SET {{assignments}} WHERE w.workspace_id = $1 AND w.id = $2 RETURNING {ENDPOINT_COLUMNS}
"""

# Whoever enables an endpoint says that what was wrong with it is mended.
_ENABLED: dict[str, Any] = {
    "disabled_at": None,
    "disabled_reason": None,
    "unhealthy": False,
    "consecutive_failures": 0,
}
# Fields as a person calls them, where that is another name.
_WORDS = {"url": "URL", "test_mode": "test mode", "rate_limit": "rate limit"}


async def create_endpoint(change: Change, body: WebhookEndpointCreate, allowed: Networks) -> EndpointRow:
    """Add an endpoint with a secret of its own.

    Args:
        change: what to write on.
        body: what is wanted.
        allowed: networks that the operator named (setting ``outbound_allow``).

    Raises:
        ApiError: 403 ``insufficient_role``; 400 for a URL that may not be requested; 409 ``endpoint_limit_reached``.
    """
    require(change.actor, "admin")
    _check_url(body.url, allowed)
    workspace_id, fields = change.actor.workspace_id, body.model_dump()
    await change.connection.execute(_WAIT_FOR_TURN, workspace_id)
    values = [fields[name] for name in _CREATE_COLUMNS]
    row = await fetch_one(
        change.connection,
        EndpointRow,
        _CREATE,
        *(workspace_id, new_prefixed_id("ep"), new_secret(), change.at),
        *values,
    )
    if row is None:
        message = f"A workspace has at most {MAX_ENDPOINTS} webhook endpoints. Delete one first."
        raise ApiError(409, "endpoint_limit_reached", message)
    change.note("webhook_endpoint.created", f"Added webhook endpoint {name_of(row)}", subject_of(row))
    return row


async def update_endpoint(change: Change, id_: str, body: WebhookEndpointUpdate, allowed: Networks) -> EndpointRow:
    """Change the fields that the body names; where nothing differs, nothing happens.

    Args:
        change: what to write on.
        id_: the endpoint's.
        body: what is wanted.
        allowed: networks that the operator named (setting ``outbound_allow``).

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``webhook_endpoint_not_found``; 400 for a URL that may not be
            requested.
    """
    require(change.actor, "admin")
    fields = body.changes()
    if "url" in fields:
        _check_url(fields["url"], allowed)
    before = await get_endpoint(change.connection, change.actor, id_, lock=True)
    status = fields.pop("status", None)
    if status == "enabled":
        fields |= _ENABLED
        change.wake_worker()
    elif status == "disabled" and before.status == "enabled":
        fields |= {"disabled_at": change.at, "disabled_reason": "manual"}
    fields = {name: value for name, value in fields.items() if value != getattr(before, name)}
    if not fields:
        return before
    row = await _update(change, before, fields)
    previous = previous_attributes(present(before), present(row))
    if "url" in previous:
        previous["url"] = _place(before)
    event, summary = _told(row, fields)
    change.note(event, summary, subject_of(row), changes(previous, present(row) | {"url": _place(row)}))
    return row


async def enable_endpoint(change: Change, id_: str) -> EndpointRow:
    """Send to an endpoint again, what waited for it included, and count its failures from zero.

    Raises:
        ApiError: 404 ``webhook_endpoint_not_found``.
    """
    return await update_endpoint(change, id_, WebhookEndpointUpdate(status="enabled"), ())


async def rotate_secret(change: Change, id_: str) -> EndpointRow:
    """Give an endpoint a new secret; the one that it had signs beside it for a while.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``webhook_endpoint_not_found``.
    """
    require(change.actor, "admin")
    before = await get_endpoint(change.connection, change.actor, id_, lock=True)
    row = await _update(
        change,
        before,
        {
            "secret": new_secret(),
            "previous_secret": before.secret,
            "previous_secret_until": change.at + ROTATION_OVERLAP,
        },
    )
    change.note("webhook_endpoint.secret_rotated", f"Rotated the secret of {name_of(row)}", subject_of(row))
    return row


async def delete_endpoint(change: Change, id_: str) -> EndpointRow:
    """Hide an endpoint and its log, and send it nothing any more; deleting it again changes nothing.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 where there never was such an endpoint.
    """
    require(change.actor, "admin")
    before = await get_endpoint(change.connection, change.actor, id_, deleted=True, lock=True)
    if before.deleted_at is not None:
        return before
    row = await _update(change, before, {"deleted_at": change.at})
    change.note("webhook_endpoint.deleted", f"Deleted webhook endpoint {name_of(row)}", subject_of(row))
    return row


def _place(row: EndpointRow) -> str:
    """Return what of the URL may be told: its path and query may hold a secret."""
    parts = urlsplit(row.url)
    return f"{parts.scheme}://{parts.netloc}"


def name_of(row: EndpointRow) -> str:
    """Return what a person knows the endpoint by: its host, for the rest of a URL may hold a secret."""
    return urlsplit(row.url).netloc


def subject_of(row: EndpointRow) -> Subject:
    """Return the endpoint as what an activity entry is about."""
    return Subject("webhook_endpoint", row.id)


def _check_url(url: str, allowed: Networks) -> None:
    try:
        check_url(url, allowed)
    except OutboundError as error:
        raise ApiError(400, "invalid_string", error.message, field="url") from None


async def _update(change: Change, before: EndpointRow, fields: dict[str, Any]) -> EndpointRow:
    fields = {**fields, "updated_at": moment_of_change(change.at, before.updated_at)}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 3))
    sql = _UPDATE.format(assignments=assignments)
    row = await fetch_one(change.connection, EndpointRow, sql, change.actor.workspace_id, before.id, *fields.values())
    assert row is not None  # noqa: S101 - the row is locked
    return row


def _told(row: EndpointRow, fields: dict[str, Any]) -> tuple[str, str]:
    """Return what happened to the endpoint: as a name, and in one sentence."""
    name = name_of(row)
    if fields.keys() <= _ENABLED.keys():
        return f"webhook_endpoint.{row.status}", f"{row.status.capitalize()} webhook endpoint {name}"
    words = [_WORDS.get(field, field) for field in fields if field not in _ENABLED]
    return "webhook_endpoint.updated", f"Changed webhook endpoint {name}: {', '.join(words)}"
