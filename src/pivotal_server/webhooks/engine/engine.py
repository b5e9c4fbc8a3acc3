"""The loops that drive the four steps, from the first event to the last record before the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from typing import TYPE_CHECKING

import asyncpg

from pivotal_server.core.db import in_transaction
from pivotal_server.core.outbound_http import OutboundHttp
from pivotal_server.core.pool import Pool
from pivotal_server.core.wake import CHANNEL
from pivotal_server.webhooks.engine.claim import Claimed, claim
from pivotal_server.webhooks.engine.fan_out import BATCH, fan_out
from pivotal_server.webhooks.engine.record import Recorded, count_failures, record
from pivotal_server.webhooks.engine.rooms import Key, Rooms
from pivotal_server.webhooks.engine.send import Attempt, failure_of_ours, send
from pivotal_server.webhooks.engine.trouble import report
from pivotal_server.webhooks.telemetry import count_attempt, count_recorded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.reactions import Reaction
    from pivotal_server.core.settings import Settings

logger = logging.getLogger(__name__)

_DATABASE_IS_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
# Work is looked for this often where no notification comes: for retries that have become due, for the leases of workers
# that died, and for notifications that were lost.
_POLL_SECONDS = 1.0
# One to hear the bell, one for each step.
_CONNECTIONS = 4
# Each of the statements has one good plan, which goes by the indexes. A plan made while the tables were small must not
# outlive that: with one, taking a hundred deliveries of a million was seen to last a minute. Planning costs half a
# millisecond.
_SESSION = {
    "plan_cache_mode": "force_custom_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_RETRY_SECONDS = 1.0
_MAX_BATCH = 500
# A little more than the longest request.
_DRAIN_SECONDS = 10.5


class DeliveryEngine:
    """Delivers webhooks until it is told to stop.

    Args:
        dsn: the database's address; four connections are opened.
        http: the way out.
        clock: the source of time.
        concurrency: the most requests to have under way at once.
        base_url: where the API is reached, for letters to owners.
        reactions: what else is to be done about what has happened.
    """

    def __init__(
        self,
        dsn: str,
        http: OutboundHttp,
        clock: Clock,
        *,
        concurrency: int,
        base_url: str,
        reactions: Sequence[Reaction] = (),
    ) -> None:
        self._pool = Pool(dsn, _CONNECTIONS, **_SESSION)
        self._http = http
        self._clock = clock
        self._concurrency = concurrency
        self._base_url = base_url
        self._reactions = reactions
        self._rooms = Rooms(concurrency)
        self._sending: set[asyncio.Task[None]] = set()
        self._attempts: list[Attempt] = []  # made and not recorded
        # Whether they could not be recorded: their leases may end, and what was sent must not be claimed once more.
        self._held_up = False
        self._rung = asyncio.Event()
        self._due = asyncio.Event()
        self._made = asyncio.Event()
        # Whether the last claim left something behind for want of room.
        self._hungry = False
        self._stopping = False
        self._drained = False  # nothing is under way any more

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until ``stopping`` is set; requests under way are then finished and recorded.

        The database may be away for any time: nothing is lost, and work goes on when it is back.
        """
        recording = asyncio.create_task(self._again(self._record, lambda: self._drained and not self._attempts))
        listening, *finding = [
            asyncio.create_task(self._again(work, lambda: self._stopping))
            for work in (self._listen, self._fan_out, self._claim)
        ]
        try:
            await stopping.wait()
        finally:
            self._stopping = True
            listening.cancel()
            self._rung.set()
            self._due.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DRAIN_SECONDS):
                    await asyncio.gather(*finding)
                    await asyncio.gather(*self._sending)
                    self._drained = True
                    self._made.set()
                    await recording
            for task in (*finding, *self._sending, recording):
                task.cancel()
            await asyncio.gather(listening, *finding, *self._sending, recording, return_exceptions=True)
            await self._pool.close()

    async def _listen(self) -> None:
        """Hear the bell until the connection is lost."""
        async with self._pool.acquire() as connection:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: self._rung.set())
            self._rung.set()  # for what was missed meanwhile
            await lost.wait()

    async def _again(self, work: Callable[[], Awaitable[None]], ended: Callable[[], bool]) -> None:
        """Do ``work`` over and over until the end; where the database is away, after a pause."""
        told = False
        while not ended():
            try:
                await work()
                told = False
            except _DATABASE_IS_AWAY as error:
                if not told:
                    logger.warning("Deliveries wait for the database: %s", error)
                told = True
                await asyncio.sleep(_RETRY_SECONDS)
            except Exception:
                logger.exception("Delivering failed and is tried again")
                await asyncio.sleep(_RETRY_SECONDS)

    async def _fan_out(self) -> None:
        self._rung.clear()
        async with self._pool.acquire() as connection:
            rows, _ = await fan_out(connection, self._clock.now(), self._reactions)
        self._due.set()
        if rows < BATCH and not self._stopping:
            await _wait(self._rung)

    async def _claim(self) -> None:
        self._due.clear()
        free = 0 if self._held_up else self._concurrency - len(self._sending) - len(self._attempts)
        if free > 0:
            rooms, shares = self._rooms.left(), self._rooms.shares()
            async with self._pool.acquire() as connection:
                claimed = await claim(
                    *(connection, self._clock.now(), free, rooms, self._rooms.first),
                    shares=shares,
                    share=self._rooms.share,
                )
            full = len(claimed) >= free or any(room <= 0 for room in (*rooms.values(), *shares.values()))
            self._hungry = full or _left_some(claimed)
            for delivery in claimed:
                self._start(delivery)
        else:
            self._hungry = True
        if not self._stopping:
            await _wait(self._due)

    def _start(self, delivery: Claimed) -> None:
        self._rooms.begin((delivery.workspace_id, delivery.endpoint_id))
        task = asyncio.create_task(self._send(delivery))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, delivery: Claimed) -> None:
        try:
            attempt = await send(self._http, delivery, self._clock)
        except Exception:  # a defect of ours must not send the same thing forever, or nothing any more
            logger.exception("Sending delivery %s failed", delivery.id)
            attempt = failure_of_ours(delivery, self._clock.now())
        count_attempt(attempt)
        self._rooms.end((delivery.workspace_id, delivery.endpoint_id), attempt)
        self._attempts.append(attempt)
        self._made.set()

    async def _record(self) -> None:
        if not self._attempts:
            self._made.clear()
            await self._made.wait()
        batch = self._attempts[:_MAX_BATCH]
        if batch:
            try:
                recorded = await self._write(batch)
            except Exception:
                self._held_up = True
                raise
            self._held_up = False
            del self._attempts[: len(batch)]
            count_recorded(len(batch), recorded)
            if len(recorded) < len(batch):
                logger.warning("%d attempts were not recorded: their leases had ended", len(batch) - len(recorded))
            if self._hungry:
                self._due.set()

    async def _write(self, batch: list[Attempt]) -> list[Recorded]:
        """Record attempts; what the database refuses for what it is must not keep the others from being recorded."""
        try:
            return await self._write_together(batch)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
            if len(batch) == 1:
                logger.exception("The attempt of delivery %s cannot be recorded", batch[0].delivery.id)
                return []
        return [recorded for attempt in batch for recorded in await self._write([attempt])]

    async def _write_together(self, batch: list[Attempt]) -> list[Recorded]:
        async with self._pool.acquire() as connection:
            if all(attempt.succeeded or attempt.next_attempt_at for attempt in batch):
                return await record(connection, batch)

            async def work() -> list[Recorded]:
                recorded = await record(connection, batch)
                failed = [delivery for delivery in recorded if delivery.failed]
                for trouble in await count_failures(connection, failed, self._clock.now()):
                    await report(connection, self._clock, self._base_url, trouble)
                return recorded

            return await in_transaction(connection, self._clock, work)


async def deliver(
    dsn: str, settings: Settings, clock: Clock, stopping: asyncio.Event, reactions: Sequence[Reaction]
) -> None:
    """Deliver webhooks until ``stopping`` is set; ends within 11 seconds of it.

    Args:
        dsn: the database's address.
        settings: the operator's.
        clock: the source of time.
        stopping: tells the end.
        reactions: what else is to be done about what has happened.
    """
    async with OutboundHttp(settings) as http:
        engine = DeliveryEngine(
            *(dsn, http, clock),
            concurrency=settings.webhook_concurrency,
            base_url=settings.base_url,
            reactions=reactions,
        )
        await engine.run(stopping)


async def _wait(event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_POLL_SECONDS):
            await event.wait()


def _left_some(claimed: list[Claimed]) -> bool:
    """Return whether there was no more room for an endpoint, so that more of it may be due than was claimed."""
    numbers: Counter[Key] = Counter((delivery.workspace_id, delivery.endpoint_id) for delivery in claimed)
    return any(numbers[delivery.workspace_id, delivery.endpoint_id] >= delivery.room for delivery in claimed)
