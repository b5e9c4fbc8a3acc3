"""What a slice declares, and how it has it done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.db import Connection
    from pivotal_server.core.pool import Pool
    from pivotal_server.core.settings import Settings

    Handler = Callable[["JobContext", dict[str, Any]], Awaitable[None]]

NOW = timedelta(0)

# As pgqueuer enqueues; it is not asked to, because importing it would cost every web process 7 MB and its start 0.15 s.
# The insert's trigger wakes the workers when the caller commits.
_ENQUEUE = """
WITH job AS (
    INSERT INTO pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, status)
    VALUES (0, $1, $2, now() + $3, $4, 'queued')
    ON CONFLICT (dedupe_key) WHERE status IN ('queued', 'picked') AND dedupe_key IS NOT NULL DO NOTHING
    RETURNING id, entrypoint, priority
), logged AS (
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority) SELECT id, 'queued', entrypoint, priority FROM job
)
SELECT id FROM job
"""


class GiveUpError(Exception):
    """Raised by a handler where trying again cannot help; the job is kept as failed."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler works with.

    Attributes:
        pool: connections to the database.
        settings: the operator's.
        clock: the source of time.
        stopping: set when the worker is told to stop; a long job ends early where it can.
        id: the job's, the same in every attempt.
        enqueued_at: when its transaction began, the same in every attempt.
        attempt: 1 at first; one that ended with a killed worker does not count. After five of those the job is kept as
            failed.
    """

    pool: Pool
    settings: Settings
    clock: Clock
    stopping: asyncio.Event
    id: int
    enqueued_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Job:
    """Something that workers do when they are asked to.

    A handler that raises is run again after a pause, which grows fourfold from ``first_pause`` up to ``longest_pause``.
    After ``attempts`` of them, or where it raises ``GiveUpError``, the job is kept as failed, with the traceback, for
    30 days (documentation: Jobs). The default attempts spread over two days.

    Attributes:
        name: is written with the enqueued job, so a release that renames it leaves those behind.
        handler: gets the context and the payload; everything it needs to know beyond the database is in the payload.
    """

    name: str
    handler: Handler
    attempts: int = 18
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(hours=4)

    def pause_after(self, attempt: int) -> timedelta:
        """Return how long to wait after this attempt, the first being 1."""
        grown = self.first_pause
        for _ in range(attempt - 1):
            grown = min(grown * 4, self.longest_pause)
        return grown


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job comes round again: once for all workers together, and never twice at a time.

    Attributes:
        job: gets an empty payload.
        cron: five fields, in UTC; a run that falls into a time without workers is made up for once.
        at_start: whether it is also run whenever a worker starts.
    """

    job: Job
    cron: str
    at_start: bool = False

    async def enqueue(self, connection: Connection) -> None:
        """Have the job done, unless it is waiting or running already."""
        await enqueue(connection, self.job, {}, key=f"schedule:{self.job.name}")


async def enqueue(
    connection: Connection, job: Job, payload: dict[str, Any], *, after: timedelta = NOW, key: str | None = None
) -> int | None:
    """Have a job done once the caller's transaction has committed, and return its id.

    Args:
        connection: the one of the change that calls for it.
        job: what to do; a worker has to know it.
        payload: becomes JSON; it is read by people who look for what went wrong, so it holds no secrets.
        after: how long to wait first.
        key: while a job with this key waits or runs, this one is not added, and None is returned.
    """
    id_: int | None = await connection.fetchval(_ENQUEUE, job.name, orjson.dumps(payload), after, key)
    return id_
