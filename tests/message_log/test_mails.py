"""Mail to contacts: in the log when it is decided, and what became of it when it is known."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from pivotal_server.core.jobs import GiveUpError, JobContext
from pivotal_server.core.mail_server import MailServer
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.message_log import mails
from pivotal_server.message_log.mails import CONTACT_MAIL, SETTLE_MAILS
from tests.core.smtp import mail_server
from tests.harness import free_port
from tests.message_log.support import last, log, messages
from tests.reminders.support import create_late
from tests.support import Json, SteeredClock, body_of, eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from pivotal_server.core.db import Connection
    from pivotal_server.core.jobs import Job

    Run = Callable[..., Coroutine[Any, Any, None]]

UNKNOWN = "It is not known whether the mail was sent; the failed job has the reason."
_QUEUED = "SELECT id, payload FROM pgqueuer WHERE entrypoint = 'contact_mail'"
_FAIL = "UPDATE pgqueuer SET status = 'failed' WHERE entrypoint = 'contact_mail'"


@pytest.fixture
async def pool(dsn: str) -> "AsyncIterator[Pool]":
    pool = Pool(dsn, 2)
    yield pool
    await pool.close()


@pytest.fixture
def run(pool: Pool, connection: "Connection", settings: Settings, clock: SteeredClock) -> "Run":
    async def do(job: "Job" = CONTACT_MAIL, port: int | None = None, attempt: int = 1) -> None:
        """Do what a worker does with the mail that waits, or with another job."""
        id_, payload = await connection.fetchrow(_QUEUED) or (0, b"{}")
        server = MailServer("127.0.0.1", port, tls=False, user=None, password=None) if port else None
        own = settings.model_copy(update={"smtp_url": server})
        context = JobContext(pool, own, clock, asyncio.Event(), id_, clock.now(), attempt)
        await job.handler(context, orjson.loads(payload))

    return do


async def remind(api: httpx.AsyncClient, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Have a contact reminded, and return the contact."""
    onboarding = await create_late(api, csm_id=fields.pop("csm_id", None))
    body_of(await api.post(f"/onboardings/{onboarding['id']}/reminders", json=fields), 201)
    contact: Json = onboarding["contact"]
    return contact


