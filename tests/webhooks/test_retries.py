"""What happens when an endpoint does not take its deliveries: the documented schedule, and its end."""

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.webhooks.engine.claim import claim
from pivotal_server.webhooks.engine.record import Recorded, count_failures
from pivotal_server.webhooks.engine.schedule import DELAYS, LAST_AFTER
from tests.core.outbound import Exchange, answer_ok, answering, http_server
from tests.harness import World
from tests.support import SteeredClock, create_customer, eventually
from tests.webhooks.conftest import Engine, NewEndpoint, Wake
from tests.webhooks.test_delivery import headers_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
# Longer than any delay's jitter: a tenth of it, at most ten minutes.
LONGEST_JITTER = 600


def status(code: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {code} Whatever", *headers, "Content-Length: 0", "", ""]).encode()


async def attempts_made(connection: "Connection", number: int) -> dict[str, Any]:
    """Return the one delivery as soon as so many attempts are recorded."""
    found = await eventually(lambda: connection.fetchrow("SELECT * FROM deliveries WHERE attempts = $1", number))
    return dict(found)


async def test_eight_attempts_in_a_day_and_then_it_has_failed(
    api: httpx.AsyncClient,
    connection: "Connection",
    clock: SteeredClock,
    world: World,
    new_endpoint: NewEndpoint,
    engine: Engine,
    wake: Wake,
) -> None:
    async with http_server(answering(ERROR)) as server:
        await new_endpoint(server.url)
        await engine()
        first = clock.now()
        await create_customer(api)
        row = await attempts_made(connection, 1)
        for number, delay in enumerate(DELAYS, 2):
            least = clock.now() + delay
            assert least <= row["next_attempt_at"] <= least + min(delay / 10, delay * LONGEST_JITTER)
            clock.seconds = row["next_attempt_at"].timestamp() - 0.001
            assert await claim(connection, clock.now(), 10, {}) == [], "sent early"
            clock.advance(0.002)
            await wake()
            row = await attempts_made(connection, number)
        assert first + LAST_AFTER <= row["next_attempt_at"]
        assert (row["next_attempt_at"] - first - LAST_AFTER).total_seconds() <= LONGEST_JITTER
        clock.seconds = row["next_attempt_at"].timestamp() + 0.001
        await wake()
        row = await attempts_made(connection, 8)
        assert (row["status"], row["next_attempt_at"], row["last_status_code"]) == ("failed", None, 500)
        [endpoint] = await connection.fetch("SELECT * FROM webhook_endpoints")
        assert (endpoint["unhealthy"], endpoint["consecutive_failures"], endpoint["failed_deliveries"]) == (True, 1, 1)
        assert endpoint["disabled_at"] is None
        [letter] = await connection.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'mail'")
        mail = json.loads(letter["payload"])
        assert mail["to"] == world.maya.email
        log = f"https://pivotal.example/settings/webhooks/deliveries?endpoint={endpoint['id']}&status=failed"
        assert log in mail["text"]
        assert f"https://pivotal.example/settings/webhooks/{endpoint['id']}/missed" in mail["text"]
        assert len({exchange.body for exchange in server.requests}) == 1
        sent = [headers_of(exchange) for exchange in server.requests]
        assert len({headers["svix-id"] for headers in sent}) == 1
        assert len({headers["svix-timestamp"] for headers in sent}) == 8
        numbers = await connection.fetch("SELECT number FROM delivery_attempts ORDER BY created_at")
        assert [row["number"] for row in numbers] == [*range(1, 9)]


@pytest.mark.parametrize("code", [200, 204, 299])
async def test_any_2xx_is_a_success(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine, code: int
) -> None:
    answer = status(code) if code != 204 else b"HTTP/1.1 204 No Content\r\n\r\n"
    async with http_server(answering(answer)) as server:
        await new_endpoint(server.url)
        await engine()
        await create_customer(api)
        assert (await attempts_made(connection, 1))["status"] == "delivered"


@pytest.mark.parametrize("code", [301, 302, 307, 400, 401, 404, 410, 418, 429, 500, 503])
async def test_anything_else_is_tried_again(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine, code: int
) -> None:
    async with http_server() as elsewhere, http_server(answering(status(code, f"Location: {elsewhere.url}"))) as server:
        await new_endpoint(server.url)
        await engine()
        await create_customer(api)
        row = await attempts_made(connection, 1)
        assert (row["status"], row["last_status_code"]) == ("pending", code)
        assert elsewhere.requests == []


@pytest.mark.parametrize(("code", "seconds"), [(429, 600), (503, 600), (500, 5), (404, 5)])
async def test_a_receiver_that_asks_for_time_gets_it(
    api: httpx.AsyncClient,
    connection: "Connection",
    clock: SteeredClock,
    new_endpoint: NewEndpoint,
    engine: Engine,
    code: int,
    seconds: int,
) -> None:
    async with http_server(answering(status(code, "Retry-After: 600"))) as server:
        await new_endpoint(server.url)
        await engine()
        await create_customer(api)
        row = await attempts_made(connection, 1)
        waits = (row["next_attempt_at"] - clock.now()).total_seconds()
        assert seconds <= waits <= seconds * 1.1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"not HTTP at all\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "protocol"),
        (b"", "reset"),
    ],
)
async def test_what_went_wrong_is_written_down(
    api: httpx.AsyncClient,
    connection: "Connection",
    new_endpoint: NewEndpoint,
    engine: Engine,
    answer: bytes,
    kind: str,
) -> None:
    async with http_server(answering(answer, close=True)) as server:
        await new_endpoint(server.url)
        await engine()
        await create_customer(api)
        await attempts_made(connection, 1)
        [attempt] = await connection.fetch("SELECT * FROM delivery_attempts")
        assert (attempt["status_code"], attempt["error_kind"]) == (None, kind)
        assert attempt["error"]


