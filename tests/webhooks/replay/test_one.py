"""Replaying one delivery: the same id and the same bytes, and never under a worker's hands."""

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.webhooks.delivery_actions import MAX_DUE
from tests.support import Json, SteeredClock, body_of, error_of, eventually
from tests.webhooks.support import (
    LONG_AGO,
    NOTES,
    SCHEDULE,
    WAITING,
    attempt,
    deliveries,
    lease,
    missing,
    send_test,
    set_status,
)

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# Deliveries of events that are long gone, all due.
MANY_DUE = """
INSERT INTO deliveries
    (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at)
SELECT w.workspace_id, 'msg_' || n, w.id, 'evt_' || n, 'customer.created', true, $2, 'pending', $2
FROM webhook_endpoints w, generate_series(1, $3) n WHERE w.id = $1
"""


@pytest.mark.parametrize(("code", "retries"), [(500, False), (204, False), (500, True)])
async def test_a_replay_begins_the_schedule_anew_under_the_same_id(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, delivery: Json, code: int, *, retries: bool
) -> None:
    path = f"/deliveries/{delivery['id']}"
    for _ in range(3):
        await attempt(connection, delivery["id"], clock.now(), code=code, next_at=clock.ahead(300) if retries else None)
    before = body_of(await api.get(path))
    clock.advance(60)
    replayed = body_of(await api.post(f"{path}/replay"))
    assert replayed == delivery | {
        "attempt_count": 3,
        "next_attempt_at": "2026-03-02T09:01:00.123Z",
        "last_attempt_at": before["last_attempt_at"],
        "last_status_code": code,
    }
    row = await connection.fetchrow(SCHEDULE, delivery["id"])
    assert tuple(row or ()) == ("pending", 3, 0, None, clock.now(), None, None)
    after = body_of(await api.get(path))
    assert (after["payload"], after["attempts"]) == (before["payload"], before["attempts"])
    await attempt(connection, delivery["id"], clock.now(), code=200)
    assert [tried["number"] for tried in body_of(await api.get(path))["attempts"]] == [1, 2, 3, 4]
    (note,) = await connection.fetch(NOTES)
    assert note["summary"] == "Sent a delivery to hooks.aurora.example again"
    assert json.loads(note["data"]) == {"delivery_id": delivery["id"]}


async def test_what_is_in_flight_is_left_to_the_worker(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, delivery: Json
) -> None:
    await lease(connection, delivery["id"], clock.ahead(30))
    before = await connection.fetchrow(SCHEDULE, delivery["id"])
    answer = body_of(await api.post(f"/deliveries/{delivery['id']}/replay"))
    assert (answer["in_flight"], answer["status"], answer["next_attempt_at"]) == (True, "pending", None)
    assert await connection.fetchrow(SCHEDULE, delivery["id"]) == before
    assert await connection.fetch(NOTES) == []


async def test_what_a_dead_worker_held_is_sent_again(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, delivery: Json
) -> None:
    await lease(connection, delivery["id"], clock.ahead(30))
    clock.advance(31)
    answer = body_of(await api.post(f"/deliveries/{delivery['id']}/replay"))
    assert (answer["in_flight"], answer["next_attempt_at"]) == (False, "2026-03-02T09:00:31.123Z")
    row = await connection.fetchrow(SCHEDULE, delivery["id"])
    assert row is not None
    assert row["lease"] is None


async def test_a_worker_that_is_recording_the_last_attempt_is_waited_for(
    api: httpx.AsyncClient,
    connection: "Connection",
    rival: "Connection",
    clock: SteeredClock,
    endpoint: Json,
    delivery: Json,
) -> None:
    await lease(connection, delivery["id"], clock.ahead(30))
    async with rival.transaction():
        await attempt(rival, delivery["id"], clock.now())
        replay = asyncio.create_task(api.post(f"/deliveries/{delivery['id']}/replay"))
        await eventually(lambda: connection.fetchval(WAITING))
        # As a worker goes on where the delivery failed for good: crosswise, one of the two would be ended.
        await rival.execute("UPDATE webhook_endpoints SET unhealthy = true WHERE id = $1", endpoint["id"])
    answer = body_of(await replay)
    assert (answer["status"], answer["attempt_count"], answer["in_flight"]) == ("pending", 1, False)
    row = await connection.fetchrow(SCHEDULE, delivery["id"])
    assert tuple(row or ()) == ("pending", 1, 0, None, clock.now(), None, None)
    assert len(await connection.fetch(NOTES)) == 1


