"""A worker that lost a lease and took it again, as after a long stop, has two attempts of one delivery to record."""

from typing import TYPE_CHECKING

from pivotal_server.webhooks.engine.claim import LEASE, claim
from pivotal_server.webhooks.engine.fan_out import fan_out
from pivotal_server.webhooks.engine.record import record
from pivotal_server.webhooks.engine.send import Attempt
from tests.faults.webhooks.conftest import Emit, NewEndpoint
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_of_two_attempts_under_different_leases_the_one_that_holds_it_is_recorded(
    connection: "Connection", new_endpoint: NewEndpoint, emit: Emit
) -> None:
    clock = SteeredClock()
    await new_endpoint("http://127.0.0.1:1")
    await emit(2)
    await fan_out(connection, clock.now())
    lost = await claim(connection, clock.now(), 10, {})
    clock.advance(LEASE.total_seconds())
    held = await claim(connection, clock.now(), 10, {})
    attempts = [Attempt(delivery, clock.now(), status_code=201) for delivery in lost]
    attempts += [Attempt(delivery, clock.now(), status_code=202) for delivery in held]

    recorded = await record(connection, attempts)

    assert [row.status for row in recorded] == ["delivered"] * 2
    rows = await connection.fetch("SELECT number, status_code FROM delivery_attempts")
    assert [tuple(row) for row in rows] == [(1, 202)] * 2