async def test_a_reminder_is_in_the_log_before_and_after_it_is_sent(
    api: httpx.AsyncClient, run: "Run", clock: SteeredClock
) -> None:
    contact = await remind(api)
    (queued,) = await messages(api, contact["id"])
    assert (queued["channel"], queued["direction"], queued["status"]) == ("email", "outbound", "queued")
    assert queued["subject"].endswith("1 task waiting for you")
    assert queued["body"].startswith("Hi Ana,")
    assert queued["actor"]["name"] == "API: northwind-live"
    assert (await last(api, contact["id"]))[1] == "queued"

    clock.advance(90)
    async with mail_server() as server:
        await run(port=server.port)
        (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == (contact["email"], queued["subject"])
    (sent,) = await messages(api, contact["id"])
    assert sent == queued | {"status": "sent", "sent_at": sent["sent_at"], "updated_at": sent["updated_at"]}
    assert sent["sent_at"] == "2026-03-02T09:01:30.123Z"
    assert await last(api, contact["id"]) == (sent["sent_at"], "sent")


async def test_a_mail_that_is_refused_has_failed(api: httpx.AsyncClient, run: "Run") -> None:
    contact = await remind(api)
    async with mail_server() as server:
        server.rcpt = "550 nobody here"
        with pytest.raises(GiveUpError):
            await run(port=server.port)
    (failed,) = await messages(api, contact["id"])
    assert failed["status"] == "failed"
    assert failed["error"] == "the mail server refused the mail: 550 nobody here"
    assert (await last(api, contact["id"]))[1] == "failed"
    (entry, *_) = body_of(await api.get(f"/customers/{contact['customer_id']}/timeline"))["data"]
    assert (entry["type"], entry["summary"]) == ("message.failed", "Could not send an e-mail to Ana Lima")
    assert entry["actor"] == {"type": "system", "id": "mail", "name": "Pivotal"}


async def test_a_mail_server_that_is_away_has_two_days_to_come_back(api: httpx.AsyncClient, run: "Run") -> None:
    contact = await remind(api)
    away = free_port()
    with pytest.raises(OSError, match=str(away)):
        await run(port=away)
    assert (await last(api, contact["id"]))[1] == "queued"
    with pytest.raises(OSError, match=str(away)):
        await run(port=away, attempt=CONTACT_MAIL.attempts)
    (failed,) = await messages(api, contact["id"])
    assert failed["status"] == "failed"
    assert str(away) in failed["error"]

    async with mail_server() as server:  # somebody has put the job back into the queue
        await run(port=server.port)
    (sent,) = await messages(api, contact["id"])
    assert (sent["status"], sent["error"]) == ("sent", None)


async def test_a_mail_whose_job_was_lost_with_its_workers_is_told_to_have_failed(
    api: httpx.AsyncClient, connection: "Connection", run: "Run"
) -> None:
    contact = await remind(api)
    await log(api, contact["id"], status="queued", sent_at="2026-01-01T00:00:00Z")  # somebody else's, and none of ours
    await run(SETTLE_MAILS)
    assert [message["status"] for message in await messages(api, contact["id"])] == ["queued", "queued"]

    await connection.execute(_FAIL)
    await run(SETTLE_MAILS)
    await run(SETTLE_MAILS)
    other, mail = await messages(api, contact["id"])
    assert (mail["status"], mail["error"]) == ("failed", UNKNOWN)
    assert other["status"] == "queued"


async def test_what_is_known_better_stays(api: httpx.AsyncClient, run: "Run") -> None:
    contact = await remind(api)
    (queued,) = await messages(api, contact["id"])
    path = f"/contacts/{contact['id']}/messages/{queued['id']}"
    delivered = body_of(await api.patch(path, json={"status": "delivered"}))
    async with mail_server() as server:
        await run(port=server.port)
        assert len(server.mails) == 1
    assert await messages(api, contact["id"]) == [delivered]


async def test_a_mail_goes_out_though_its_contact_and_its_message_are_gone(
    api: httpx.AsyncClient, connection: "Connection", run: "Run"
) -> None:
    contact = await remind(api)
    body_of(await api.delete(f"/contacts/{contact['id']}"))
    async with mail_server() as server:
        await run(port=server.port)
        assert await connection.fetchval("SELECT status FROM contact_messages") == "sent"
        await connection.execute("DELETE FROM contact_messages")
        await run(port=server.port)
        assert len(server.mails) == 2


async def test_a_database_that_is_away_for_a_moment_costs_no_second_mail(
    api: httpx.AsyncClient, connection: "Connection", run: "Run", caplog: pytest.LogCaptureFixture
) -> None:
    contact = await remind(api)
    await connection.execute("ALTER TABLE contact_messages RENAME TO away")
    async with mail_server() as server, asyncio.TaskGroup() as tasks:
        task = tasks.create_task(run(port=server.port))
        await eventually(lambda: "is not written down yet" in caplog.text)
        await connection.execute("ALTER TABLE away RENAME TO contact_messages")
        await task
        assert len(server.mails) == 1
    assert (await last(api, contact["id"]))[1] == "sent"


async def test_a_mail_is_not_sent_again_for_what_cannot_be_written_down(
    api: httpx.AsyncClient, connection: "Connection", run: "Run", monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = await remind(api)
    monkeypatch.setattr(mails, "_PAUSE_SECONDS", 0)
    await connection.execute("ALTER TABLE contact_messages RENAME TO away")
    async with mail_server() as server:
        with pytest.raises(GiveUpError, match="could not be written down"):
            await run(port=server.port)
        assert len(server.mails) == 1
    await connection.execute("ALTER TABLE away RENAME TO contact_messages")
    await connection.execute(_FAIL)
    await run(SETTLE_MAILS)
    (message,) = await messages(api, contact["id"])
    assert (message["status"], message["error"]) == ("failed", UNKNOWN)


async def test_a_dry_run_and_a_test_key_leave_no_message(api: httpx.AsyncClient, test_api: httpx.AsyncClient) -> None:
    onboarding = await create_late(api)
    path = f"/onboardings/{onboarding['id']}/reminders"
    body_of(await api.post(path, json={"dry_run": True}))
    body_of(await test_api.post(path, json={}), 201)
    assert await messages(api, onboarding["contact"]["id"]) == []
