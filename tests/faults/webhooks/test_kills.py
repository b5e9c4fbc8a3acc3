"""Workers killed at every step: nothing is lost, and only what a kill caught between request and record comes twice."""

import random
from typing import TYPE_CHECKING

import pytest

from tests.core.outbound import OK, Exchange, answering, http_server, name_server
from tests.faults.load import waiting_for_locks
from tests.faults.webhooks.conftest import Emit, NewEndpoint, StartWorker
from tests.faults.webhooks.processes import Sink, Worker
from tests.faults.webhooks.receivers import ERROR, Patient
from tests.faults.webhooks.truth import arrivals_at, check, leases_end, retries_are_due, until_delivered
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NAME = "hooks.aurora.example"
LEASED = "SELECT count(*) FROM deliveries WHERE lease IS NOT NULL"
# The statements of a dead worker that are under way go on in the database: it hears of the death when it answers.
CUT_OFF = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'pivotal'
"""
ALONE = """
SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pivotal'
"""
# As if somebody else spread the same event at this moment, and were not done.
SPREAD = """
INSERT INTO deliveries
    (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status, next_attempt_at)
SELECT e.workspace_id, 'msg_' || w.id, w.id, e.id, e.type, e.livemode, e.created_at, 'pending', e.created_at
FROM events e JOIN webhook_endpoints w ON w.workspace_id = e.workspace_id
"""


async def kill(worker: Worker, connection: "Connection", *, with_its_statements: bool = True) -> None:
    worker.kill()
    if with_its_statements:
        await eventually(lambda: _cut_off(connection))


async def _cut_off(connection: "Connection") -> bool:
    return bool(await connection.fetchval(CUT_OFF) == 0)


async def test_a_worker_killed_after_the_claim_has_sent_nothing_and_another_one_does(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    async with http_server() as server, name_server() as names:
        names.names[NAME] = None  # the claim is made and nobody knows yet where to send
        await new_endpoint(f"http://{NAME}:{server.port}")
        await emit(1)
        worker = start_worker(PIVOTAL_OUTBOUND_DNS=names.address)
        await eventually(lambda: NAME in names.asked, timeout=30)
        await kill(worker, connection)
        assert await connection.fetchval(LEASED) == 1
        assert server.requests == []

        names.names[NAME] = [["127.0.0.1"]]
        await leases_end(connection)
        start_worker(PIVOTAL_OUTBOUND_DNS=names.address)
        await until_delivered(connection)

        assert await check(connection, arrivals_at(server.requests)) == {}
    assert len(server.requests) == 1


async def test_a_worker_killed_while_it_claims_holds_nothing_that_another_one_does_not_get(
    connection: "Connection", rival: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    async with http_server() as server:
        await new_endpoint(server.url)
        worker = start_worker()
        await emit(5)
        await until_delivered(connection)
        async with rival.transaction():
            await rival.execute("LOCK TABLE webhook_endpoints IN ACCESS EXCLUSIVE MODE")
            await emit(5)
            await eventually(lambda: waiting_for_locks(connection, 2))  # one spreads, one claims
            worker.kill()
        # Its statements come to their ends, and may take leases for nobody.
        await eventually(lambda: connection.fetchval(ALONE))
        await leases_end(connection)
        start_worker()
        await until_delivered(connection)
        assert await check(connection, arrivals_at(server.requests)) == {}
    assert len(server.requests) == 10


async def test_a_worker_killed_while_it_waits_for_answers_is_followed_by_one_that_sends_the_same_again(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        await new_endpoint(server.url)
        await emit(5)
        worker = start_worker()
        await eventually(lambda: len(server.requests) == 5, timeout=30)
        await kill(worker, connection)
        sent = sorted(arrivals_at(server.requests))

        receive.may.set()
        await leases_end(connection)
        start_worker()
        await until_delivered(connection)

        assert await check(connection, arrivals_at(server.requests)) == {arrival.message_id: 1 for arrival in sent}
        assert sorted(arrivals_at(server.requests[5:])) == sent


@pytest.mark.parametrize("statement_survives", [False, True])
async def test_a_worker_killed_between_answer_and_record(
    connection: "Connection",
    rival: "Connection",
    start_worker: StartWorker,
    new_endpoint: NewEndpoint,
    emit: Emit,
    *,
    statement_survives: bool,
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        await new_endpoint(server.url)
        await emit(1)
        worker = start_worker()
        await eventually(lambda: server.requests, timeout=30)
        async with rival.transaction():
            await rival.execute("SELECT FROM deliveries FOR UPDATE")
            receive.may.set()
            await eventually(lambda: waiting_for_locks(connection, 1))
            await kill(worker, connection, with_its_statements=not statement_survives)
        await leases_end(connection)
        start_worker()
        await until_delivered(connection)
        unrecorded = await check(connection, arrivals_at(server.requests))
    [message] = {arrival.message_id for arrival in arrivals_at(server.requests)}
    assert unrecorded == ({} if statement_survives else {message: 1})


async def test_a_worker_killed_between_two_attempts_is_followed_by_one_that_makes_the_second(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    async def fail_once(exchange: Exchange) -> None:
        await exchange.answer(OK if exchange.number >= 3 else ERROR)

    async with http_server(fail_once) as server:
        await new_endpoint(server.url)
        await emit(3)
        worker = start_worker()
        recorded = "SELECT count(*) = 3 FROM delivery_attempts"
        await eventually(lambda: connection.fetchval(recorded), timeout=30)
        await kill(worker, connection)
        assert await connection.fetchval(LEASED) == 0

        await retries_are_due(connection)
        start_worker()
        await until_delivered(connection)

        assert await check(connection, arrivals_at(server.requests)) == {}
        assert await connection.fetchval("SELECT array_agg(DISTINCT attempts) FROM deliveries") == [2]


@pytest.mark.parametrize("statement_survives", [False, True])
async def test_a_worker_killed_while_it_spreads_an_event(
    connection: "Connection",
    rival: "Connection",
    start_worker: StartWorker,
    new_endpoint: NewEndpoint,
    emit: Emit,
    *,
    statement_survives: bool,
) -> None:
    async with http_server() as server:
        for _ in range(3):
            await new_endpoint(server.url)
        await emit(1)
        spreading = rival.transaction()
        await spreading.start()
        await rival.execute(SPREAD)
        worker = start_worker()
        await eventually(lambda: waiting_for_locks(connection, 1), timeout=30)
        await kill(worker, connection, with_its_statements=not statement_survives)
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 1
        await spreading.rollback()
        # Even a statement that goes on is of no effect: nobody is left to commit it.
        await eventually(lambda: connection.fetchval(ALONE))
        assert await connection.fetchval("SELECT count(*) FROM deliveries") == 0

        start_worker()
        await until_delivered(connection)

        assert await check(connection, arrivals_at(server.requests)) == {}
    assert len(server.requests) == 3


async def test_a_worker_that_was_frozen_beyond_its_lease_can_no_longer_record_anything(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        await new_endpoint(server.url)
        await emit(2)
        frozen = start_worker()
        await eventually(lambda: len(server.requests) == 2, timeout=30)
        frozen.freeze()
        receive.may.set()
        await leases_end(connection)
        start_worker()
        await until_delivered(connection)
        before = await connection.fetch("SELECT * FROM delivery_attempts")

        frozen.thaw()
        await eventually(lambda: "2 attempts were not recorded: their leases had ended" in frozen.said, timeout=30)

        assert await connection.fetch("SELECT * FROM delivery_attempts") == before
        assert set((await check(connection, arrivals_at(server.requests))).values()) == {1}
        assert len(server.requests) == 4


async def test_a_killed_workers_deliveries_are_left_alone_until_its_lease_ends(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    receive = Patient()
    async with http_server(receive) as server, http_server(answering(OK)) as other:
        await new_endpoint(server.url)
        await emit(1)
        worker = start_worker()
        await eventually(lambda: server.requests, timeout=30)
        await kill(worker, connection)
        receive.may.set()
        await new_endpoint(other.url)
        await emit(1)
        start_worker()
        await eventually(lambda: len(server.requests) == 2 and other.requests, timeout=30)
        assert len({arrival.message_id for arrival in arrivals_at(server.requests)}) == 2
        # What the other worker has sent it still has to record: its leases are not to end.
        await eventually(lambda: connection.fetchval("SELECT count(*) = 1 FROM deliveries WHERE lease IS NOT NULL"))
        await leases_end(connection)
        await until_delivered(connection)
    assert len(server.requests) == 3


async def test_workers_killed_again_and_again_in_the_middle_of_it_lose_nothing(
    connection: "Connection", sink: Sink, start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    for _ in range(4):
        await new_endpoint(sink.url)
    held = set[str]()
    await emit(300)
    for kills in range(1, 6):
        worker = start_worker()
        await sink.gets(kills * 180 + random.randrange(60))
        await kill(worker, connection)
        held |= {row["id"] for row in await connection.fetch("SELECT id FROM deliveries WHERE lease IS NOT NULL")}
        await leases_end(connection)
    start_worker()
    await until_delivered(connection)
    unrecorded = await check(connection, sink.arrivals)
    assert unrecorded.keys() <= held, "something came twice that no killed worker held"
