"""The worker: keeps the database tidy, at its start and then once an hour.

Run as a program (``python -m pivotal_server.worker``) it reads the address of its database from standard input, as the
web server does. Any number of workers may run; one of them cleans up at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from datetime import timedelta

import asyncpg

from pivotal_server.core.clock import Clock
from pivotal_server.core.databases import DatabaseError, connection_to
from pivotal_server.core.logs import configure_logging
from pivotal_server.core.migrations import SchemaError, check_schema
from pivotal_server.core.retention import Rule, remove_old, take_turn
from pivotal_server.core.settings import Settings
from pivotal_server.rest.idempotency import KEPT_FOR

logger = logging.getLogger("pivotal_server.worker")  # also where it runs as __main__

_PERIOD_SECONDS = 3600.0
# After a failure, which is nearly always the database's absence.
_RETRY_SECONDS = 60.0


def main() -> None:
    """Work on the database whose address stands on standard input; end where there is none."""
    settings = Settings()
    dsn = sys.stdin.readline().strip()
    if dsn:
        try:
            work(dsn, settings)
        except (DatabaseError, SchemaError) as error:
            sys.exit(str(error))


def work(dsn: str, settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; the batch under way is finished.

    Args:
        dsn: address of a database whose schema is up to date.
        settings: the operator's.

    Raises:
        DatabaseError: it cannot be reached at the start.
        SchemaError: its schema is not this version's.
    """
    configure_logging()
    asyncio.run(_work(dsn, settings))


def rules(settings: Settings) -> tuple[Rule, ...]:
    """Return what is kept for how long."""
    return (
        Rule("idempotency_records", KEPT_FOR, "idempotency records"),
        Rule("request_log", timedelta(days=settings.request_log_days), "logged requests"),
        Rule("events", timedelta(days=settings.event_days), "events"),
    )


async def _work(dsn: str, settings: Settings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with connection_to(dsn) as connection:
        await check_schema(connection)
    while not stopping.is_set():
        pause = _PERIOD_SECONDS
        try:
            await clean_up(dsn, settings, stopping)
        except (OSError, DatabaseError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("Cleaning up failed and is tried again in %d s: %s", _RETRY_SECONDS, error)
            pause = _RETRY_SECONDS
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause)
    logger.info("Stopped")


async def clean_up(dsn: str, settings: Settings, stopping: asyncio.Event) -> None:
    """Remove what is older than the settings say, unless another worker is doing so.

    Raises:
        DatabaseError | OSError | asyncpg.PostgresError | asyncpg.InterfaceError: the database is away.
    """
    async with connection_to(dsn) as connection:
        if not await take_turn(connection):
            logger.info("Another worker is cleaning up")
            return
        removed = []
        for rule in rules(settings):
            count = await remove_old(connection, rule, Clock().now(), stopping.is_set)
            removed.append(f"{count} {rule.plural} older than {_in_words(rule.kept_for)}")
            if stopping.is_set():
                break
        logger.info("Removed %s", ", ".join(removed))


def _in_words(age: timedelta) -> str:
    return f"{age.days} days" if age > timedelta(days=1) else f"{age.total_seconds() / 3600:.0f} hours"


if __name__ == "__main__":
    main()
