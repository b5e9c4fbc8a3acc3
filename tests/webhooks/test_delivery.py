"""What subscribers get: every event they asked for, signed, once, and what is written down about it."""

import asyncio
import json
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx

from pivotal_server.webhooks.engine.claim import FIRST_ROOM, LEASE, claim
from pivotal_server.webhooks.engine.fan_out import fan_out
from pivotal_server.webhooks.engine.record import record
from pivotal_server.webhooks.engine.send import Attempt
from pivotal_server.webhooks.signing import secret_text
from tests.core.outbound import Exchange, HttpServer, answering, http_server
from tests.harness import World
from tests.support import SteeredClock, create_contact, create_customer, events, eventually
from tests.webhooks.conftest import Engine, NewEndpoint, Wake
from tests.webhooks.verification import verify_python

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


def headers_of(exchange: Exchange) -> dict[str, str]:
    lines = exchange.head.decode().split("\r\n")[1:-2]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def has_requests(server: HttpServer, number: int) -> bool:
    return len(server.requests) == number


def types_at(server: HttpServer) -> list[str]:
    return [json.loads(exchange.body)["type"] for exchange in server.requests]


async def test_an_event_arrives_as_the_log_shows_it_and_verifies(
    api: httpx.AsyncClient, clock: SteeredClock, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    clock.seconds = time.time()
    async with http_server() as server:
        secret = b"s" * 24
        await new_endpoint(server.url, secret=secret)
        await engine()
        await create_customer(api, name="Aurora")
        await eventually(lambda: server.requests)
        headers, body = headers_of(server.requests[0]), server.requests[0].body
        [event] = await events(api)
        assert json.loads(body) == event
        assert verify_python(secret_text(secret), headers, body)
        assert headers["content-type"] == "application/json"
        assert headers["user-agent"].startswith("Pivotal-Webhooks/")
        assert headers["svix-id"].startswith("msg_")
        assert headers["svix-id"] == headers["webhook-id"]


async def test_endpoints_get_what_they_asked_for_in_their_mode(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async with http_server() as all_, http_server() as group, http_server() as one, http_server() as test:
        await new_endpoint(all_.url)
        await new_endpoint(group.url, events=["customer.*"])
        await new_endpoint(one.url, events=["contact.created", "task.created"])
        await new_endpoint(test.url, test_mode=True)
        await engine()
        await create_contact(api)
        await create_customer(test_api)
        await eventually(lambda: len(all_.requests) == 2 and group.requests and one.requests and test.requests)
        assert sorted(types_at(all_)) == ["contact.created", "customer.created"]
        assert types_at(group) == ["customer.created"]
        assert types_at(one) == ["contact.created"]
        assert types_at(test) == ["customer.created"]
        assert json.loads(test.requests[0].body)["livemode"] is False


async def test_nothing_is_made_for_endpoints_that_are_off_or_of_another_workspace(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    await new_endpoint("http://127.0.0.1:1/", disabled_at=clock.now(), disabled_reason="manual")
    await new_endpoint("http://127.0.0.1:1/", deleted_at=clock.now())
    await new_endpoint("http://127.0.0.1:1/", workspace_id=world.fabrikam.id)
    await create_customer(api)
    assert await fan_out(connection, clock.now()) == (1, 0)
    assert await fan_out(connection, clock.now()) == (0, 0)
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0


async def test_an_attempt_is_written_down_in_full(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine
) -> None:
    body = b"x" * 20_000
    answer = b"HTTP/1.1 201 Created\r\nX-Trace: a\r\nX-Trace: b\r\nContent-Length: 20000\r\n\r\n" + body
    async with http_server(answering(answer)) as server:
        await new_endpoint(server.url)
        await engine()
        await create_customer(api)
        attempt = await eventually(lambda: connection.fetchrow("SELECT * FROM delivery_attempts"))
        assert (attempt["number"], attempt["status_code"], attempt["error_kind"]) == (1, 201, None)
        assert (attempt["response_body"], attempt["response_truncated"]) == ("x" * 16_384, True)
        assert json.loads(attempt["response_headers"])["x-trace"] == "a, b"
        sent = json.loads(attempt["request_headers"])
        assert sent == {name: value for name, value in headers_of(server.requests[0]).items() if name in sent}
        assert "svix-signature" in sent
        assert attempt["request_url"] == server.url
        delivery = await connection.fetchrow("SELECT * FROM deliveries")
        assert delivery is not None
        assert (delivery["status"], delivery["attempts"], delivery["last_status_code"]) == ("delivered", 1, 201)
        assert (delivery["next_attempt_at"], delivery["lease"]) == (None, None)


async def test_two_engines_share_the_work_and_send_nothing_twice(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async with http_server() as first, http_server() as second:
        for server in (first, second):
            await new_endpoint(server.url)
        await engine()
        await engine()
        await asyncio.gather(*(create_customer(api) for _ in range(40)))
        done = "SELECT count(*) = 80 FROM deliveries WHERE status = 'delivered'"
        await eventually(lambda: connection.fetchval(done))
        for server in (first, second):
            ids = [headers_of(exchange)["svix-id"] for exchange in server.requests]
            assert len(ids) == len(set(ids)) == 40


async def test_a_hanging_endpoint_holds_few_places_and_nobody_up(
    api: httpx.AsyncClient, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.until_left()

    async with http_server(hang) as hanging, http_server() as healthy:
        await new_endpoint(hanging.url)
        await new_endpoint(healthy.url)
        await engine(concurrency=2 * FIRST_ROOM)
        for _ in range(40):
            await create_customer(api)
        await eventually(lambda: len(healthy.requests) == 40)
        assert len(hanging.requests) <= FIRST_ROOM


async def test_a_rate_limit_is_kept(
    api: httpx.AsyncClient, clock: SteeredClock, new_endpoint: NewEndpoint, engine: Engine, wake: Wake
) -> None:
    async with http_server() as limited, http_server() as free:
        await new_endpoint(limited.url, rate_limit=3)
        await new_endpoint(free.url)
        await engine()
        for _ in range(10):
            await create_customer(api)
        await eventually(lambda: len(free.requests) == 10)
        for sent in (3, 6, 9, 10):
            await eventually(partial(has_requests, limited, sent))
            await wake()
            clock.advance(1)
            await wake()


async def test_events_go_out_in_their_order_where_one_follows_the_other(
    api: httpx.AsyncClient, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async with http_server() as server:
        await new_endpoint(server.url)
        made = [(await create_customer(api))["id"] for _ in range(12)]
        await engine(concurrency=1)
        await eventually(lambda: len(server.requests) == 12)
        assert [json.loads(exchange.body)["data"]["object"]["id"] for exchange in server.requests] == made


async def test_a_delivery_whose_lease_ended_is_another_workers(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, new_endpoint: NewEndpoint
) -> None:
    await new_endpoint("http://127.0.0.1:1/")
    await create_customer(api)
    await fan_out(connection, clock.now())
    [lost] = await claim(connection, clock.now(), 10, {})
    assert await claim(connection, clock.now() + LEASE - timedelta(seconds=1), 10, {}) == []
    [taken] = await claim(connection, clock.now() + LEASE, 10, {})
    assert (taken.id, taken.payload) == (lost.id, lost.payload)
    assert taken.lease != lost.lease
    assert await record(connection, [Attempt(lost, clock.now(), status_code=200)]) == []
    assert await connection.fetchval("SELECT status FROM deliveries") == "pending"
    assert len(await record(connection, [Attempt(taken, clock.now(), status_code=200)])) == 1
    assert await connection.fetchval("SELECT status FROM deliveries") == "delivered"
    assert await connection.fetchval("SELECT count(*) FROM delivery_attempts") == 1


async def test_what_is_under_way_at_the_end_is_finished_and_written_down(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine
) -> None:
    release = asyncio.Event()

    async def slow(exchange: Exchange) -> None:
        await release.wait()
        await exchange.answer(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with http_server(slow) as server:
        await new_endpoint(server.url)
        stopping = await engine()
        await create_customer(api)
        await eventually(lambda: server.requests)
        stopping.set()
        await create_customer(api)
        release.set()
        await eventually(lambda: connection.fetchval("SELECT count(*) = 1 FROM delivery_attempts"))
        assert len(server.requests) == 1


async def test_both_secrets_sign_while_a_rotation_lasts(
    api: httpx.AsyncClient, clock: SteeredClock, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    clock.seconds = time.time()
    old, new = b"o" * 24, b"n" * 24
    async with http_server() as server:
        until = clock.now() + timedelta(hours=24)
        await new_endpoint(server.url, secret=new, previous_secret=old, previous_secret_until=until)
        await engine()
        await create_customer(api)
        await eventually(lambda: server.requests)
        assert len(headers_of(server.requests[0])["svix-signature"].split()) == 2
        for secret in (old, new):
            assert verify_python(secret_text(secret), headers_of(server.requests[0]), server.requests[0].body)


async def test_a_test_event_does_not_keep_an_event_of_the_same_microsecond_out(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, new_endpoint: NewEndpoint
) -> None:
    endpoint = await new_endpoint("http://127.0.0.1:1/")
    await create_customer(api)
    await connection.execute(
        "INSERT INTO deliveries (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status)"
        " SELECT workspace_id, 'msg_test', $1, 'evt_test', type, false, created_at, 'failed' FROM events",
        endpoint,
    )
    assert await fan_out(connection, clock.now()) == (1, 1)


async def test_a_workspace_whose_endpoints_all_hang_leaves_half_of_the_worker_to_others(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient, world: World, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async def hang(exchange: Exchange) -> None:
        await exchange.until_left()

    async with http_server(hang) as hanging, http_server() as healthy:
        for _ in range(12):
            await new_endpoint(hanging.url)
        await new_endpoint(healthy.url, workspace_id=world.fabrikam.id)
        await engine(concurrency=8)
        await create_customer(api)
        await eventually(lambda: len(hanging.requests) == 4)
        await create_customer(fabrikam_api)
        await eventually(lambda: healthy.requests)
        assert len(hanging.requests) == 4


async def test_an_attempt_that_the_database_refuses_keeps_no_other_from_being_recorded(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async with http_server() as refused, http_server() as good:
        await connection.execute(
            f"ALTER TABLE delivery_attempts ADD CONSTRAINT refused CHECK (request_url <> '{refused.url}')"
        )
        await new_endpoint(refused.url)
        await new_endpoint(good.url)
        await create_customer(api)
        await engine()
        await eventually(lambda: refused.requests and good.requests)
        await create_customer(api)
        recorded = "SELECT count(*) = 2 FROM deliveries WHERE status = 'delivered'"
        await eventually(lambda: connection.fetchval(recorded))
