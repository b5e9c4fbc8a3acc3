"""The request log and the keys' last use: gathered in memory, written in batches (documentation: Authentication).

A killed process loses at most the second that it had not written yet; nothing else depends on these rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from pivotal_server.core.db import DATABASE_ERRORS

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.pool import Pool

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
_MAX_WAITING = 50_000
_MAX_BATCH = 5_000
_COLUMNS = (
    "workspace_id id created_at method path status latency_us api_key_id livemode ip error_code".split()  # noqa: SIM905 - a table
)
_COUNT_USE = """
INSERT INTO api_key_usage AS u (workspace_id, api_key_id, last_used_at, last_used_ip, request_count)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[])
ON CONFLICT (workspace_id, api_key_id) DO UPDATE SET
    last_used_at = greatest(u.last_used_at, excluded.last_used_at),
    last_used_ip = excluded.last_used_ip,
    request_count = u.request_count + excluded.request_count
"""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One authenticated request; its latency is in microseconds."""

    workspace_id: str
    id: str
    created_at: datetime
    method: str
    path: str
    status: int
    latency_us: int
    api_key_id: str
    livemode: bool
    ip: str
    error_code: str | None = None

    def row(self) -> tuple[object, ...]:
        """Return the request as a row of the log."""
        return (
            self.workspace_id,
            self.id,
            self.created_at,
            self.method,
            self.path,
            self.status,
            self.latency_us,
            self.api_key_id,
            self.livemode,
            self.ip,
            self.error_code,
        )


class UsageLog:
    """Gathers requests and writes them twice a second; when the database is away, the oldest give way."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: deque[LoggedRequest] = deque(maxlen=_MAX_WAITING)
        # Stays as it is until it is known to be written: where a commit was not confirmed, the next attempt tells.
        self._batch: list[LoggedRequest] = []

    def add(self, request: LoggedRequest) -> None:
        """Take a request; it is written with the next batch."""
        self._waiting.append(request)

    async def run(self) -> None:
        """Write batches until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.write()

    async def write(self) -> None:
        """Write what is waiting; while the database is away it is kept."""
        try:
            await self.flush()
        except DATABASE_ERRORS as error:
            logger.warning("The request log could not be written: %s", error)

    async def flush(self) -> None:
        """Write what is waiting; what cannot be written stays.

        Raises:
            DATABASE_ERRORS: the database is away.
        """
        while self._batch or self._waiting:
            if not self._batch:
                self._batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MAX_BATCH))]
            # A request's id is there already: an earlier attempt was committed, and its confirmation lost.
            with contextlib.suppress(asyncpg.UniqueViolationError):
                await self._insert(self._batch)
            self._batch = []

    async def _insert(self, batch: list[LoggedRequest]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            records = [request.row() for request in batch]
            await connection.copy_records_to_table("request_log", records=records, columns=_COLUMNS)
            await connection.execute(_COUNT_USE, *_usage(batch))


def _usage(batch: list[LoggedRequest]) -> list[list[object]]:
    """Return the batch's use by key, as columns; in the order of keys, so that two processes cannot deadlock."""
    latest: dict[tuple[str, str], LoggedRequest] = {}
    counts: dict[tuple[str, str], int] = {}
    for request in batch:
        key = (request.workspace_id, request.api_key_id)
        latest[key] = request
        counts[key] = counts.get(key, 0) + 1
    keys = sorted(latest)
    return [
        [workspace_id for workspace_id, _ in keys],
        [key_id for _, key_id in keys],
        [latest[key].created_at for key in keys],
        [latest[key].ip for key in keys],
        [counts[key] for key in keys],
    ]
