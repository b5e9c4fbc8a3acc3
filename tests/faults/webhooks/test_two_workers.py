"""Two workers on one database: each delivery is one's or the other's, and one does it alone where the other is gone."""

from typing import TYPE_CHECKING

from tests.core.outbound import http_server
from tests.faults.webhooks.conftest import Emit, NewEndpoint, StartWorker
from tests.faults.webhooks.processes import Sink
from tests.faults.webhooks.receivers import Patient
from tests.faults.webhooks.truth import arrivals_at, check, leases_end, until_delivered
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

AT_ONCE = 6


async def test_two_workers_share_the_work_and_send_nothing_twice(
    connection: "Connection", sink: Sink, start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        await new_endpoint(server.url)
        for _ in range(4):
            await new_endpoint(sink.url)
        await emit(150)
        workers = [start_worker(), start_worker()]
        # More than one worker has under way to an endpoint at first; the other's are not needed to keep the rest going.
        await eventually(lambda: len(server.requests) > 8, timeout=30)
        await sink.gets(600)
        receive.may.set()
        await until_delivered(connection)
        assert await check(connection, [*sink.arrivals, *arrivals_at(server.requests)]) == {}
    assert all(worker.is_up() for worker in workers)


async def test_what_a_killed_worker_held_and_all_that_follows_is_the_others(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        for _ in range(2):
            await new_endpoint(server.url)
        await emit(20)
        first = start_worker(PIVOTAL_WEBHOOK_CONCURRENCY=str(4 * AT_ONCE))
        await eventually(lambda: len(server.requests) == AT_ONCE, timeout=30)
        second = start_worker(PIVOTAL_WEBHOOK_CONCURRENCY=str(4 * AT_ONCE))
        await eventually(lambda: len(server.requests) == 2 * AT_ONCE, timeout=30)
        held = {arrival.message_id for arrival in arrivals_at(server.requests[:AT_ONCE])}
        assert held.isdisjoint(arrival.message_id for arrival in arrivals_at(server.requests[AT_ONCE:]))

        first.kill()
        receive.may.set()
        await eventually(lambda: connection.fetchval("SELECT count(*) = 40 - $1 FROM delivery_attempts", AT_ONCE))
        assert {
            row["id"] for row in await connection.fetch("SELECT id FROM deliveries WHERE lease IS NOT NULL")
        } == held
        await emit(5)
        await leases_end(connection)
        await until_delivered(connection)

        assert await check(connection, arrivals_at(server.requests)) == dict.fromkeys(held, 1)
    assert second.is_up()
