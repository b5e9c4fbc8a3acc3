"""Clients that speak a dialect."""

from collections.abc import Callable

import httpx
import pytest

from tests.harness import ClientOf, World

ByUuid = Callable[[str], httpx.AsyncClient]


@pytest.fixture
def by_uuid_of(client: ClientOf) -> ByUuid:
    """Returns a client for contacts by UUID that sends the given key."""

    def open_client(key: str) -> httpx.AsyncClient:
        opened = client(None)
        opened.base_url = httpx.URL("http://testserver/v1")
        opened.headers["x-api-key"] = key
        return opened

    return open_client


@pytest.fixture
def by_uuid(by_uuid_of: ByUuid, world: World) -> httpx.AsyncClient:
    """Northwind's client for contacts by UUID."""
    return by_uuid_of(world.live_key)


@pytest.fixture
def by_filter(client: ClientOf, world: World) -> httpx.AsyncClient:
    """Northwind's client for contacts by filter."""
    opened = client(world.live_key)
    opened.base_url = httpx.URL("http://testserver/api")
    return opened
