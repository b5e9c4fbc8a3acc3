"""How the job library reaches the database: on our pool, waiting for a database that is away.

The library's own drivers fail with their connection, which ends its loops and forgets which jobs have just been done,
so that those run again. Here a statement is repeated until it has an answer. Each of the library's statements may be:
where only the answer was lost, at worst a claimed job waits until its claim has gone stale.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Self, TypeVar

import asyncpg
from pgqueuer.core.tm import TaskManager
from pgqueuer.ports.driver import Driver
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pgqueuer.ports.driver import NotifyCallback

    from pivotal_server.core.db import Connection
    from pivotal_server.core.pool import Pool

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Whatever keeps a statement from its answer, a full disk say. The statements themselves are the library's, and right.
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_PAUSE_SECONDS = 0.5


class PatientDriver(Driver):
    """Runs the library's statements on connections of a pool.

    Args:
        pool: one of its connections is kept for listening.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shutdown = asyncio.Event()
        self._tasks = TaskManager()
        self._listening: set[asyncio.Task[None]] = set()
        self._patient = True

    async def using(self, work: Callable[[Connection], Awaitable[Answer]]) -> Answer:
        """Return what ``work`` makes of a connection; it is run again where the database was away.

        Raises:
            OSError | asyncpg.PostgresError | asyncpg.InterfaceError | asyncpg.InternalClientError: the database is
                away, and patience has ended.
        """
        told = False
        while True:
            try:
                async with self._pool.acquire() as connection:
                    return await work(connection)
            except AWAY as error:
                if not self._patient:
                    raise
                if not told:
                    logger.warning("Jobs wait for the database: %s", error)
                told = True
            await asyncio.sleep(_PAUSE_SECONDS)

    def lose_patience(self) -> None:
        """Have statements fail, from now on, where the database is away."""
        self._patient = False

    async def close(self) -> None:
        """Stop listening."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    @override
    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        rows = await self.using(lambda connection: connection.fetch(query, *args))
        return [dict(row) for row in rows]

    @override
    async def execute(self, query: str, *args: object) -> str:
        return await self.using(lambda connection: connection.execute(query, *args))

    @override
    async def notify(self, channel: str, payload: str) -> None:
        await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    @override
    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Pass on notifications for as long as the driver is open; after a lost connection, on a new one.

        What was notified in between is found by the library's polling.
        """
        self._listening.add(asyncio.create_task(self._listen(channel, callback)))

    async def _listen(self, channel: str, callback: NotifyCallback) -> None:
        async def until_lost(connection: Connection) -> None:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(channel, lambda *said: callback(str(said[-1])))
            await lost.wait()

        while True:
            with contextlib.suppress(*AWAY):
                await self.using(until_lost)
            await asyncio.sleep(_PAUSE_SECONDS)

    @property
    @override
    def shutdown(self) -> asyncio.Event:
        return self._shutdown

    @property
    @override
    def tm(self) -> TaskManager:
        return self._tasks

    @override
    async def __aenter__(self) -> Self:
        return self

    @override
    async def __aexit__(self, *_: object) -> None:
        """Nothing to let go of: the pool is its owner's."""
