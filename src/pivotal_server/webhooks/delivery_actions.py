"""Deliveries on demand: test events, and sending again what was sent, failed or missed.

All of them hold the endpoint's row. A delivery that a worker is sending is left to the worker. Where there are many,
rows that a worker is at are skipped and not waited for; a single one is held before its endpoint, as workers do. So
they never wait for each other crosswise.
"""

from pivotal_server.core.clock import to_iso
from pivotal_server.core.db import fetch_all, fetch_one
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.outbox import new_event
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Change
from pivotal_server.webhooks.actions import name_of, subject_of
from pivotal_server.webhooks.delivery_schemas import MissingReplay, ReplayResult, Resend, TestEventCreate
from pivotal_server.webhooks.examples import example_of
from pivotal_server.webhooks.models import DELIVERY_ID, DeliveryRow, EndpointRow
from pivotal_server.webhooks.queries import DELIVERY_COLUMNS, get_delivery, get_endpoint, get_payload, is_wanted

# Events that one replay looks at; whoever asked goes on from there.
MAX_EVENTS = 10_000
# Deliveries of an endpoint that are due and not sent yet, beyond which nobody may add to them.
MAX_DUE = 50_000

_SEND_TEST = f"""
INSERT INTO deliveries AS d
    (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at, payload)
SELECT $1, {DELIVERY_ID.format(event_id="$3::text", endpoint_id="$2::text")}, $2, $3, $4, false, $5::timestamptz,
    'pending', least($5, $7::timestamptz), $6
RETURNING {DELIVERY_COLUMNS}
"""

# Begins the schedule anew; the count of all attempts goes on.
_REOPENED = "status = 'pending', scheduled_attempts = 0, first_attempt_at = NULL, lease = NULL"
_NOT_IN_FLIGHT = "({0}.lease IS NULL OR {0}.next_attempt_at <= $3)"
_REPLAY = f"""
UPDATE deliveries d SET {_REOPENED}, next_attempt_at = $3
WHERE d.workspace_id = $1 AND d.id = $2 AND {_NOT_IN_FLIGHT.format("d")}
RETURNING {DELIVERY_COLUMNS}
"""

# $1 workspace, $2 endpoint, $3 now; ``wanted`` are events of the endpoint's mode, with the ids of their deliveries.
# All are due as of their event, so that they go in the order in which things happened, and before what happens now. An
# event that is being spread over its endpoints at this moment is inserted by one of the two, and the other waits.
# Deliveries are found by arrays of ids: of a join, PostgreSQL would make a loop over all there are in the workspace,
# for it takes ten thousand events for a handful.
_DELIVERY = DELIVERY_ID.format(event_id="e.id", endpoint_id="$2::text")
_SCHEDULE = f"""
WITH {{wanted}}, held AS MATERIALIZED (
    SELECT o.id FROM deliveries o
    WHERE o.workspace_id = $1 AND o.id = ANY (ARRAY (SELECT e.delivery_id FROM wanted e))
        AND {_NOT_IN_FLIGHT.format("o")} AND {{reopen}}
    FOR NO KEY UPDATE SKIP LOCKED
), reopened AS (
    UPDATE deliveries d SET {_REOPENED}, next_attempt_at = least(d.created_at, $3::timestamptz)
    WHERE d.workspace_id = $1 AND d.id = ANY (ARRAY (SELECT h.id FROM held h))
    RETURNING 1
), made AS (
    INSERT INTO deliveries
        (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at)
    SELECT $1, e.delivery_id, $2, e.id, e.type, e.livemode, e.created_at, 'pending',
        least(e.created_at, $3::timestamptz)
    FROM wanted e WHERE {{make}} ORDER BY e.created_at
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM reopened) + (SELECT count(*) FROM made)
"""
# $4 since, $5 until, $6 the endpoint's mode, $7 its list of events.
_REPLAY_MISSING = (
    _SCHEDULE.format(
        wanted=f"""
scanned AS MATERIALIZED (
    SELECT e.id, e.created_at, e.type, e.livemode FROM events e
    WHERE e.workspace_id = $1 AND e.created_at >= $4 AND e.created_at < $5
    ORDER BY e.created_at LIMIT {MAX_EVENTS + 1}
), rest AS MATERIALIZED (
    SELECT s.created_at FROM scanned s ORDER BY s.created_at OFFSET {MAX_EVENTS}
), wanted AS MATERIALIZED (
    SELECT e.*, {_DELIVERY} AS delivery_id FROM scanned e
    WHERE e.livemode = $6 AND e.created_at < coalesce((SELECT r.created_at FROM rest r), 'infinity')
)""",
        reopen="(o.status = 'failed' OR o.status = 'pending' AND o.scheduled_attempts > 0)",
        make="$7::text[] && ARRAY['*', split_part(e.type, '.', 1) || '.*', e.type]",
    )
    + ", (SELECT r.created_at FROM rest r)"
)
# $4 the events' ids.
_RESEND = _SCHEDULE.format(
    wanted=f"""
wanted AS MATERIALIZED (
    SELECT e.id, e.created_at, e.type, e.livemode, {_DELIVERY} AS delivery_id FROM events e
    WHERE e.workspace_id = $1 AND e.id = ANY ($4::text[])
)""",
    reopen="true",
    make="true",
)
_DUE = """
SELECT count(*) FROM (
    SELECT FROM deliveries d
    WHERE d.workspace_id = $1 AND d.endpoint_id = $2 AND d.status = 'pending' AND d.next_attempt_at <= $3 LIMIT $4
) d
"""
_MODES = "SELECT e.id, e.livemode FROM events e WHERE e.workspace_id = $1 AND e.id = ANY ($2::text[])"
_OF_EVENTS = f"""
SELECT {DELIVERY_COLUMNS} FROM deliveries d
WHERE d.workspace_id = $1 AND d.id = ANY (ARRAY (SELECT {_DELIVERY} FROM unnest($3::text[]) e (id)))
"""


