"""The settings of a workspace in a real browser: the calendar that says beforehand what it does."""

import pytest
from playwright.async_api import expect

from tests.branding.images import png
from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations

_COLOUR_OF = """(name) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = getComputedStyle(probe).color;
  context.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("").toUpperCase();
}"""
PAGES = ["/settings/general", "/settings/branding"]


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
    await maya.get_by_label("Worked all the same").focus()
    await expect(maya.get_by_text("is not a date")).to_have_count(0)
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


async def test_a_look_is_chosen_and_there_at_once(sign_in: SignIn) -> None:
    maya = await sign_in()
    await maya.goto("/settings/branding")
    await maya.get_by_label("Pick a colour").fill("#ffcc00")
    await expect(maya.get_by_label("Colour", exact=True)).to_have_value("#FFCC00")
    await expect(maya.get_by_text("Shown as #").first).to_be_visible()
    told = await maya.get_by_role("row", name="Links and marks light").get_by_text("Shown as").inner_text()
    await maya.wait_for_load_state("networkidle")
    await maya.get_by_role("button", name="Save the colour").click()
    await expect(maya.get_by_role("status").first).to_contain_text("The workspace has its colour")
    # What the page said that links become is what the browser makes of the tokens.
    link = await maya.evaluate(_COLOUR_OF, "--accent-text")
    assert f"Shown as {link}" == told
    for place in ("logo", "dark_logo"):
        chosen = {"name": "logo.png", "mimeType": "image/png", "buffer": png(240, 64)}
        await maya.locator(f"#{place}").set_input_files(chosen)  # type: ignore[arg-type]
        await maya.locator("form", has=maya.locator(f"#{place}")).get_by_role("button", name="Upload").click()
        await expect(maya.get_by_role("status").first).to_contain_text("The workspace has its logo")
    await expect(maya.get_by_role("button", name="Northwind").get_by_role("img")).to_have_count(1)
    assert await layout_shift(maya) == 0
    assert await violations(maya) == []
    await maya.get_by_role("button", name="Back to Pivotal").click()
    await expect(maya.get_by_role("button", name="Northwind").get_by_role("img")).to_have_count(0)
    await maya.get_by_role("button", name="Undo").click()
    await expect(maya.get_by_role("button", name="Northwind").get_by_role("img")).to_have_count(1)


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
