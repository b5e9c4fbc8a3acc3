import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.clock import Clock
from tests.cli.command import Outcome, pivotal
from tests.harness import World
from tests.support import body_of, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Clients = Callable[[str | None], httpx.AsyncClient]


async def create(dsn: str, name: str, *options: str, workspace: str = "northwind", mode: str = "live") -> Outcome:
    command = ["keys", "create", "--workspace", workspace, "--name", name, "--mode", mode, *options]
    return await pivotal(*command, DATABASE_URL=dsn)


async def test_a_new_key_stands_alone_on_stdout_and_works(
    dsn: str, connection: "Connection", client: Clients, world: World
) -> None:
    made = await create(dsn, "prod-server", "--rate-limit", "600", "--scopes", "customers:read, events:read")

    assert made.status == 0, made
    key = made.out.removesuffix("\n")
    assert key.split() == [key]
    assert key.startswith("pivotal_")
    assert "prod-server" in made.err
    assert key not in made.err
    me = body_of(await client(key).get("/me"))
    assert me["key_name"] == "prod-server"
    assert me["mode"] == "live"
    assert me["api_key"]["scopes"] == ["customers:read", "events:read"]
    assert me["api_key"]["rate_limit_tier"] == "paid"
    assert await connection.fetchval("SELECT created_by FROM api_keys WHERE name = 'prod-server'") == world.maya.id


async def test_a_test_key_says_so_and_expires_when_told(dsn: str, connection: "Connection") -> None:
    in_days, on_a_day = await asyncio.gather(
        create(dsn, "for a week", "--expires", "7", mode="test"),
        create(dsn, "until a day", "--expires", "2999-12-31"),
    )

    assert in_days.out.startswith("pivotal_test_")
    rows = await connection.fetch("SELECT name, expires_at FROM api_keys WHERE expires_at IS NOT NULL")
    ends = {row["name"]: row["expires_at"] for row in rows}
    assert abs(ends["for a week"] - Clock().now() - timedelta(days=7)) < timedelta(minutes=5)
    assert ends["until a day"] == datetime(3000, 1, 1, tzinfo=UTC)
    assert "expires 3000-01-01T00:00:00.000Z" in on_a_day.err


async def test_a_key_that_cannot_be_made_is_refused(dsn: str) -> None:
    unknown_scope, past, nowhere = await asyncio.gather(
        create(dsn, "x", "--scopes", "customers:read,weather:read"),
        create(dsn, "x", "--expires", "2020-01-01"),
        create(dsn, "x", workspace="nowhere"),
    )

    assert "Unknown scopes: weather:read. There are: *, customers:read" in unknown_scope.complaint
    assert past.status == 2
    assert "2020-01-01 is not in the future" in past.err
    assert nowhere.complaint == "pivotal: There is no workspace 'nowhere'."


async def test_keys_are_listed_without_their_secrets(dsn: str, connection: "Connection", world: World) -> None:
    await connection.execute(
        "INSERT INTO api_key_usage SELECT workspace_id, id, '2026-03-01T08:30:00Z', '203.0.113.9', 42 FROM api_keys"
        " WHERE name = 'northwind-live'"
    )
    await connection.execute("UPDATE api_keys SET expires_at = '2026-03-01' WHERE name = 'northwind-test'")

    table, listed = await asyncio.gather(
        pivotal("keys", "list", "--workspace", "northwind", DATABASE_URL=dsn),
        pivotal("keys", "list", "--workspace", "northwind", "--json", DATABASE_URL=dsn),
    )

    lines = {line.split()[1]: line for line in table.out.splitlines()}
    assert lines["NAME"].split()[0] == "PREFIX"
    assert "2026-03-01 08:30 UTC  203.0.113.9  42" in lines["northwind-live"]
    assert lines["northwind-live"].endswith("active")
    assert "never" in lines["northwind-test"]
    assert lines["northwind-test"].endswith("expired")
    assert world.live_key not in table.out + listed.out
    keys = {key["name"]: key for key in json.loads(listed.out)}
    assert keys["northwind-live"]["last_used_at"] == "2026-03-01T08:30:00.000Z"
    assert keys["northwind-live"]["last_used_ip"] == "203.0.113.9"
    assert keys["northwind-live"]["request_count"] == 42
    assert keys["northwind-test"]["state"] == "expired"
    assert world.live_key.startswith(keys["northwind-live"]["prefix"])


async def test_a_revoked_key_is_refused_by_the_next_request(dsn: str, client: Clients, world: World) -> None:
    api = client(world.live_key)
    body_of(await api.get("/me"))

    revoked = await pivotal("keys", "revoke", "--workspace", "northwind", "northwind-live", DATABASE_URL=dsn)
    again = await pivotal("keys", "revoke", "--workspace", "northwind", "northwind-live", DATABASE_URL=dsn)
    prefix = world.test_key[: len("pivotal_test_") + 8]
    by_prefix = await pivotal("keys", "revoke", "--workspace", "northwind", prefix, DATABASE_URL=dsn)

    assert revoked.out == f"Revoked {world.live_key[: len('pivotal_') + 8]}.\n"
    assert error_of(await api.get("/me"), 401)["code"] == "api_key_revoked"
    assert "has no active key with that prefix, id or name" in again.complaint
    assert by_prefix.out == f"Revoked {prefix}.\n"
    assert error_of(await client(world.test_key).get("/me"), 401)["code"] == "api_key_revoked"
