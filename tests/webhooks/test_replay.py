"""Sending again: one delivery, chosen events, everything that was missed; and who may be at it at the same time."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from pivotal_server.core.clock import to_cursor
from pivotal_server.webhooks import delivery_actions
from tests.harness import World
from tests.support import (
    START,
    Json,
    SteeredClock,
    body_of,
    create_contact,
    create_customer,
    error_of,
    events,
    eventually,
)
from tests.webhooks.support import attempt, create_endpoint, deliveries, lease, spread

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

LONG_AGO = "2026-01-01T00:00:00Z"
SCHEDULE = (
    "SELECT status, attempts, scheduled_attempts, first_attempt_at, next_attempt_at, lease, payload"
    " FROM deliveries WHERE id = $1"
)
NOTES = "SELECT summary, data FROM activity WHERE type = 'webhook_endpoint.replayed' ORDER BY created_at"
# Events as changes leave them, a second apart, the first at $2.
MANY_EVENTS = """
INSERT INTO events (workspace_id, id, created_at, type, livemode, payload)
SELECT $1, 'evt_' || lpad(n::text, 24, '0'), $2::timestamptz + n * interval '1 second', 'customer.created', true, '{}'
FROM generate_series(0, $3 - 1) n
"""


async def missing(api: httpx.AsyncClient, endpoint: Json, since: str = LONG_AGO, **body: object) -> Json:
    return body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/replay_missing", json={"since": since} | body))


async def resend(api: httpx.AsyncClient, endpoint: Json, *event_ids: str) -> list[Json]:
    response = await api.post(f"/webhook_endpoints/{endpoint['id']}/resend", json={"event_ids": event_ids})
    body = body_of(response)
    assert set(body) == {"object", "data"}
    found: list[Json] = body["data"]
    return found


async def set_status(api: httpx.AsyncClient, endpoint: Json, status: str) -> None:
    body_of(await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"status": status}))


@pytest.fixture
async def endpoint(api: httpx.AsyncClient) -> Json:
    """An endpoint of Northwind for all events of live keys."""
    return await create_endpoint(api)


@pytest.fixture
async def delivery(api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json) -> Json:
    """A delivery to the endpoint, never tried."""
    await create_customer(api)
    await spread(connection, clock.now())
    (made,) = await deliveries(api, endpoint)
    return made


@pytest.fixture
async def rival(dsn: str) -> "AsyncIterator[Connection]":
    """A connection of somebody else's, such as a worker's."""
    opened = await asyncpg.connect(dsn)
    yield opened
    await opened.close()


# --- One delivery -----------------------------------------------------------------------------------------------------


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


# --- Everything that was missed ---------------------------------------------------------------------------------------


async def test_what_happened_while_disabled_is_sent_in_its_order(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    await create_customer(api)
    await spread(connection, clock.now())
    (had,) = await deliveries(api, endpoint)
    await attempt(connection, had["id"], clock.now(), code=200)
    await set_status(api, endpoint, "disabled")
    for _ in range(3):
        clock.advance(60)
        await create_contact(api)
        await spread(connection, clock.now())
    assert [sent["id"] for sent in await deliveries(api, endpoint)] == [had["id"]]
    clock.advance(3600)
    await set_status(api, endpoint, "enabled")
    clock.advance(60)
    assert await missing(api, endpoint) == {"object": "replay", "scheduled": 6, "has_more": False, "next_since": None}

    told, log = await events(api), await deliveries(api, endpoint)
    assert [sent["event_id"] for sent in log] == [event["id"] for event in told]
    assert [sent["status"] for sent in log] == ["delivered"] + ["pending"] * 6
    assert body_of(await api.get(f"/deliveries/{log[3]['id']}"))["payload"] == told[3]
    due = await connection.fetch("SELECT id FROM deliveries WHERE status = 'pending' ORDER BY next_attempt_at")
    assert [row["id"] for row in due] == [sent["id"] for sent in log[1:]]
    assert await connection.fetchval("SELECT max(next_attempt_at) FROM deliveries") <= clock.now()

    # A second time there is nothing left to do, and nothing to note.
    assert (await missing(api, endpoint))["scheduled"] == 0
    (note,) = await connection.fetch(NOTES)
    assert note["summary"] == "Sent 6 missing events to hooks.aurora.example"
    assert json.loads(note["data"])["scheduled"] == 6


async def test_what_failed_or_waits_for_another_attempt_is_sent_and_the_rest_is_left_alone(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    for _ in range(6):
        await create_customer(api)
    await spread(connection, clock.now())
    delivered, failed, waiting, untried, held, lapsed = [sent["id"] for sent in await deliveries(api, endpoint)]
    await attempt(connection, delivered, clock.now(), code=200)
    await attempt(connection, failed, clock.now())
    for id_ in (waiting, held, lapsed):
        await attempt(connection, id_, clock.now(), next_at=clock.ahead(300))
    await lease(connection, held, clock.ahead(90))
    await lease(connection, lapsed, clock.ahead(30))
    clock.advance(60)
    before = {id_: await connection.fetchrow(SCHEDULE, id_) for id_ in (delivered, untried, held)}
    assert (await missing(api, endpoint))["scheduled"] == 3
    for id_, row in before.items():
        assert await connection.fetchrow(SCHEDULE, id_) == row
    for id_ in (failed, waiting, lapsed):
        row = await connection.fetchrow(SCHEDULE, id_)
        assert row is not None
        assert tuple(row)[:4] == ("pending", 1, 0, None)
        assert row["lease"] is None
        assert row["next_attempt_at"] <= clock.now()


async def test_events_of_the_other_mode_or_of_no_interest_are_not_missing(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection"
) -> None:
    await create_contact(api)
    await create_contact(test_api)
    contacts = await create_endpoint(api, events=["contact.*", "task.created"])
    testing = await create_endpoint(api, test_mode=True, events=["customer.created"])
    for endpoint, livemode, type_ in ((contacts, True, "contact.created"), (testing, False, "customer.created")):
        assert (await missing(api, endpoint))["scheduled"] == 1
        (sent,) = await deliveries(api, endpoint)
        assert (sent["livemode"], sent["event_type"]) == (livemode, type_)
    assert await connection.fetchval("SELECT count(*) FROM deliveries") == 2


async def test_test_events_are_not_missing(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    sent = body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json={"type": "task.created"}), 201)
    await attempt(connection, sent["id"], clock.now())
    assert (await missing(api, endpoint))["scheduled"] == 0


async def test_a_window_begins_with_its_first_instant_and_ends_before_its_last(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    for _ in range(5):
        await create_customer(api)
        clock.advance(60)
    endpoint, told = await create_endpoint(api), await events(api)
    times = [row[0] for row in await connection.fetch("SELECT created_at FROM events ORDER BY created_at")]
    assert (await missing(api, endpoint, to_cursor(times[1]), until=to_cursor(times[3])))["scheduled"] == 2
    assert [sent["event_id"] for sent in await deliveries(api, endpoint)] == [told[1]["id"], told[2]["id"]]
    just_after = to_cursor(times[3] + timedelta(microseconds=1))
    assert (await missing(api, endpoint, just_after))["scheduled"] == 1
    assert (await missing(api, endpoint, to_cursor(times[4]), until=to_cursor(times[0])))["scheduled"] == 0
    assert (await missing(api, endpoint, until=None))["scheduled"] == 2


async def test_a_long_window_is_walked_a_piece_at_a_time(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World, endpoint: Json
) -> None:
    step = delivery_actions.MAX_EVENTS
    count = 2 * step + 1
    await connection.execute(MANY_EVENTS, world.northwind.id, START, count)
    clock.advance(count)
    pieces, since = [], LONG_AGO
    while since:
        piece = await missing(api, endpoint, since)
        pieces.append(piece["scheduled"])
        assert piece["has_more"] == (piece["next_since"] is not None)
        since = piece["next_since"]
    assert pieces == [step, step, 1]
    assert (await missing(api, endpoint))["scheduled"] == 0
    assert await connection.fetchval("SELECT count(DISTINCT event_id) FROM deliveries") == count


async def test_an_event_that_is_being_spread_is_delivered_once(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    for _ in range(5):
        await create_customer(api)
    held = rival.transaction()
    await held.start()
    await spread(rival, clock.now())
    replay = asyncio.create_task(missing(api, endpoint))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await eventually(lambda: connection.fetchval(waiting))
    await held.commit()
    assert (await replay)["scheduled"] == 0
    assert len(await deliveries(api, endpoint)) == 5

    # And the other way round: what was replayed is not made again.
    await create_customer(api)
    assert (await missing(api, endpoint))["scheduled"] == 1
    ids = [sent["id"] for sent in await deliveries(api, endpoint)]
    await spread(connection, clock.now())
    assert [sent["id"] for sent in await deliveries(api, endpoint)] == ids
    assert len(ids) == 6


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_type", "since"),
        ({"since": None}, "invalid_type", "since"),
        ({"since": "yesterday"}, "invalid_string", "since"),
        ({"since": "2026-01-01"}, "invalid_string", "since"),
        ({"since": LONG_AGO, "until": 7}, "invalid_type", "until"),
        ({"since": LONG_AGO, "until": ""}, "invalid_string", "until"),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, endpoint: Json, body: Json, code: str, field: str
) -> None:
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/replay_missing", json=body), 400)
    assert (error["code"], error["field"]) == (code, field)


# --- Chosen events ----------------------------------------------------------------------------------------------------


async def test_chosen_events_are_sent_whatever_the_list_says_and_whatever_became_of_them(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api, events=["customer.*"])
    for _ in range(2):
        await create_contact(api)
    await spread(connection, clock.now())
    customer, contact, second, _ = [event["id"] for event in await events(api)]
    had, other = await deliveries(api, endpoint)
    await attempt(connection, had["id"], clock.now(), code=200)
    await lease(connection, other["id"], clock.ahead(30))
    clock.advance(1)

    sent = await resend(api, endpoint, contact, second, customer, contact)
    assert [one["event_id"] for one in sent] == [contact, second, customer]
    assert [one["in_flight"] for one in sent] == [False, True, False]
    assert [one["attempt_count"] for one in sent] == [0, 0, 1]
    assert {one["status"] for one in sent} == {"pending"}
    assert sent[2]["id"] == had["id"]
    assert await connection.fetchval("SELECT lease FROM deliveries WHERE id = $1", other["id"]) == 7
    assert await connection.fetchval("SELECT count(*) FROM deliveries WHERE next_attempt_at <= $1", clock.now()) == 2
    (note,) = await connection.fetch(NOTES)
    assert note["summary"] == "Sent 2 events to hooks.aurora.example again"


async def test_an_event_has_one_id_at_an_endpoint_for_good(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    await create_customer(api)
    (event,) = await events(api)
    (resent,) = await resend(api, endpoint, event["id"])
    await spread(connection, clock.now())
    await connection.execute("DELETE FROM deliveries")
    await missing(api, endpoint)
    (missed,) = await deliveries(api, endpoint)
    assert missed["id"] == resent["id"]
    (elsewhere,) = await resend(api, await create_endpoint(api), event["id"])
    assert elsewhere["id"] != resent["id"]


async def test_event_ids_are_required_under_a_code_of_their_own(api: httpx.AsyncClient, endpoint: Json) -> None:
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/resend", json={}), 400)
    assert error == {
        "type": "invalid_request_error",
        "code": "missing_field",
        "message": "event_ids is required.",
        "field": "event_ids",
    }


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        (None, "invalid_type", "event_ids"),
        ("evt_1", "invalid_type", "event_ids"),
        ([], "too_small", "event_ids"),
        ([7], "invalid_type", "event_ids.0"),
        (["evt_1", "x" * 65], "too_big", "event_ids.1"),
        (["evt_1"] * 1001, "too_big", "event_ids"),
    ],
)
async def test_event_ids_that_make_no_sense_are_refused(
    api: httpx.AsyncClient, endpoint: Json, value: object, code: str, field: str
) -> None:
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/resend", json={"event_ids": value}), 400)
    assert (error["code"], error["field"]) == (code, field)


async def test_events_that_are_not_there_or_of_the_other_mode_are_refused_together_with_the_rest(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection", endpoint: Json
) -> None:
    testing = await create_endpoint(api, test_mode=True)
    await create_customer(api)
    await create_customer(test_api)
    live, test = [event["id"] for event in await events(api)]
    for there, ids, message in (
        (endpoint, [live, "evt_nobody", "evt_else"], "There is no event evt_nobody."),
        (endpoint, [live, test], f"{test} is a test event, and this endpoint gets live events only."),
        (testing, [test, live], f"{live} is a live event, and this endpoint gets test events only."),
    ):
        error = error_of(await api.post(f"/webhook_endpoints/{there['id']}/resend", json={"event_ids": ids}), 400)
        assert (error["code"], error["message"], error["field"]) == ("invalid_field", message, "event_ids")
    assert await connection.fetchval("SELECT count(*) FROM deliveries") == 0
    assert [sent["event_id"] for sent in await resend(api, testing, test)] == [test]


async def test_a_thousand_events_are_sent_again_at_once(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World, endpoint: Json
) -> None:
    await connection.execute(MANY_EVENTS, world.northwind.id, START, 1000)
    clock.advance(2000)
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM events ORDER BY md5(id)")]
    for _ in range(2):
        assert [sent["event_id"] for sent in await resend(api, endpoint, *ids)] == ids
    assert await connection.fetchval("SELECT count(*) FROM deliveries WHERE status = 'pending'") == 1000


# --- At the same time -------------------------------------------------------------------------------------------------


async def test_many_at_once_neither_wait_crosswise_nor_double_anything(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    for _ in range(20):
        await create_customer(api)
    ids = [event["id"] for event in await events(api)]
    path = f"/webhook_endpoints/{endpoint['id']}"
    replays = [api.post(f"{path}/replay_missing", json={"since": LONG_AGO}) for _ in range(4)]
    others = [
        *(api.post(f"{path}/resend", json={"event_ids": ids[:: 1 if n % 2 else -1]}) for n in range(4)),
        *(api.post(f"{path}/rotate_secret") for _ in range(3)),
        *(api.post(f"{path}/test", json={"type": "task.created"}) for _ in range(3)),
        api.patch(path, json={"rate_limit": 7}),
    ]
    responses, _ = await asyncio.gather(asyncio.gather(*replays, *others), spread(rival, clock.now()))
    assert {response.status_code for response in responses} == {200, 201}
    assert await connection.fetchval("SELECT count(DISTINCT event_id) FROM deliveries") == 23
    assert await connection.fetchval("SELECT count(*) FROM deliveries") == 23
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
    again = await asyncio.gather(
        *(api.post(f"/deliveries/{one['id']}/replay") for one in await deliveries(api, endpoint))
    )
    assert {response.status_code for response in again} == {200}


async def test_what_is_deleted_meanwhile_is_not_found(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", endpoint: Json, delivery: Json
) -> None:
    held = rival.transaction()
    await held.start()
    await rival.execute("UPDATE webhook_endpoints SET deleted_at = now() WHERE id = $1", endpoint["id"])
    path = f"/webhook_endpoints/{endpoint['id']}"
    requests = [
        asyncio.ensure_future(request)
        for request in (
            api.post(f"/deliveries/{delivery['id']}/replay"),
            api.post(f"{path}/replay_missing", json={"since": LONG_AGO}),
            api.post(f"{path}/resend", json={"event_ids": [delivery["event_id"]]}),
        )
    ]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await eventually(lambda: connection.fetchval(f"SELECT ({waiting}) = 3"))
    await held.commit()
    codes = [error_of(await request, 404)["code"] for request in requests]
    assert codes == ["delivery_not_found", "webhook_endpoint_not_found", "webhook_endpoint_not_found"]
    assert await connection.fetch(NOTES) == []
