"""A worker with jobs that tests need: ``python -m tests.jobs.program DSN``. They write down what they do.

With ``react`` it also empties the outbox, as the product's worker does, and has a reaction to customers and files
beside those to launches.
"""

import asyncio
import dataclasses
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import uvloop

from pivotal_server.automations.jobs import LAUNCH_AUTOMATIONS, LAUNCHED, RUN_AUTOMATION
from pivotal_server.core.clock import Clock
from pivotal_server.core.jobs import GiveUpError, Job, JobContext, Schedule
from pivotal_server.core.jobs.runner import JobRunner
from pivotal_server.core.logs import configure_logging
from pivotal_server.core.mail import MAIL
from pivotal_server.core.pool import Pool
from pivotal_server.core.reactions import Reaction, read_facts
from pivotal_server.core.settings import Settings
from pivotal_server.message_log.mails import CONTACT_MAIL
from pivotal_server.plans.replanning import REPLAN
from pivotal_server.reminders.jobs import REMIND
from pivotal_server.webhooks.engine.engine import deliver

CREATE = "CREATE TABLE steps (job bigint, name text, step text, attempt integer, pid integer, at timestamptz)"
_WRITE = "INSERT INTO steps VALUES ($1, $2, $3, $4, $5, clock_timestamp())"
# Whoever holds this advisory lock keeps the job `hold` from ending.
GATE = 4_217
_SOON = timedelta(milliseconds=50)


async def step(context: JobContext, name: str, what: str) -> None:
    async with context.pool.acquire() as connection:
        await connection.execute(_WRITE, context.id, name, what, context.attempt, os.getpid())


async def note(context: JobContext, payload: dict[str, Any]) -> None:
    await step(context, payload["name"], "done")


async def hold(context: JobContext, payload: dict[str, Any]) -> None:
    await step(context, payload["name"], "begun")
    async with context.pool.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock_shared($1)", GATE)
        await connection.execute("SELECT pg_advisory_unlock_shared($1)", GATE)
    await step(context, payload["name"], "done")


async def stay(context: JobContext, payload: dict[str, Any]) -> None:
    await step(context, payload["name"], "begun")
    await asyncio.Event().wait()


async def kill(context: JobContext, payload: dict[str, Any]) -> None:
    await step(context, payload["name"], "begun")
    os.kill(os.getpid(), signal.SIGKILL)


async def fail(context: JobContext, payload: dict[str, Any]) -> None:
    await step(context, payload["name"], "begun")
    if context.attempt <= payload["times"]:
        strange = "\0 and \ud800" + 1_000_000 * "x" if "strange" in payload else ""
        raise RuntimeError(f"for the {context.attempt}. time{strange}")
    await step(context, payload["name"], "done")


async def give_up(context: JobContext, payload: dict[str, Any]) -> None:
    await step(context, payload["name"], "begun")
    raise GiveUpError("it is hopeless")


async def tick(context: JobContext, _: dict[str, Any]) -> None:
    await step(context, "tick", "done")


async def react(context: JobContext, payload: dict[str, Any]) -> None:
    workspace_id, facts = read_facts(payload)
    for fact in facts:
        mode = "live" if fact.livemode else "test"
        await step(context, workspace_id, f"{fact.type} {fact.id} {mode} {fact.actor_type} {fact.actor_name}")


NOTE, HOLD, STAY = Job("note", note), Job("hold", hold, first_pause=_SOON), Job("stay", stay)
FAIL, GIVE_UP = Job("fail", fail, attempts=3, first_pause=_SOON), Job("give_up", give_up)
IMPATIENT_MAIL = dataclasses.replace(MAIL, first_pause=_SOON, longest_pause=_SOON, attempts=1_000)
# Outlives an outage of the database, which its handler meets as well.
PERSIST = Job("persist", fail, attempts=1_000, first_pause=_SOON, longest_pause=_SOON)
KILL = Job("kill", kill)
TICK = Job("tick", tick)
REACT = Job("react", react)
JOBS = (
    NOTE,
    HOLD,
    STAY,
    KILL,
    FAIL,
    GIVE_UP,
    PERSIST,
    TICK,
    REMIND,
    CONTACT_MAIL,
    REPLAN,
    LAUNCHED,
    RUN_AUTOMATION,
    REACT,
    IMPATIENT_MAIL,
)
REACTIONS = (Reaction(REACT, frozenset({"customer.created", "attachment.created"})), LAUNCH_AUTOMATIONS)
EVERY_SECOND = Schedule(TICK, "* * * * * *")
# Dead workers are noticed and retries found sooner than in the product.
SILENCE = timedelta(seconds=2)


async def main(dsn: str) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    pool = Pool(dsn, 8)
    schedules = (EVERY_SECOND,) if "tick" in sys.argv else ()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(JobRunner(pool, Settings(), Clock(), JOBS, schedules, SILENCE).run(stopping))
        if "react" in sys.argv:
            tasks.create_task(deliver(dsn, Settings(), Clock(), stopping, REACTIONS))
    await pool.close()


if __name__ == "__main__":
    configure_logging()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(sys.argv[1]))
