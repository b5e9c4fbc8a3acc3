"""Two servers, each a process of its own, on one database: what a client sees through a load balancer.

Which process of one server answers cannot be chosen from outside; of two servers it can.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from pivotal_server.provisioning import provision_workspace
from tests.faults.load import NO_QUEUE, Clients, make_key
from tests.harness import UNLIMITED, Databases, Server, World, start_server

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace

OpenClients = Callable[[str], Awaitable[Clients]]


@dataclass(frozen=True)
class Pair:
    """Two servers and the address of their database."""

    dsn: str
    servers: tuple[Server, Server]


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def pair(databases: Databases, template: tuple[str, World]) -> AsyncIterator[Pair]:
    """The servers of the tests that break nothing; each of these works in a workspace of its own."""
    async with databases.database(template[0]) as name:
        dsn = databases.dsn_of(name)
        first, second = await asyncio.gather(start_server(dsn, 1, {}), start_server(dsn, 1, {}))
        yield Pair(dsn, (first, second))
        first.stop()
        second.stop()


@pytest.fixture
async def database(pair: Pair) -> "AsyncIterator[Connection]":
    """A connection to the database of the pair."""
    opened = await asyncpg.connect(pair.dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def rival(pair: Pair) -> "AsyncIterator[Connection]":
    """Another one, to hold locks that requests have to wait for; in a transaction it sees no news of other sessions."""
    opened = await asyncpg.connect(pair.dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def workspace(database: "Connection") -> "Workspace":
    slug = f"northwind-{secrets.token_hex(6)}"
    return await provision_workspace(database, slug=slug, name="Northwind", now=datetime.now(UTC))


@pytest.fixture
async def open_clients(pair: Pair) -> AsyncIterator[OpenClients]:
    """Returns a client of either server, both with the given key."""
    async with AsyncExitStack() as opened:

        async def open_both(key: str) -> Clients:
            first, second = (server.client(key, limits=NO_QUEUE) for server in pair.servers)
            for client in (first, second):
                opened.push_async_callback(client.aclose)
            return first, second

        yield open_both


@pytest.fixture
async def clients(database: "Connection", workspace: "Workspace", open_clients: OpenClients) -> Clients:
    """A client of either server, with a key of the test's own workspace and nearly no rate limit."""
    return await open_clients(await make_key(database, workspace.id, rate_limit=UNLIMITED))
