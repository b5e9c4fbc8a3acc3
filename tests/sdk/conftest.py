from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.harness import Databases, Server, World, start_server
from tests.sdk.faulty import Faulty, faulty_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest_asyncio.fixture(scope="session")
async def faulty() -> AsyncIterator[Faulty]:
    """A server that answers as the table of behaviour says."""
    async with faulty_server() as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def sdk_server(
    databases: Databases, template: tuple[str, World], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """The real server, one for all tests of the SDKs."""
    data: Path = tmp_path_factory.mktemp("sdk-data")
    async with databases.database(template[0]) as name:
        server = await start_server(databases.dsn_of(name), 1, {"PIVOTAL_DATA": str(data)})
        yield server
        server.stop()