async def test_what_is_of_the_former_mode_is_not_replayed(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json, delivery: Json
) -> None:
    test = await send_test(api, endpoint)
    for id_ in (delivery["id"], test["id"]):
        await attempt(connection, id_, clock.now())
    path = f"/webhook_endpoints/{endpoint['id']}"
    body_of(await api.patch(path, json={"test_mode": True}))
    error = error_of(await api.post(f"/deliveries/{delivery['id']}/replay"), 409)
    assert (error["type"], error["code"]) == ("conflict", "wrong_mode")
    assert error["message"] == "It carries a live event, and this endpoint gets test events only."
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["status"] == "failed"
    assert await missing(api, endpoint) == {"object": "replay", "scheduled": 0, "has_more": False, "next_since": None}
    body_of(await api.post(f"/deliveries/{test['id']}/replay"))
    body_of(await api.patch(path, json={"test_mode": False}))
    body_of(await api.post(f"/deliveries/{test['id']}/replay"))
    body_of(await api.post(f"/deliveries/{delivery['id']}/replay"))


async def test_where_very_much_is_due_nothing_is_added(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json, delivery: Json
) -> None:
    await connection.execute(MANY_DUE, endpoint["id"], clock.now(), MAX_DUE - 1)
    path = f"/webhook_endpoints/{endpoint['id']}"
    requests: list[tuple[str, Json]] = [
        (f"/deliveries/{delivery['id']}/replay", {}),
        (f"{path}/replay_missing", {"since": LONG_AGO}),
        (f"{path}/resend", {"event_ids": [delivery["event_id"]]}),
        (f"{path}/test", {"type": "task.created"}),
    ]
    for url, body in requests:
        error = error_of(await api.post(url, json=body), 409)
        assert (error["type"], error["code"]) == ("conflict", "too_many_due")
    await lease(connection, delivery["id"], clock.ahead(30))  # one that is being sent is no longer due
    for url, body in requests:
        assert (await api.post(url, json=body)).is_success


async def test_a_test_event_is_replayed_with_its_payload(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    sent = body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json={"type": "task.created"}), 201)
    await attempt(connection, sent["id"], clock.now(), code=200)
    payload = body_of(await api.get(f"/deliveries/{sent['id']}"))["payload"]
    assert body_of(await api.post(f"/deliveries/{sent['id']}/replay"))["status"] == "pending"
    assert body_of(await api.get(f"/deliveries/{sent['id']}"))["payload"] == payload


async def test_an_event_that_is_no_longer_kept_cannot_be_replayed(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, delivery: Json
) -> None:
    await attempt(connection, delivery["id"], clock.now())
    await connection.execute("DELETE FROM events")
    error = error_of(await api.post(f"/deliveries/{delivery['id']}/replay"), 409)
    assert (error["type"], error["code"]) == ("conflict", "event_not_kept")
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["status"] == "failed"


async def test_nothing_is_sent_again_to_a_disabled_endpoint(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json, delivery: Json
) -> None:
    await attempt(connection, delivery["id"], clock.now())
    await set_status(api, endpoint, "disabled")
    path = f"/webhook_endpoints/{endpoint['id']}"
    for response in (
        await api.post(f"/deliveries/{delivery['id']}/replay"),
        await api.post(f"{path}/replay_missing", json={"since": LONG_AGO}),
        await api.post(f"{path}/resend", json={"event_ids": [delivery["event_id"]]}),
    ):
        assert error_of(response, 409)["code"] == "endpoint_disabled"
    assert [sent["status"] for sent in await deliveries(api, endpoint)] == ["failed"]


async def test_a_replay_under_an_idempotency_key_happens_once(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, delivery: Json
) -> None:
    path, headers = f"/deliveries/{delivery['id']}/replay", {"Idempotency-Key": "a-key"}
    first = await api.post(path, headers=headers)
    await attempt(connection, delivery["id"], clock.now(), code=200)
    second = await api.post(path, headers=headers)
    assert (second.content, second.headers["idempotent-replay"]) == (first.content, "true")
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["status"] == "delivered"
