"""Claiming costs in proportion to the endpoints that have something to send, and not to their square."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pivotal_server.webhooks.engine.claim import _CLAIM, FIRST_ROOM, LEASE, claim, room_key
from pivotal_server.webhooks.engine.engine import _SESSION
from tests.harness import World
from tests.support import SteeredClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal_server.core.db import Connection

NUMBER = 500
FILL = """
WITH endpoints AS (
    INSERT INTO webhook_endpoints
        (workspace_id, id, url, events, test_mode, rate_limit, secret, created_at, updated_at)
    SELECT $1, 'ep_' || n, 'https://hooks.aurora.example', '{*}', false, $2, 'secret',
        $3::timestamptz + n * interval '1 microsecond', $3
    FROM generate_series(1, $4::integer) n RETURNING workspace_id, id
)
INSERT INTO deliveries (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status,
    next_attempt_at)
SELECT workspace_id, 'msg_' || id || m, id, 'evt_' || m, 'customer.created', true, $3, 'pending', $3
FROM endpoints, generate_series(1, 3) m
"""


def steps_of(plan: Any) -> "Iterator[Any]":  # noqa: ANN401 - JSON
    yield plan
    for step in plan.get("Plans", ()):
        yield from steps_of(step)


@pytest.fixture
async def filled(connection: "Connection", clock: SteeredClock, world: World, rate_limit: int | None) -> list[str]:
    for name, value in _SESSION.items():
        await connection.execute(f"SET {name} = {value}")
    await connection.execute(FILL, world.northwind.id, rate_limit, clock.now() - timedelta(minutes=1), NUMBER)
    await connection.execute("ANALYZE")
    return [row["id"] for row in await connection.fetch("SELECT id FROM webhook_endpoints")]


@pytest.mark.parametrize("rate_limit", [None, 7])
async def test_no_list_is_compared_with_another(
    connection: "Connection", clock: SteeredClock, world: World, filled: list[str]
) -> None:
    rooms = json.dumps({room_key(world.northwind.id, id_): 5 for id_ in filled})
    [answer] = await connection.fetchrow(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {_CLAIM}",
        *(clock.now(), clock.now() + LEASE, 1, NUMBER, rooms, FIRST_ROOM, "{}", NUMBER * 9),
    ) or ("",)
    compared = [step.get("Rows Removed by Join Filter", 0) for step in steps_of(json.loads(answer)[0]["Plan"])]
    assert sum(compared) <= 3 * NUMBER


@pytest.mark.parametrize("rate_limit", [None, 2])
async def test_each_endpoint_gives_what_it_has_room_for(
    connection: "Connection", clock: SteeredClock, world: World, filled: list[str], rate_limit: int | None
) -> None:
    full, single, *others = filled
    rooms = {(world.northwind.id, full): -1, (world.northwind.id, single): 1}
    claimed = [
        delivery.endpoint_id for delivery in await claim(connection, clock.now(), 3 * NUMBER, rooms, share=9 * NUMBER)
    ]
    assert claimed.count(full) == 0
    assert claimed.count(single) == 1
    assert {claimed.count(endpoint) for endpoint in others} == {rate_limit or 3}
    again = [
        delivery.endpoint_id for delivery in await claim(connection, clock.now(), 3 * NUMBER, rooms, share=9 * NUMBER)
    ]
    assert set(again) == {single}  # the rate limits are used up, and otherwise there is nothing left
