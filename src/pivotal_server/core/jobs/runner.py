"""Runs jobs in a worker, with pgqueuer's loops around our handlers (decision 0009)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from pgqueuer import PgQueuer, RetryRequested
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.queries import Queries

from pivotal_server.core.jobs.driver import PatientDriver
from pivotal_server.core.jobs.job import GiveUpError, Job, JobContext, Schedule
from pivotal_server.core.telemetry.jobs import ENDED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from pgqueuer import Job as Claimed

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.pool import Pool
    from pivotal_server.core.settings import Settings

logger = logging.getLogger(__name__)

_SILENCE = timedelta(seconds=30)
_BATCH = 10
# What jobs under way get to end in after SIGTERM, and then their ends, or interruptions, to be written.
_DRAIN_SECONDS = 8.0
_REPORT_SECONDS = 2.0
_RESTART_SECONDS = 5.0
_LONGEST_REPORT = 20_000
# Runs of a job that ended with their worker, after which it is not run any more.
MAX_LOST_RUNS = 5
_BEGUN = "UPDATE pgqueuer SET headers = jsonb_build_object('begun', $2::integer) WHERE id = $1"


class JobFailedError(Exception):
    """A handler failed for good; the message is its traceback, for the log."""


class JobRunner:
    """Does the jobs that are due, until it is told to stop.

    Args:
        pool: connections to the database; one is kept.
        settings: the operator's, for the handlers.
        clock: the source of time, for the handlers.
        jobs: those that this worker knows.
        schedules: when some of them come round again.
        silence: how long after the last sign of life of a worker its jobs are taken over. A worker gives two signs in
            that time, and looks six times for jobs that no notification tells of: such as retries.
    """

    def __init__(
        self,
        pool: Pool,
        settings: Settings,
        clock: Clock,
        jobs: Sequence[Job],
        schedules: Sequence[Schedule],
        silence: timedelta = _SILENCE,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._clock = clock
        self._jobs = jobs
        self._schedules = schedules
        self._silence = silence
        self._at_start = [schedule for schedule in schedules if schedule.at_start]
        self._running: set[asyncio.Task[Any]] = set()
        # Held by a job that was lost with a worker before: should it take this one along, it takes no other such job.
        self._suspect = asyncio.Lock()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping`` is set; jobs under way are finished, or go back into the queue after 8 seconds.

        The database may be away for any time: nothing is lost, and work goes on when it is back.
        """
        driver = PatientDriver(self._pool)
        try:
            while not stopping.is_set():
                try:
                    await self._run_until(stopping, driver)
                except Exception:  # a defect must not end all jobs: those that it does not concern go on
                    logger.exception("Running jobs failed; it is begun again in %d s", _RESTART_SECONDS)
                    await _wait(stopping, _RESTART_SECONDS)
        finally:
            await driver.close()

    async def _run_until(self, stopping: asyncio.Event, driver: PatientDriver) -> None:
        """Run the library's loops until the end, which comes by itself only where they fail."""
        library = self._library(driver, stopping)
        loops = asyncio.create_task(self._loops(library, driver))
        told = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait((loops, told), return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            library.shutdown.set()
        if self._running:
            await asyncio.wait(self._running, timeout=_DRAIN_SECONDS)
        for task in self._running:
            task.cancel()
        if not await _ends(loops, _REPORT_SECONDS):
            # The database is away. What is not reported is taken over by others when its claim has gone stale.
            driver.lose_patience()
            if not await _ends(loops, _REPORT_SECONDS / 4):
                loops.cancel()
                await _ends(loops, _REPORT_SECONDS / 4)
        if loops.done() and not loops.cancelled() and not stopping.is_set():
            loops.result()

    async def _loops(self, library: PgQueuer, driver: PatientDriver) -> None:
        while self._at_start:
            await driver.using(self._at_start[-1].enqueue)
            self._at_start.pop()
        await library.run(
            dequeue_timeout=self._silence / 6,
            batch_size=_BATCH,
            max_concurrent_tasks=2 * _BATCH,
            heartbeat_timeout=self._silence,
            log_aggregation_interval=timedelta(0),
        )

    def _library(self, driver: PatientDriver, stopping: asyncio.Event) -> PgQueuer:
        # Otherwise the library takes the names of its tables from the environment, even from variables such as CHANNEL.
        names = DBSettings.model_construct()
        queries = Queries(
            driver, QueryBuilderEnvironment(names), QueryQueueBuilder(names), QuerySchedulerBuilder(names)
        )
        library = PgQueuer(driver, Channel(names.channel), queries=queries)
        for job in self._jobs:
            library.entrypoint(job.name, on_failure="hold", accepts_context=False)(self._handler(job, stopping, driver))
        for schedule in self._schedules:
            library.schedule(schedule.job.name, schedule.cron, accepts_context=False)(_ticker(driver, schedule))
        return library

    def _handler(
        self, job: Job, stopping: asyncio.Event, driver: PatientDriver
    ) -> Callable[[Claimed], Coroutine[Any, Any, None]]:
        async def handle(claimed: Claimed) -> None:
            attempt = claimed.attempts + 1
            given = JobContext(
                *(self._pool, self._settings, self._clock, stopping), claimed.id, claimed.created, attempt
            )
            try:
                async with self._interruptible(stopping), self._counted(claimed, driver):
                    await job.handler(given, orjson.loads(claimed.payload or b"{}"))
            except RetryRequested:
                ENDED.add((job.name, "retried"))
                raise
            except Exception as error:  # noqa: BLE001 - a job that fails is data here, whatever the reason
                if isinstance(error, GiveUpError) or attempt >= job.attempts:
                    ENDED.add((job.name, "failed"))
                    raise JobFailedError(_storable("".join(traceback.format_exception(error)))) from None
                ENDED.add((job.name, "retried"))
                pause = job.pause_after(attempt)
                message = "Job %s %d failed in attempt %d of %d and is tried again in %s: %s"
                logger.warning(message, job.name, claimed.id, attempt, job.attempts, pause, _in_words(error))
                raise RetryRequested(pause, _storable(_in_words(error))) from None
            ENDED.add((job.name, "done"))

        return handle

    @contextlib.asynccontextmanager
    async def _counted(self, claimed: Claimed, driver: PatientDriver) -> AsyncIterator[None]:
        """Write down that a run begins: one that neither succeeds nor counts as an attempt was lost with its worker.

        Raises:
            GiveUpError: too many were.
        """
        written = (claimed.headers or {}).get("begun")
        begun = written if isinstance(written, int) else 0
        lost = begun - claimed.attempts
        if lost >= MAX_LOST_RUNS:
            logger.error("Job %s %d took its worker along %d times: given up", claimed.entrypoint, claimed.id, lost)
            raise GiveUpError(f"the worker was lost in {lost} runs of this job: it may be what kills it")
        async with self._suspect if lost else contextlib.nullcontext():
            await driver.using(lambda connection: connection.execute(_BEGUN, claimed.id, begun + 1))
            yield

    @contextlib.asynccontextmanager
    async def _interruptible(self, stopping: asyncio.Event) -> AsyncIterator[None]:
        """Have what the context does go back into the queue where it is cancelled, or begun after the end."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - for the type checker
        self._running.add(task)
        try:
            if stopping.is_set():
                raise asyncio.CancelledError
            yield
        except asyncio.CancelledError:
            # Let out, it would tell the library that nobody wants the job any more.
            raise RetryRequested(reason="interrupted") from None
        finally:
            self._running.discard(task)


def _ticker(driver: PatientDriver, schedule: Schedule) -> Callable[[object], Coroutine[Any, Any, None]]:
    """Return what the library calls when the time has come: it leaves the work to a job, which is retried and kept."""

    async def tick(_: object) -> None:
        await driver.using(schedule.enqueue)

    return tick


def _in_words(error: Exception) -> str:
    return str(error) or type(error).__name__


def _storable(text: str) -> str:
    """Return as much of a text as PostgreSQL takes: one report that it refuses would hold all others back."""
    return text[-_LONGEST_REPORT:].encode("utf-8", "replace").decode().replace("\0", "�")


async def _ends(task: asyncio.Task[Any], seconds: float) -> bool:
    done, _ = await asyncio.wait((task,), timeout=seconds)
    return bool(done)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
