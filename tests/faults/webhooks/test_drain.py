"""SIGTERM: what is under way is finished and recorded, nothing new is begun, nothing stays behind held."""

from functools import partial
from typing import TYPE_CHECKING

from tests.core.outbound import HttpServer, http_server
from tests.faults.webhooks.conftest import Emit, NewEndpoint, StartWorker
from tests.faults.webhooks.processes import Worker, listening
from tests.faults.webhooks.receivers import Patient
from tests.faults.webhooks.truth import arrivals_at, check, until_delivered
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

COUNTS = """
SELECT (SELECT count(*) FROM deliveries WHERE lease IS NOT NULL), (SELECT count(*) FROM deliveries),
    (SELECT count(*) FROM delivery_attempts WHERE status_code = 200)
"""


async def counts(connection: "Connection") -> tuple[int, ...]:
    """Return how many deliveries are held, how many there are, and how many requests were recorded as answered."""
    return tuple(await connection.fetchrow(COUNTS) or ())


async def until_ended(worker: Worker) -> None:
    await eventually(lambda: not worker.is_up(), timeout=30)
    assert worker.ended() == 0


async def test_a_worker_that_is_asked_to_end_finishes_what_it_has_under_way(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    receive = Patient()
    async with http_server(receive) as server:
        for _ in range(3):
            await new_endpoint(server.url)
        await emit(6)
        worker = start_worker()
        await eventually(lambda: len(server.requests) == 18, timeout=30)
        worker.ask_to_end()
        await eventually(lambda: listening(connection, 0), timeout=30)  # which is what it stops first
        await emit(5)
        receive.may.set()
        await until_ended(worker)

        assert worker.said.endswith("Stopped\n")
        assert len(server.requests) == 18
        assert await counts(connection) == (0, 18, 18)
        start_worker()
        await until_delivered(connection)
        assert await check(connection, arrivals_at(server.requests)) == {}
    assert len(server.requests) == 33


async def test_a_worker_that_is_asked_to_end_in_the_middle_of_much_work_leaves_nothing_held(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    async with http_server() as server:
        for _ in range(4):
            await new_endpoint(server.url)
        for _ in range(3):
            await emit(100)
            before = len(server.requests)
            worker = start_worker()
            await eventually(partial(_has, server, before + 20), timeout=30)
            worker.ask_to_end()
            await until_ended(worker)
            held, _, recorded = await counts(connection)
            assert (held, recorded) == (0, len(server.requests))
        start_worker()
        await until_delivered(connection)
        assert await check(connection, arrivals_at(server.requests)) == {}


def _has(server: HttpServer, enough: int) -> bool:
    return len(server.requests) >= enough
