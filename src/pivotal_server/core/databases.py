"""Which database: that of ``DATABASE_URL``, else the embedded one under the data directory."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import asyncpg

from pivotal_server.core.connecting import open_connection
from pivotal_server.core.embedded_postgres import DataDirectoryInUseError, EmbeddedPostgres, find_running
from pivotal_server.core.migrations import check_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from pivotal_server.core.db import Connection
    from pivotal_server.core.settings import Settings

OLDEST_VERSION = 15
# A first start makes the cluster, which takes a while on a slow disk.
_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.05
_CONNECT_SECONDS = 10


class DatabaseError(Exception):
    """The database cannot be reached or used; the message says what to do."""


def embedded_directory(settings: Settings) -> Path:
    """Return where the embedded server keeps its files."""
    return settings.data / "postgres"


@contextlib.contextmanager
def database_address(settings: Settings, *, new: bool = False) -> Iterator[str]:
    """Yield the address of the database to use; if need be the embedded server runs for as long as the context lasts.

    Args:
        settings: the operator's.
        new: as for ``find_or_start``.

    Raises:
        DatabaseError: there is none.
        EmbeddedPostgresError: the embedded server cannot be started.
    """
    dsn, server = find_or_start(settings, new=new)
    try:
        yield dsn
    finally:
        if server is not None:
            server.stop()


def find_or_start(settings: Settings, *, new: bool = False) -> tuple[str, EmbeddedPostgres | None]:
    """Return the address of the database to use, and the embedded server that was started for it, if one was.

    Without ``DATABASE_URL`` it is the embedded server that some process runs on the data directory; where none does,
    one is started, which the caller stops.

    Args:
        settings: the operator's.
        new: whether the embedded database may be made if it is not there.

    Raises:
        DatabaseError: it is not there.
        EmbeddedPostgresError: the embedded server cannot be started.
    """
    if settings.database_url:
        return settings.database_url, None
    directory = embedded_directory(settings)
    if not new and not directory.exists():
        raise DatabaseError(
            f"There is no database in {settings.data.absolute()}. PIVOTAL_DATA names the data directory, and "
            "DATABASE_URL a database of your own; `pivotal run`, or `pivotal migrate`, makes a new one."
        )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        running = find_running(directory)
        if running is not None:
            return running, None
        server = EmbeddedPostgres(directory)
        try:
            return server.start(), server
        except DataDirectoryInUseError:
            # Somebody is starting or stopping it at this moment.
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)


async def connect(dsn: str) -> Connection:
    """Return a connection to the database; a server that is just starting is waited for.

    Raises:
        DatabaseError: it cannot be reached, refuses us, or is too old.
    """
    try:
        connection = await _connect_when_ready(dsn)
    except (ValueError, asyncpg.InterfaceError) as error:
        raise _malformed() from error
    except (OSError, asyncpg.PostgresError) as error:
        raise _unreachable(dsn, error) from error
    version = connection.get_server_version()
    if version.major < OLDEST_VERSION:
        await connection.close()
        raise DatabaseError(
            f"The database {describe(dsn)} is PostgreSQL {version.major}; Pivotal needs {OLDEST_VERSION} or newer."
        )
    return connection


async def _connect_when_ready(dsn: str) -> Connection:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await open_connection(dsn, {"application_name": "pivotal", "timezone": "UTC"}, _CONNECT_SECONDS)
        except asyncpg.CannotConnectNowError:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_POLL_SECONDS)


@contextlib.asynccontextmanager
async def connection_to(dsn: str) -> AsyncIterator[Connection]:
    """Yield a connection to the database and close it.

    Raises:
        DatabaseError: as ``connect``.
    """
    connection = await connect(dsn)
    try:
        yield connection
    finally:
        await connection.close(timeout=_CONNECT_SECONDS)


async def require_schema(dsn: str) -> None:
    """Check that the database can be worked on.

    Raises:
        DatabaseError: as ``connect``.
        SchemaError: its schema is not this version's.
    """
    async with connection_to(dsn) as connection:
        await check_schema(connection)


def describe(dsn: str) -> str:
    """Return the address without its password, for messages."""
    try:
        parts = urlsplit(dsn)
        host = parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "of DATABASE_URL"
    return f"{parts.path.lstrip('/') or 'postgres'} at {host}{port}"


def _unreachable(dsn: str, error: Exception) -> DatabaseError:
    reason = " ".join(str(error).split()) or f"no answer within {_CONNECT_SECONDS} s"
    return DatabaseError(
        f"The database {describe(dsn)} cannot be used: {reason}. See that PostgreSQL is running and that DATABASE_URL "
        "names it with the right user, password and database."
    )


def _malformed() -> DatabaseError:
    # The reason is kept back: it may quote a part of the password.
    return DatabaseError(
        "DATABASE_URL cannot be read. It looks like postgresql://user:password@host:5432/database; characters such as "
        "@ : / # ? in the password are written as %40 %3A %2F %23 %3F."
    )
