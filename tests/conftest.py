"""Fixtures: a real PostgreSQL, a database for each test, the real app on it, and clients with the keys of the cast."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from pivotal_server.identity.api_keys import NewKey, create_key
from pivotal_server.identity.models import Mode, Person
from pivotal_server.identity.sessions import start_session
from tests.harness import (
    ROUNDS,
    UNLIMITED,
    ClientOf,
    Databases,
    NewKeyOf,
    Serve,
    Server,
    World,
    client_of,
    lifespan,
    make_template,
    start_server,
)
from tests.network import stay_on_this_machine
from tests.postgres import running_postgres
from tests.support import START, SteeredClock
from tests.visitors import Visitor

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from pivotal_server.core.db import Connection

stay_on_this_machine()

SignedIn = Callable[[Person], Awaitable[Visitor]]


def pytest_xdist_auto_num_workers() -> int:
    """Run one lot of tests more than there are cores: in every lot something is always being waited for."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes a minute by itself, or the other lots would be done and wait for it at the end."""
    items.sort(key=lambda item: "test_schemathesis.py" not in item.nodeid)


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> None:
    """Settings come from the environment: what the developer has set there must not decide a test."""
    for name in [name for name in os.environ if name.startswith("PIVOTAL_") or name in {"DATABASE_URL", "PORT"}]:
        del os.environ[name]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with running_postgres() as dsn:
        yield dsn


@pytest_asyncio.fixture(scope="session")
async def databases(postgres: str) -> AsyncIterator[Databases]:
    made = Databases(postgres)
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="session")
async def template(databases: Databases) -> AsyncIterator[tuple[str, World]]:
    """A migrated database with the cast in it, and the cast."""
    async with databases.database() as name:
        yield name, await make_template(databases.dsn_of(name), START)


@pytest.fixture(scope="session")
def world(template: tuple[str, World]) -> World:
    return template[1]


@pytest.fixture
async def dsn(databases: Databases, template: tuple[str, World]) -> AsyncIterator[str]:
    async with databases.database(template[0]) as name:
        yield databases.dsn_of(name)


@pytest.fixture
async def empty_dsn(databases: Databases) -> AsyncIterator[str]:
    """A database without a schema."""
    async with databases.database() as name:
        yield databases.dsn_of(name)


@pytest.fixture
async def connection(dsn: str) -> "AsyncIterator[Connection]":
    opened = await asyncpg.connect(dsn)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SteeredClock:
    return SteeredClock()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of all servers of the run that have none of their own."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def settings(data: Path) -> Settings:
    return Settings(data=data)


@pytest.fixture
async def app(dsn: str, settings: Settings, clock: SteeredClock) -> "AsyncIterator[ASGIApp]":
    started = create_app(dsn, settings, clock)
    async with lifespan(started):
        yield started


@pytest.fixture
async def client(app: "ASGIApp") -> "AsyncIterator[ClientOf]":
    """Returns a client of the app that sends the given key."""
    async with AsyncExitStack() as opened:

        def open_client(key: str | None) -> httpx.AsyncClient:
            made = client_of("http://testserver/api/v1", key, transport=httpx.ASGITransport(app))
            opened.push_async_callback(made.aclose)
            return made

        yield open_client


@pytest.fixture
def api(client: ClientOf, world: World) -> httpx.AsyncClient:
    return client(world.live_key)


@pytest.fixture
def test_api(client: ClientOf, world: World) -> httpx.AsyncClient:
    return client(world.test_key)


@pytest.fixture
def fabrikam_api(client: ClientOf, world: World) -> httpx.AsyncClient:
    return client(world.fabrikam_key)


@pytest.fixture
def anonymous(client: ClientOf) -> httpx.AsyncClient:
    return client(None)


@pytest.fixture
async def signed_in(app: "ASGIApp", connection: "Connection", clock: SteeredClock) -> "AsyncIterator[SignedIn]":
    """Returns somebody who is signed in: ``await signed_in(world.tomas)``."""
    async with AsyncExitStack() as opened:

        async def sign_in(person: Person) -> Visitor:
            token = await start_session(connection, person.id, ip="127.0.0.1", user_agent="tests", now=clock.now())
            made = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://testserver", cookies={"pivotal_session": token}
            )
            opened.push_async_callback(made.aclose)
            return Visitor(made)

        yield sign_in


@pytest.fixture
async def maya(signed_in: "SignedIn", world: World) -> Visitor:
    """The owner of Northwind, signed in."""
    return await signed_in(world.maya)


@pytest.fixture
async def tomas(signed_in: "SignedIn", world: World) -> Visitor:
    """A member of Northwind, signed in."""
    return await signed_in(world.tomas)


@pytest.fixture
async def fabian(signed_in: "SignedIn", world: World) -> Visitor:
    """The owner of another workspace, signed in."""
    return await signed_in(world.fabian)


@pytest.fixture
def new_key(connection: "Connection", clock: SteeredClock, world: World) -> NewKeyOf:
    """Makes a key of Northwind and returns its text: ``await new_key("test", scopes=("customers:read",))``."""

    async def make(mode: Mode = "live", **fields: Any) -> str:  # noqa: ANN401 - the fields of NewKey
        wanted: dict[str, Any] = {"name": f"{mode}-key", "mode": mode, "rate_limit": UNLIMITED} | fields
        return await create_key(connection, world.northwind.id, NewKey(**wanted), clock.now(), rounds=ROUNDS)

    return make


@pytest.fixture
async def serve(dsn: str, data: Path) -> AsyncIterator[Serve]:
    """Starts the real server on the test's database: ``await serve(workers=2, PIVOTAL_TRUST_PROXY="true")``."""
    started: list[Server] = []

    async def start(workers: int = 1, **environment: str) -> Server:
        started.append(await start_server(dsn, workers, {"PIVOTAL_DATA": str(data), **environment}))
        return started[-1]

    yield start
    for server in started:
        server.stop()
