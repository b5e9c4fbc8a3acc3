"""The settings of a workspace in a real browser: the calendar that says beforehand what it does."""

import asyncio
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import expect

from pivotal_server.core.clock import Clock
from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.transfer.making import take_out
from tests.branding.images import png
from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

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
PAGES = ["/settings/general", "/settings/branding", "/settings/data"]


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


async def test_a_takeout_is_begun_watched_and_downloaded(
    sign_in: SignIn, connection: "Connection", dsn: str, data: Path
) -> None:
    maya = await sign_in()
    await maya.goto("/settings/data")
    await maya.get_by_role("button", name="Make a takeout").click()
    await expect(maya.get_by_text("Waiting", exact=True)).to_be_visible()
    payload = json.loads(await connection.fetchval("SELECT convert_from(payload, 'UTF8') FROM pgqueuer"))
    pool, clock = Pool(dsn, 2), Clock()
    await take_out(JobContext(pool, Settings(data=data), clock, asyncio.Event(), 1, clock.now(), 1), payload)
    await pool.close()
    # The page hears of it by itself.
    await expect(maya.get_by_text("Ready", exact=True)).to_be_visible()
    assert await violations(maya) == []
    async with maya.expect_download() as downloading:
        await maya.get_by_role("link", name="Download").click()
    download = await downloading.value
    with zipfile.ZipFile(await download.path()) as archive:
        assert "manifest.json" in archive.namelist()
    await maya.get_by_role("button", name="Delete now").click()
    await expect(maya.get_by_text("Removed", exact=True)).to_be_visible()


async def test_axe_finds_nothing_in_the_settings_of_a_workspace(sign_in: SignIn) -> None:
    maya = await sign_in()
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
