"""Customers in a real browser: found, edited in place by two people at once, given contacts, read on a phone."""

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.support import body_of

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 320, "height": 640}


@pytest.fixture
async def aurora(site: str, world: World) -> str:
    """The path of a customer that has a bit of everything."""
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers) as api:
        fields = {"plan": "Pro", "tags": ["retail"], "arr": 598_800}
        made = body_of(await api.post("/customers", json={"name": "Aurora Outfitters", **fields}), 201)
        body_of(await api.post("/customers", json={"name": "Blue Heron"}), 201)
        body_of(await api.post("/onboardings", json={"customer_id": made["id"]}), 201)
        contact = {"name": "Mira Chen", "email": "mira@aurora.example", "title": "Head of Ops"}
        body_of(await api.post(f"/customers/{made['id']}/contacts", json=contact), 201)
    return f"/customers/{made['display_id']}-aurora-outfitters"


async def test_found_edited_in_place_by_two_and_given_contacts(sign_in: SignIn, world: World, aurora: str) -> None:
    page = await sign_in()
    await page.goto("/customers")
    await page.keyboard.press("/")
    await page.keyboard.type("heron")
    await expect(page.get_by_role("link", name="Blue Heron")).to_be_visible()
    await expect(page.get_by_role("link", name="Aurora Outfitters")).to_have_count(0)
    await page.get_by_role("link", name="Remove the filter").click()
    await expect(page.get_by_role("link", name="Aurora Outfitters")).to_be_visible()
    await page.get_by_role("button", name="Filter", exact=True).click()
    await page.get_by_role("dialog", name="Filter the list").get_by_label("Plan").fill("Pro")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("link", name="Blue Heron")).to_have_count(0)
    await page.get_by_label("Select Aurora Outfitters").check()
    await page.get_by_role("toolbar").get_by_role("button", name="Archive").click()
    await page.get_by_role("button", name="Change 1 customer").click()
    await expect(page.get_by_text("No customer is like that")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("link", name="Aurora Outfitters").click()
    await page.wait_for_url(f"**{aurora}")

    # Typed before the other's change, which would otherwise show up here by itself.
    await page.get_by_label("Plan").fill("Growth")
    other = await sign_in(world.tomas)
    await other.goto(aurora)
    await other.get_by_label("Plan").fill("Solo")
    await other.keyboard.press("Enter")
    await expect(other.locator("#property-plan[data-saved]")).to_be_visible()
    await page.get_by_label("Plan").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Tomas changed this to Solo")
    await page.get_by_role("button", name="Keep mine").click()
    await expect(page.locator("#property-plan[data-saved]")).to_be_visible()
    await expect(page.get_by_label("Plan")).to_have_value("Growth")
    await page.get_by_label("Name", exact=True).fill("nothing of it")
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Aurora Outfitters")

    await page.get_by_role("link", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Sven Berg")
    await dialog.get_by_label("E-mail").fill("sven@aurora.example")
    await dialog.get_by_role("button", name="Add contact").click()
    await expect(page.get_by_role("link", name="Sven Berg", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Actions on Sven Berg").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await expect(page.get_by_role("link", name="Sven Berg", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("link", name="Sven Berg", exact=True)).to_be_visible()


async def test_axe_finds_nothing_and_everything_fits(sign_in: SignIn, aurora: str) -> None:
    page = await sign_in()
    for tab in ("", "/activity", "/status", "/delete", "/contacts/new", "/contacts/paste"):
        await page.goto(aurora + tab)
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], tab
        assert await layout_shift(page) == 0, tab
    await page.goto("/customers?plan=Pro&tag=retail")
    await page.get_by_label("Select Aurora Outfitters").check()
    assert await violations(page) == []
    await page.get_by_role("toolbar").get_by_role("button", name="Edit").click()
    await expect(page.get_by_role("heading", name="Edit 1 customer")).to_be_visible()
    assert await violations(page) == []
    assert not await overflows(page)
    await page.goto("/customers?plan=Pro&tag=retail")
    await page.get_by_role("button", name="Filter").click()
    assert await violations(page) == []
    await page.set_viewport_size(PHONE)
    for path in ("/customers?plan=Pro&tag=retail", aurora, f"{aurora}/activity", f"{aurora}/contacts/paste"):
        await page.goto(path)
        assert not await overflows(page), path
