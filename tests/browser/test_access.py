"""Keeping a customer to some people, in two browsers: one says so, in the other it is gone."""

import re

import httpx
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import violations
from tests.harness import World


async def test_a_customer_is_kept_from_a_member_and_opened_to_them(sign_in: SignIn, site: str, world: World) -> None:
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(headers=headers, base_url=f"{site}/api/v1") as api:
        (await api.post("/customers", json={"name": "Aurora Outfitters"})).raise_for_status()
    maya, tomas = await sign_in(), await sign_in(world.tomas)
    await maya.goto("/customers/1")
    await maya.get_by_role("link", name="Everybody").click()
    dialog = maya.get_by_role("dialog")
    people = dialog.get_by_role("group", name="Let in")
    await expect(people).to_be_hidden()
    await dialog.get_by_label("Only some").check()
    await expect(people).to_be_visible()
    assert await violations(maya) == []
    await dialog.get_by_role("button", name="Save").click()
    await expect(maya.get_by_role("link", name="Admins only")).to_be_visible()
    assert await violations(maya) == []

    await tomas.goto("/customers")
    await expect(tomas.get_by_role("heading", name="Customers", exact=True)).to_be_attached()
    await expect(tomas.get_by_text("Aurora Outfitters")).to_have_count(0)

    await maya.get_by_role("link", name="Admins only").click()
    await dialog.get_by_label(re.compile(world.tomas.name)).check()
    await maya.keyboard.press("Enter")
    await expect(maya.get_by_role("link", name="1 person")).to_be_visible()
    await tomas.goto("/customers")
    await tomas.get_by_role("link", name="Aurora Outfitters").click()
    await expect(tomas.get_by_text("Restricted")).to_be_visible()
