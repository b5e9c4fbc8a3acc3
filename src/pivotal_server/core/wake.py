"""Waking the workers: a notification after the commit, so that new work starts in milliseconds.

``NOTIFY`` inside a change's own transaction would make all commits of the database queue up behind one lock. Here a
process notifies on a connection of its own pool, soon after a change and once for all changes of the next few
milliseconds. A notification that is lost costs a moment: workers look for work once a second anyway.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pivotal_server.core.db import DATABASE_ERRORS

if TYPE_CHECKING:
    from pivotal_server.core.pool import Pool

CHANNEL = "pivotal_work"

_PAUSE_SECONDS = 0.005


class WorkerBell:
    """Rings for the workers of every machine.

    Args:
        pool: has a connection to spare now and then.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    def ring(self) -> None:
        """Have the workers look for work; called after a commit, returns at once."""
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring())
        else:
            self._again = True

    async def close(self) -> None:
        """Stop ringing."""
        if self._ringing is not None:
            self._ringing.cancel()
            await asyncio.gather(self._ringing, return_exceptions=True)

    async def _ring(self) -> None:
        while True:
            self._again = False
            try:
                async with self._pool.acquire() as connection:
                    await connection.execute(f"NOTIFY {CHANNEL}")
            except DATABASE_ERRORS:
                return
            await asyncio.sleep(_PAUSE_SECONDS)
            if not self._again:
                return
