"""The settings of a workspace in a real browser: the calendar that says beforehand what it does."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations

PAGES = ["/settings/general"]


async def test_a_calendar_tells_its_days_off_before_it_is_saved(sign_in: SignIn) -> None:
    maya = await sign_in()
    await maya.goto("/settings")
    country = maya.get_by_role("combobox", name="Public holidays of")
    await country.fill("germ")
    await maya.keyboard.press("ArrowDown")
    await maya.keyboard.press("Enter")
    await expect(maya.get_by_text("Christmas Day", exact=True)).to_be_visible()
    region = maya.get_by_label("Region")
    await region.focus()
    await region.select_option("BY")
    await expect(maya.get_by_text("Corpus Christi", exact=True)).to_be_visible()
    await expect(maya.get_by_label("Region")).to_be_focused()
    await maya.get_by_label("Your own days off").fill("2026-13-40")
    await maya.get_by_label("Worked all the same").focus()
    await expect(maya.get_by_text("“2026-13-40” is not a date.")).to_be_visible()
    await maya.get_by_label("Your own days off").fill("")
    await maya.get_by_role("button", name="Save the calendar").click()
    await expect(maya.get_by_role("status").first).to_contain_text("Saved. Dates that follow from it move")
    await expect(maya.get_by_label("Region")).to_have_value("BY")

    await maya.get_by_label("Name of the workspace").fill("Nordwind")
    await maya.keyboard.press("Enter")
    await expect(maya.get_by_role("button", name="Nordwind")).to_be_visible()
    await maya.get_by_role("button", name="Undo").click()
    await expect(maya.get_by_label("Name of the workspace")).to_have_value("Northwind")


async def test_without_scripts_a_button_shows_the_days_off(sign_in: SignIn) -> None:
    maya = await sign_in(java_script_enabled=False)
    await maya.goto("/settings/general")
    await maya.get_by_label("Public holidays of").select_option("DE")
    await maya.get_by_role("button", name="Preview").click()
    await expect(maya.get_by_text("Christmas Day", exact=True)).to_be_visible()
    await maya.get_by_label("Region").select_option("BY")
    await maya.get_by_role("button", name="Save the calendar").click()
    await expect(maya.get_by_label("Region")).to_have_value("BY")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_settings_of_a_workspace(sign_in: SignIn, scheme: str) -> None:
    maya = await sign_in(color_scheme=scheme)
    for path in PAGES:
        await maya.goto(path)
        await maya.wait_for_load_state("networkidle")
        assert await violations(maya) == [], path
        assert await layout_shift(maya) == 0, path


async def test_the_settings_of_a_workspace_fit_on_a_small_phone(sign_in: SignIn) -> None:
    maya = await sign_in(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    for path in PAGES:
        await maya.goto(path)
        assert not await overflows(maya), path
