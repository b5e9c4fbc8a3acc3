"""Launches, and what workers then do, a step at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from pivotal_server.automations.jobs import LAUNCH_AUTOMATIONS, LAUNCHED, RUN_AUTOMATION
from pivotal_server.core.jobs import Job, JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.webhooks.engine.fan_out import fan_out
from tests.support import Json, SteeredClock, body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_TAKE = "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload, id"


@dataclass
class Steps:
    """What a worker does after a launch.

    Attributes:
        connection: of the test.
    """

    connection: "Connection"
    pool: Pool
    settings: Settings
    clock: SteeredClock

    async def hear(self) -> None:
        """Take what has happened from the outbox."""
        await fan_out(self.connection, self.clock.now(), (LAUNCH_AUTOMATIONS,))

    async def queue(self, times: int = 1) -> None:
        """Hear of launches, so many times, and write down what is to be done."""
        await self.hear()
        await self._do(LAUNCHED, times)

    async def work(self, times: int = 1) -> None:
        """Do everything, so many times."""
        await self.queue(times)
        await self._do(RUN_AUTOMATION, times)

    async def _do(self, job: Job, times: int) -> None:
        for payload, id_ in sorted(await self.connection.fetch(_TAKE, job.name), key=lambda row: int(row["id"])):
            for attempt in range(1, times + 1):
                context = JobContext(
                    self.pool, self.settings, self.clock, asyncio.Event(), id_, self.clock.now(), attempt
                )
                await job.handler(context, orjson.loads(payload))


@asynccontextmanager
async def steps_on(dsn: str, connection: "Connection", settings: Settings, clock: SteeredClock) -> AsyncIterator[Steps]:
    """Yield the steps on a database."""
    pool = Pool(dsn, 2)
    yield Steps(connection, pool, settings, clock)
    await pool.close()


async def launch(api: httpx.AsyncClient, onboarding: Json) -> None:
    """Move an onboarding into the launch phase."""
    body_of(await api.patch(f"/onboardings/{onboarding['id']}", json={"phase": "launch"}))


async def runs(api: httpx.AsyncClient, onboarding: Json) -> list[Json]:
    """Return the runs of an onboarding, oldest first."""
    found: list[Json] = body_of(await api.get(f"/onboardings/{onboarding['id']}/automation_runs"))["data"]
    return found[::-1]


def states(found: list[Json]) -> dict[str, tuple[str, Any]]:
    """Return state and result of each run by its automation."""
    return {run["automation"]: (run["state"], run["result"]) for run in found}
