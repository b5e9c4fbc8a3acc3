"""The benchmark's visits find what they use on the pages, and the pages stay as they are while it does."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench import page_browser, pages
from bench.page_browser import Seen
from bench.page_data import Size, load_scene
from playwright.async_api import Browser

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_each_page_is_visited_and_used(browser: Browser, site: str, connection: "Connection") -> None:
    told: list[str] = []
    port = urlsplit(site).port
    assert port is not None
    scene = await pages.settled(port, await load_scene(connection, "pages", Size(12, 8), told.append))
    for planned in page_browser.visits():
        seen = Seen(planned.name)
        await page_browser.look(browser, port, scene, planned, seen)
        assert len(seen.first_ms) == len(seen.again_ms) == 1
        assert seen.scripts_kib > 5
        assert seen.steady, seen
