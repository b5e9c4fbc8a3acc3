"""Mail: what is written, where it goes, and what becomes of it where the mail server has its days."""

import asyncio
import dataclasses
import logging
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError
from typing import Any
from urllib.parse import quote

import aiosmtplib
import pytest
import trustme
from pydantic import ValidationError

from pivotal_server.core.clock import Clock
from pivotal_server.core.jobs import GiveUpError, JobContext
from pivotal_server.core.mail import MAIL, Message
from pivotal_server.core.mail_server import MailServer, read_mail_server
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from tests.core.smtp import PASSWORD, Talk, blow_up, drop, hang, mail_server, rude_server, trickle
from tests.harness import free_port

MAYA = "Maya Fernández <maya@northwind.example>"
TEXT = "Hello Maya,\n\nthe endpoint https://northwind.example/hook was disabled.\n.\n" + "long " * 300 + "\n"
MESSAGE = Message(MAYA, "Your endpoint was disabled – since today", TEXT)
ENQUEUED = datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)
FROM = "Pivotal <pivotal@company.example>"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def nowhere() -> AsyncIterator[Pool]:
    """A pool that is never asked for a connection: mail is sent without one."""
    pool = Pool("postgresql://127.0.0.1:1/nowhere", 2)
    yield pool
    await pool.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="module")
def certified(authority: trustme.CA) -> SSLContext:
    """What a server shows whose certificate the authority has signed."""
    server = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "127.0.0.2").configure_cert(server)
    return server


def server_at(port: int, **fields: Any) -> MailServer:  # noqa: ANN401 - its fields
    return dataclasses.replace(MailServer("127.0.0.1", port, tls=False, user=None, password=None), **fields)


def settings_with(server: MailServer | None, data: Path, ca: Path | None = None) -> Settings:
    return Settings(smtp_url=server, mail_from=FROM, data=data, outbound_ca=ca)


async def send(pool: Pool, settings: Settings, message: Message = MESSAGE, *, number: int = 7) -> None:
    """Do what a worker does with the job of a mail."""
    context = JobContext(pool, settings, Clock(), asyncio.Event(), number, ENQUEUED + timedelta(seconds=number), 1)
    await MAIL.handler(context, dataclasses.asdict(message))


def check(mail: EmailMessage) -> None:
    assert (mail["From"], mail["To"]) == (FROM, MAYA)
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Date"].datetime == ENQUEUED.replace(second=7, microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == TEXT


# --- Without a mail server -------------------------------------------------------------------------------------------


async def test_without_a_server_a_mail_becomes_a_file(nowhere: Pool, data: Path) -> None:
    for number in (7, 8, 10):
        await send(nowhere, settings_with(None, data), number=number)
    await send(nowhere, settings_with(None, data), number=7)

    files = sorted((data / "mail").iterdir())
    assert [file.name for file in files] == [
        "2026-03-02T090007.123456Z-7.eml",
        "2026-03-02T090008.123456Z-8.eml",
        "2026-03-02T090010.123456Z-10.eml",
    ]
    mails = [message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default) for file in files]
    check(mails[0])
    assert len({mail["Message-ID"] for mail in mails}) == 3
    assert stat.S_IMODE((data / "mail").stat().st_mode) == 0o700


async def test_answers_go_where_the_mail_says(nowhere: Pool, data: Path) -> None:
    await send(nowhere, settings_with(None, data), dataclasses.replace(MESSAGE, reply_to="tomas@northwind.example"))

    (file,) = (data / "mail").iterdir()
    mail = message_from_bytes(file.read_bytes(), EmailMessage, policy=policy.default)
    check(mail)
    assert mail["Reply-To"] == "tomas@northwind.example"


# --- With one --------------------------------------------------------------------------------------------------------


async def test_a_mail_arrives_and_a_repeat_is_recognisable(nowhere: Pool, data: Path) -> None:
    async with mail_server() as server:
        settings = settings_with(server_at(server.port), data)
        await send(nowhere, settings)
        await send(nowhere, settings)
        await send(nowhere, settings, number=8)

    check(server.mails[0])
    assert server.recipients == ["maya@northwind.example"] * 3
    first, repeat, other = (mail["Message-ID"] for mail in server.mails)
    assert first == repeat != other
    assert first.endswith("@company.example>")
    assert not (data / "mail").exists()


async def test_a_server_that_offers_tls_is_spoken_to_in_tls(
    nowhere: Pool, data: Path, certified: SSLContext, authority_file: Path
) -> None:
    async with mail_server(certified, login=True) as server:
        with_login = server_at(server.port, user="pivotal", password=PASSWORD)
        await send(nowhere, settings_with(with_login, data, authority_file))

    assert server.encrypted == [True]
    assert server.logins == [("pivotal", PASSWORD)]


async def test_tls_from_the_start(nowhere: Pool, data: Path, certified: SSLContext, authority_file: Path) -> None:
    async with mail_server(certified, starttls=False) as server:
        await send(nowhere, settings_with(server_at(server.port, tls=True), data, authority_file))

    assert server.encrypted == [True]


@pytest.mark.parametrize("starttls", [True, False], ids=["offered", "from the start"])
async def test_a_server_with_a_strange_certificate_gets_nothing(
    nowhere: Pool, data: Path, certified: SSLContext, *, starttls: bool
) -> None:
    async with mail_server(certified, starttls=starttls, login=True) as server:
        strange = server_at(server.port, tls=not starttls, user="pivotal", password=PASSWORD)
        with pytest.raises((aiosmtplib.SMTPConnectError, SSLError), match="certificate verify failed"):
            await send(nowhere, settings_with(strange, data))

    assert (server.mails, server.logins) == ([], [])


