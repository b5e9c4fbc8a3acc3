"""The app as a browser reaches it, in this process: starting one of its own for each test takes seconds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tests.harness import free_port, lifespan
from tests.support import eventually

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Site:
    """One address at which the server of the product answers with one application after the other.

    Attributes:
        url: the address, such as ``http://127.0.0.1:49152``.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._app: ASGIApp | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if self._app is None:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b"between two tests"})
            return
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way.discard(task)

    @contextlib.asynccontextmanager
    async def shows(self, app: "ASGIApp") -> AsyncIterator[str]:
        """Answer with an application, started for as long as the context lasts; yield the address."""
        async with lifespan(app):
            self._app = app
            yield self.url
            self._app = None
            # Pages that are still open listen for changes, and would for ever.
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """Run the server."""
    site = Site()
    server = Server(
        *(site, "127.0.0.1", site.port),
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    running = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:

        async def listens() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return (await client.get("/")).status_code == httpx.codes.SERVICE_UNAVAILABLE
            return running.done()

        await eventually(listens)
    yield site
    server.stop()  # type: ignore[no-untyped-call]  # Granian's
    await running
