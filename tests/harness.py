"""What the fixtures are made of: databases cloned from a template, the app's lifespan, servers in processes."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx

from pivotal_server.core.migrations import migrate
from pivotal_server.core.processes import kill_group, spawn, terminate
from pivotal_server.identity.api_keys import NewKey, create_key
from pivotal_server.identity.models import Mode, Person, Role, Workspace
from pivotal_server.identity.people import add_member
from pivotal_server.provisioning import provision_workspace
from tests.support import eventually

if TYPE_CHECKING:
    from subprocess import Popen

    from starlette.types import ASGIApp, Message

    from pivotal_server.core.db import Connection

# The price of a hash is not what tests are about.
ROUNDS = 1000
UNLIMITED = 1_000_000
# A worker that is connected has started, and opens no second connection without a request. Which one answers a request
# cannot be seen from outside. Those of a server that was just killed are still there for a moment, and do not count.
_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'pivotal' AND backend_start > $1
"""


@dataclass(frozen=True)
class World:
    """The cast: two companies that onboard customers with Pivotal and must never see each other's.

    Attributes:
        maya: owner of Northwind.
        tomas: member of Northwind.
        fabian: owner of Fabrikam.
        live_key: Northwind's, in clear text; nearly without rate limit, as the others.
    """

    northwind: Workspace
    fabrikam: Workspace
    maya: Person
    tomas: Person
    fabian: Person
    live_key: str
    test_key: str
    fabrikam_key: str


async def make_world(connection: "Connection", now: datetime) -> World:
    """Put the cast into a migrated database."""
    northwind = await provision_workspace(connection, slug="northwind", name="Northwind", now=now)
    fabrikam = await provision_workspace(connection, slug="fabrikam", name="Fabrikam", now=now)

    async def person(workspace: Workspace, name: str, role: Role) -> Person:
        email = f"{name.lower()}@{workspace.slug}.example"
        id_ = await add_member(connection, workspace.id, email=email, name=name, role=role, now=now)
        return Person(id_, email, name, role)

    async def key(workspace: Workspace, owner: Person, mode: Mode) -> str:
        new = NewKey(f"{workspace.slug}-{mode}", mode, rate_limit=UNLIMITED, created_by=owner.id)
        return await create_key(connection, workspace.id, new, now, rounds=ROUNDS)

    maya = await person(northwind, "Maya", "owner")
    fabian = await person(fabrikam, "Fabian", "owner")
    return World(
        northwind=northwind,
        fabrikam=fabrikam,
        maya=maya,
        tomas=await person(northwind, "Tomas", "member"),
        fabian=fabian,
        live_key=await key(northwind, maya, "live"),
        test_key=await key(northwind, maya, "test"),
        fabrikam_key=await key(fabrikam, fabian, "live"),
    )


class Databases:
    """Makes databases on a server, empty or as copies of a template, and removes them.

    Args:
        dsn: address of a database whose role may create others.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._admin: Connection | None = None

    async def execute(self, statement: str) -> None:
        if self._admin is None:
            self._admin = await asyncpg.connect(self._dsn)
        await self._admin.execute(statement)

    def dsn_of(self, name: str) -> str:
        """Return the address of a database of the server."""
        place, mark, query = self._dsn.partition("?")
        scheme, _, rest = place.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}/{name}{mark}{query}"

    @contextlib.asynccontextmanager
    async def database(self, template: str = "template1") -> AsyncIterator[str]:
        """Yield the name of a new database, which is gone afterwards."""
        name = f"pivotal_test_{secrets.token_hex(6)}"
        # By its files and not by way of the log: half the processor time.
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            await self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def close(self) -> None:
        if self._admin is not None:
            await self._admin.close()


async def make_template(dsn: str, now: datetime) -> World:
    """Migrate an empty database and put the cast into it."""
    connection = await asyncpg.connect(dsn)
    try:
        await migrate(connection)
        return await make_world(connection, now)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def lifespan(app: "ASGIApp") -> AsyncIterator[None]:
    """Start an ASGI application as a server does, and shut it down in the end; raise what it fails with."""
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, to_app.get, from_app.put))

    async def go(phase: str) -> None:
        await to_app.put({"type": f"lifespan.{phase}"})
        answer = asyncio.ensure_future(from_app.get())
        await asyncio.wait({answer, running}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            await running
        message = await answer
        if message["type"] != f"lifespan.{phase}.complete":
            await running  # raises what went wrong
            raise AssertionError(message)

    await go("startup")
    yield
    await go("shutdown")
    await running


class Server:
    """The real server, in processes of its own.

    Attributes:
        url: where it answers, such as ``http://127.0.0.1:49152``.
    """

    def __init__(self, process: "Popen[bytes]", url: str) -> None:
        self._process = process
        self.url = url

    def pids(self) -> list[int]:
        """Return the process ids of the workers, the oldest first; one that was killed is none, buried or not."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in children if (command := _command_of(pid)) and b"resource_tracker" not in command]

    def kill_worker(self) -> int:
        """Kill the oldest worker the hard way and return what its process id was."""
        pid = self.pids()[0]
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill(self) -> None:
        """Kill the whole server the hard way, its workers included."""
        kill_group(self._process)
        self._process.wait()

    def client(self, key: str | None = None, **options: Any) -> httpx.AsyncClient:  # noqa: ANN401 - httpx's own
        """Return a client of the API; with a key it sends it."""
        return client_of(f"{self.url}/api/v1", key, **options)

    def stop(self) -> None:
        terminate(self._process, grace_seconds=5)


# What the fixtures of these names are; conftest.py tells how they are called.
Serve = Callable[..., Awaitable[Server]]
NewKeyOf = Callable[..., Awaitable[str]]
ClientOf = Callable[[str | None], httpx.AsyncClient]


def client_of(base_url: str, key: str | None, **options: Any) -> httpx.AsyncClient:  # noqa: ANN401 - httpx's own
    """Return a client that sends the key, if there is one."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(base_url=base_url, headers=headers, timeout=30, trust_env=False, **options)


async def start_server(dsn: str, workers: int, environment: dict[str, str]) -> Server:
    """Start the real server on a free port and return it once all its workers answer."""
    port = free_port()

    async def up() -> bool:
        if process.poll() is not None:
            raise RuntimeError("The server ended instead of starting.")
        return bool(await connection.fetchval(_CONNECTIONS, before) >= workers)

    connection = await asyncpg.connect(dsn)
    before = await connection.fetchval("SELECT clock_timestamp()")
    process = spawn(
        [Path(sys.executable).with_name("pivotal"), "serve"],
        env={**os.environ, "DATABASE_URL": dsn, "PORT": str(port), "PIVOTAL_WORKERS": str(workers), **environment},
    )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        await eventually(up, timeout=60)
        async with server.client() as client:
            await eventually(lambda: _answers(client), timeout=60)
    except BaseException:
        server.stop()
        raise
    finally:
        await connection.close()
    return server


async def _answers(client: httpx.AsyncClient) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await client.get("/health")).is_success
    return False


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _command_of(pid: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
