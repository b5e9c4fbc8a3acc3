"""The connection pool of a process: first come, first served, and no round trip or task between two users.

asyncpg's own pool resets the session and starts a task at every release; at two statements a request that was a tenth
of the processor time (decision 0003). Nobody here leaves session state behind, so a connection is handed on as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakSet

import asyncpg

from pivotal_server.core.connecting import open_connection
from pivotal_server.core.telemetry.metrics import Gauge, Histogram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pivotal_server.core.db import Connection

_POOLS: WeakSet[Pool] = WeakSet()


def _connections() -> Iterator[tuple[tuple[str], int]]:
    numbers = [pool.connections() for pool in _POOLS]
    for place, state in enumerate(("in_use", "idle", "unopened")):
        yield (state,), sum(number[place] for number in numbers)


CONNECTIONS = Gauge(
    "pivotal_database_connections",
    "Database connections that processes may hold, by what they do.",
    ("state",),
    _connections,
)
WAIT_SECONDS = Histogram(
    "pivotal_database_wait_seconds",
    "From asking for a database connection to having it, opening it included.",
    (0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0),
)

_SESSION = {
    "application_name": "pivotal",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}


class Pool:
    """Up to ``size`` connections to one database, opened as they are needed.

    Args:
        dsn: the database's address.
        size: how many connections this process may hold.
        session: settings of PostgreSQL for these connections.
    """

    def __init__(self, dsn: str, size: int, **session: str) -> None:
        self._dsn = dsn
        self._session = _SESSION | session
        self._size = size
        self._unopened = size
        self._idle: list[Connection] = []
        # Whoever waits is given a connection or, for None, the right to open one.
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._closed = False
        _POOLS.add(self)

    @contextlib.asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """Hold a connection for a while.

        Raises:
            OSError | asyncpg.PostgresError: the database cannot be reached or refuses us.
        """
        connection = await self._take()
        try:
            yield connection
        except (asyncio.CancelledError, TimeoutError, asyncpg.OperatorInterventionError):
            # A statement may still be under way, or the server is about to close a connection that looks open.
            connection.terminate()
            raise
        finally:
            self._give_back(connection)

    @contextlib.asynccontextmanager
    async def apart(self, **session: str) -> AsyncIterator[Connection]:
        """Hold a connection of one's own beside those of the pool, for what takes minutes: nobody waits for it.

        Args:
            session: settings of PostgreSQL for it, over the pool's.

        Raises:
            OSError | asyncpg.PostgresError: as above.
        """
        connection = await open_connection(self._dsn, self._session | session)
        try:
            yield connection
        finally:
            connection.terminate()

    async def close(self) -> None:
        """Close every idle connection, and each other one when it comes back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close(timeout=2)

    async def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                WAIT_SECONDS.observe(0.0)
                return connection
            self._unopened += 1
        started = time.perf_counter()
        if self._unopened:
            self._unopened -= 1
            given = None
        else:
            given = await self._wait()
        connection = given or await self._open()
        WAIT_SECONDS.observe(time.perf_counter() - started)
        return connection

    async def _open(self) -> Connection:
        try:
            return await open_connection(self._dsn, self._session)
        except BaseException:
            self._pass_on(None)
            raise

    async def _wait(self) -> Connection | None:
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            raise

    def _give_back(self, connection: Connection) -> None:
        # A closed connection cannot even be asked what it was doing.
        if not connection.is_closed() and (self._closed or connection.is_in_transaction()):
            connection.terminate()
        self._pass_on(None if connection.is_closed() else connection)

    def _pass_on(self, given: Connection | None) -> None:
        """Give a connection, or the right to open one, to the first in line."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(given)
                return
        if given is None:
            self._unopened += 1
        else:
            self._idle.append(given)

    def connections(self) -> tuple[int, int, int]:
        """Return how many connections are in use, idle, and not opened; none of a pool that is closed."""
        if self._closed:
            return 0, 0, 0
        idle, unopened = len(self._idle), self._unopened
        return self._size - idle - unopened, idle, unopened
