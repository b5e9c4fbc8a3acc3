"""Mail: written in the transaction that calls for it, sent by a job (documentation: Mail).

It goes to the operator's own mail server, which is named by a setting and so needs none of ``outbound_http``'s guards.
Without one, each mail becomes a file under the data directory that any mail program opens.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import aiosmtplib

from pivotal_server.core.jobs import GiveUpError, Job, JobContext, enqueue
from pivotal_server.core.mail_server import read_address

if TYPE_CHECKING:
    from pathlib import Path

    from pivotal_server.core.db import Connection
    from pivotal_server.core.mail_server import MailServer
    from pivotal_server.core.settings import Settings

_LAST_REFUSAL = range(500, 600)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one person.

    Attributes:
        to: the address, with or without a name.
        subject: one line.
        text: plain text; lines may be of any length.
        reply_to: the address that answers go to, where that is not the sender's.
        calendar: an iCalendar object that goes along as a file.

    Raises:
        ValueError: an address is none, or there is a line break where a header must not have one.
    """

    to: str
    subject: str
    text: str
    reply_to: str | None = None
    calendar: str | None = None

    def __post_init__(self) -> None:
        read_address(self.to)
        if self.reply_to is not None:
            read_address(self.reply_to)
        if not self.subject.isprintable():
            raise ValueError("a subject has no line breaks or control characters")


async def send_mail(connection: Connection, message: Message) -> None:
    """Have a mail sent once the caller's transaction has committed.

    It is tried again for two days while the server is away, and may arrive twice where a worker was killed; both then
    have the same Message-ID.
    """
    await enqueue(connection, MAIL, asdict(message))


async def deliver_mail(context: JobContext, message: Message) -> None:
    """Hand a mail to the mail server, or write it to a file where there is none.

    Args:
        context: that of the job whose mail it is.
        message: the mail.

    Raises:
        GiveUpError: the server does not want it, now or ever.
        OSError | aiosmtplib.SMTPException: it cannot be reached, or asks to be asked later.
    """
    mail = _compose(context, message)
    server = context.settings.smtp_url
    if server is None:
        name = f"{context.enqueued_at:%Y-%m-%dT%H%M%S.%f}Z-{context.id}.eml"
        await asyncio.to_thread(_keep, context.settings.mail_directory, name, mail.as_bytes(policy=SMTP))
        return
    try:
        async with asyncio.timeout(server.seconds):
            await _send(server, context.settings, mail)
    except TimeoutError:
        raise TimeoutError(f"the mail server {server.host} took longer than {server.seconds} s") from None
    except aiosmtplib.SMTPRecipientsRefused as error:
        _judge(error.recipients[0])
        raise
    except aiosmtplib.SMTPDataError as error:
        _judge(error)
        raise


async def _deliver(context: JobContext, payload: dict[str, Any]) -> None:
    await deliver_mail(context, Message(**payload))


def _judge(refusal: aiosmtplib.SMTPResponseException) -> None:
    """Raise where the server refused the mail for good: asking again would only annoy it."""
    if refusal.code in _LAST_REFUSAL:
        raise GiveUpError(f"the mail server refused the mail: {refusal.code} {refusal.message}") from refusal


def _compose(context: JobContext, message: Message) -> EmailMessage:
    sender = read_address(context.settings.mail_from)
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = read_address(message.to)
    if message.reply_to is not None:
        mail["Reply-To"] = read_address(message.reply_to)
    mail["Subject"] = message.subject
    # The same in every attempt.
    mail["Date"] = format_datetime(context.enqueued_at)
    mail["Message-ID"] = f"<job.{context.id}.{context.enqueued_at.timestamp():.6f}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.calendar is not None:
        # As bytes: text would lose the line ends that the format asks for.
        mail.add_attachment(
            message.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="entry.ics",
            params={"method": "PUBLISH", "charset": "utf-8"},
        )
    return mail


async def _send(server: MailServer, settings: Settings, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, username=server.user, password=server.password, **_way_to(server, settings))


async def greet(server: MailServer, settings: Settings) -> None:
    """Reach the mail server as a mail would, without logging in.

    Raises:
        OSError | aiosmtplib.SMTPException: it cannot be reached, or does not speak as a mail server.
    """
    async with aiosmtplib.SMTP(**_way_to(server, settings)) as client:
        await client.noop()


def _way_to(server: MailServer, settings: Settings) -> dict[str, Any]:
    trust = ssl.create_default_context()
    if settings.outbound_ca is not None:
        trust.load_verify_locations(settings.outbound_ca)
    return {
        "hostname": server.host,
        "port": server.port,
        "use_tls": server.tls,
        # A password goes over the network under TLS or not at all, whatever the server (or somebody before it) offers.
        "start_tls": True if server.user and not server.tls and server.host not in _LOOPBACK else None,
        "tls_context": trust,
        "timeout": server.seconds,
    }


def _keep(directory: Path, name: str, content: bytes) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = directory / f".{name}.{os.getpid()}"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(directory / name)


MAIL = Job("mail", _deliver)
