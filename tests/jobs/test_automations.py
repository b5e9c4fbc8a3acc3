"""Whatever dies after a launch, each automation is run for it, once."""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.automations.support import launch
from tests.harness import World
from tests.jobs.conftest import StartWorker, mail_jobs, sent_mails, until_idle
from tests.support import create_customer, create_onboarding, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

LAUNCHES = 30
DONE = "SELECT count(*) FROM automation_runs WHERE state = 'done'"
BY_ONBOARDING = "SELECT count(*), count(*) FILTER (WHERE state = 'done') FROM automation_runs GROUP BY onboarding_id"


async def test_killed_workers_neither_lose_nor_double_a_run(
    api: httpx.AsyncClient, connection: "Connection", start_worker: StartWorker, world: World, tmp_path: Path
) -> None:
    customer = await create_customer(api)
    for number in range(LAUNCHES):
        name = f"Launch {number}"
        await launch(api, await create_onboarding(api, customer["id"], csm_id=world.maya.id, name=name))

    for kill_at in (1, LAUNCHES, 2 * LAUNCHES):
        worker = start_worker("react", PIVOTAL_DATA=str(tmp_path))
        await eventually(partial(_has, connection, kill_at), timeout=30)
        worker.kill()
    start_worker("react", PIVOTAL_DATA=str(tmp_path))
    await eventually(partial(_has, connection, 3 * LAUNCHES), timeout=60)
    await until_idle(connection, timeout=60)

    assert [tuple(row) for row in await connection.fetch(BY_ONBOARDING)] == [(3, 3)] * LAUNCHES
    assert await connection.fetchval("SELECT count(*) FROM launch_recaps") == LAUNCHES
    assert await connection.fetchval("SELECT count(*) FROM activity WHERE type = 'automation.done'") == 3 * LAUNCHES
    assert await mail_jobs(connection) == 2 * LAUNCHES
    mails = sent_mails(tmp_path)
    assert Counter(mail.is_multipart() for mail in mails) == {False: LAUNCHES, True: LAUNCHES}


async def _has(connection: "Connection", count: int) -> bool:
    return bool(await connection.fetchval(DONE) >= count)