async def send_test_event(change: Change, endpoint_id: str, body: TestEventCreate) -> DeliveryRow:
    """Send an endpoint a made-up event, whatever its mode and its list of events; nothing else hears of it.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``webhook_endpoint_not_found``; 409 ``endpoint_disabled`` or
            ``too_many_due``.
    """
    require(change.actor, "admin")
    endpoint = await _ready_endpoint(change, endpoint_id)
    data = body.data.model_dump() if body.data else example_of(body.type)["data"]
    workspace_id = change.actor.workspace_id
    event = new_event(
        body.type,
        workspace_id,
        livemode=False,
        created_at=change.at,
        data=data["object"],
        previous=data["previous_attributes"],
    )
    change.wake_worker()
    row = await fetch_one(
        change.connection,
        DeliveryRow,
        _SEND_TEST,
        *(workspace_id, endpoint.id, event.id, event.type, event.created_at, event.payload, change.now),
    )
    assert row is not None  # noqa: S101 - an insert returns its row
    return row


async def replay_delivery(change: Change, id_: str) -> DeliveryRow:
    """Send a delivery again, under the same id and with the same bytes; one that is being sent is left alone.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``delivery_not_found``; 409 ``endpoint_disabled``, ``too_many_due``,
            ``wrong_mode`` or ``event_not_kept``.
    """
    require(change.actor, "admin")
    delivery = await get_delivery(change.connection, change.actor, id_, lock=True)
    endpoint = await _ready_endpoint(change, delivery.endpoint_id)
    if not await is_wanted(change.connection, change.actor, id_):
        raise ApiError(409, "wrong_mode", f"It carries a {_kinds(endpoint)[1]} event, and {_only(endpoint)}.")
    if await get_payload(change.connection, change.actor, id_) is None:
        raise ApiError(409, "event_not_kept", "The event is no longer kept: there is nothing to send.")
    row = await fetch_one(change.connection, DeliveryRow, _REPLAY, change.actor.workspace_id, id_, change.now)
    if row is None:
        return delivery
    change.wake_worker()
    change.note(
        "webhook_endpoint.replayed",
        f"Sent a delivery to {name_of(endpoint)} again",
        subject_of(endpoint),
        {"delivery_id": id_},
    )
    return row


