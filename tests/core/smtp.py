"""Mail servers on this machine: a real one (aiosmtpd), and some that misbehave."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "p@ss:wörd/%"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class MailServerOfTests:
    """What a server was given, and what it answers.

    Attributes:
        rcpt: the answer to RCPT.
        data: the answer to the mail itself.
    """

    port: int = 0
    rcpt: str = "250 OK"
    data: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name, as below
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            assert server.transport is not None
            self.mails.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.SMTP))
            self.recipients += envelope.rcpt_tos
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return self.data

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        known = given.password.decode() == PASSWORD
        return AuthResult(success=known, handled=known)


@asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None,
    *,
    starttls: bool = True,
    login: bool = False,
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncIterator[MailServerOfTests]:
    """Run a server; with ``tls`` it speaks TLS, from the start or where it is asked to."""
    state = MailServerOfTests()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            state,
            hostname="mail.test",
            tls_context=tls if starttls else None,
            authenticator=state.authenticate if login else None,
            auth_require_tls=tls is not None,
            loop=loop,
        ),
        host,
        port,
        ssl=None if starttls else tls,
    )
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def rude_server(talk: Talk) -> AsyncIterator[int]:
    """Run a server that says what ``talk`` says, and yield its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never come to the end of a greeting, but be always about to."""
    while not writer.is_closing():
        writer.write(b"220-welcome\r\n")
        await writer.drain()
        await asyncio.sleep(0)


async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection in the middle of a mail."""
    writer.write(b"220 mail.test\r\n")
    while line := await reader.readline():
        if line.strip() == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readline()
            return
        writer.write(b"250 OK\r\n")


async def blow_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 " + b"x" * 1_000_000)
    await writer.drain()
