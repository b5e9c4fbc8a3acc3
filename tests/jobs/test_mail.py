"""Mail from the transaction that calls for it to the mail server, through workers and servers that die."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

from pivotal_server.core.mail import Message, send_mail
from tests.core.smtp import hang, mail_server, rude_server
from tests.harness import free_port
from tests.jobs.conftest import StartWorker, left, until_idle
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

MESSAGE = Message("maya@northwind.example", "Hello", "Text\n")


async def test_mail_of_a_committed_change_lies_in_the_local_outbox(
    connection: "Connection", start_worker: StartWorker, tmp_path: Path
) -> None:
    start_worker(PIVOTAL_DATA=str(tmp_path))
    rolled_back = connection.transaction()
    await rolled_back.start()
    await send_mail(connection, Message("tomas@northwind.example", "Not meant", "Text"))
    await rolled_back.rollback()
    async with connection.transaction():
        await send_mail(connection, MESSAGE)

    await until_idle(connection)

    (file,) = (tmp_path / "mail").iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("maya@northwind.example", "Hello")


async def test_mail_waits_for_a_server_that_is_down(connection: "Connection", start_worker: StartWorker) -> None:
    port = free_port()
    worker = start_worker(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{port}")
    await send_mail(connection, MESSAGE)
    await eventually(lambda: "is tried again" in worker.said)

    async with mail_server(port=port) as server:
        await eventually(lambda: server.mails)
        await until_idle(connection)

    assert len(server.mails) == 1


async def test_mail_is_not_lost_with_the_worker_that_was_sending_it(
    connection: "Connection", start_worker: StartWorker
) -> None:
    await send_mail(connection, MESSAGE)
    async with rude_server(hang) as port:
        first = start_worker(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{port}")

        async def sending() -> bool:
            return await left(connection) == [("mail", "picked")]

        await eventually(sending)
        first.kill()
    async with mail_server() as server:
        start_worker(PIVOTAL_SMTP_URL=f"smtp://127.0.0.1:{server.port}")
        await eventually(lambda: server.mails)
        await until_idle(connection)

    assert [mail["To"] for mail in server.mails] == ["maya@northwind.example"]