async def test_a_password_does_not_go_over_the_network_in_clear_text(nowhere: Pool, data: Path) -> None:
    # Any address but the usual one of this machine stands for another machine.
    async with mail_server(login=True, host="127.0.0.2") as server:
        plain = server_at(server.port, host="127.0.0.2", user="pivotal", password=PASSWORD)
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await send(nowhere, settings_with(plain, data))
        assert server.logins == []

        await send(nowhere, settings_with(server_at(server.port, host="127.0.0.2"), data))
        assert len(server.mails) == 1


@pytest.mark.parametrize(("rcpt", "data_answer"), [("550 no such person", "250 OK"), ("250 OK", "554 no thanks")])
async def test_a_refusal_for_good_is_not_argued_with(nowhere: Pool, data: Path, rcpt: str, data_answer: str) -> None:
    async with mail_server() as server:
        server.rcpt, server.data = rcpt, data_answer
        with pytest.raises(GiveUpError, match="the mail server refused the mail: 55"):
            await send(nowhere, settings_with(server_at(server.port), data))


@pytest.mark.parametrize(("rcpt", "data_answer"), [("450 try later", "250 OK"), ("250 OK", "452 no room")])
async def test_a_refusal_for_the_moment_is_tried_again(nowhere: Pool, data: Path, rcpt: str, data_answer: str) -> None:
    async with mail_server() as server:
        server.rcpt, server.data = rcpt, data_answer
        with pytest.raises(aiosmtplib.SMTPException, match=r"later|no room"):
            await send(nowhere, settings_with(server_at(server.port), data))


async def test_a_wrong_password_is_not_told_and_may_be_put_right(
    nowhere: Pool, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mail_server(login=True) as server:
        wrong = server_at(server.port, user="pivotal", password="s3cret-word")
        with caplog.at_level(logging.DEBUG), pytest.raises(aiosmtplib.SMTPAuthenticationError) as raised:
            await send(nowhere, settings_with(wrong, data))

    assert server.logins[0] == ("pivotal", "s3cret-word")
    told = f"{raised.value!r} {raised.value} {wrong!r} {settings_with(wrong, data)!r}" + "".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("pivotal", "aiosmtplib"))
    )
    assert "s3cret-word" not in told


@pytest.mark.parametrize("talk", [hang, trickle], ids=lambda talk: talk.__name__)
async def test_a_slow_server_is_left_in_time(nowhere: Pool, data: Path, talk: Talk) -> None:
    async with rude_server(talk) as port:
        with pytest.raises(TimeoutError, match=r"127\.0\.0\.1 took longer than 0\.3 s"):
            await asyncio.wait_for(send(nowhere, settings_with(server_at(port, seconds=0.3), data)), 5)


@pytest.mark.parametrize("talk", [drop, blow_up], ids=lambda talk: talk.__name__)
async def test_a_server_that_breaks_off_is_tried_again(nowhere: Pool, data: Path, talk: Talk) -> None:
    async with rude_server(talk) as port:
        with pytest.raises(aiosmtplib.SMTPException):
            await send(nowhere, settings_with(server_at(port, seconds=5), data))


async def test_a_server_that_is_away_is_tried_again(nowhere: Pool, data: Path) -> None:
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        await send(nowhere, settings_with(server_at(free_port()), data))


# --- What may be written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["maya@northwind.example\r\nBcc: all@fabrikam.example", "a@b.example, c@d.example", "", "maya"]
)
def test_an_address_is_one_address(to: str) -> None:
    with pytest.raises(ValueError, match="it looks like"):
        Message("maya@northwind.example", "Hello", "Text", reply_to=to)
    with pytest.raises(ValueError, match="it looks like"):
        Message(to, "Subject", "Text")


@pytest.mark.parametrize(
    "subject", ["Hello\nBcc: all@fabrikam.example", "Hello\rBcc: x@y.example", "a\x00b", "a\u2028b"]
)
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(ValueError, match="no line breaks"):
        Message(MAYA, subject, "Text")


# --- Settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.company.example", MailServer("mail.company.example", 25, tls=False, user=None, password=None)),
        ("smtps://[::1]/", MailServer("::1", 465, tls=True, user=None, password=None)),
        (
            f"smtp://me%40company.example:{quote(PASSWORD, safe='')}@mail.company.example",
            MailServer("mail.company.example", 587, tls=False, user="me@company.example", password=PASSWORD),
        ),
        ("smtp://u:p@h:2525", MailServer("h", 2525, tls=False, user="u", password="p")),
    ],
)
def test_a_server_is_named_by_an_url(monkeypatch: pytest.MonkeyPatch, url: str, server: MailServer) -> None:
    monkeypatch.setenv("PIVOTAL_SMTP_URL", url)
    assert Settings().smtp_url == server


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail", "smtp://", "smtp://u@h", "smtp://h:99999", "smtp://h/x", "smtp://u:s3cret@[h"],
)
def test_what_is_no_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp://user:password@host|go together") as raised:
        read_mail_server(url)
    assert "s3cret" not in str(raised.value)


def test_the_sender_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIVOTAL_MAIL_FROM", "Pivotal")
    with pytest.raises(ValidationError, match="it looks like name@company"):
        Settings()
