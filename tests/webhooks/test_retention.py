"""The log of deliveries goes back as far as the setting says."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.webhooks.retention import remove_old_deliveries
from tests.harness import World
from tests.support import SteeredClock, eventually
from tests.webhooks.conftest import NewEndpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

FILL = """
WITH made AS (
    INSERT INTO deliveries
        (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, attempts)
    SELECT $1, 'msg_' || $2::text || n, $2, 'evt_' || n, 'customer.created', true,
        $3::timestamptz + n * interval '1 second', 'delivered', 1
    FROM generate_series(1, $4::integer) n RETURNING workspace_id, id, created_at
)
INSERT INTO delivery_attempts
    (workspace_id, delivery_id, number, created_at, latency_ms, request_url, request_headers, response_truncated)
SELECT workspace_id, id, 1, created_at, 5, 'https://hook.example', '{}', false FROM made
"""
WAITS = """
INSERT INTO deliveries
    (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at)
VALUES ($1, $2, $3, 'evt_x', 'customer.created', true, $4, 'pending', $4)
"""
# An attempt that a worker has written and not committed yet.
RECORD = """
WITH recorded AS (UPDATE deliveries SET attempts = 2 RETURNING workspace_id, id)
INSERT INTO delivery_attempts
    (workspace_id, delivery_id, number, created_at, latency_ms, request_url, request_headers, response_truncated)
SELECT workspace_id, id, 2, $1, 5, 'https://hook.example', '{}', false FROM recorded
"""
BLOCKED = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
COUNTS = "SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM delivery_attempts)"


async def test_old_deliveries_go_with_their_attempts_a_batch_at_a_time(
    connection: "Connection",
    clock: SteeredClock,
    world: World,
    new_endpoint: NewEndpoint,
) -> None:
    cutoff = clock.now() - timedelta(days=30)
    for _ in range(2):
        endpoint = await new_endpoint("https://hook.example")
        await connection.execute(FILL, world.northwind.id, endpoint, cutoff - timedelta(seconds=21), 30)
    assert await remove_old_deliveries(connection, cutoff, lambda: False, batch=7) == 40
    assert tuple(await connection.fetchrow(COUNTS) or ()) == (20, 20)
    assert await connection.fetchval("SELECT min(created_at) FROM deliveries") == cutoff
    assert await remove_old_deliveries(connection, cutoff, lambda: False) == 0


async def test_a_worker_that_is_told_to_stop_leaves_the_rest(
    connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    await connection.execute(FILL, world.northwind.id, await new_endpoint("https://hook.example"), clock.now(), 3)
    assert await remove_old_deliveries(connection, clock.ahead(3600), lambda: True) == 0


async def waits(connection: "Connection", world: World, endpoint_id: str, at: datetime) -> None:
    await connection.execute(WAITS, world.northwind.id, new_prefixed_id("msg"), endpoint_id, at)


async def test_what_waits_too_long_for_an_endpoint_to_be_enabled_goes_as_well(
    connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    endpoint = await new_endpoint("https://hook.example", disabled_at=clock.now(), disabled_reason="manual")
    await waits(connection, world, endpoint, clock.now())
    assert await remove_old_deliveries(connection, clock.ahead(1), lambda: False) == 1


async def test_what_is_still_to_be_sent_stays_however_old_its_event_is(
    connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    await waits(connection, world, await new_endpoint("https://hook.example"), clock.now())
    assert await remove_old_deliveries(connection, clock.ahead(1), lambda: False) == 0


async def test_a_deleted_endpoint_takes_its_log_with_it(
    connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    endpoint = await new_endpoint("https://hook.example", deleted_at=clock.now())
    await connection.execute(FILL, world.northwind.id, endpoint, clock.now(), 3)
    await waits(connection, world, endpoint, clock.now())
    assert await remove_old_deliveries(connection, clock.now() - timedelta(days=30), lambda: False) == 4
    assert tuple(await connection.fetchrow(COUNTS) or ()) == (0, 0)


async def test_an_attempt_that_is_recorded_meanwhile_does_not_outlive_its_delivery(
    connection: "Connection", dsn: str, clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    await connection.execute(FILL, world.northwind.id, await new_endpoint("https://hook.example"), clock.now(), 1)
    worker, observer = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        transaction = worker.transaction()
        await transaction.start()
        await worker.execute(RECORD, clock.now())
        removing = asyncio.create_task(remove_old_deliveries(connection, clock.ahead(3600), lambda: False))

        async def ended_or_waits() -> bool:
            return removing.done() or bool(await observer.fetchval(BLOCKED))

        await eventually(ended_or_waits)
        await transaction.commit()
        await removing
        await remove_old_deliveries(connection, clock.ahead(3600), lambda: False)
        assert tuple(await connection.fetchrow(COUNTS) or ()) == (0, 0)
    finally:
        await worker.close()
        await observer.close()
