"""Pivotal in the foreground: the database, the web server and the worker, until Ctrl-C.

The web server's program is started first of all, so that it imports its modules while the database starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server import __version__
from pivotal_server.core.clock import Clock
from pivotal_server.core.databases import connection_to, describe, embedded_directory, require_schema
from pivotal_server.core.embedded_postgres import EmbeddedPostgres
from pivotal_server.core.logs import configure_logging
from pivotal_server.core.migrations import migrate
from pivotal_server.core.ports import ask_health, local_url, require_free_port
from pivotal_server.core.storage import storage_of
from pivotal_server.core.supervision import SupervisionError, Supervisor
from pivotal_server.demo.keys import DEMO_SLUG, DemoKeys, demo_keys
from pivotal_server.identity.people import list_members
from pivotal_server.identity.workspaces import WorkspaceError, find_workspace
from pivotal_server.web.assets import require_assets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pivotal_server.core.settings import Settings

    Say = Callable[[str], None]

# A little more than the web server gives its own processes.
_GRACE_SECONDS = 12.0
_HEALTH_SECONDS = 60.0
_HEALTH_POLL_SECONDS = 0.02
_LOOK_SECONDS = 1.0

WEB_SERVER = ("web server", "pivotal_server.serve")
WORKER = ("worker", "pivotal_server.worker")


class _Demo(NamedTuple):
    """The ways into the demo workspace: its keys, and a link that signs its owner in."""

    keys: DemoKeys
    owner: str
    link: str


class DataDirectoryError(Exception):
    """The data directory cannot be used, or another Pivotal runs on it; the message says what to do."""


def run(settings: Settings, say: Say, *, demo: bool) -> None:
    """Run everything until SIGINT, SIGTERM or SIGHUP, and stop what was started.

    Args:
        settings: the operator's.
        say: shows a line to the person who started it.
        demo: whether the first start makes the workspace ``demo``.

    Raises:
        AssetsError: the app's styles and scripts have not been built.
        DataDirectoryError: another one runs on the data directory, or it cannot be written.
        PortError: the web server's port is taken.
        SupervisionError: the web server or the worker does not stay up.
        DatabaseError | EmbeddedPostgresError | SchemaError | DemoKeysError: there is no database to work on.
    """
    configure_logging()
    require_assets()
    server = None if settings.database_url else EmbeddedPostgres(embedded_directory(settings))
    with contextlib.suppress(KeyboardInterrupt), claim(settings.data):
        require_free_port(settings.host, settings.port)
        with Supervisor(_GRACE_SECONDS) as children:
            web_server = children.start(*WEB_SERVER)
            dsn = settings.database_url or ""
            if server is not None:
                children.afterwards(server.stop)
                dsn = server.start()
            shown = asyncio.run(_prepare(dsn, settings, say, demo=demo))
            web_server.give_address(dsn)
            _await_health(settings, children)
            children.start(*WORKER).give_address(dsn)
            say(_welcome(settings, shown))
            _stay(children, server)
    say("Stopped.")


def run_alone(program: tuple[str, str], dsn: str, server: EmbeddedPostgres) -> None:
    """Run one program beside the embedded server that was started for it, until SIGINT, SIGTERM or SIGHUP.

    Args:
        program: ``WEB_SERVER`` or ``WORKER``.
        dsn: the server's address.
        server: is stopped in the end.

    Raises:
        SchemaError: the schema is not this version's.
        SupervisionError | EmbeddedPostgresError: one of them does not stay up.
    """
    configure_logging()
    with contextlib.suppress(KeyboardInterrupt), Supervisor(_GRACE_SECONDS) as children:
        children.afterwards(server.stop)
        asyncio.run(require_schema(dsn))
        children.start(*program).give_address(dsn)
        _stay(children, server)


def _stay(children: Supervisor, server: EmbeddedPostgres | None) -> None:
    while True:
        children.pause(_LOOK_SECONDS)
        if server is not None:
            server.check()


async def _prepare(dsn: str, settings: Settings, say: Say, *, demo: bool) -> _Demo | None:
    """Bring the schema up to date, make the demo workspace at the first start, and return the ways into it."""
    now = Clock().now()
    async with connection_to(dsn) as connection:
        await migrate(connection)
        try:
            workspace = await find_workspace(connection, DEMO_SLUG)
        except WorkspaceError:
            if not demo:
                return None
            from pivotal_server.demo.seed import seed  # noqa: PLC0415 - only the first start pays for the import

            say(f"Making the workspace {DEMO_SLUG}, with a year of made-up history ...")
            workspace = await seed(connection, storage_of(settings), now)
        # With it comes what sends mail, which the run without a demo has no use for.
        from pivotal_server.people.links import FIRST_LIFETIME, make_link  # noqa: PLC0415

        keys = await demo_keys(connection, workspace.id, settings.data, now)
        owner = next(person for person in await list_members(connection, workspace.id) if person.role == "owner")
        link = await make_link(connection, owner.email, _url_of(settings), now, FIRST_LIFETIME)
        return _Demo(keys, owner.name, link)


def _await_health(settings: Settings, children: Supervisor) -> None:
    deadline = time.monotonic() + _HEALTH_SECONDS
    while ask_health(settings.host, settings.port) is None:
        if time.monotonic() > deadline:
            raise SupervisionError(
                f"The web server does not answer on {local_url(settings.host, settings.port)} after "
                f"{_HEALTH_SECONDS:.0f} s. The lines above may say why."
            )
        children.pause(_HEALTH_POLL_SECONDS)


@contextlib.contextmanager
def claim(data: Path) -> Iterator[None]:
    """Hold the data directory, made if it is not there, for as long as the context lasts.

    Raises:
        DataDirectoryError: another run holds it, or this account may not write there.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataDirectoryError(
            f"The data directory {data.absolute()} cannot be used: {error.strerror}. Let it belong to the account that "
            "Pivotal runs as, or name another one with PIVOTAL_DATA."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
        raise DataDirectoryError(
            f"Pivotal is running already on {data.absolute()} (process {holder}). Stop that one first, or give this "
            "one a data directory of its own with PIVOTAL_DATA."
        ) from None
    finally:
        os.close(descriptor)


def _url_of(settings: Settings) -> str:
    return (settings.public_url or local_url(settings.host, settings.port)).rstrip("/")


def _welcome(settings: Settings, demo: _Demo | None) -> str:
    url = _url_of(settings)
    if settings.database_url:
        database = describe(settings.database_url)
    else:
        database = f"embedded PostgreSQL in {embedded_directory(settings).absolute()}"
    mail = (
        f"sent through {settings.smtp_url.host}"
        if settings.smtp_url
        else f"kept in {settings.mail_directory.absolute()}"
    )
    lines = [
        "",
        f"Pivotal {__version__} is running. Ctrl-C stops it.",
        "",
        f"  Server           {url}",
        f"  Documentation    {url}/docs",
        f"  API description  {url}/api/v1/openapi.json",
        f"  Database         {database}",
        f"  Mail             {mail}",
        "",
    ]
    if demo is None:
        lines += [
            "Sign in with a link from: pivotal sign-in-link EMAIL",
            "Make an API key with: pivotal keys create --workspace SLUG --name NAME --mode live",
            "",
        ]
    else:
        lines += [
            f"The workspace {DEMO_SLUG} has made-up data to try things on. Sign in as its owner, {demo.owner}:",
            "",
            f"  {demo.link}",
            "",
            "The link works once, within a day; another one comes with: pivotal sign-in-link EMAIL. Its API keys:",
            "",
            f"  Live             {demo.keys.live}",
            f"  Test             {demo.keys.test}",
            "",
            "Its three newest customers:",
            "",
            f"  curl -H 'Authorization: Bearer {demo.keys.live}' '{url}/api/v1/customers?limit=3'",
            "",
        ]
    return "\n".join(lines)
