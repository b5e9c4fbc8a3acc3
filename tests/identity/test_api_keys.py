"""Keys as they are made, listed and revoked."""

from typing import TYPE_CHECKING, Any

import pytest

from pivotal_server.identity import keys
from pivotal_server.identity.api_keys import ApiKeyError, NewKey, create_key, list_keys, revoke_key
from tests.harness import ROUNDS, World
from tests.support import SteeredClock

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_only_a_hash_of_the_key_is_stored(connection: "Connection", world: World, clock: SteeredClock) -> None:
    text = await create_key(connection, world.northwind.id, NewKey("prod", "live"), clock.now(), rounds=ROUNDS)
    row = await connection.fetchrow("SELECT * FROM api_keys WHERE name = 'prod'")
    assert row
    assert row["hash"] == keys.hash_key(text, row["salt"], row["rounds"])
    assert len(row["salt"]) >= 16
    assert text.startswith(row["prefix"])
    secret = text[len(row["prefix"]) :]
    assert not any(secret in str(value) for value in row.values())


async def test_keys_are_listed_newest_first_without_their_secret(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    for name in ("first", "second"):
        clock.advance(60)
        new = NewKey(name, "test", scopes=("customers:read",), expires_at=clock.ahead(3600), created_by=world.maya.id)
        await create_key(connection, world.northwind.id, new, clock.now(), rounds=ROUNDS)
    listed = await list_keys(connection, world.northwind.id)
    assert [key.name for key in listed][:2] == ["second", "first"]
    assert {key.name for key in listed} >= {"northwind-live", "northwind-test"}
    assert "fabrikam-live" not in {key.name for key in listed}
    newest = listed[0]
    assert (newest.mode, newest.scopes, newest.tier, newest.rate_limit) == ("test", ["customers:read"], "test", 30)
    assert (newest.created_at, newest.expires_at, newest.revoked_at) == (clock.now(), clock.ahead(3600), None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scopes": ("customers:admin",)}, "customers:admin"),
        ({"scopes": ("*", "everything")}, "everything"),
        ({"name": ""}, "name"),
        ({"name": "n" * 256}, "name"),
        ({"rate_limit": 0}, "rate limit"),
        ({"rate_limit": -5}, "rate limit"),
        ({"rate_limit": 2**31}, "rate limit"),
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    connection: "Connection", world: World, clock: SteeredClock, fields: dict[str, Any], message: str
) -> None:
    wanted: dict[str, Any] = {"name": "prod", "mode": "live"} | fields
    before = await connection.fetchval("SELECT count(*) FROM api_keys")
    with pytest.raises(ApiKeyError, match=message):
        await create_key(connection, world.northwind.id, NewKey(**wanted), clock.now(), rounds=ROUNDS)
    assert await connection.fetchval("SELECT count(*) FROM api_keys") == before


async def test_keys_are_revoked_by_id_prefix_or_name(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    for _ in range(4):
        await create_key(connection, world.northwind.id, NewKey("shared", "live"), clock.now(), rounds=ROUNDS)
    made = [key for key in await list_keys(connection, world.northwind.id) if key.name == "shared"]

    async def revoke(name: str) -> str:
        return await revoke_key(connection, world.northwind.id, name, clock.now())

    assert await revoke(made[0].id) == made[0].prefix
    assert await revoke(made[1].prefix) == made[1].prefix
    with pytest.raises(ApiKeyError, match=f"(?=.*{made[2].prefix})(?=.*{made[3].prefix})"):
        await revoke("shared")
    assert await revoke(made[2].id) == made[2].prefix
    assert await revoke("shared") == made[3].prefix
    for gone in ("shared", "nobody's"):
        with pytest.raises(ApiKeyError, match="no active key"):
            await revoke(gone)
    revoked = {key.id: key.revoked_at for key in await list_keys(connection, world.northwind.id)}
    assert all(revoked[key.id] == clock.now() for key in made)


async def test_a_leaked_key_is_revoked_by_its_whole_text(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    text = await create_key(connection, world.northwind.id, NewKey("leaked", "test"), clock.now(), rounds=ROUNDS)
    prefix = await revoke_key(connection, world.northwind.id, text, clock.now())
    assert text.startswith(prefix)
    assert len(prefix) == len("pivotal_test_") + 8


async def test_nobody_revokes_the_key_of_another_workspace(
    connection: "Connection", world: World, clock: SteeredClock
) -> None:
    theirs = (await list_keys(connection, world.fabrikam.id))[0]
    for name in (theirs.id, theirs.prefix, theirs.name):
        with pytest.raises(ApiKeyError, match="no active key"):
            await revoke_key(connection, world.northwind.id, name, clock.now())
    assert (await list_keys(connection, world.fabrikam.id))[0].revoked_at is None
