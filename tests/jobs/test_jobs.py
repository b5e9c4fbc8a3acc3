"""Jobs in real workers: done when their transaction commits, tried again when they fail, and in the end kept."""

import asyncio
import json
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pivotal_server.core.jobs import enqueue
from tests.jobs.conftest import Gate, StartWorker, Steps, ask, left, until_idle
from tests.jobs.program import FAIL, GIVE_UP, HOLD, NOTE, STAY
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

LOG = "SELECT status::text, traceback FROM pgqueuer_log WHERE job_id = $1 ORDER BY id"


async def test_a_job_exists_exactly_when_its_transaction_commits(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    start_worker()
    rolled_back = connection.transaction()
    await rolled_back.start()
    await ask(connection, NOTE, "rolled back")
    await rolled_back.rollback()
    async with connection.transaction():
        await ask(connection, NOTE, "committed")

    await eventually(lambda: steps("committed"))

    await until_idle(connection)
    assert await steps("committed") == ["done"]
    assert await steps("rolled back") == []


async def test_a_commit_wakes_a_waiting_worker(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    start_worker()
    await ask(connection, NOTE, "first")
    await eventually(lambda: steps("first"))
    took = []
    for number in range(20):
        began = time.monotonic()
        await ask(connection, NOTE, f"job {number}")
        await eventually(partial(steps, f"job {number}"))
        took.append(time.monotonic() - began)

    # Its polling alone would make this a third of a second at the median.
    median = sorted(took)[10]
    print(f"commit to done: {median * 1000:.0f} ms")  # noqa: T201 - pytest -rP shows it
    assert median < 0.15


async def test_a_job_can_be_put_off(connection: "Connection", start_worker: StartWorker, steps: Steps) -> None:
    start_worker()
    began = await connection.fetchval("SELECT clock_timestamp()")
    await enqueue(connection, NOTE, {"name": "later"}, after=timedelta(seconds=1))
    await ask(connection, NOTE, "now")

    await eventually(lambda: steps("now"))
    await eventually(lambda: steps("later"))
    at = await connection.fetchval("SELECT at FROM steps WHERE name = 'later'")
    assert at - began >= timedelta(seconds=1)


async def test_a_key_keeps_a_second_job_out_until_the_first_has_ended(
    connection: "Connection", start_worker: StartWorker, steps: Steps, gate: Gate
) -> None:
    start_worker()
    async with gate():
        assert await enqueue(connection, HOLD, {"name": "one"}, key="only one")
        assert await enqueue(connection, HOLD, {"name": "two"}, key="only one") is None
        await eventually(lambda: steps("one"))
        assert await enqueue(connection, HOLD, {"name": "three"}, key="only one") is None
    await until_idle(connection)

    assert await enqueue(connection, HOLD, {"name": "four"}, key="only one")
    await until_idle(connection)
    assert [await steps(name) for name in ("one", "two", "three", "four")] == [
        ["begun", "done"],
        [],
        [],
        ["begun", "done"],
    ]


async def test_a_handler_that_raises_is_run_again(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    worker = start_worker()
    id_ = await ask(connection, FAIL, "flaky", times=2)

    await until_idle(connection)

    assert await steps("flaky") == ["begun", "begun", "begun", "done"]
    assert await left(connection) == []
    assert (
        f"Job fail {id_} failed in attempt 2 of 3 and is tried again in 0:00:00.200000: for the 2. time" in worker.said
    )


async def test_what_fails_for_good_is_kept_and_told(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    worker = start_worker()
    stubborn = await ask(connection, FAIL, "stubborn", times=99)
    hopeless = await ask(connection, GIVE_UP, "hopeless")

    await until_idle(connection)

    assert await steps("stubborn") == ["begun"] * 3
    assert await steps("hopeless") == ["begun"]
    assert await left(connection) == [("fail", "failed"), ("give_up", "failed")]
    for id_, reason in ((stubborn, "for the 3. time"), (hopeless, "it is hopeless")):
        status, traceback = [tuple(row) for row in await connection.fetch(LOG, id_)][-1]
        assert status == "failed"
        assert reason in json.dumps(traceback)
        assert reason in worker.said


async def test_a_failure_that_cannot_be_written_down_as_it_is_holds_nothing_up(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    start_worker()
    strange = await ask(connection, FAIL, "strange", times=99, strange=True)
    await ask(connection, NOTE, "beside it")

    await until_idle(connection)

    assert await steps("strange") == ["begun"] * 3
    assert await steps("beside it") == ["done"]
    assert await left(connection) == [("fail", "failed")]
    _, traceback = [tuple(row) for row in await connection.fetch(LOG, strange)][-1]
    assert len(traceback) < 50_000


async def test_a_periodic_job_runs_once_for_all_workers(connection: "Connection", start_worker: StartWorker) -> None:
    start_worker("tick")
    start_worker("tick")

    async def ticks() -> "list[tuple[int, int]]":
        rows = await connection.fetch(
            "SELECT extract(epoch FROM date_trunc('second', at))::bigint, count(*) FROM steps GROUP BY 1 ORDER BY 1"
        )
        found = [(row[0], row[1]) for row in rows]
        assert len(found) >= 3
        return found

    found = await eventually(ticks, timeout=20)

    # One may be a little late, into the next second; there are never more than seconds have passed.
    assert sum(count for _, count in found) <= found[-1][0] - found[0][0] + 1


async def test_told_to_stop_a_worker_finishes_what_it_has_begun(
    connection: "Connection", start_worker: StartWorker, steps: Steps, gate: Gate
) -> None:
    worker = start_worker()
    async with gate():
        await ask(connection, HOLD, "held")
        await eventually(lambda: steps("held"))
        stopping = asyncio.create_task(asyncio.to_thread(worker.stop))
        await ask(connection, NOTE, "for another worker")

    assert await stopping == 0
    assert await steps("held") == ["begun", "done"]
    assert ("hold", "picked") not in await left(connection)


async def test_a_job_that_does_not_end_goes_back_into_the_queue(
    connection: "Connection", start_worker: StartWorker, steps: Steps
) -> None:
    worker = start_worker()
    await ask(connection, STAY, "endless")
    await eventually(lambda: steps("endless"))
    began = time.monotonic()

    assert await asyncio.to_thread(worker.stop) == 0

    assert time.monotonic() - began < 11
    assert await left(connection) == [("stay", "queued")]
