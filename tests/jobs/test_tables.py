"""The tables of our migration are those that the job library declares; what we enqueue is what it would."""

from typing import TYPE_CHECKING

from pgqueuer.queries import Queries

from pivotal_server.core.jobs import enqueue
from tests.jobs.program import NOTE

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

ROWS = "SELECT * FROM pgqueuer ORDER BY id"
LOG = "SELECT status, priority, entrypoint, traceback, aggregated FROM pgqueuer_log ORDER BY id"
# Shorter than the library's.
OURS = ("fn_pgqueuer_changed", "tg_pgqueuer_changed")


async def test_the_library_finds_nothing_to_change_but_the_notification(connection: "Connection") -> None:
    plan = await Queries.from_asyncpg_connection(connection).plan_upgrade()

    changes = [str(statement) for statement in plan.statements]
    assert [change for change in changes if not any(name in change for name in OURS)] == []


async def test_a_job_of_ours_looks_as_one_of_the_library(connection: "Connection") -> None:
    async with connection.transaction():  # for one now()
        await enqueue(connection, NOTE, {"name": "x"}, key="ours")
        library = Queries.from_asyncpg_connection(connection)
        await library.enqueue("note", b'{"name":"x"}', dedupe_key="theirs")

    # The library writes a JSON null where there are no headers, and reads both as none.
    different = {"id": 0, "dedupe_key": "", "headers": None}
    ours, theirs = (dict(row) | different for row in await connection.fetch(ROWS))
    assert ours == theirs
    assert len({tuple(row) for row in await connection.fetch(LOG)}) == 1