async def test_an_endpoint_that_never_answers_is_given_up_after_its_time(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async def trickle(exchange: Exchange) -> None:
        await exchange.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await exchange.until_left()

    async with http_server(trickle) as server:
        await new_endpoint(server.url)
        await engine(seconds=0.3)
        await create_customer(api)
        row = await attempts_made(connection, 1)
        assert row["status"] == "pending"
        assert await connection.fetchval("SELECT error_kind FROM delivery_attempts") == "timeout"


async def fill(connection: "Connection", clock: SteeredClock, world: World, endpoint_id: str, number: int) -> None:
    """Give an endpoint deliveries of which the last attempt is due."""
    for _ in range(number):
        await connection.execute(
            "INSERT INTO deliveries (workspace_id, id, endpoint_id, event_id, event_type, livemode, created_at, status,"
            " attempts, scheduled_attempts, first_attempt_at, next_attempt_at, payload)"
            " VALUES ($1, $2, $3, $4, 'customer.created', true, $5, 'pending', 7, 7, $5, $6, '{}')",
            *(world.northwind.id, new_prefixed_id("msg"), endpoint_id, new_prefixed_id("evt")),
            *(clock.stamp(), clock.now()),
        )


async def test_a_hundred_failed_deliveries_in_a_row_disable_the_endpoint(
    connection: "Connection",
    clock: SteeredClock,
    world: World,
    new_endpoint: NewEndpoint,
    engine: Engine,
) -> None:
    async with http_server(answering(status(410))) as server:
        endpoint = await new_endpoint(server.url)
        await fill(connection, clock, world, endpoint, 105)
        await engine(concurrency=1)
        row = await eventually(
            lambda: connection.fetchrow("SELECT * FROM webhook_endpoints WHERE disabled_at IS NOT NULL")
        )
        assert (row["disabled_reason"], row["consecutive_failures"]) == ("failures", 100)
        assert row["failed_deliveries"] == 100
        waiting = await connection.fetchval("SELECT count(*) FROM deliveries WHERE status = 'pending'")
        assert waiting == 5
        entry = await connection.fetchrow("SELECT * FROM activity WHERE subject_id = $1", endpoint)
        assert entry is not None
        assert (entry["type"], entry["actor_type"]) == ("webhook_endpoint.disabled", "system")
        letters = await connection.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'mail' ORDER BY id")
        subjects = [json.loads(letter["payload"])["subject"] for letter in letters]
        assert subjects == ["Webhook endpoint failing: 127.0.0.1", "Webhook endpoint disabled: 127.0.0.1"]


async def test_a_success_makes_an_endpoint_healthy_again(
    connection: "Connection",
    clock: SteeredClock,
    world: World,
    new_endpoint: NewEndpoint,
    engine: Engine,
) -> None:
    async def fail_first(exchange: Exchange) -> None:
        await (answering(ERROR) if exchange.number < 3 else answer_ok)(exchange)

    async with http_server(fail_first) as server:
        endpoint = await new_endpoint(server.url)
        await fill(connection, clock, world, endpoint, 3)
        await engine()
        failed = "SELECT unhealthy AND consecutive_failures = 3 FROM webhook_endpoints"
        await eventually(lambda: connection.fetchval(failed))
        await fill(connection, clock, world, endpoint, 1)
        healed = "SELECT NOT unhealthy AND consecutive_failures = 0 AND failed_deliveries = 3 FROM webhook_endpoints"
        await eventually(lambda: connection.fetchval(healed))


async def test_the_owner_is_told_once_a_day_where_some_are_delivered_and_some_fail(
    connection: "Connection", clock: SteeredClock, world: World, new_endpoint: NewEndpoint
) -> None:
    endpoint = await new_endpoint("https://hook.example")
    failed = [Recorded(world.northwind.id, endpoint, "failed", None)]
    told = []
    for hours in (0, 1, 23, 24, 25, 48):
        [trouble] = await count_failures(connection, failed, clock.ahead(hours * 3600))
        told.append(trouble.tell)
        await connection.execute("UPDATE webhook_endpoints SET unhealthy = false, consecutive_failures = 0")
    assert told == [True, False, False, True, False, True]


async def test_a_delivery_whose_event_was_removed_fails_and_says_so(
    api: httpx.AsyncClient, connection: "Connection", new_endpoint: NewEndpoint, engine: Engine
) -> None:
    async with http_server() as server:
        await new_endpoint(server.url)
        await create_customer(api)
        await connection.execute("UPDATE webhook_endpoints SET disabled_at = NULL")
        stopping = await engine(concurrency=0)
        await eventually(lambda: connection.fetchval("SELECT count(*) = 1 FROM deliveries"))
        stopping.set()
        await connection.execute("DELETE FROM events")
        await engine()
        row = await attempts_made(connection, 1)
        assert row["status"] == "failed"
        assert await connection.fetchval("SELECT error_kind FROM delivery_attempts") == "gone"
        assert server.requests == []
        # Which is not the receiver's fault.
        [endpoint] = await connection.fetch("SELECT * FROM webhook_endpoints")
        assert (endpoint["unhealthy"], endpoint["consecutive_failures"], endpoint["failed_deliveries"]) == (False, 0, 0)
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'mail'") == 0


async def test_switching_an_endpoint_off_holds_its_deliveries_until_it_is_on_again(
    api: httpx.AsyncClient,
    connection: "Connection",
    clock: SteeredClock,
    new_endpoint: NewEndpoint,
    engine: Engine,
    wake: Wake,
) -> None:
    async with http_server(answering(ERROR)) as off, http_server() as other:
        endpoint = await new_endpoint(off.url)
        await engine()
        customer = await create_customer(api)
        await attempts_made(connection, 1)
        await connection.execute("UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = 'manual'")
        clock.advance(60)
        await new_endpoint(other.url)
        await create_customer(api)
        await wake()
        await eventually(lambda: other.requests)
        assert len(off.requests) == 1
        await connection.execute(
            "UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL WHERE id = $1", endpoint
        )
        await wake()
        await eventually(lambda: len(off.requests) == 2)
        assert json.loads(off.requests[1].body)["data"]["object"]["id"] == customer["id"]
