"""What comments leave to the workers."""

from __future__ import annotations

import logging
from typing import Any

from pivotal_server.comments.file_actions import remove_leftovers
from pivotal_server.core.jobs import Job, JobContext
from pivotal_server.core.storage import storage_of

logger = logging.getLogger(__name__)


async def _clean_up_files(context: JobContext, _: dict[str, Any]) -> None:
    storage = storage_of(context.settings)
    async with context.pool.acquire() as connection:
        removed = await remove_leftovers(connection, storage, context.clock.now(), context.stopping.is_set)
    logger.info("Removed %d files that nobody needs", removed)


CLEAN_UP_FILES = Job("clean_up_files", _clean_up_files, attempts=5)
