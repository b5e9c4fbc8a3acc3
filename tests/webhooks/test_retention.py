"""The log of deliveries goes back as far as the setting says."""

from datetime import timedelta
from typing import TYPE_CHECKING

from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.webhooks.retention import remove_old_deliveries
from tests.harness import World
from tests.support import SteeredClock
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
COUNTS = "SELECT (SELECT count(*) FROM deliveries), (SELECT count(*) FROM delivery_attempts)"


async def test_old_deliveries_go_with_their_attempts_a_batch_at_a_time(
    connection: "Connection",
    clock: SteeredClock,
    world: World,
    new_endpoint: NewEndpoint,
) -> None:
    cutoff = clock.now() - timedelta(days=30)
    for deleted_at in (None, clock.now()):
        endpoint = await new_endpoint("https://hook.example", deleted_at=deleted_at)
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


async def test_what_waits_too_long_goes_as_well(
    connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    endpoint = await new_endpoint("https://hook.example", disabled_at=clock.now(), disabled_reason="manual")
    await connection.execute(
        "INSERT INTO deliveries (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status,"
        " next_attempt_at) VALUES ($1, $2, $3, 'evt_x', 'customer.created', true, $4, 'pending', $4)",
        *(world.northwind.id, new_prefixed_id("msg"), endpoint, clock.now()),
    )
    assert await remove_old_deliveries(connection, clock.ahead(1), lambda: False) == 1
