"""What the workers do for sample workspaces."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pivotal_server.core.db import DATABASE_ERRORS, fetch_one
from pivotal_server.core.jobs import GiveUpError, Job, JobContext
from pivotal_server.core.storage import storage_of
from pivotal_server.demo.seed import Guest, seed
from pivotal_server.samples.removing import remove_workspace

if TYPE_CHECKING:
    from pivotal_server.core.pool import Pool

_GUEST = "SELECT p.id, p.email, p.name FROM people p WHERE p.id = $1"
_PROGRESS = "UPDATE sample_requests SET done = $2, steps = $3 WHERE person_id = $1"
_FAILED = "UPDATE sample_requests SET failed_at = $2 WHERE person_id = $1"
_READY = "DELETE FROM sample_requests WHERE person_id = $1"


async def _make_sample(context: JobContext, payload: dict[str, Any]) -> None:
    """Make a person's sample workspace; it is there as a whole or, where the worker is killed, not at all."""
    person_id = payload["person_id"]

    async def tell(done: int, steps: int) -> None:
        await _run(context.pool, _PROGRESS, person_id, done, steps)

    try:
        async with context.pool.acquire() as connection:
            guest = await fetch_one(connection, Guest, _GUEST, person_id)
            if guest is None:
                raise GiveUpError("the person is there no more")
            await seed(connection, storage_of(context.settings), context.clock.now(), guest, tell)
    except Exception as error:
        # What is away for a moment is back when it begins anew.
        if not isinstance(error, DATABASE_ERRORS) or context.attempt >= MAKE_SAMPLE.attempts:
            await _run(context.pool, _FAILED, person_id, context.clock.now())
        raise
    await _run(context.pool, _READY, person_id)


async def _run(pool: Pool, sql: str, *values: object) -> None:
    async with pool.acquire() as connection:
        await connection.execute(sql, *values)


async def _remove_sample(context: JobContext, payload: dict[str, Any]) -> None:
    """Remove a sample workspace for good; again, it finds nothing to do."""
    async with context.pool.acquire() as connection:
        await remove_workspace(connection, storage_of(context.settings), payload["workspace_id"])


MAKE_SAMPLE = Job("make_sample", _make_sample, attempts=3, longest_pause=timedelta(seconds=30))
REMOVE_SAMPLE = Job("remove_sample", _remove_sample)
