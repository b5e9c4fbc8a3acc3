"""Telling open pages what has changed: a notification after the commit, and one listener a process.

As for the workers (``core.wake``), ``NOTIFY`` stays outside the change's own transaction. What is told is only which
things have changed; a page then asks for what it shows of them, with its own session. A notification that is lost
leaves a page as it was until the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.core.connecting import open_connection
from pivotal_server.core.db import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from pivotal_server.core.db import Connection
    from pivotal_server.core.pool import Pool

logger = logging.getLogger(__name__)

CHANNEL = "pivotal_pages"

_PAUSE_SECONDS = 0.05
_RETRY_SECONDS = 2.0
# PostgreSQL takes less than 8,000 bytes; a change that touches more things is told as "everything".
# What begins so is told to the one person alone whose id follows.
OWN = "own:"
_MAX_TOPICS = 200
_MAX_BYTES = 7500
EVERYTHING = "*"


def own_topic(person_id: str) -> str:
    """Return the topic of what concerns one person alone, such as what they are told of."""
    return f"{OWN}{person_id}"


async def tell_pages(connection: Connection, workspace_id: str, topics: Collection[str]) -> None:
    """Have open pages know what has changed, from where there is no ``PageBell``; called after the commit.

    Args:
        connection: outside a transaction.
        workspace_id: whose pages.
        topics: what has changed.
    """
    if topics:
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, _payload(workspace_id, topics))


class PageBell:
    """Tells the pages of every process what has changed.

    Args:
        pool: has a connection to spare now and then.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._topics: dict[str, set[str]] = {}
        self._telling: asyncio.Task[None] | None = None

    def tell(self, workspace_id: str, topics: Collection[str]) -> None:
        """Have pages know, called after a commit; returns at once.

        Args:
            workspace_id: whose pages.
            topics: what has changed, such as ``customer:cmg8x0k4t0000a1b2c3d4e5f6``.
        """
        if not topics:
            return
        self._topics.setdefault(workspace_id, set()).update(topics)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def close(self) -> None:
        """Stop telling."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _tell(self) -> None:
        while self._topics:
            waiting, self._topics = self._topics, {}
            try:
                async with self._pool.acquire() as connection:
                    payloads = [_payload(workspace_id, topics) for workspace_id, topics in waiting.items()]
                    await connection.execute("SELECT pg_notify($1, p) FROM unnest($2::text[]) p", CHANNEL, payloads)
            except DATABASE_ERRORS:
                return
            await asyncio.sleep(_PAUSE_SECONDS)  # what changes meanwhile is told together


def _payload(workspace_id: str, topics: Collection[str]) -> str:
    text = orjson.dumps([workspace_id, *sorted(topics)])
    if len(topics) > _MAX_TOPICS or len(text) > _MAX_BYTES:
        text = orjson.dumps([workspace_id, EVERYTHING])
    return text.decode()


class Subscription:
    """What one open page is told; of many changes at once it hears together.

    Args:
        own: the topic of the person whose page it is; of the others' it hears nothing.
    """

    def __init__(self, own: str) -> None:
        self._own = own
        self._topics: set[str] = set()
        self._news = asyncio.Event()
        self.over = False  # whether the server has to stop

    def end(self) -> None:
        """Have whoever waits look whether it is over: it is."""
        self.over = True
        self._news.set()

    def add(self, topics: Collection[str]) -> None:
        """Take note of what has changed."""
        heard = {topic for topic in topics if not topic.startswith(OWN) or topic == self._own}
        if heard:
            self._topics.update(heard)
            self._news.set()

    async def wait(self, seconds: float) -> set[str]:
        """Return what has changed since the last time, after at most so many seconds; empty where nothing has."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()
        topics, self._topics = self._topics, set()
        return topics


class Listener:
    """Hears what has changed, for all open pages of this process.

    Args:
        dsn: the database's address; a connection of its own is open while any page listens.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._subscriptions: dict[str, set[Subscription]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._over = False

    @contextlib.contextmanager
    def subscription(self, workspace_id: str, person_id: str) -> Iterator[Subscription]:
        """Listen for one page of a workspace, which a person has open."""
        made = Subscription(own_topic(person_id))
        made.over = self._over
        self._subscriptions.setdefault(workspace_id, set()).add(made)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())
        try:
            yield made
        finally:
            others = self._subscriptions[workspace_id]
            others.discard(made)
            if not others:
                del self._subscriptions[workspace_id]

    def end(self) -> None:
        """Have all streams end, those to come at once: the server was told to stop."""
        self._over = True
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.end()

    async def close(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._connection() as lost:
                    self._hear_all()  # what was missed while nobody listened
                    await lost.wait()
            except DATABASE_ERRORS as error:
                logger.warning("Pages are not told of changes for now: %s", error)
            await asyncio.sleep(_RETRY_SECONDS)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncio.Event]:
        connection = await open_connection(self._dsn, {"application_name": "pivotal pages"})
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._hear)
            yield lost
        finally:
            connection.terminate()

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: Any) -> None:  # noqa: ANN401 - asyncpg's
        workspace_id, *topics = orjson.loads(payload)
        for subscription in self._subscriptions.get(workspace_id, ()):
            subscription.add(topics)

    def _hear_all(self) -> None:
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.add((EVERYTHING,))
