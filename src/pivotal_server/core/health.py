"""How the things are that the server depends on (documentation: Health).

Anybody may ask, as often as they like: whatever was found is told again for a few seconds.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pivotal_server.core.mail import greet
from pivotal_server.core.telemetry.jobs import overdue_seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from pivotal_server.core.clock import Clock
    from pivotal_server.core.pool import Pool
    from pivotal_server.core.settings import Settings
    from pivotal_server.core.storage import Storage

logger = logging.getLogger(__name__)

CheckStatus = Literal["ok", "failing", "not_configured"]
Overall = Literal["ok", "degraded", "failing"]

KEPT_FOR = timedelta(seconds=5)
# Less than what a balancer, or ``doctor``, waits for the answer.
_CHECK_SECONDS = 3.0
# Jobs that have been due for longer have nobody who does them.
LONGEST_OVERDUE_SECONDS = 300.0
_PROBE = b"pivotal"


class _FailingError(Exception):
    """It answers, and is not well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is; the latency is None where there was nothing to ask."""

    status: CheckStatus
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How everything is, as of ``at``."""

    at: datetime
    checks: Mapping[str, Finding]

    @property
    def status(self) -> Overall:
        """``failing`` where nothing can be answered without the database, ``degraded`` where other things fail."""
        failing = {name for name, finding in self.checks.items() if finding.status == "failing"}
        return "failing" if "database" in failing else "degraded" if failing else "ok"


class Health:
    """Asks everything that a process depends on, all at once and each for three seconds at most.

    Args:
        pool: the process's connections; waiting for one is part of the database's latency.
        clock: the source of time.
        settings: the operator's.
        storage: where files are kept.
    """

    def __init__(self, pool: Pool, clock: Clock, settings: Settings, storage: Storage) -> None:
        self._pool = pool
        self._clock = clock
        self._settings = settings
        self._storage = storage
        # A process of its own, wherever it runs, so that two do not remove each other's; one that was killed in the
        # middle leaves no more than this behind.
        self._key = f"health/{secrets.token_hex(8)}"
        self._lock = asyncio.Lock()
        self._last: Report | None = None
        self._told: set[str] = set()

    async def report(self) -> Report:
        """Return how everything is, or was a moment ago; nothing that may fail raises."""
        async with self._lock:
            now = self._clock.now()
            if self._last is None or not timedelta(0) <= now - self._last.at < KEPT_FOR:
                self._last = Report(now, await self._examine())
            return self._last

    async def _examine(self) -> dict[str, Finding]:
        checks: dict[str, Callable[[], Awaitable[None]] | None] = {
            "database": self._database,
            "job_queue": self._job_queue,
            "mail": self._mail if self._settings.smtp_url else None,
            "storage": self._store_and_fetch,
        }
        findings = await asyncio.gather(*(self._ask(name, check) for name, check in checks.items()))
        return dict(zip(checks, findings, strict=True))

    async def _ask(self, name: str, check: Callable[[], Awaitable[None]] | None) -> Finding:
        if check is None:
            return Finding("not_configured")
        started = time.perf_counter()
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await check()
        except Exception as error:  # noqa: BLE001 - whatever keeps it from working is what was asked for
            if name not in self._told:
                logger.warning("Health: %s fails: %s", name, str(error) or type(error).__name__)
            self._told.add(name)
            return Finding("failing", _since(started))
        self._told.discard(name)
        return Finding("ok", _since(started))

    async def _database(self) -> None:
        async with self._pool.acquire() as connection:
            await connection.fetchval("SELECT 1")

    async def _job_queue(self) -> None:
        async with self._pool.acquire() as connection:
            overdue = await overdue_seconds(connection, self._clock.now())
        if overdue > LONGEST_OVERDUE_SECONDS:
            raise _FailingError(f"the first job in line has been due for {overdue:.0f} s; is there a worker?")

    async def _mail(self) -> None:
        if self._settings.smtp_url is not None:
            await greet(self._settings.smtp_url, self._settings)

    async def _store_and_fetch(self) -> None:
        await self._storage.put(self._key, _once(_PROBE))
        try:
            pieces = [piece async for piece in await self._storage.open(self._key, 0, len(_PROBE))]
        finally:
            await self._storage.delete(self._key)
        if b"".join(pieces) != _PROBE:
            raise _FailingError("what was stored came back as something else")


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
