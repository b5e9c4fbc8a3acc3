"""Whatever dies, every job is done: workers killed or frozen, connections cut."""

import asyncio
import random
from typing import TYPE_CHECKING

from pivotal_server.core.jobs.runner import MAX_LOST_RUNS
from tests.jobs.conftest import Gate, StartWorker, Steps, ask, left, until_idle
from tests.jobs.program import HOLD, KILL, NOTE, PERSIST
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

COUNTS = "SELECT count(DISTINCT name), count(*) FROM steps WHERE step = 'done'"
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid = ANY ($1)"
# So many runs were begun, and none of them ended.
BEGUN = "UPDATE pgqueuer SET headers = jsonb_build_object('begun', $2::integer) WHERE id = $1"
BACKENDS = """
SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pivotal'
"""


async def test_the_job_of_a_killed_worker_is_done_by_another_one(
    connection: "Connection", start_worker: StartWorker, steps: Steps, gate: Gate
) -> None:
    first = start_worker()
    async with gate():
        await ask(connection, HOLD, "held")
        await eventually(lambda: steps("held"))
        first.kill()
        start_worker()

    await until_idle(connection)

    assert await steps("held") == ["begun", "begun", "done"]
    assert await connection.fetchval("SELECT max(attempt) FROM steps") == 1
    assert await left(connection) == []


async def test_a_job_that_kills_its_worker_is_given_up(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    id_ = await ask(connection, KILL, "killer")
    await connection.execute(BEGUN, id_, MAX_LOST_RUNS - 1)
    first = start_worker()
    await eventually(lambda: not first.is_up(), timeout=20)
    second = start_worker()
    await eventually(
        lambda: connection.fetchval("SELECT status = 'failed' FROM pgqueuer WHERE id = $1", id_), timeout=20
    )
    assert await steps("killer") == ["begun"]
    assert second.is_up()
    assert f"Job kill {id_} took its worker along 5 times: given up" in second.said
    report = await connection.fetchval("SELECT traceback::text FROM pgqueuer_log WHERE status = 'failed'")
    assert "the worker was lost in 5 runs of this job" in report


async def test_what_was_lost_with_a_worker_is_done_though_the_culprit_is_still_there(
    connection: "Connection", start_worker: StartWorker, steps: Steps, gate: Gate
) -> None:
    async with gate():
        for job, name in ((HOLD, "held"), (KILL, "killer")):
            await connection.execute(BEGUN, await ask(connection, job, name), 1)
        worker = start_worker()
        await eventually(lambda: steps("held"))
        await ask(connection, NOTE, "another")
        await eventually(lambda: steps("another"))
        assert await steps("killer") == []
    await eventually(lambda: not worker.is_up())
    assert await steps("held") == ["begun", "done"]


async def test_a_job_that_fails_and_is_tried_again_has_lost_no_worker(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    start_worker()
    await ask(connection, PERSIST, "stubborn", times=MAX_LOST_RUNS + 2)
    await until_idle(connection)
    assert (await steps("stubborn"))[-1] == "done"
    assert await left(connection) == []


async def test_no_job_is_lost_where_workers_are_killed_at_random(
    connection: "Connection", start_worker: StartWorker
) -> None:
    workers = [start_worker(), start_worker()]
    for number in range(400):
        await ask(connection, NOTE, f"job {number}")
        if number % 100 == 50:
            await eventually(lambda: connection.fetchval("SELECT EXISTS (SELECT FROM steps)"))
            workers.pop(random.randrange(2)).kill()
            workers.append(start_worker())

    await until_idle(connection)

    different, done = await connection.fetchrow(COUNTS) or (0, 0)
    assert different == 400
    assert done < 400 + 4 * 20  # what a worker has under way, at most


async def test_a_frozen_worker_that_comes_back_does_no_harm(
    connection: "Connection", start_worker: StartWorker, steps: Steps, gate: Gate
) -> None:
    frozen = start_worker()
    async with gate():
        await ask(connection, HOLD, "held")
        await eventually(lambda: steps("held"))
        frozen.freeze()
        start_worker()
        await eventually(lambda: connection.fetchval("SELECT count(*) > 1 FROM steps WHERE name = 'held'"))
    await until_idle(connection)
    frozen.thaw()

    await eventually(lambda: connection.fetchval("SELECT count(*) > 1 FROM steps WHERE step = 'done'"))
    assert await left(connection) == []
    assert await asyncio.to_thread(frozen.stop) == 0


async def test_cut_connections_neither_end_a_worker_nor_lose_or_repeat_a_job(
    connection: "Connection", start_worker: StartWorker
) -> None:
    worker = start_worker()
    await ask(connection, NOTE, "the first")
    await eventually(lambda: connection.fetchval("SELECT EXISTS (SELECT FROM steps)"))
    for number in range(10):
        await ask(connection, NOTE, f"job {number}")
        await connection.fetch(CUT, await connection.fetchval(BACKENDS) or [])

    await until_idle(connection)

    assert (await connection.fetchrow(COUNTS) or (0,))[0] == 11
    assert worker.is_up()
