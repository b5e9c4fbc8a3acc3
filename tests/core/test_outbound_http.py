"""The outbound client with servers that behave: what it sends, what it takes for an answer, what it keeps open."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import ValidationError

from pivotal_server.core.outbound_http import OutboundHttp
from pivotal_server.core.settings import Settings
from tests.core.outbound import (
    LOOPBACK,
    OK,
    Exchange,
    answer_ok,
    answering,
    dials,
    failure_of,
    http_server,
    name_server,
    settings_for,
)
from tests.support import eventually


@pytest_asyncio.fixture(scope="module")
async def client() -> AsyncIterator[OutboundHttp]:
    async with OutboundHttp(settings_for(*LOOPBACK)) as opened:
        yield opened


async def test_sends_what_it_is_given_and_nothing_of_its_own(client: OutboundHttp) -> None:
    async with http_server() as server:
        answer = await client.post(
            f"http://LOCALHOST:{server.port}/a/../b%2fc;d?q=%zz&r=[]", headers={"svix-id": "msg_1"}, body=b'{"a": 1}'
        )
    assert answer.status == 200
    assert answer.headers == (("Content-Type", "application/json"), ("Content-Length", "11"))
    assert (answer.body, answer.truncated) == (b'{"ok":true}', False)
    assert answer.text() == '{"ok":true}'
    (request,) = server.requests
    assert request.body == b'{"a": 1}'
    start, *headers = request.head.decode().strip().split("\r\n")
    assert start == "POST /a/../b%2fc;d?q=%zz&r=[] HTTP/1.1"
    assert sorted(headers) == ["Content-Length: 8", f"Host: localhost:{server.port}", "svix-id: msg_1"]


@pytest.mark.parametrize(("name", "value"), [("a", "b\r\nc: d"), ("a\r\nb", "c"), ("a", "é"), ("a", "\0"), ("", "b")])
async def test_headers_that_are_none_are_not_sent(name: str, value: str, client: OutboundHttp) -> None:
    with dials() as dialled, pytest.raises(ValueError, match="header"):
        await client.post("https://127.0.0.1:1/", headers={name: value}, body=b"")
    assert dialled == []


async def test_latency_runs_until_the_body_has_ended(client: OutboundHttp) -> None:
    async def handle(exchange: Exchange) -> None:
        await exchange.answer(OK[:-5])
        await asyncio.sleep(0.1)  # a slow server
        await exchange.answer(OK[-5:])

    async with http_server(handle) as server:
        answer = await client.post(server.url, headers={}, body=b"")
    assert answer.body == b'{"ok":true}'
    assert 100 <= answer.latency_ms < 5000


async def test_connections_are_used_again_and_closed_with_the_client() -> None:
    async with http_server() as server:
        async with OutboundHttp(settings_for(*LOOPBACK)) as client:
            for _ in range(3):
                assert (await client.post(server.url, headers={}, body=b"x")).status == 200
            assert server.lost == 0
        await eventually(lambda: server.lost == 1)
    assert (server.connections, len(server.requests)) == (1, 3)


async def test_connections_that_nobody_uses_are_closed() -> None:
    async with http_server() as server, OutboundHttp(settings_for(*LOOPBACK), idle_seconds=0.05) as client:
        await asyncio.gather(*(client.post(server.url, headers={}, body=b"") for _ in range(5)))
        assert server.connections == 5
        await eventually(lambda: server.lost == 5)
        assert (await client.post(server.url, headers={}, body=b"")).status == 200


async def test_requests_side_by_side_get_their_own_answers(client: OutboundHttp) -> None:
    async def echo(exchange: Exchange) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(exchange.body[:5])}\r\n\r\n"
        await exchange.answer(head.encode() + exchange.body[:5])

    async with http_server(echo) as server:
        for _ in range(3):
            bodies = [b"%05d" % number + b"." * 200_000 for number in range(20)]
            answers = await asyncio.gather(*(client.post(server.url, headers={}, body=body) for body in bodies))
            assert [answer.body for answer in answers] == [body[:5] for body in bodies]
    assert server.connections == 20


async def test_a_cancelled_request_leaves_no_connection_behind(client: OutboundHttp) -> None:
    async def handle(exchange: Exchange) -> None:
        if exchange.body == b"hang":
            await exchange.until_left()
        await exchange.answer(OK)

    async with http_server(handle) as server:
        task = asyncio.create_task(client.post(server.url, headers={}, body=b"hang"))
        await eventually(lambda: server.requests)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await eventually(lambda: server.lost == 1)
        assert (await client.post(server.url, headers={}, body=b"")).status == 200


async def test_what_nobody_asked_for_is_not_taken_for_the_next_answer(client: OutboundHttp) -> None:
    forged = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"

    async def handle(exchange: Exchange) -> None:
        await exchange.answer(OK + forged if exchange.number == 0 else OK)
        if exchange.number == 1:
            await exchange.answer(forged)  # a little later, while nobody waits

    async with http_server(handle) as server:
        for number in (1, 2):
            assert (await client.post(server.url, headers={}, body=b"")).status == 200
            await eventually(lambda: server.lost == server.connections)
            assert server.connections == number
        assert (await client.post(server.url, headers={}, body=b"")).status == 200
    assert server.connections == 3


async def test_a_connection_that_was_just_being_closed_costs_nothing_but_a_new_one(client: OutboundHttp) -> None:
    async def handle(exchange: Exchange) -> None:
        if exchange.number == 1:  # the second request meets a server that has had enough of this connection
            exchange.close()
        else:
            await exchange.answer(OK)

    async with http_server(handle) as server:
        assert (await client.post(server.url, headers={}, body=b"1")).status == 200
        assert (await client.post(server.url, headers={}, body=b"2")).status == 200
    assert [request.body for request in server.requests] == [b"1", b"2", b"2"]
    assert server.connections == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 304])
async def test_a_redirect_is_the_answer_and_is_not_followed(status: int, client: OutboundHttp) -> None:
    async with http_server() as elsewhere:
        location = f"Location: {elsewhere.url}\r\nURI: {elsewhere.url}\r\nRefresh: 0; url={elsewhere.url}\r\n"
        redirect = f"HTTP/1.1 {status} Elsewhere\r\n{location}Content-Length: 0\r\n\r\n"
        async with http_server(answering(redirect.encode())) as server:
            with dials() as dialled:
                answer = await client.post(server.url, headers={}, body=b"")
        assert answer.status == status
        assert ("Location", elsewhere.url) in answer.headers
        assert (len(dialled), elsewhere.connections) == (1, 0)


@pytest.mark.parametrize("status", [200, 201, 204, 299, 400, 401, 407, 410, 421, 429, 500, 503, 999])
async def test_every_status_is_an_answer(status: int, client: OutboundHttp) -> None:
    async with http_server(answering(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        assert (await client.post(server.url, headers={}, body=b"")).status == status
        assert (await client.post(server.url, headers={}, body=b"")).status == status
    assert len(server.requests) == 2


async def test_compressed_answers_stay_compressed(client: OutboundHttp) -> None:
    packed = gzip.compress(b"0" * 1_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    async with http_server(answering(head.encode() + packed)) as server:
        assert (await client.post(server.url, headers={}, body=b"")).body == packed


async def test_no_cookie_proxy_or_password_comes_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\ndefault login anybody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
    async with http_server() as proxy, http_server(answering(cookie)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with OutboundHttp(settings_for(*LOOPBACK)) as client:
            for _ in range(2):
                assert (await client.post(server.url, headers={}, body=b"")).status == 200
    assert proxy.connections == 0
    for request in server.requests:
        assert b"cookie" not in request.head.lower()
        assert b"authorization" not in request.head.lower()


async def test_nothing_of_query_or_body_reaches_a_log_or_a_message(
    caplog: pytest.LogCaptureFixture, client: OutboundHttp
) -> None:
    caplog.set_level(logging.DEBUG)
    handlers = [
        answer_ok,
        answering(b"secret-answer\r\n\r\n", close=True),
        answering(b"HTTP/1.1 200 OK\r\n", close=True),
    ]
    messages = []
    for handler in handlers:
        async with http_server(handler) as server:
            url = f"{server.url}?token=secret-query"
            if handler is answer_ok:
                await client.post(url, headers={}, body=b"secret-body")
            else:
                messages.append(str(await failure_of(client, url)))
    messages.append(str(await failure_of(client, "https://10.0.0.1/?token=secret-query")))
    messages.append(str(await failure_of(client, "https://user:secret-query@good.example/")))
    assert "secret" not in caplog.text + "".join(messages)


async def test_a_silent_name_server_holds_up_only_the_names_it_is_asked_for() -> None:
    async with name_server() as names, http_server() as server:
        names.names |= {"silent.example": None, "healthy.example": [["127.0.0.1"]], "empty.example": [[]]}
        async with OutboundHttp(settings_for(*LOOPBACK, dns=names.address), seconds=1) as client:
            stuck = [asyncio.create_task(failure_of(client, "https://silent.example/")) for _ in range(50)]
            await eventually(lambda: "silent.example" in names.asked)
            answer = await client.post(f"http://healthy.example:{server.port}/", headers={}, body=b"")
            assert not any(task.done() for task in stuck)
            assert answer.status == 200
            assert {(await task).kind for task in stuck} == {"timeout"}
            assert (await failure_of(client, "https://unknown.example/")).kind == "dns"
            error = await failure_of(client, "https://empty.example/")
            assert (error.kind, "empty.example could not be resolved" in error.message) == ("dns", True)


def test_the_settings_are_lists_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().outbound_allow == ()
    monkeypatch.setenv("PIVOTAL_OUTBOUND_ALLOW", "127.0.0.0/8, ::1,")
    monkeypatch.setenv("PIVOTAL_OUTBOUND_DNS", "127.0.0.1:5353")
    settings = Settings()
    assert [str(network) for network in settings.outbound_allow] == ["127.0.0.0/8", "::1/128"]
    assert settings.outbound_dns == ("127.0.0.1:5353",)
    for wrong in ("10.0.0.1/8", "localhost", "10.0.0.0/33"):
        monkeypatch.setenv("PIVOTAL_OUTBOUND_ALLOW", wrong)
        with pytest.raises(ValidationError):
            Settings()