async def replay_missing(change: Change, endpoint_id: str, body: MissingReplay) -> ReplayResult:
    """Send an endpoint everything in a window of time that it should have got and has not.

    That is events of its mode and list that it has no delivery of, deliveries that failed, and those that wait for
    another attempt. One call looks at so many events and says where the next one has to begin.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``webhook_endpoint_not_found``; 409 ``endpoint_disabled`` or
            ``too_many_due``.
    """
    require(change.actor, "admin")
    endpoint = await _ready_endpoint(change, endpoint_id)
    row = await change.connection.fetchrow(
        _REPLAY_MISSING,
        *(change.actor.workspace_id, endpoint.id, change.now),
        *(body.since, body.until or change.at, not endpoint.test_mode, endpoint.events),
    )
    assert row is not None  # noqa: S101 - the statement always returns one row
    result = ReplayResult(*row)
    if result.scheduled:
        change.wake_worker()
        change.note(
            "webhook_endpoint.replayed",
            f"Sent {_counted(result.scheduled, 'missing event')} to {name_of(endpoint)}",
            subject_of(endpoint),
            {"since": to_iso(body.since), "until": to_iso(body.until or change.at), "scheduled": result.scheduled},
        )
    return result


async def resend_events(change: Change, endpoint_id: str, body: Resend) -> list[DeliveryRow]:
    """Send an endpoint these events, whether it had them before or not and whatever its list of events says.

    Returns:
        The deliveries, in the order of the request.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``missing_field``, or ``invalid_field`` for an event that is not there
            or of the other mode; 404 ``webhook_endpoint_not_found``; 409 ``endpoint_disabled`` or ``too_many_due``.
    """
    require(change.actor, "admin")
    if "event_ids" not in body.model_fields_set:
        raise ApiError(400, "missing_field", "event_ids is required.", field="event_ids")
    endpoint = await _ready_endpoint(change, endpoint_id)
    workspace_id, ids = change.actor.workspace_id, list(dict.fromkeys(body.event_ids))
    modes = await change.connection.fetch(_MODES, workspace_id, ids)
    _check_events(ids, {row["id"]: row["livemode"] for row in modes}, endpoint)
    scheduled = await change.connection.fetchval(_RESEND, workspace_id, endpoint.id, change.now, ids)
    rows = await fetch_all(change.connection, DeliveryRow, _OF_EVENTS, workspace_id, endpoint.id, ids)
    if scheduled:
        change.wake_worker()
        change.note(
            "webhook_endpoint.replayed",
            f"Sent {_counted(scheduled, 'event')} to {name_of(endpoint)} again",
            subject_of(endpoint),
            {"event_ids": ids},
        )
    places = {id_: place for place, id_ in enumerate(ids)}
    return sorted(rows, key=lambda row: places[row.event_id])


async def _ready_endpoint(change: Change, id_: str) -> EndpointRow:
    """Return the endpoint, held, to which deliveries may be added."""
    endpoint = await get_endpoint(change.connection, change.actor, id_, lock=True)
    if endpoint.disabled_at is not None:
        raise ApiError(409, "endpoint_disabled", "The webhook endpoint is disabled. Enable it first.")
    of_endpoint = (change.actor.workspace_id, id_)
    if await change.connection.fetchval(_DUE, *of_endpoint, change.now, MAX_DUE) >= MAX_DUE:
        message = f"At least {MAX_DUE} deliveries to the webhook endpoint are due. Wait until they were sent."
        raise ApiError(409, "too_many_due", message)
    return endpoint


def _check_events(ids: list[str], livemode: dict[str, bool], endpoint: EndpointRow) -> None:
    for id_ in ids:
        if id_ not in livemode:
            raise invalid_field("event_ids", f"There is no event {id_}.")
        if livemode[id_] == endpoint.test_mode:
            raise invalid_field("event_ids", f"{id_} is a {_kinds(endpoint)[1]} event, and {_only(endpoint)}.")


def _kinds(endpoint: EndpointRow) -> tuple[str, str]:
    """Return the words for the events that the endpoint gets, and for the others."""
    return ("test", "live") if endpoint.test_mode else ("live", "test")


def _only(endpoint: EndpointRow) -> str:
    return f"this endpoint gets {_kinds(endpoint)[0]} events only"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
