"""What contacts leave to the workers."""

from __future__ import annotations

from typing import Any

from pivotal_server.contacts.tallies import fold_tallies
from pivotal_server.core.jobs import Job, JobContext


async def _fold(context: JobContext, _: dict[str, Any]) -> None:
    async with context.pool.acquire() as connection:
        await fold_tallies(connection, context.stopping.is_set)


FOLD_TALLIES = Job("fold_tallies", _fold, attempts=5)
