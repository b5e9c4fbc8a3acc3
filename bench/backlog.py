"""What there is to deliver: databases with endpoints in them, and events as the product writes them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from bench.data import load_tenants
from bench.statements import sample_customer
from pivotal_server.core.clock import Clock
from pivotal_server.core.migrations import migrate
from pivotal_server.core.wake import CHANNEL
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from bench.data import Tenant
    from pivotal_server.core.db import Connection

# The numbers of endpoints that are measured.
ONE, FIFTY = 1, 50
# As many events go into one statement; what the API writes at a time is one.
_CHUNK = 1000
_PATIENCE_SECONDS = 120
_LOOK_SECONDS = 0.02

# $1 workspaces, $2 endpoints in each, $3 the beginning of their URLs, $4 the present.
_ADD_ENDPOINTS = """
INSERT INTO webhook_endpoints (workspace_id, id, url, events, test_mode, secret, created_at, updated_at)
SELECT w, 'ep_' || lpad(n::text, 24, '0'), $3 || n, '{customer.*}', false,
    substr(sha256(convert_to(w || n, 'UTF8')), 1, 24), at, at
FROM unnest($1::text[]) w CROSS JOIN generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT $4::timestamptz + n * interval '1 microsecond' AS at) present
"""
_UNFINISHED = "SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM deliveries WHERE status = 'pending')"
_LEFT = """
SELECT (SELECT count(*) FROM outbox), count(*), count(lease) FROM deliveries WHERE status = 'pending'
"""
# A transaction's number is on every row that it wrote last: so many transactions recorded those attempts.
_RECORDED = """
SELECT (SELECT count(*) FROM deliveries WHERE workspace_id = $1 AND created_at >= $2 AND status = 'delivered'),
    count(*), count(DISTINCT a.xmin::text) FROM delivery_attempts a WHERE a.workspace_id = $1 AND a.created_at >= $2
"""


class BacklogError(Exception):
    """Deliveries were not made in a time that is long enough for all of them."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the database tells of deliveries: how many were delivered, their attempts, and in how many transactions."""

    delivered: int
    attempts: int
    batches: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A database in which one workspace has a single endpoint and another has fifty.

    Attributes:
        dsn: its address.
        connection: for looking, and for writing events.
        tenants: the workspaces, by their number of endpoints.
    """

    dsn: str
    connection: Connection
    tenants: dict[int, Tenant]

    async def settle(self) -> None:
        """Leave the tables as a server that has been running for a while leaves them, and what was written on disk."""
        for table in ("outbox", "events", "deliveries", "delivery_attempts", "webhook_endpoints"):
            await self.connection.execute(f"VACUUM (ANALYZE) {table}", timeout=600)
        await self.connection.execute("CHECKPOINT", timeout=120)

    async def write(self, endpoints: int, events: int) -> datetime:
        """Commit events at a workspace, all at once, and wake the worker; return an instant before the first of them.

        Args:
            endpoints: which workspace, by its number of endpoints.
            events: how many.
        """
        clock = Clock()
        actor = Actor(self.tenants[endpoints].workspace_id, "system", "bench", "Bench", role="admin")
        began, customer = clock.stamp(), sample_customer(clock.now())
        async with self.connection.transaction():
            for first in range(0, events, _CHUNK):
                change = Change(self.connection, actor, clock)
                for _ in range(min(_CHUNK, events - first)):
                    change.emit("customer.created", customer)
                await change.write_records()
            await self.connection.execute(f"NOTIFY {CHANNEL}")
        return began

    async def finished(self, received: Callable[[], bool]) -> None:
        """Wait until every delivery was made and recorded.

        Args:
            received: whether the receiver has got all of them; until then the database is not troubled.

        Raises:
            BacklogError: it takes too long.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not received() or await self.connection.fetchval(_UNFINISHED):
            if time.monotonic() > deadline:
                left = tuple(await self.connection.fetchrow(_LEFT) or ())
                raise BacklogError(f"After {_PATIENCE_SECONDS} s events, deliveries and leases are left: {left}.")
            await asyncio.sleep(_LOOK_SECONDS)

    async def recorded(self, endpoints: int, since: datetime) -> Recorded:
        """Return what was recorded at a workspace of events since then."""
        row = await self.connection.fetchrow(_RECORDED, self.tenants[endpoints].workspace_id, since, timeout=120)
        assert row is not None  # noqa: S101 - aggregates are always one row
        return Recorded(*row)


@contextlib.asynccontextmanager
async def ground(server: Connection, dsn: str, name: str, port: int) -> AsyncIterator[Ground]:
    """Make a database, with workspaces whose endpoints are paths at ``port`` of this machine; it goes in the end.

    Args:
        server: a connection that may create databases.
        dsn: the address of that connection.
        name: of the new database.
        port: of the receiver.
    """
    await server.execute(f"CREATE DATABASE {name}")
    address = _address(dsn, name)
    connection = await asyncpg.connect(address, server_settings={"jit": "off"})
    try:
        await migrate(connection)
        tenants = {}
        for endpoints in (ONE, FIFTY):
            [tenant], _ = await load_tenants(connection, f"endpoints-{endpoints}", 1, 1)
            await add_endpoints(connection, [tenant], endpoints, port)
            tenants[endpoints] = tenant
        yield Ground(address, connection, tenants)
    finally:
        await connection.close()
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)", timeout=120)


async def add_endpoints(connection: Connection, tenants: Sequence[Tenant], number: int, port: int) -> None:
    """Give each workspace so many endpoints that want everything about customers."""
    ids = [tenant.workspace_id for tenant in tenants]
    await connection.execute(_ADD_ENDPOINTS, ids, number, f"http://127.0.0.1:{port}/hook/", Clock().now())


def _address(dsn: str, name: str) -> str:
    place, mark, options = dsn.partition("?")
    return f"{place.rpartition('/')[0]}/{name}{mark}{options}"
