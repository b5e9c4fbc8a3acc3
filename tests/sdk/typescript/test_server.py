"""The SDK against the real server."""

from typing import TYPE_CHECKING

from tests.harness import Serve, World
from tests.sdk.typescript.conftest import Node

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

_ROWS = 10_000
_CUSTOMERS = """
INSERT INTO customers (workspace_id, id, display_id, name, status, created_at, updated_at)
SELECT $1, 'c' || n, n, 'Customer ' || n, CASE n % 3 WHEN 0 THEN 'active' ELSE 'onboarding' END, at, at
FROM generate_series(1, $2::integer) n, LATERAL (SELECT now() - n * interval '1 minute' AS at) made
"""
_COUNTER = "INSERT INTO counters (workspace_id, resource, value, last_at) VALUES ($1, 'customer', $2, now())"


async def test_the_real_server(node: Node, serve: Serve, connection: "Connection", world: World) -> None:
    await connection.execute(_CUSTOMERS, world.northwind.id, _ROWS)
    await connection.execute(_COUNTER, world.northwind.id, _ROWS)
    server = await serve()
    await node("--expose-gc", "server.mjs", PIVOTAL_BASE_URL=server.url, PIVOTAL_API_KEY=world.live_key)
