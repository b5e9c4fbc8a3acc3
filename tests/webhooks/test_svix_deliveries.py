"""Real deliveries, held against the official Svix libraries through a rotation of the secret."""

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.settings import Settings
from tests.core.outbound import LOOPBACK, Exchange, http_server, settings_for
from tests.support import SteeredClock, body_of, create_customer, eventually
from tests.webhooks.conftest import Engine
from tests.webhooks.test_delivery import headers_of
from tests.webhooks.verification import Delivery, verify_node, verify_python

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
def settings() -> Settings:
    return settings_for(*LOOPBACK)


async def verdicts(deliveries: list[Delivery]) -> list[bool]:
    """Return whether each delivery verifies; both libraries must say the same."""
    here = [verify_python(*delivery) for delivery in deliveries]
    assert here == await verify_node(deliveries)
    return here


def received(secret: str, exchange: Exchange) -> Delivery:
    return Delivery(secret, headers_of(exchange), exchange.body)


async def test_deliveries_verify_before_during_and_after_a_rotation(
    api: httpx.AsyncClient, clock: SteeredClock, engine: Engine
) -> None:
    async with http_server() as server:
        await engine()
        clock.seconds = time.time()
        body = {"url": server.url, "events": ["customer.created"]}
        endpoint = body_of(await api.post("/webhook_endpoints", json=body), 201)
        rotate = f"/webhook_endpoints/{endpoint['id']}/rotate_secret"

        await create_customer(api)
        await eventually(lambda: len(server.requests) == 1)
        old = endpoint["secret"]
        new = body_of(await api.post(rotate))["secret"]
        await create_customer(api)
        await eventually(lambda: len(server.requests) == 2)
        before, during = server.requests
        cases = [received(secret, exchange) for exchange in (before, during) for secret in (old, new)]
        assert await verdicts(cases) == [True, False, True, True]


async def test_the_former_secret_signs_for_a_day_and_no_longer(
    api: httpx.AsyncClient, clock: SteeredClock, engine: Engine
) -> None:
    async with http_server() as server:
        await engine()
        now = time.time()
        clock.seconds = now - 24 * 3600 - 1
        body = {"url": server.url, "events": ["customer.created"]}
        endpoint = body_of(await api.post("/webhook_endpoints", json=body), 201)
        new = body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/rotate_secret"))["secret"]
        clock.seconds = now - 2
        await create_customer(api)
        await eventually(lambda: len(server.requests) == 1)
        clock.seconds = now
        await create_customer(api)
        await eventually(lambda: len(server.requests) == 2)
        within, after = server.requests
        old = endpoint["secret"]
        cases = [received(secret, exchange) for exchange in (within, after) for secret in (old, new)]
        assert await verdicts(cases) == [True, True, False, True]


async def test_a_changed_byte_and_an_old_timestamp_are_refused(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, engine: Engine
) -> None:
    async with http_server() as server:
        await engine()
        body = {"url": server.url, "events": ["customer.created"]}
        endpoint = body_of(await api.post("/webhook_endpoints", json=body), 201)
        clock.seconds = time.time() - 301
        await create_customer(api)
        # Recorded, or its lease ends by the leap of the clock, and it is sent once more.
        await eventually(lambda: connection.fetchval("SELECT count(*) = 1 FROM delivery_attempts"))
        clock.seconds = time.time()
        await create_customer(api)
        await eventually(lambda: len(server.requests) == 2)
        old, fresh = (received(endpoint["secret"], exchange) for exchange in server.requests)
        changed = fresh._replace(body=fresh.body.replace(b'"livemode":true', b'"livemode":True'))
        assert changed.body != fresh.body
        assert await verdicts([fresh, changed, old]) == [True, False, False]
