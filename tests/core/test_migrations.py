"""The schema is brought forward once, by one process, or not at all; and no server works on one it does not know."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.app import create_app
from pivotal_server.core import migrations
from pivotal_server.core.migrations import SchemaError, check_schema, known_migrations, migrate
from pivotal_server.core.settings import Settings
from tests.harness import lifespan
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

APPLIED = "SELECT version, name, checksum FROM schema_migrations ORDER BY version"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1"


@contextlib.asynccontextmanager
async def connected(dsn: str) -> "AsyncIterator[Connection]":
    opened = await asyncpg.connect(dsn)
    try:
        yield opened
    finally:
        await opened.close()


async def test_an_empty_database_is_migrated_once(empty_dsn: str) -> None:
    async with connected(empty_dsn) as connection:
        applied = await migrate(connection)
        assert [migration.version for migration in applied] == list(range(1, len(applied) + 1))
        assert applied == known_migrations()
        history = [tuple(row) for row in await connection.fetch(APPLIED)]
        assert history == [(migration.version, migration.name, migration.checksum) for migration in applied]
        secret = await connection.fetchval("SELECT key_checksum_secret FROM installation")
        assert len(secret) == 32

        assert await migrate(connection) == []
        await check_schema(connection)
        assert [tuple(row) for row in await connection.fetch(APPLIED)] == history
        assert await connection.fetchval("SELECT key_checksum_secret FROM installation") == secret


async def test_processes_that_migrate_at_once_wait_for_the_first(empty_dsn: str) -> None:
    async with contextlib.AsyncExitStack() as opened:
        connections = [await opened.enter_async_context(connected(empty_dsn)) for _ in range(4)]
        applied = await asyncio.gather(*(migrate(connection) for connection in connections))
        assert sorted(len(done) for done in applied) == [0, 0, 0, len(known_migrations())]
        assert len(await connections[0].fetch(APPLIED)) == len(known_migrations())
        assert await connections[0].fetchval("SELECT count(*) FROM installation") == 1


async def test_the_one_that_waits_sees_what_the_first_has_done(empty_dsn: str) -> None:
    async with connected(empty_dsn) as first, connected(empty_dsn) as second:
        await first.execute("SELECT pg_advisory_lock($1)", migrations._ADVISORY_LOCK)
        waiting = asyncio.ensure_future(migrate(second))
        await eventually(lambda: first.fetchval(WAITING, migrations._ADVISORY_LOCK & 0xFFFFFFFF))
        assert len(await migrate(first)) == len(known_migrations())
        await first.execute("SELECT pg_advisory_unlock($1)", migrations._ADVISORY_LOCK)
        assert await waiting == []


async def test_a_server_refuses_an_empty_database(empty_dsn: str) -> None:
    with pytest.raises(SchemaError, match="pivotal migrate"):
        async with lifespan(create_app(empty_dsn, Settings())):
            pass


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)", "migrate"),
        ("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', 'x')", "9999"),
        ("UPDATE schema_migrations SET checksum = 'edited' WHERE version = 2", "0002"),
    ],
    ids=["older", "newer", "edited"],
)
async def test_a_server_refuses_a_schema_it_does_not_know(dsn: str, change: str, message: str) -> None:
    async with connected(dsn) as connection:
        await connection.execute(change)
        with pytest.raises(SchemaError, match=message):
            await check_schema(connection)
    with pytest.raises(SchemaError, match=message):
        async with lifespan(create_app(dsn, Settings())):
            pass


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', 'x')",
        "UPDATE schema_migrations SET checksum = 'edited' WHERE version = 1",
    ],
    ids=["newer", "edited"],
)
async def test_migrating_refuses_a_schema_it_does_not_know(connection: "Connection", dsn: str, change: str) -> None:
    await connection.execute(change)
    with pytest.raises(SchemaError):
        await migrate(connection)
    # The lock is given back: whoever comes next is not kept waiting.
    async with connected(dsn) as other:
        assert await other.fetchval("SELECT pg_try_advisory_lock($1)", migrations._ADVISORY_LOCK)


async def test_a_busy_table_stops_the_migration_and_not_the_product(
    connection: "Connection", dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
    more = migrations.Migration(9001, "more", "CREATE TABLE more (); ALTER TABLE customers ADD COLUMN more text;")
    known = [*known_migrations(), more]
    monkeypatch.setattr(migrations, "known_migrations", lambda: known)
    before = await connection.fetch(APPLIED)
    async with connected(dsn) as busy, busy.transaction():
        await busy.execute("LOCK TABLE customers IN ACCESS SHARE MODE")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await migrate(connection)
    assert await connection.fetch(APPLIED) == before
    assert await connection.fetchval("SELECT to_regclass('more')") is None

    assert [migration.version for migration in await migrate(connection)] == [9001]
    assert await connection.fetchval("SELECT count(*) FROM customers WHERE more IS NULL") == 0


async def test_a_migration_that_fails_leaves_nothing_and_those_before_it_stay(
    empty_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = migrations.Migration(9001, "broken", "CREATE TABLE half (); SELECT 1 / 0;")
    known = known_migrations()
    monkeypatch.setattr(migrations, "known_migrations", lambda: [*known, broken])
    async with connected(empty_dsn) as connection:
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate(connection)
        assert len(await connection.fetch(APPLIED)) == len(known)
        assert await connection.fetchval("SELECT to_regclass('half')") is None


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in known_migrations()] == list(range(1, len(known_migrations()) + 1))
