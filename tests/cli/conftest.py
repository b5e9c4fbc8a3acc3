"""Commands that stay, stopped when their test ends."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cli.command import Running
from tests.cli.remote import Shell
from tests.harness import Databases, World, start_server

Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a command: ``start("serve", DATABASE_URL=dsn)``."""
    started: list[Running] = []

    def start_command(*arguments: str, **variables: object) -> Running:
        directory = tmp_path / f"command-{len(started)}"
        directory.mkdir()
        started.append(Running(directory, *arguments, **variables))
        return started[-1]

    yield start_command
    for running in started:
        running.stop()


@pytest_asyncio.fixture(scope="session")
async def shells(
    databases: Databases, template: tuple[str, World], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Shell, Shell]]:
    """Shells of Northwind and Fabrikam, on one server."""
    async with databases.database(template[0]) as name:
        data = tmp_path_factory.mktemp("data")
        server = await start_server(databases.dsn_of(name), 1, {"PIVOTAL_DATA": str(data)})
        yield Shell(server.url, template[1].live_key), Shell(server.url, template[1].fabrikam_key)
        server.stop()


@pytest.fixture
def shell(shells: tuple[Shell, Shell]) -> Shell:
    return shells[0]
