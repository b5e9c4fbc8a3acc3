"""The demo workspace, made once; every test gets a copy of it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from pivotal_server.app import create_app
from pivotal_server.core.clock import Clock
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import storage_of
from pivotal_server.demo.seed import seed
from pivotal_server.identity.api_keys import NewKey, create_key
from pivotal_server.identity.people import list_members
from pivotal_server.identity.workspaces import find_workspace
from tests.harness import ROUNDS, UNLIMITED, Databases, World, client_of, lifespan
from tests.support import body_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace
    from tests.support import Json


@dataclass(frozen=True)
class Seeded:
    """A database with the demo workspace beside the cast's, and the data directory with its files."""

    database: str
    data: Path


@pytest_asyncio.fixture(scope="session")
async def seeded(
    databases: Databases, template: tuple[str, World], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Seeded]:
    data = tmp_path_factory.mktemp("demo")
    async with databases.database(template[0]) as name:
        opened = await asyncpg.connect(databases.dsn_of(name))
        began = time.monotonic()
        await seed(opened, storage_of(Settings(data=data)), Clock().now())
        print(f"the demo workspace was made in {time.monotonic() - began:.1f} s")  # noqa: T201 - pytest -rP shows it
        await opened.close()
        yield Seeded(name, data)


@pytest.fixture
async def demo_dsn(databases: Databases, seeded: Seeded) -> AsyncIterator[str]:
    async with databases.database(seeded.database) as name:
        yield databases.dsn_of(name)


@pytest.fixture
async def demo(demo_dsn: str) -> "AsyncIterator[Connection]":
    opened = await asyncpg.connect(demo_dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def workspace(demo: "Connection") -> "Workspace":
    return await find_workspace(demo, "demo")


@pytest.fixture
async def api(
    demo: "Connection", demo_dsn: str, workspace: "Workspace", seeded: Seeded
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of the demo workspace."""
    owner = next(person for person in await list_members(demo, workspace.id) if person.role == "owner")
    new = NewKey("demo", "live", rate_limit=UNLIMITED, created_by=owner.id)
    key = await create_key(demo, workspace.id, new, Clock().now(), rounds=ROUNDS)
    app = create_app(demo_dsn, Settings(data=seeded.data), Clock())
    async with (
        lifespan(app),
        client_of("http://testserver/api/v1", key, transport=httpx.ASGITransport(app)) as client,
    ):
        yield client


Walk = Callable[..., Awaitable["list[Json]"]]


@pytest.fixture
def walk(api: httpx.AsyncClient) -> Walk:
    """Reads a list to its end: ``await walk("/tasks", overdue="true")``."""

    async def read(path: str, **query: str) -> "list[Json]":
        found: list[Json] = []
        cursor: dict[str, Any] = {}
        while True:
            page = body_of(await api.get(path, params={"limit": "100"} | query | cursor))
            found += page["data"]
            if not page["has_more"]:
                return found
            cursor = {"cursor": page["next_cursor"]}

    return read
