"""The app's pages on 100,000 customers, 20,000 onboardings and a million tasks: the server's part, the browser's."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import httpx

from bench import page_browser
from bench.client import Client
from bench.page_data import Size, load_scene
from bench.page_statements import recorded
from bench.server import running_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.page_browser import Seen
    from bench.page_data import Scene
    from bench.page_statements import Statement
    from pivotal_server.core.db import Connection

SMALL, BIG = Size(120, 60), Size(100_000, 20_000)
AIM_P95_MS = 60.0
_WARM_UP = 10
_COOKIE = "pivotal_session"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured.

    Attributes:
        requests: for each page.
        visits: of each page with a browser.
    """

    requests: int
    visits: int


@dataclass(frozen=True, slots=True)
class PagePath:
    """One of the measured pages.

    Attributes:
        name: of the page.
        path: of it, in any of the workspaces.
        fragment: whether the page's script asks for a part of it.
    """

    name: str
    path: Callable[[Scene], str]
    fragment: bool = False


@dataclass(slots=True)
class Served:
    """What the server does for one page.

    Attributes:
        name: of the page.
        ms: from the first byte sent to the last one received, of each request in the big workspace.
        small_ms: likewise in the small one.
        kib: length of the HTML, uncompressed.
        statements: what the big workspace's page asks of the database, and how long each of it takes.
        small_statements: how many they are in the small one.
    """

    name: str
    ms: list[float] = field(default_factory=list)
    small_ms: list[float] = field(default_factory=list)
    kib: float = 0.0
    statements: list[Statement] = field(default_factory=list)
    small_statements: int = 0

    @property
    def p95_ms(self) -> float:
        """The time that 95 of 100 requests stay below."""
        return statistics.quantiles(self.ms, n=20)[-1]

    @property
    def database_ms(self) -> float:
        """How long the database alone takes: the limit, which no page can beat."""
        return sum(statement.ms for statement in self.statements)

    @property
    def reached(self) -> bool:
        """Whether it is as fast as it should be."""
        return self.p95_ms <= AIM_P95_MS

    @property
    def constant(self) -> bool:
        """Whether it takes no more statements in a big workspace than in a small one.

        It may take less: a page that is full does not ask for what would stand below.
        """
        return len(self.statements) <= self.small_statements


@dataclass(slots=True)
class AppPages:
    """Everything that was found out about the pages."""

    served: list[Served] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many pages break what holds on any machine: statements that grow, scripts too big, things that move."""
        return sum(not one.constant for one in self.served) + sum(not one.steady for one in self.seen)


def paths() -> tuple[PagePath, ...]:
    """Return the measured pages."""
    return (
        PagePath("home", lambda _: "/"),
        PagePath("customers", lambda _: "/customers"),
        PagePath("customers by ARR", lambda _: "/customers?sort=-arr"),
        PagePath("customers, three filters", lambda _: "/customers?status=active&plan=Pro&tag=retail"),
        PagePath("customers, as one types", lambda _: "/customers?q=heron", fragment=True),
        PagePath("search, as one types", lambda _: "/search?q=heron", fragment=True),
        PagePath("customer", lambda scene: scene.customer),
        PagePath("board", lambda _: "/onboardings"),
        PagePath("board in lanes", lambda _: "/onboardings?as=lanes"),
        PagePath("onboardings as a list", lambda _: "/onboardings?as=list"),
        PagePath("calendar of launches", lambda _: "/onboardings?as=calendar"),
        PagePath("onboarding", lambda scene: scene.onboarding),
        PagePath("tasks", lambda _: "/tasks"),
        PagePath("inbox", lambda _: "/inbox"),
    )


async def measure(connection: Connection, dsn: str, log: Path, extent: Extent, tell: Callable[[str], None]) -> AppPages:
    """Measure the pages.

    Args:
        connection: to a migrated database.
        dsn: its address.
        log: the server's log file.
        extent: how much.
        tell: is told what goes on.

    Raises:
        RequestError | ServerError | httpx.HTTPStatusError: something did not work.
    """
    found = AppPages()
    small, big = [
        await load_scene(connection, name, size, tell) for name, size in (("pages-small", SMALL), ("pages-big", BIG))
    ]
    with running_server(dsn, log) as server:
        small, big = [await settled(server.port, scene) for scene in (small, big)]
        with Client(server.port) as client:
            for path in paths():
                tell(f"{path.name}: {extent.requests} requests")
                found.served.append(serve_in_turns(client, path, small, big, extent.requests))
        found.seen = await page_browser.visit(server.port, big, extent.visits, tell)
    for path, served in zip(paths(), found.served, strict=True):
        served.statements = await recorded(dsn, request_of(path, big))
        served.small_statements = len(await recorded(dsn, request_of(path, small)))
    return found


async def settled(port: int, scene: Scene) -> Scene:
    """Return the scene with the addresses that its pages have in the end."""
    found: dict[str, str] = {}
    cookies = {_COOKIE: scene.session}
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, cookies=cookies, follow_redirects=True, trust_env=False) as client:
        for name in ("customer", "onboarding"):
            answer = await client.get(getattr(scene, name))
            found[name] = answer.raise_for_status().url.path
    return replace(scene, customer=found["customer"], onboarding=found["onboarding"])


def serve_in_turns(client: Client, path: PagePath, small: Scene, big: Scene, requests: int) -> Served:
    """Request a page in both workspaces by turns, so often each."""
    found = Served(path.name)
    asked = [(_head(path, small), found.small_ms), (_head(path, big), found.ms)]
    for number in range(_WARM_UP + requests):
        for request, into in asked:
            elapsed, answer = client.send(request)
            if number >= _WARM_UP:
                into.append(elapsed)
            found.kib = len(answer) / 1024
    return found


def _head(path: PagePath, scene: Scene) -> bytes:
    lines = [f"{name}: {value}" for name, value in _headers(path, scene).items()]
    return "\r\n".join([f"GET {path.path(scene)} HTTP/1.1", "host: 127.0.0.1", *lines, "", ""]).encode()


def request_of(path: PagePath, scene: Scene) -> httpx.Request:
    """Return the request for a page."""
    return httpx.Request("GET", f"http://127.0.0.1{path.path(scene)}", headers=_headers(path, scene))


def _headers(path: PagePath, scene: Scene) -> dict[str, str]:
    return {"cookie": f"{_COOKIE}={scene.session}"} | ({"hx-request": "true"} if path.fragment else {})
