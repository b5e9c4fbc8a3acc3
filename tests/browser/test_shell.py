"""The frame of every page, in a real browser: readable, usable by keyboard, without scripts, on a phone."""

from typing import TYPE_CHECKING

import httpx
from playwright.async_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.watch import Watch, layout_shift, overflows, violations
from tests.harness import World

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 320, "height": 640}
PAGES = ["/customers", "/customers/new", "/nowhere"]


async def add_customers(site: str, world: World, *names: str) -> None:
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {world.live_key}"}) as client:
        for name in names:
            (await client.post(f"{site}/api/v1/customers", json={"name": name})).raise_for_status()


async def visit(page: Page, path: str) -> None:
    Watch.of(page).expect("status of 404")
    await page.goto(path)
    await page.wait_for_load_state("networkidle")


async def test_axe_finds_nothing_and_nothing_moves(sign_in: SignIn, site: str, world: World) -> None:
    await add_customers(site, world, "Aurora Outfitters", "Blue Heron")
    page = await sign_in()
    for path in PAGES:
        await visit(page, path)
        assert await violations(page) == [], path
        assert await layout_shift(page) == 0, path


async def test_everything_fits_on_a_small_phone(sign_in: SignIn, site: str, world: World) -> None:
    await add_customers(site, world, "Aurora Outfitters and everything that belongs to them")
    page = await sign_in(viewport=PHONE, has_touch=True, is_mobile=True)
    for path in PAGES:
        await visit(page, path)
        assert not await overflows(page), path
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Customers").click()
    await expect(page).to_have_url(f"{site}/customers")


async def test_it_works_without_a_script(sign_in: SignIn, site: str) -> None:
    page = await sign_in(java_script_enabled=False)
    await page.goto("/customers")
    await page.get_by_role("link", name="New customer").first.click()
    await page.get_by_label("Name").fill("Aurora Outfitters")
    await page.get_by_role("button", name="Add customer").click()
    await expect(page).to_have_url(f"{site}/customers/1-aurora-outfitters")
    await expect(page.get_by_role("heading", name="Aurora Outfitters", level=1)).to_be_visible()
    await expect(page.get_by_role("status").first).to_contain_text("Added Aurora Outfitters")
    await page.get_by_role("button", name="Maya").click()
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()


async def test_the_theme_is_kept_and_set_before_anything_is_painted(sign_in: SignIn) -> None:
    page = await sign_in(color_scheme="light")
    await page.goto("/customers")
    light = await page.evaluate("getComputedStyle(document.body).color")
    await page.get_by_role("button", name="Maya").click()
    await page.get_by_role("menuitemradio", name="Dark").click()
    dark = await page.evaluate("getComputedStyle(document.body).color")
    assert dark != light
    await page.reload()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert await page.evaluate("getComputedStyle(document.body).color") == dark
    await page.get_by_role("button", name="Maya").click()
    await expect(page.get_by_role("menuitemradio", name="Dark")).to_have_attribute("aria-checked", "true")
    await page.get_by_role("menuitemradio", name="As the system").click()
    assert await page.evaluate("getComputedStyle(document.body).color") == light


async def test_the_sidebar_goes_and_stays_away(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.goto("/customers")
    sidebar = page.get_by_role("navigation", name="Main", exact=True)
    await expect(sidebar).to_be_visible()
    await page.keyboard.press("[")
    await expect(sidebar).to_be_hidden()
    await page.reload()
    await expect(sidebar).to_be_hidden()
    await page.get_by_role("button", name="Sidebar").click()
    await expect(sidebar).to_be_visible()


async def test_keys_lead_around(sign_in: SignIn, site: str, world: World) -> None:
    await add_customers(site, world, "Aurora", "Blue Heron", "Cobalt")
    page = await sign_in()
    await page.goto("/customers/new")
    await page.locator("h1").click()
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await page.wait_for_url("**/customers")
    for key in ("j", "j", "j", "k"):
        await page.keyboard.press(key)
    await expect(page.locator("tr[data-focused]")).to_contain_text("Blue Heron")
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    await expect(dialog).to_contain_text("New customer")
    await expect(dialog).to_contain_text("Customers")
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await page.keyboard.press("c")
    await page.wait_for_url("**/customers/new")
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("gc?")
    await expect(page.get_by_label("Name")).to_have_value("gc?")


async def test_menus_by_arrows_and_letters(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.goto("/customers")
    button = page.get_by_role("button", name="Maya")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Your profile")).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "true")
    assert await violations(page) == []
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitemradio", name="Light")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_focused()
    await page.keyboard.press("d")
    await expect(page.get_by_role("menuitemradio", name="Dark")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "false")


async def test_leaving_with_something_unsaved_asks(sign_in: SignIn) -> None:
    page = await sign_in()
    asked: list[str] = []

    async def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        await dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    await page.goto("/customers/new")
    await page.get_by_label("Name").fill("Aurora")
    await page.get_by_role("link", name="Cancel").click(no_wait_after=True)
    await expect(page.get_by_label("Name")).to_have_value("Aurora")
    assert asked == ["beforeunload"]
