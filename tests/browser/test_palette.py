"""The palette: found as one types, opened by keyboard alone, on any page."""

import re

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.support import create_contact, create_customer, create_onboarding, create_task


@pytest.fixture
async def things(api: httpx.AsyncClient, world: World) -> None:
    acme = await create_customer(api, name="Acme Rockets")
    await create_customer(api, name="Birch & Sons")
    rollout = await create_onboarding(api, acme["id"], name="Acme rollout", csm_id=world.maya.id)
    await create_contact(api, acme["id"], name="Ada Lovelace")
    await create_task(api, rollout["id"], title="Sign the contract", assignee_id=world.maya.id)


@pytest.mark.usefixtures("things")
async def test_by_keyboard(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.goto("/customers")
    field, dialog = page.get_by_role("combobox", name="Search"), page.get_by_role("dialog", name="Search")
    selected = dialog.get_by_role("option", selected=True)
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await expect(page.get_by_role("group", name="Actions").get_by_role("option").first).to_contain_text("New customer")
    assert await violations(page) == []

    await page.keyboard.type("acme")
    await expect(selected).to_have_text(re.compile(r"Acme Rockets"))
    await expect(page.locator(".palette mark").first).to_have_text("Acme")
    await expect(dialog.get_by_role("status")).to_have_text("2 results")
    assert await violations(page) == []
    await page.keyboard.press("ArrowDown")
    await expect(selected).to_have_text(re.compile(r"Acme rollout"))
    assert await field.get_attribute("aria-activedescendant") == await selected.get_attribute("id")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(selected).to_have_text(re.compile(r"Acme rollout"))
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/onboardings/1-acme-rollout$"))

    # What was opened last comes first; what is typed faster than it is found still opens.
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("group", name="Opened last").get_by_role("option")).to_have_text(["Acme rollout"])
    await page.keyboard.type("birch")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/customers/2-birch-sons$"))

    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("Control+k")
    await field.fill("nothing-like-it")
    await expect(dialog.get_by_role("status")).to_have_text("Nothing found")
    assert await violations(page) == []
    await page.keyboard.press("Enter")
    await expect(field).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()

    # Who signs out leaves nothing of it to the next one at this browser.
    assert "Acme rollout" in await page.evaluate("JSON.stringify(localStorage)")
    await page.get_by_role("button", name="Maya").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page).to_have_url(re.compile(r"/sign-in"))
    assert await page.evaluate("JSON.stringify(localStorage)") == "{}"


@pytest.mark.usefixtures("things")
async def test_in_another_tab_and_what_can_be_done(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.goto("/customers")
    field, dialog = page.get_by_role("combobox", name="Search"), page.get_by_role("dialog", name="Search")
    selected = dialog.get_by_role("option", selected=True)
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("Control+k")
    await field.fill("type:task @me")
    await expect(selected).to_have_text(re.compile(r"Sign the contract"))
    async with page.context.expect_page() as opened:
        await page.keyboard.press("Control+Enter")
    await expect(await opened.value).to_have_url(re.compile(r"/tasks/1$"))
    await page.keyboard.press("Control+k")
    await expect(dialog).to_be_hidden()

    await page.keyboard.press("Control+k")
    await field.fill("dark")
    await expect(selected).to_have_text(re.compile("Use the dark theme"))
    await page.keyboard.press("Enter")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.keyboard.press("Control+k")
    await field.fill("sign out")
    await expect(selected).to_have_text(re.compile("Sign out"))
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.usefixtures("things")
async def test_by_finger_on_a_phone_and_as_a_page(sign_in: SignIn) -> None:
    page = await sign_in(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True, color_scheme="dark")
    await page.goto("/tasks")
    await page.wait_for_load_state("networkidle")
    await page.get_by_role("link", name="Search").tap()
    await page.get_by_role("combobox", name="Search").fill("love")
    await expect(page.get_by_role("option", name="Ada Lovelace")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("option", name="Ada Lovelace").tap()
    await expect(page).to_have_url(re.compile(r"/customers/1-acme-rockets#person-1$"))
    for path in ("/search", "/search?q=acme", "/search?q=nothing-like-it", "/search?q=type:customer+acme"):
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], path
        assert await layout_shift(page) == 0, path
        assert not await overflows(page), path


@pytest.mark.usefixtures("things")
async def test_without_a_script(sign_in: SignIn) -> None:
    page = await sign_in(java_script_enabled=False)
    await page.goto("/customers")
    await page.get_by_role("link", name="Search").click()
    await page.get_by_role("searchbox", name="Search").fill("acme")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    await page.get_by_role("link", name="Acme Rockets").click()
    await expect(page).to_have_url(re.compile(r"/customers/1-acme-rockets$"))
