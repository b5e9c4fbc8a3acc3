"""The post office of the tests, and strangers' browsers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.settings import Settings
from tests.people.support import PostOffice
from tests.support import SteeredClock
from tests.visitors import Visitor

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from pivotal_server.core.db import Connection

Stranger = Callable[[], Visitor]


@pytest.fixture
def post(connection: "Connection", dsn: str, clock: SteeredClock, settings: Settings) -> PostOffice:
    return PostOffice(connection, dsn, clock, settings)


@pytest.fixture
async def stranger(app: "ASGIApp") -> AsyncIterator[Stranger]:
    """Opens another browser that nobody has signed in with: ``stranger()``."""
    async with AsyncExitStack() as opened:

        def open_browser() -> Visitor:
            made = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
            opened.push_async_callback(made.aclose)
            return Visitor(made, home="/sign-in")

        yield open_browser
