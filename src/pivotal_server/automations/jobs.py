"""What follows a launch: a run of each automation is written down, and then done by a job of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from pivotal_server.automations.actions import queue_runs
from pivotal_server.automations.runs import do_run
from pivotal_server.core.db import in_transaction
from pivotal_server.core.jobs import Job, JobContext, enqueue
from pivotal_server.core.reactions import Fact, Reaction, read_facts
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_EVENT = "SELECT e.payload, e.created_at FROM events e WHERE e.workspace_id = $1 AND e.id = $2"


async def _launched(context: JobContext, payload: dict[str, Any]) -> None:
    workspace_id, facts = read_facts(payload)
    async with context.pool.acquire() as connection:
        for fact in facts:
            await _set_going(context, connection, workspace_id, fact)


async def _set_going(context: JobContext, connection: Connection, workspace_id: str, fact: Fact) -> None:
    event = await connection.fetchrow(_EVENT, workspace_id, fact.id)
    if event is None:  # it was removed by age: whatever kept this from being done, it is too late now
        return
    onboarding_id = orjson.loads(event["payload"])["data"]["object"]["id"]

    async def work() -> None:
        change = Change(connection, _actor(workspace_id, livemode=fact.livemode), context.clock)
        for run_id in await queue_runs(change, onboarding_id, fact.id, event["created_at"]):
            await enqueue(connection, RUN_AUTOMATION, {"workspace_id": workspace_id, "run_id": run_id})
        await change.write_records()

    await in_transaction(connection, context.clock, work)


async def _run(context: JobContext, payload: dict[str, Any]) -> None:
    async with context.pool.acquire() as connection:

        async def work() -> None:
            change = Change(connection, _actor(payload["workspace_id"], livemode=True), context.clock)
            await do_run(change, payload["run_id"])
            await change.write_records()

        await in_transaction(connection, context.clock, work)


def _actor(workspace_id: str, *, livemode: bool) -> Actor:
    return Actor(workspace_id, "system", "automations", "Pivotal", livemode=livemode, role="admin")


LAUNCHED = Job("launched", _launched)
RUN_AUTOMATION = Job("run_automation", _run)
LAUNCH_AUTOMATIONS = Reaction(LAUNCHED, frozenset({"onboarding.launched"}))
