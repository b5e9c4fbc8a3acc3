"""A sample workspace: asked for, made by the workers, looked around in, removed without a trace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pytest

from pivotal_server.core.jobs import Job, JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.samples.making import MAKE_SAMPLE, REMOVE_SAMPLE
from tests.harness import World
from tests.support import SteeredClock
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

TAKE = "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload"
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attname = 'workspace_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relnamespace = 'public'::regnamespace
"""
Work = Callable[[Job], Awaitable[int]]


@pytest.fixture
async def work(dsn: str, connection: "Connection", settings: Settings, clock: SteeredClock) -> AsyncIterator[Work]:
    """Does the jobs of a kind that wait, and returns how many: ``await work(MAKE_SAMPLE)``."""
    pool = Pool(dsn, 3)
    context = JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), 1)

    async def run(job: Job) -> int:
        waiting = await connection.fetch(TAKE, job.name)
        for record in waiting:
            await job.handler(context, orjson.loads(record["payload"]))
        return len(waiting)

    yield run
    await pool.close()


async def test_a_sample_is_made_looked_around_in_and_removed(
    fabian: Visitor, maya: Visitor, work: Work, connection: "Connection", world: World, settings: Settings
) -> None:
    kept = await connection.fetchval("SELECT count(*) FROM customers")
    assert "Make a sample" in (await fabian.get("/sample")).text
    assert (await fabian.submit("/sample")).headers["location"] == "/sample"
    assert "It is about to be made" in (await fabian.get("/sample")).text
    # Asking again, as the page does by itself, makes no second one.
    for fragment in (True, False):
        await fabian.submit("/sample", fragment=fragment)
    assert await work(MAKE_SAMPLE) == 1
    assert 'hx-trigger="every' not in (await fabian.get("/sample")).text
    waiting = await fabian.submit("/sample", fragment=True)
    assert waiting.headers["hx-redirect"] == "/"

    home = (await fabian.get("/")).text
    assert "Northwind Loyalty sample" in home
    assert "everything in it is made up" in home
    assert "First steps" not in home
    assert "Your onboardings that need you" in home
    sample = await connection.fetchval("SELECT id FROM workspaces WHERE sample")
    led = await connection.fetchval(
        "SELECT count(*) FROM onboardings WHERE workspace_id = $1 AND csm_id = $2", sample, world.fabian.id
    )
    assert led > 3
    looked_after = await connection.fetchval(
        "SELECT count(*) FROM contacts WHERE workspace_id = $1 AND owner_id = $2 AND status = 'open'",
        *(sample, world.fabian.id),
    )
    assert looked_after > 3
    assert "/tasks/" in (await fabian.get("/tasks")).text
    # Nobody but the guest is to be mailed, and nothing waits to be told.
    assert not await connection.fetchval(
        "SELECT bool_or(reminder_email) FROM onboardings WHERE workspace_id = $1", sample
    )
    assert await connection.fetchval("SELECT count(*) FROM comment_mentions WHERE workspace_id = $1", sample) > 0
    assert await connection.fetchval("SELECT count(*) FROM outbox WHERE workspace_id = $1", sample) == 0
    assert "Northwind Loyalty" not in (await maya.get("/workspaces")).text

    files = [path for path in (Path(settings.data) / "files").rglob("*") if path.is_file() and sample in str(path)]
    assert files
    assert "Remove the sample" in (await fabian.get("/sample/remove")).text
    assert (await fabian.submit("/sample/remove")).headers["location"] == "/workspaces"
    assert "sample</span>" not in (await fabian.get("/workspaces")).text
    assert await work(REMOVE_SAMPLE) == 1
    for record in await connection.fetch(TABLES):
        left = await connection.fetchval(f"SELECT count(*) FROM {record[0]} WHERE workspace_id = $1", sample)
        assert left == 0, record[0]
    assert await connection.fetchval("SELECT count(*) FROM workspaces WHERE sample") == 0
    assert not [path for path in files if path.exists()]
    assert await connection.fetchval("SELECT count(*) FROM customers") == kept
    assert await connection.fetchval("SELECT count(*) FROM people") == 3
    # And another one can be had.
    assert (await fabian.submit("/sample")).headers["location"] == "/sample"


async def test_only_a_sample_can_be_removed_and_only_by_its_owner(
    maya: Visitor, tomas: Visitor, work: Work, connection: "Connection"
) -> None:
    assert (await maya.submit("/sample/remove")).status_code == 409
    assert (await tomas.submit("/sample/remove")).status_code == 403
    assert await work(REMOVE_SAMPLE) == 0
    assert await connection.fetchval("SELECT count(*) FROM memberships WHERE removed_at IS NOT NULL") == 0


async def test_a_workspace_that_is_no_sample_is_never_removed(
    dsn: str, connection: "Connection", settings: Settings, clock: SteeredClock, world: World
) -> None:
    pool = Pool(dsn, 2)
    context = JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), 1)
    for id_ in (world.northwind.id, "org_gone"):
        await REMOVE_SAMPLE.handler(context, {"workspace_id": id_})
    await pool.close()
    assert await connection.fetchval("SELECT count(*) FROM memberships WHERE workspace_id = $1", world.northwind.id)


async def test_what_fails_says_so_and_begins_anew(
    fabian: Visitor, connection: "Connection", settings: Settings, dsn: str, clock: SteeredClock, tmp_path: Path
) -> None:
    await fabian.submit("/sample")
    (record,) = await connection.fetch(TAKE, MAKE_SAMPLE.name)
    (tmp_path / "blocked").write_text("not a directory")
    pool = Pool(dsn, 3)
    broken = settings.model_copy(update={"data": tmp_path / "blocked"})
    context = JobContext(pool, broken, clock, asyncio.Event(), 1, clock.now(), MAKE_SAMPLE.attempts)
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system has for it
        await MAKE_SAMPLE.handler(context, orjson.loads(record["payload"]))
    await pool.close()
    assert await connection.fetchval("SELECT count(*) FROM workspaces WHERE sample") == 0
    assert "It could not be made" in (await fabian.get("/sample")).text
    await fabian.submit("/sample")
    assert "It is about to be made" in (await fabian.get("/sample")).text
