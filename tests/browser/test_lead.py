"""A lead in a real browser: moved and taken back, written about, merged and parted again, won; read on a phone."""

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.leads.support import create_lead, move
from tests.support import body_of

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 320, "height": 640}


@pytest.fixture
async def ines(site: str, world: World) -> str:
    """The path of a lead with a bit of history, a message and a duplicate."""
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers) as api:
        mail = {"email": "ines@saltgrass.example"}
        lead = await create_lead(api, name="Ines Moreau", company="Saltgrass Swim", owner=world.maya.id, **mail)
        await move(api, lead, "contacted", reason="Met her at the fair")
        message = {"channel": "email", "direction": "outbound", "subject": "Good to meet you", "body": "Line\n" * 9}
        body_of(await api.post(f"/contacts/{lead['id']}/messages", json=message), 201)
        await create_lead(api, name="I. Moreau", phone="+33 6 11 22", **mail)
    return f"/leads/{lead['display_id']}-ines-moreau"


async def test_moved_and_back_written_about_merged_and_parted_and_won(sign_in: SignIn, ines: str) -> None:
    page = await sign_in()
    await page.goto(ines)
    await page.get_by_role("button", name="Move to Qualified").click()
    await expect(page.get_by_role("listitem").filter(has_text="Qualified").first).to_have_attribute(
        "aria-current", "step"
    )
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Move to Qualified")).to_be_visible()

    await page.get_by_role("link", name="Log a message").first.click()
    dialog = page.get_by_role("dialog", name="Log a message with Ines Moreau")
    await dialog.get_by_text("From Ines Moreau").click()
    await dialog.get_by_label("Channel").select_option("call")
    await expect(dialog.get_by_label("Why it failed")).to_be_hidden()
    await dialog.get_by_label("What it says").fill("Wants a proposal")
    await dialog.get_by_role("button", name="Log it").click()
    await page.wait_for_url(f"**{ines}/messages")
    await expect(page.get_by_text("Call from Ines Moreau")).to_be_visible()
    await expect(page.get_by_text("Wants a proposal")).to_be_visible()

    await page.get_by_role("link", name="Overview").click()
    await page.get_by_role("link", name="Compare and merge").click()
    dialog = page.get_by_role("dialog", name="Merge into Ines Moreau")
    await expect(dialog.get_by_role("row", name="Phone")).to_contain_text("+33 6 11 22")
    await expect(dialog.get_by_role("button", name="Merge", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Phone", exact=True)).to_have_value("+33 6 11 22")
    await expect(page.get_by_role("link", name="Compare and merge")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("link", name="Compare and merge")).to_be_visible()
    await expect(page.get_by_label("Phone", exact=True)).to_have_value("")

    await page.get_by_role("link", name="Win", exact=True).click()
    dialog = page.get_by_role("dialog", name="Win Ines Moreau")
    await expect(dialog.get_by_label("Name of the customer")).to_have_value("Saltgrass Swim")
    await expect(dialog.get_by_label("Name of the customer")).to_be_focused()
    await dialog.get_by_label("Name of the customer").fill("")
    await dialog.get_by_label("Title").fill("Launch in spring")
    await dialog.get_by_role("button", name="Win").click()
    await expect(dialog.get_by_text("Fill this in.")).to_be_visible()
    await expect(dialog.get_by_label("Title")).to_have_value("Launch in spring")
    await dialog.get_by_label("Name of the customer").fill("Saltgrass")
    await dialog.get_by_role("button", name="Win").click()
    await page.wait_for_url("**/customers/*-saltgrass")
    await expect(page.get_by_text("Won Ines Moreau, and Launch in spring has begun")).to_be_visible()
    await page.get_by_role("link", name="Messages with Ines Moreau").click()
    await expect(page.get_by_text("Call from Ines Moreau")).to_be_visible()


async def test_won_without_a_script(sign_in: SignIn, ines: str) -> None:
    page = await sign_in(java_script_enabled=False)
    await page.goto(ines)
    await page.get_by_role("link", name="Win", exact=True).click()
    await page.get_by_text("Not yet").click()
    await expect(page.get_by_label("Title")).to_be_hidden()
    await page.get_by_label("E-mail of Ines Moreau").fill("ines@saltgrass.example")
    await page.get_by_role("button", name="Win", exact=True).click()
    await expect(page).to_have_title("Saltgrass Swim · Northwind")
    await expect(page.get_by_text("Won Ines Moreau")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_everything_fits(sign_in: SignIn, ines: str, scheme: str) -> None:
    page = await sign_in(color_scheme=scheme)
    for tab in ("", "/messages", "/activity", "/assignees", "/messages/new", "/merge", "/win"):
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(ines + tab)
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], tab
        assert await layout_shift(page) == 0, tab
        await page.set_viewport_size(PHONE)
        assert not await overflows(page), tab
