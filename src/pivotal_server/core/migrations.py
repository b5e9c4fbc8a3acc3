"""Brings the schema forward, and refuses to work on one it does not know.

Each file runs in a transaction of its own under a lock timeout, so a busy table makes an upgrade fail and not the
product stop. One process migrates at a time; the others wait for it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

LOCK_TIMEOUT = "5s"
_ADVISORY_LOCK = 7_483_648_101

HISTORY = "schema_migrations"
"""The table of what was applied."""

_CREATE_HISTORY = f"""
CREATE TABLE IF NOT EXISTS {HISTORY} (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""
_READ_HISTORY = "SELECT version, checksum FROM schema_migrations ORDER BY version"
_HISTORY_EXISTS = "SELECT to_regclass('schema_migrations') IS NOT NULL"


class SchemaError(Exception):
    """The database's schema is not this version's; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file: ``0003_customers.sql`` has version 3 and name ``customers``."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text: an applied file may not change any more."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known_migrations() -> list[Migration]:
    """Return the migrations this version carries, in order."""
    found = []
    for file in files("pivotal_server.migrations").iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            found.append(Migration(int(number), name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


async def migrate(connection: Connection, *, up_to: int | None = None) -> list[Migration]:
    """Apply what is missing and return it.

    Inside a transaction everything is applied with that, and otherwise each file with one of its own.

    Args:
        connection: to the database.
        up_to: the last version to apply; all where it is not given.

    Raises:
        SchemaError: the database is newer than this version, or was made from other files.
        asyncpg.LockNotAvailableError: a table stayed busy longer than the lock timeout; that file is not applied.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", _ADVISORY_LOCK)
    try:
        await connection.execute(_CREATE_HISTORY)
        pending = _pending(await _history(connection))
        if up_to is not None:
            pending = [migration for migration in pending if migration.version <= up_to]
        for migration in pending:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                await connection.execute(migration.sql)
                # What waits for a commit would keep the next file from altering the table.
                await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                await connection.execute(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                    migration.version,
                    migration.name,
                    migration.checksum,
                )
        await connection.execute(
            "INSERT INTO installation (key_checksum_secret) VALUES ($1) ON CONFLICT DO NOTHING",
            secrets.token_bytes(32),
        )
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _ADVISORY_LOCK)
    return pending


async def check_schema(connection: Connection) -> None:
    """Return where the schema is exactly this version's.

    Raises:
        SchemaError: it is older, newer or made from other files.
    """
    exists = await connection.fetchval(_HISTORY_EXISTS)
    pending = _pending(await _history(connection) if exists else {})
    if pending:
        missing = ", ".join(f"{migration.version:04d}_{migration.name}" for migration in pending)
        message = f"The database lacks migrations ({missing}). Run `pivotal migrate` first."
        raise SchemaError(message)


async def _history(connection: Connection) -> dict[int, str]:
    return {row["version"]: row["checksum"] for row in await connection.fetch(_READ_HISTORY)}


def _pending(applied: dict[int, str]) -> list[Migration]:
    known = {migration.version: migration for migration in known_migrations()}
    if newer := sorted(set(applied) - set(known)):
        message = (
            f"The database has migrations that this version does not know ({', '.join(map(str, newer))}). "
            "Start the version that made them, or a newer one."
        )
        raise SchemaError(message)
    for version, checksum in applied.items():
        if known[version].checksum != checksum:
            message = f"Migration {version:04d} was applied from another text. Restore the matching version of Pivotal."
            raise SchemaError(message)
    return [migration for version, migration in known.items() if version not in applied]
