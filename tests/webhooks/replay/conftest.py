"""Fixtures: an endpoint with a delivery to send again, and somebody else's connection."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from tests.support import Json, SteeredClock, create_customer
from tests.webhooks.support import create_endpoint, deliveries, spread

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
async def endpoint(api: httpx.AsyncClient) -> Json:
    """An endpoint of Northwind for all events of live keys."""
    return await create_endpoint(api)


@pytest.fixture
async def delivery(api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json) -> Json:
    """A delivery to the endpoint, never tried."""
    await create_customer(api)
    await spread(connection, clock.now())
    (made,) = await deliveries(api, endpoint)
    return made


@pytest.fixture
async def rival(dsn: str) -> "AsyncIterator[Connection]":
    """A connection of somebody else's, such as a worker's."""
    opened = await asyncpg.connect(dsn)
    yield opened
    await opened.close()
