"""Replaying one delivery: the same id and the same bytes, and never under a worker's hands."""

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, error_of
from tests.webhooks.support import LONG_AGO, NOTES, SCHEDULE, attempt, deliveries, lease, set_status

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


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


async def test_a_worker_that_is_recording_is_not_waited_for(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", delivery: Json
) -> None:
    async with rival.transaction():
        await rival.execute("UPDATE deliveries SET attempts = attempts WHERE id = $1", delivery["id"])
        assert body_of(await api.post(f"/deliveries/{delivery['id']}/replay")) == delivery
    assert await connection.fetch(NOTES) == []


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
