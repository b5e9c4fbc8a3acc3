"""The documentation in a real browser: read in any look, found by keyboard, languages kept, also without scripts."""

import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from pivotal_server.core.settings import Settings
from pivotal_server.site.answers import Answers
from pivotal_server.site.app import Docs
from pivotal_server.site.contents import Section
from pivotal_server.site.documents import generated
from pivotal_server.site.library import Library
from pivotal_server.web.assets import PREFIX, Assets
from pivotal_server.web.rendering import Renderer
from tests.browser.conftest import Open, SignIn
from tests.browser.site import Site
from tests.browser.watch import Watch, layout_shift, overflows, violations
from tests.site.test_samples import TABS

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize
    from starlette.types import Receive, Scope, Send

SENDING = f"""# Sending things

How things are sent.

{TABS}
## Before

{"Something to read. " * 200}

## After

| name | a rather long explanation of what it is |
|---|---|
| `a_very_long_name_of_a_setting` | {"words " * 30} |

{TABS}
"""
RECEIVING = f"# Receiving things\n\nHow things arrive.\n\n## Signatures\n\n{'Whatever arrives is signed. ' * 40}\n"
PHONE: "ViewportSize" = {"width": 320, "height": 640}


class Shown:
    """The documentation and the assets that it needs, without the rest of the application."""

    def __init__(self) -> None:
        documents = (generated("guides/sending", SENDING), generated("guides/receiving", RECEIVING, group="Later"))
        section = Section(title="Guides", folder="guides", description="What to do.", documents=documents)
        answers = Answers(Library([section]), Renderer(Assets.load(), (), ()), {})
        self._docs, self._assets = Docs(Settings(), lambda: answers), Assets.load()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
        elif scope["path"].startswith(PREFIX):
            await self._assets(scope, receive, send)
        else:
            await self._docs(scope, receive, send)


@pytest.fixture
async def docs(server: Site) -> AsyncIterator[str]:
    async with server.shows(Shown()) as url:
        yield url


async def test_axe_finds_nothing_in_any_look_nothing_moves_and_nothing_comes_from_elsewhere(
    open_page: Open, docs: str
) -> None:
    page = await open_page(base_url=docs)
    Watch.of(page).expect("status of 404")
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(f"{urlsplit(request.url).scheme}://{urlsplit(request.url).netloc}"))
    for path in ("/docs", "/docs/guides", "/docs/guides/sending", "/docs/search?q=things", "/docs/nowhere"):
        await page.goto(path)
        assert await layout_shift(page) == 0, path
        assert await violations(page) == [], path
    await page.set_viewport_size(PHONE)
    for path in ("/docs/nowhere", "/docs", "/docs/search?q=things", "/docs/guides/sending"):
        await page.goto(path)
        assert await layout_shift(page) == 0, path
        assert not await overflows(page), path
    assert await violations(page) == []
    assert asked == {docs}


async def test_a_language_is_chosen_once(open_page: Open, docs: str) -> None:
    page = await open_page(base_url=docs)
    await page.goto("/docs/guides/sending")
    first, last = page.locator("[data-samples]").first, page.locator("[data-samples]").last
    await expect(first.get_by_role("tab", name="curl")).to_have_attribute("aria-selected", "true")
    await expect(first.get_by_role("tabpanel")).to_have_count(1)
    await first.get_by_role("tab", name="curl").press("ArrowRight")
    await expect(first.get_by_role("tab", name="Python")).to_be_focused()
    await expect(first.get_by_role("tabpanel")).to_contain_text("import pivotal")
    await expect(last.get_by_role("tabpanel")).to_contain_text("import pivotal")
    await last.get_by_role("tab", name="TypeScript").click()
    await page.reload()
    await expect(first.get_by_role("tabpanel")).to_contain_text("PivotalApi")
    await expect(first.get_by_role("tab", name="TypeScript")).to_have_attribute("aria-selected", "true")
    assert await layout_shift(page) == 0


async def test_copying_a_sample_and_a_page(open_page: Open, docs: str) -> None:
    page = await open_page(base_url=docs, permissions=["clipboard-read", "clipboard-write"])
    await page.goto("/docs/guides/sending")
    await page.get_by_role("button", name="Copy", exact=True).first.click()
    await expect(page.locator("[data-copy-code][data-copied]")).to_have_count(1)
    assert await page.evaluate("navigator.clipboard.readText()") == f"curl {docs}/api/v1/me\n"
    await page.get_by_role("button", name="Copy page").click()
    await expect(page.locator("[data-copy-page][data-copied]")).to_have_count(1)
    assert (await page.evaluate("navigator.clipboard.readText()")).startswith("# Sending things\n")


async def test_the_search_by_keyboard_alone(open_page: Open, docs: str) -> None:
    page = await open_page(base_url=docs)
    await page.goto("/docs")
    dialog, field = page.get_by_role("dialog"), page.get_by_role("combobox", name="Search the docs")
    await page.keyboard.press("/")
    await expect(field).to_be_focused()
    await page.keyboard.type("sign")
    await expect(dialog.get_by_role("option")).to_have_count(1)
    await expect(dialog.get_by_role("option")).to_contain_text("Signatures")
    await expect(dialog.get_by_role("status")).to_have_text("1 result")
    assert await violations(page) == []
    await field.fill("things")
    await expect(dialog.get_by_role("option").first).to_contain_text("Sending")
    # Nothing is asked of the server while one types.
    await page.context.set_offline(offline=True)
    await field.fill("receiving")
    await expect(dialog.get_by_role("option", selected=True)).to_contain_text("Receiving things")
    await field.fill("nothinglikeit")
    await expect(dialog).to_contain_text("Nothing has all of these words")
    await page.context.set_offline(offline=False)
    await field.fill("things arrive")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/docs/guides/receiving$"))
    await page.wait_for_load_state()
    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_what_is_read_is_marked_and_whether_it_helped_is_kept(open_page: Open, docs: str) -> None:
    page = await open_page(base_url=docs, viewport={"width": 1440, "height": 700})
    await page.goto("/docs/guides/sending")
    contents = page.get_by_role("navigation", name="On this page")
    await expect(contents.locator("[aria-current]")).to_have_text("Before")
    await page.keyboard.press("End")
    await expect(contents.locator("[aria-current]")).to_have_text("After")
    await page.get_by_role("button", name="Yes").click()
    await expect(page.get_by_role("status").filter(has_text="Noted")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Theme").click()
    await page.get_by_role("menuitemradio", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_without_a_script_everything_can_be_read_and_found(open_page: Open, docs: str) -> None:
    page = await open_page(base_url=docs, java_script_enabled=False, viewport=PHONE)
    await page.goto("/docs/guides/sending")
    for words in (f"curl {docs}/api/v1/me", "import pivotal", "PivotalApi"):
        await expect(page.get_by_text(words).first).to_be_visible()
    await expect(page.get_by_role("button", name="Copy", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Pages").click()
    await page.get_by_role("navigation", name="Documentation").get_by_role("link", name="Receiving things").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Receiving things")
    await page.get_by_role("link", name="Search").click()
    await page.get_by_role("searchbox").fill("signed")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="Signatures").click()
    await expect(page).to_have_url(re.compile("/docs/guides/receiving#signatures$"))


async def test_the_app_leads_there_and_back(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.goto("/customers")
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Docs").click()
    await expect(page).to_have_url(re.compile("/docs$"))
    await page.get_by_role("link", name="Open the app").click()
    await expect(page).to_have_title(re.compile("Northwind"))
