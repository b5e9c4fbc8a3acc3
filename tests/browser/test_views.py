"""Views of a list in a real browser: kept, changed, shared, with columns of their own."""

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import violations
from tests.harness import World
from tests.support import body_of


@pytest.fixture
async def shop(site: str, world: World) -> None:
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers) as api:
        for name, plan in (("Aurora Outfitters", "Pro"), ("Blue Heron", "Solo")):
            body_of(await api.post("/customers", json={"name": name, "plan": plan}), 201)


@pytest.mark.usefixtures("shop")
async def test_a_view_is_kept_changed_and_shared(sign_in: SignIn, world: World) -> None:
    page = await sign_in()
    await page.goto("/customers?plan=Pro")
    await page.get_by_role("link", name="Save view").click()
    dialog = page.get_by_role("dialog", name="Save this view")
    await dialog.get_by_label("Name").fill("Pro plan")
    await dialog.get_by_label("Share it with the team").check()
    await page.keyboard.press("Enter")
    tabs = page.get_by_role("navigation", name="Views")
    await expect(tabs.get_by_role("link", name="Pro plan")).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("link", name="Blue Heron")).to_have_count(0)

    await page.keyboard.press("/")
    await page.keyboard.type("nobody")
    await expect(page.get_by_text("No customer is like that")).to_be_visible()
    await page.get_by_role("link", name="Reset to the view Pro plan").click()
    await expect(page.get_by_role("link", name="Aurora Outfitters")).to_be_visible()

    await page.get_by_role("button", name="Columns").click()
    panel = page.get_by_role("dialog", name="Columns")
    await panel.get_by_label("Tags").uncheck()
    await panel.get_by_label("Domain").check()
    await panel.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("columnheader", name="Domain")).to_be_visible()
    await expect(page.get_by_role("columnheader", name="Tags")).to_have_count(0)
    assert not await violations(page)
    await page.get_by_role("button", name="Save the view Pro plan").click()
    await expect(page.get_by_text("Saved Pro plan")).to_be_visible()

    other = await sign_in(world.tomas)
    await other.goto("/customers")
    await other.get_by_role("link", name="Pro plan").click()
    await expect(other.get_by_role("columnheader", name="Domain")).to_be_visible()
    await other.get_by_role("button", name="Actions on the view Pro plan").click()
    await expect(other.get_by_role("menuitem", name="Delete the view")).to_have_count(0)
    await other.get_by_role("menuitem", name="Open with it").click()
    await other.goto("/customers")
    await expect(other.get_by_role("link", name="Pro plan")).to_have_attribute("aria-current", "page")

    await page.get_by_role("button", name="Actions on the view Pro plan").click()
    await page.get_by_role("menuitem", name="Delete the view").click()
    await expect(tabs.get_by_role("link", name="Pro plan")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(tabs.get_by_role("link", name="Pro plan")).to_be_visible()
