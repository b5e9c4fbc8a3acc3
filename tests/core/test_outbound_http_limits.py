"""The outbound client with servers that cost: slow, endless, broken, silent. What each may cost is bounded."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from pivotal_server.core.outbound_http import OutboundHttp
from pivotal_server.core.settings import Settings
from tests.core.outbound import LOOPBACK, Exchange, answering, failure_of, http_server, settings_for
from tests.support import eventually

SHORT = 0.4  # seconds for a request where the other side will never be done


@pytest_asyncio.fixture(scope="module")
async def client() -> AsyncIterator[OutboundHttp]:
    async with OutboundHttp(settings_for(*LOOPBACK)) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def hasty() -> AsyncIterator[OutboundHttp]:
    async with OutboundHttp(settings_for(*LOOPBACK), seconds=SHORT) as opened:
        yield opened


@pytest.mark.parametrize("framing", ["length", "chunked", "until close"])
async def test_of_a_huge_body_the_beginning_is_read_and_the_rest_is_not_waited_for(
    framing: str, client: OutboundHttp
) -> None:
    sent = 0
    headers = {"length": "Content-Length: 10485760\r\n", "chunked": "Transfer-Encoding: chunked\r\n", "until close": ""}

    async def handle(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.answer(f"HTTP/1.1 200 OK\r\n{headers[framing]}\r\n".encode())
        block = b"400\r\n" + b"x" * 1024 + b"\r\n" if framing == "chunked" else b"x" * 1024
        for _ in range(10 * 1024):
            await exchange.answer(block)
            sent += 1024

    async with http_server(handle) as server:
        answer = await client.post(server.url, headers={}, body=b"")
        assert (answer.status, answer.body, answer.truncated) == (200, b"x" * 16384, True)
        await eventually(lambda: server.lost == 1)
    assert sent < 10 * 1024 * 1024


@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385])
async def test_sixteen_kibibytes_of_body_are_whole(size: int, client: OutboundHttp) -> None:
    data = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b"y" * size
    async with http_server(answering(data)) as server:
        answer = await client.post(server.url, headers={}, body=b"")
    assert (answer.body, answer.truncated) == (b"y" * min(size, 16384), size > 16384)


async def drip(exchange: Exchange, beginning: bytes, drop: bytes) -> None:
    await exchange.answer(beginning)
    while True:
        await exchange.answer(drop)
        await asyncio.sleep(0.02)  # a server that is in no hurry


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    ],
)
async def test_a_trickle_ends_with_the_time_for_the_whole_request(
    beginning: bytes, drop: bytes, hasty: OutboundHttp
) -> None:
    async with http_server(lambda exchange: drip(exchange, beginning, drop)) as server:
        error = await failure_of(hasty, server.url)
        assert error.kind in {"timeout", "protocol"}  # the parser may lose patience first
        assert error.latency_ms < 5000
        await eventually(lambda: server.lost == 1)
    assert server.connections == 1


async def test_a_server_that_never_answers_times_out_and_is_left(hasty: OutboundHttp) -> None:
    async with http_server(Exchange.until_left) as server:
        error = await failure_of(hasty, server.url)
        assert (error.kind, error.message) == ("timeout", "No complete answer within 0.4 seconds.")
        assert 400 <= error.latency_ms < 5000
        await eventually(lambda: server.lost == 1)
    assert server.connections == 1


async def test_ten_seconds_are_the_default() -> None:
    assert OutboundHttp(Settings())._seconds == 10


@pytest.mark.parametrize(
    ("beginning", "flood"),
    [
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 1000),
        (b"", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\n", b"X-Many: 1\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 10_000 + b"\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: 1\r\n" * 1000),
    ],
)
async def test_a_flood_is_given_up_long_before_the_time_is(
    beginning: bytes, flood: bytes, client: OutboundHttp
) -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.answer(beginning)
        while True:
            await exchange.answer(flood)
            await asyncio.sleep(0)  # the client is on the same loop

    async with http_server(handle) as server:
        error = await failure_of(client, server.url)
        assert (error.kind, error.latency_ms < 5000) == ("protocol", True)
        await eventually(lambda: server.lost == 1)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "protocol"),
        (b"hello\r\n\r\n", "protocol"),
        (b"\x00\x01\x02\x03\r\n\r\n", "protocol"),
        (b"HTTP/1.1 banana\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxxx", "protocol"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbanana\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "protocol"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 500_000 + b"\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 50_000 + b"\r\n", "protocol"),
        (b"", "reset"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "reset"),
        (b"HTTP/1.1 200 OK\r\nX-Half:", "reset"),
    ],
)
async def test_what_is_no_answer_is_told_apart_and_tried_once(answer: bytes, kind: str, client: OutboundHttp) -> None:
    async with http_server(answering(answer, close=True)) as server:
        error = await failure_of(client, server.url)
    assert error.kind == kind
    assert (server.connections, len(server.requests)) == (1, 1)


async def test_a_reset_is_told_apart(client: OutboundHttp) -> None:
    async def handle(exchange: Exchange) -> None:
        exchange.reset()

    async with http_server(handle) as server:
        error = await failure_of(client, server.url)
    assert (error.kind, error.message) == ("reset", "The connection was closed before there was an answer.")
    assert server.connections == 1


async def test_a_closed_port_is_told_apart(client: OutboundHttp) -> None:
    async with http_server() as server:
        pass
    error = await failure_of(client, server.url)
    assert (error.kind, error.message) == ("connect", "No connection: Connection refused.")


async def test_a_switch_of_protocols_is_an_answer_and_ends_the_connection(client: OutboundHttp) -> None:
    data = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\nother words"
    async with http_server(answering(data)) as server:
        assert (await client.post(server.url, headers={}, body=b"")).status == 101
        await eventually(lambda: server.lost == 1)


async def test_headers_are_kept_up_to_sixteen_kibibytes_and_as_text(client: OutboundHttp) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"v" * 4000) for number in range(8))
    data = b"HTTP/1.1 200 OK\r\nX-Odd: caf\xc3\xa9 \xff\r\n" + lines + b"Content-Length: 3\r\n\r\n\xff\x00\n"
    async with http_server(answering(data)) as server:
        answer = await client.post(server.url, headers={}, body=b"")
    assert [name for name, _ in answer.headers] == ["X-Odd", "X-0", "X-1", "X-2", "X-3"]
    assert answer.headers[0] == ("X-Odd", "café \ufffd")
    assert answer.text() == "\ufffd\ufffd\n"
