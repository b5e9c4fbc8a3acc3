"""The worker: does what requests leave for later, and what comes round again.

Run as a program (``python -m pivotal_server.worker``) it reads the address of its database from standard input, as the
web server does. Any number of workers may run, on any number of machines: they share the work.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import uvloop

from pivotal_server.automations.jobs import LAUNCH_AUTOMATIONS, LAUNCHED, RUN_AUTOMATION
from pivotal_server.comments.jobs import CLEAN_UP_FILES
from pivotal_server.comments.scanning import SCAN
from pivotal_server.contacts.jobs import FOLD_TALLIES
from pivotal_server.core.clock import Clock
from pivotal_server.core.databases import DatabaseError, connection_to
from pivotal_server.core.jobs import Job, JobContext, Schedule
from pivotal_server.core.jobs.runner import JobRunner
from pivotal_server.core.logs import configure_logging
from pivotal_server.core.mail import MAIL
from pivotal_server.core.migrations import SchemaError, check_schema
from pivotal_server.core.pool import Pool
from pivotal_server.core.retention import Rule, remove_old
from pivotal_server.core.settings import Settings
from pivotal_server.core.telemetry import telemetry_of
from pivotal_server.core.telemetry.listener import listening
from pivotal_server.message_log.mails import CONTACT_MAIL, SETTLE_MAILS
from pivotal_server.notifications.jobs import NOTIFY, NOTIFY_PEOPLE
from pivotal_server.people.mails import INVITATION_MAIL, SIGN_IN_MAIL
from pivotal_server.plans.replanning import REPLAN
from pivotal_server.reminders.jobs import REMIND
from pivotal_server.rest.idempotency import KEPT_FOR
from pivotal_server.samples.making import MAKE_SAMPLE, REMOVE_SAMPLE
from pivotal_server.transfer.making import TAKE_OUT
from pivotal_server.webhooks.engine.engine import deliver
from pivotal_server.webhooks.retention import remove_old_deliveries
from pivotal_server.webhooks.telemetry import STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger("pivotal_server.worker")  # also where it runs as __main__

# What is known of a job after its end.
_JOB_LOG_KEPT_FOR = timedelta(days=7)
_FAILED_JOBS_KEPT_FOR = timedelta(days=30)
_LINKS_KEPT_FOR = timedelta(days=7)
_SESSIONS_KEPT_FOR = timedelta(days=30)
_READ_NOTIFICATIONS_KEPT_FOR = timedelta(days=90)
# Who listens has heard of them by then, also one that came back meanwhile.
_STREAM_TESTS_KEPT_FOR = timedelta(hours=1)
# Where no worker ran for long, events that no endpoint has got yet stay until they were spread.
_SPREAD = """
NOT EXISTS (SELECT FROM outbox o WHERE o.workspace_id = events.workspace_id AND o.created_at = events.created_at)
"""


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
    """Work until SIGTERM or SIGINT; what is under way then has ten seconds to end.

    Args:
        dsn: address of a database whose schema is up to date.
        settings: the operator's.

    Raises:
        DatabaseError: it cannot be reached at the start.
        SchemaError: its schema is not this version's.
    """
    configure_logging()
    # The library tells each retry, which we do ourselves.
    logging.getLogger("pgqueuer").setLevel(logging.WARNING)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(dsn, settings))


async def _work(dsn: str, settings: Settings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with connection_to(dsn) as connection:
        await check_schema(connection)
    pool, clock = Pool(dsn, settings.database_connections), Clock()
    try:
        async with (
            telemetry_of(settings, "worker", pool, clock, STATES) as telemetry,
            listening(telemetry, settings.host, settings.metrics_port),
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(JobRunner(pool, settings, clock, JOBS, SCHEDULES).run(stopping))
            tasks.create_task(deliver(dsn, settings, clock, stopping, REACTIONS))
    finally:
        await pool.close()
    logger.info("Stopped")


def rules(settings: Settings) -> Sequence[Rule]:
    """Return what is kept for how long."""
    return (
        Rule("idempotency_records", KEPT_FOR, "idempotency records"),
        Rule("request_log", timedelta(days=settings.request_log_days), "logged requests"),
        Rule("sessions", _SESSIONS_KEPT_FOR, "ended sessions", column="expires_at"),
        Rule("sign_in_links", _LINKS_KEPT_FOR, "sign-in links"),
        Rule("events", timedelta(days=settings.event_days), "events", only=_SPREAD),
        Rule("stream_tests", _STREAM_TESTS_KEPT_FOR, "test events for streams"),
        Rule("event_streams", _STREAM_TESTS_KEPT_FOR, "abandoned streams", column="seen_at"),
        Rule("notifications", _READ_NOTIFICATIONS_KEPT_FOR, "read notifications", column="read_at"),
        Rule("pgqueuer_log", _JOB_LOG_KEPT_FOR, "logged steps of jobs", column="created"),
        Rule("pgqueuer", _FAILED_JOBS_KEPT_FOR, "failed jobs", column="updated", only="status = 'failed'"),
    )


async def clean_up(context: JobContext, _: dict[str, Any]) -> None:
    """Remove what is older than the settings say."""
    removed = []
    async with context.pool.acquire() as connection:
        for rule in rules(context.settings):
            count = await remove_old(connection, rule, context.clock.now(), context.stopping.is_set)
            removed.append(f"{count} {rule.plural} older than {_in_words(rule.kept_for)}")
            if context.stopping.is_set():
                break
        # A log that is shorter than that of events would make replays send again what was delivered.
        kept_for = timedelta(days=max(context.settings.delivery_days, context.settings.event_days))
        count = await remove_old_deliveries(connection, context.clock.now() - kept_for, context.stopping.is_set)
        removed.append(f"{count} webhook deliveries older than {_in_words(kept_for)}")
    logger.info("Removed %s", ", ".join(removed))


def _in_words(age: timedelta) -> str:
    return f"{age.days} days" if age > timedelta(days=1) else f"{age.total_seconds() / 3600:.0f} hours"


CLEAN_UP = Job("clean_up", clean_up, attempts=5)

# What this version's workers can do, and when it comes round again.
JOBS = (
    CLEAN_UP,
    CLEAN_UP_FILES,
    CONTACT_MAIL,
    FOLD_TALLIES,
    INVITATION_MAIL,
    LAUNCHED,
    MAIL,
    MAKE_SAMPLE,
    NOTIFY,
    REMIND,
    REMOVE_SAMPLE,
    REPLAN,
    RUN_AUTOMATION,
    SCAN,
    SETTLE_MAILS,
    SIGN_IN_MAIL,
    TAKE_OUT,
)
SCHEDULES = (
    Schedule(CLEAN_UP, "17 * * * *", at_start=True),
    Schedule(CLEAN_UP_FILES, "47 * * * *", at_start=True),
    # Totals of contacts are exact before; afterwards they cost less.
    Schedule(FOLD_TALLIES, "* * * * *", at_start=True),
    # Time zones differ by quarters of an hour.
    Schedule(REMIND, "*/15 * * * *"),
    Schedule(SETTLE_MAILS, "*/15 * * * *"),
)
# What they do by themselves when something has happened.
REACTIONS = (LAUNCH_AUTOMATIONS, NOTIFY_PEOPLE)


if __name__ == "__main__":
    main()
