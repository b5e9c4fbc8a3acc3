"""The outbound client and TLS: whom it trusts, and under which name."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from pivotal_server.core.outbound_http import OutboundHttp
from tests.core.outbound import LOOPBACK, Exchange, NameServer, failure_of, http_server, name_server, settings_for
from tests.support import eventually

NAME = "hooks.example"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest_asyncio.fixture
async def names() -> AsyncIterator[NameServer]:
    async with name_server() as server:
        server.names[NAME] = [["127.0.0.1"]]
        yield server


@pytest_asyncio.fixture
async def client(ca_file: Path, names: NameServer) -> AsyncIterator[OutboundHttp]:
    async with OutboundHttp(settings_for(*LOOPBACK, ca=ca_file, dns=names.address)) as opened:
        yield opened


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


@asynccontextmanager
async def talker() -> AsyncIterator[int]:
    """Serve a protocol in which the server speaks first."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ready\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_the_name_is_what_the_server_is_asked_for_and_the_connection_is_kept(
    authority: trustme.CA, client: OutboundHttp
) -> None:
    context = context_of(authority.issue_cert(NAME))
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with http_server(tls=context) as server:
        for _ in range(2):
            answer = await client.post(f"https://{NAME}:{server.port}/hook", headers={}, body=b"{}")
            assert answer.status == 200
    assert asked == [NAME]
    assert server.connections == 1
    assert f"Host: {NAME}:{server.port}\r\n".encode() in server.requests[0].head


async def test_an_address_is_verified_like_a_name(authority: trustme.CA, client: OutboundHttp) -> None:
    async with http_server(tls=context_of(authority.issue_cert("127.0.0.1"))) as server:
        assert (await client.post(f"https://127.0.0.1:{server.port}/", headers={}, body=b"")).status == 200


@pytest.mark.parametrize(
    ("identity", "not_after", "problem"),
    [
        ("other.example", None, "hostname mismatch"),
        ("127.0.0.1", None, "hostname mismatch"),
        (NAME, datetime(2025, 1, 1, tzinfo=UTC), "expired"),
    ],
)
async def test_a_wrong_certificate_is_refused(
    identity: str, not_after: datetime | None, problem: str, authority: trustme.CA, client: OutboundHttp
) -> None:
    async with http_server(tls=context_of(authority.issue_cert(identity, not_after=not_after))) as server:
        error = await failure_of(client, f"https://{NAME}:{server.port}/")
    assert error.kind == "tls"
    assert problem in error.message.lower()
    assert server.requests == []


async def test_an_unknown_authority_is_refused(authority: trustme.CA, names: NameServer) -> None:
    async with (
        http_server(tls=context_of(authority.issue_cert(NAME))) as server,
        OutboundHttp(settings_for(*LOOPBACK, dns=names.address)) as client,
    ):
        error = await failure_of(client, f"https://{NAME}:{server.port}/")
    assert (error.kind, server.requests) == ("tls", [])
    assert error.message.startswith("The certificate was refused: ")


async def test_a_server_without_tls_is_told_apart(client: OutboundHttp) -> None:
    async with talker() as port:
        error = await failure_of(client, f"https://127.0.0.1:{port}/")
    assert (error.kind, error.message) == ("tls", "No secure connection: wrong version number.")


async def test_a_server_that_never_shakes_hands_is_left_in_time(ca_file: Path) -> None:
    async with http_server() as server, OutboundHttp(settings_for(*LOOPBACK, ca=ca_file), seconds=0.4) as hasty:
        error = await failure_of(hasty, f"https://127.0.0.1:{server.port}/")  # it waits for a request in plain words
        assert error.kind == "timeout"
        await eventually(lambda: server.lost == 1)


async def test_plain_http_to_a_server_with_tls_is_no_answer(authority: trustme.CA, client: OutboundHttp) -> None:
    async with http_server(tls=context_of(authority.issue_cert(NAME))) as server:
        error = await failure_of(client, f"http://127.0.0.1:{server.port}/")
    assert error.kind in {"reset", "protocol"}
    assert server.requests == []


async def test_an_endless_body_under_tls_is_cut_at_once(authority: trustme.CA, client: OutboundHttp) -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.answer(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.answer(b"x" * 65536)

    async with http_server(handle, tls=context_of(authority.issue_cert(NAME))) as server:
        answer = await client.post(f"https://{NAME}:{server.port}/", headers={}, body=b"")
        assert (len(answer.body), answer.truncated) == (16384, True)
        await eventually(lambda: server.lost == 1)
