"""Sending everything that was missed: in its order, once, and nothing else."""

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

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
from tests.webhooks.support import (
    LONG_AGO,
    MANY_EVENTS,
    NOTES,
    SCHEDULE,
    WAITING,
    attempt,
    create_endpoint,
    deliveries,
    lease,
    missing,
    set_status,
    spread,
)

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


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
    await eventually(lambda: connection.fetchval(WAITING))
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
