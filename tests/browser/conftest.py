"""Fixtures: a browser, pages in it that note whatever goes wrong, and teammates who are signed in."""

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from pivotal_server.identity.models import Person
from pivotal_server.identity.sessions import start_session
from tests.browser.site import Site, serving
from tests.browser.watch import Watch
from tests.harness import Serve, World

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

ROOT = Path(__file__).parents[2]
# The page behind the address bar of Chromium itself, made anew with every window: half the processor time of one.
_ADDRESS_BAR = ["PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup"]
# What Playwright switches off, said again because only the last such flag counts.
_SWITCHED_OFF = [
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
]
# Nothing that is asked for by name is found, so that the browser cannot talk to anybody; and it does not try to.
_FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    f"--disable-features={','.join(_ADDRESS_BAR + _SWITCHED_OFF)}",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
]
# What is there is found at once; this is for a machine that is busy with other things.
_TIMEOUT_MS = 20_000
expect.set_options(timeout=_TIMEOUT_MS)

Open = Callable[..., Awaitable[Page]]
SignIn = Callable[..., Awaitable[Page]]


def _find_chromium(environment: dict[str, str]) -> tuple[str | None, str]:
    """Return the browser's path, or None and why there is none."""
    done = subprocess.run([ROOT / "tools" / "chromium"], capture_output=True, text=True, env=environment, check=False)
    return (done.stdout.strip(), "") if done.returncode == 0 else (None, done.stderr.strip())


# Before a fixture of all tests takes the developer's settings away.
_ENVIRONMENT = dict(os.environ)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests; where the machine has none, that is told once, and fails under CI."""
    path, reason = _find_chromium(_ENVIRONMENT)
    if path is None:
        told = f"BROWSER TESTS DID NOT RUN. {reason}"
        if os.environ.get("CI") == "true":
            pytest.fail(told, pytrace=False)
        pytest.skip(told)
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else _FLAGS
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=flags)
        yield opened
        await opened.close()


@pytest.fixture
async def open_page(browser: Browser, serve: Serve) -> AsyncIterator[Open]:  # noqa: ARG001 - servers end after pages
    """Opens a page in a context of its own: ``await open_page(color_scheme="dark", java_script_enabled=False)``.

    An error on its console, a violation of the content security policy among them, fails the test; what the test
    expects it tells with ``Watch.of(page).expect("…")``.
    """
    async with AsyncExitStack() as opened:
        watches: list[Watch] = []

        async def open_one(**options: Any) -> Page:  # noqa: ANN401 - of Playwright's new_context
            context = await browser.new_context(
                **{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", "locale": "en-GB", **options}
            )
            opened.push_async_callback(context.close)
            context.set_default_timeout(_TIMEOUT_MS)
            page = await context.new_page()
            watches.append(Watch(page))
            return page

        yield open_one
    assert [problem for watch in watches for problem in watch.problems] == []


@pytest_asyncio.fixture(scope="session")
async def server() -> AsyncIterator[Site]:
    """The server of all tests."""
    async with serving() as running:
        yield running


@pytest.fixture
async def site(server: Site, dsn: str, data: Path) -> AsyncIterator[str]:
    """The address of the app on the test's database, in real time."""
    settings = Settings.model_validate({"PORT": server.port, "data": data})
    async with server.shows(create_app(dsn, settings)) as url:
        yield url


@pytest.fixture
async def sign_in(site: str, open_page: Open, connection: "Connection", world: World) -> SignIn:
    """Opens a page of somebody who is signed in, Maya where nobody is named: ``await sign_in(world.tomas)``.

    Paths of the page are the server's: ``await page.goto("/customers")``.
    """

    async def sign_in_as(person: Person = world.maya, **options: Any) -> Page:  # noqa: ANN401 - likewise
        page = await open_page(base_url=site, **options)
        token = await start_session(connection, person.id, ip="127.0.0.1", user_agent="Chromium", now=datetime.now(UTC))
        address = urlsplit(site)
        cookie = {"name": "pivotal_session", "value": token, "url": f"{address.scheme}://{address.netloc}"}
        await page.context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]
        return page

    return sign_in_as
