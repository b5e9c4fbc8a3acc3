"""Whatever dies while reminders go out, everybody gets one: no mail is lost, and none is doubled."""

from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.jobs import enqueue
from pivotal_server.reminders.jobs import REMIND
from tests.jobs.conftest import StartWorker, mail_jobs, sent_mails, until_idle
from tests.reminders.support import create_late
from tests.support import body_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

ONBOARDINGS = 60
# The clock of these workers is the real one.
LONG_AGO = "2020-01-03T00:00:00Z"
COUNT = "SELECT count(*) FROM reminders"
LOGGED = """
SELECT m.status, t.last_message_status, count(*) FROM contact_messages m
JOIN contacts t ON t.workspace_id = m.workspace_id AND t.id = m.contact_id GROUP BY 1, 2
"""


def early_afternoon() -> str:
    """Return a time zone in which it is between one and two; the names have the sign the other way round."""
    return f"Etc/GMT{datetime.now(UTC).hour - 13:+d}"


async def test_killed_workers_neither_lose_nor_double_a_reminder(
    api: httpx.AsyncClient, connection: "Connection", start_worker: StartWorker, tmp_path: Path
) -> None:
    body_of(await api.patch("/calendar", json={"time_zone": early_afternoon(), "working_weekdays": list(range(1, 8))}))
    contacts = []
    for _ in range(ONBOARDINGS):
        onboarding = await create_late(api, "Send us your logo", "Name a test group", due_date=LONG_AGO)
        contacts.append(onboarding["contact"]["email"])

    for kill_at in (1, 20, 40):
        worker = start_worker(PIVOTAL_DATA=str(tmp_path))
        await enqueue(connection, REMIND, {})
        await eventually(partial(_has, connection, kill_at), timeout=30)
        worker.kill()
    start_worker(PIVOTAL_DATA=str(tmp_path))
    await enqueue(connection, REMIND, {})
    await until_idle(connection, timeout=60)

    assert await connection.fetchval(COUNT) == ONBOARDINGS
    assert await mail_jobs(connection) == ONBOARDINGS
    mails = sent_mails(tmp_path)
    assert Counter(str(mail["To"]) for mail in mails) == Counter(contacts)
    assert {str(mail["Reply-To"]) for mail in mails} == {"maya@northwind.example"}
    # Whatever died, the contacts' logs say that each of them was sent.
    assert [tuple(row) for row in await connection.fetch(LOGGED)] == [("sent", "sent", ONBOARDINGS)]


async def _has(connection: "Connection", count: int) -> bool:
    return bool(await connection.fetchval(COUNT) >= count)


async def test_two_workers_at_once_remind_once(
    api: httpx.AsyncClient, connection: "Connection", start_worker: StartWorker, tmp_path: Path
) -> None:
    body_of(await api.patch("/calendar", json={"time_zone": early_afternoon(), "working_weekdays": list(range(1, 8))}))
    for _ in range(20):
        await create_late(api, due_date=LONG_AGO)
    for _ in range(6):
        await enqueue(connection, REMIND, {})
    start_worker(PIVOTAL_DATA=str(tmp_path))
    start_worker(PIVOTAL_DATA=str(tmp_path))
    await until_idle(connection, timeout=60)
    assert await connection.fetchval(COUNT) == 20
    assert await mail_jobs(connection) == len(sent_mails(tmp_path)) == 20
