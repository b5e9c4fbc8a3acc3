"""The onboardings in their other layouts, in a real browser."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.support import body_of

DAY = "2026-04-20T00:00:00Z"


@pytest.fixture
async def api(site: str, world: World) -> Any:  # noqa: ANN401 - an async generator of a client
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(headers=headers, base_url=f"{site}/api/v1") as client:
        customer = body_of(await client.post("/customers", json={"name": "Aurora Outfitters"}), 201)
        for name, fields in (
            ("Rollout", {"csm_id": world.tomas.id, "target_launch_date": DAY}),
            ("Pilot", {"csm_id": world.maya.id, "phase": "review", "state": "at_risk"}),
            ("Renewal", {"phase": "completed"}),
        ):
            body_of(
                await client.post("/onboardings", json={"customer_id": customer["id"], "name": name, **fields}), 201
            )
        yield client


async def value_of(api: httpx.AsyncClient, name: str, field: str) -> Any:  # noqa: ANN401 - whatever it is
    rows = body_of(await api.get("/onboardings"))["data"]
    return next(row[field] for row in rows if row["name"] == name)


async def test_the_list_is_narrowed_sorted_kept_and_edited(
    sign_in: SignIn, api: httpx.AsyncClient, world: World
) -> None:
    page = await sign_in()
    await page.goto("/onboardings")
    layouts = page.get_by_role("navigation", name="Layouts")
    await page.get_by_label("State").select_option("at_risk")
    await expect(page.locator(".board-card")).to_have_count(1)
    await layouts.get_by_role("link", name="List").click()
    rows = page.locator("tbody [data-item]")
    await expect(rows).to_have_count(1)
    await page.get_by_label("State").select_option("")
    await expect(rows).to_have_count(3)
    body_of(await api.patch("/onboardings/1", json={"state": "blocked"}))
    await expect(rows.filter(has_text="Rollout")).to_contain_text("Blocked")
    await page.get_by_label("Phase").select_option("open")
    await expect(rows).to_have_count(2)
    await page.get_by_role("link", name="Onboarding", exact=True).click()
    await expect(rows.first).to_contain_text("Pilot")
    assert await violations(page) == []
    assert await layout_shift(page) == 0
    await page.get_by_role("link", name="Save view").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Under way")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Under way")).to_have_attribute("aria-current", "page")

    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.get_by_role("toolbar").get_by_role("button", name="Edit").click()
    await page.get_by_label("CSM").select_option(world.maya.id)
    await page.get_by_role("button", name="Show what changes").click()
    await expect(page.get_by_text("1 onboarding will change, 1 is like that already")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Change 1 onboarding").click()
    await expect(rows).to_have_count(2)
    assert await value_of(api, "Rollout", "csm_id") == world.maya.id
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("1 onboarding as before")).to_be_visible()
    assert await value_of(api, "Rollout", "csm_id") == world.tomas.id
    await expect(page.get_by_role("link", name="Under way")).to_have_attribute("aria-current", "page")
    await page.set_viewport_size({"width": 320, "height": 640})
    assert not await overflows(page)


def cell(page: Page, phase: str, owner: str) -> Locator:
    return page.get_by_role("region", name=f"{phase}, {owner}", exact=True)


async def test_a_card_goes_to_another_lane_by_mouse_and_by_keyboard(
    sign_in: SignIn, api: httpx.AsyncClient, world: World
) -> None:
    customer = body_of(await api.get("/customers"))["data"][0]["id"]
    for number in range(4):
        body = {"customer_id": customer, "name": f"Wave {number}", "target_launch_date": DAY}
        body_of(await api.post("/onboardings", json=body), 201)
    page = await sign_in()
    await page.goto("/onboardings")
    await page.get_by_role("navigation", name="Layouts").get_by_role("link", name="Lanes").click()
    first = "Before getting started"
    free = cell(page, first, "Nobody").locator(".board-card")
    await expect(free).to_have_count(3)
    assert await violations(page) == []
    assert await layout_shift(page) == 0
    await cell(page, first, "Nobody").get_by_role("link", name="More of Before getting started").click()
    await expect(free).to_have_count(4)
    await expect(cell(page, first, "Tomas").get_by_role("link", name="Rollout", exact=True)).to_be_visible()
    here = await page.locator(".board-card", has_text="Rollout").bounding_box()
    there = await cell(page, first, "Maya").bounding_box()
    assert here
    assert there
    await page.mouse.move(here["x"] + 40, here["y"] + 30)
    await page.mouse.down()
    await page.mouse.move(here["x"] + 60, here["y"] + 20, steps=3)
    await page.mouse.move(there["x"] + there["width"] / 2, there["y"] + 30, steps=6)
    await expect(page.locator("#board-says")).to_have_text("Give it to Maya, in Before getting started.")
    await page.mouse.up()
    await expect(page.get_by_text("Rollout is Maya's now")).to_be_visible()
    assert await value_of(api, "Rollout", "csm_id") == world.maya.id
    await page.get_by_role("button", name="Undo").click()
    await expect(cell(page, first, "Tomas").get_by_role("link", name="Rollout", exact=True)).to_be_visible()

    await cell(page, first, "Tomas").get_by_role("link", name="Rollout", exact=True).focus()
    says = page.locator("#board-says")
    for key, words in (
        ("Space", "Rollout is picked up in Before getting started."),
        ("ArrowUp", "Give it to Maya, in Before getting started."),
        ("ArrowRight", "Give it to Maya. Advance to Program design."),
    ):
        await page.keyboard.press(key)
        await expect(says).to_have_text(words)
    await page.keyboard.press("Space")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("It goes to Maya.")
    await dialog.get_by_role("button", name="Advance to Program design").click()
    await expect(cell(page, "Program design", "Maya").get_by_role("link", name="Rollout", exact=True)).to_be_visible()
    assert await value_of(api, "Rollout", "phase") == "program_design"
    assert await value_of(api, "Rollout", "csm_id") == world.maya.id
    await page.set_viewport_size({"width": 320, "height": 640})
    assert not await overflows(page)


async def test_the_calendar_is_walked_by_keys_and_read_on_a_phone(sign_in: SignIn, api: httpx.AsyncClient) -> None:
    rows = body_of(await api.get("/onboardings"))["data"]
    for number in range(4):
        fields = {"customer_id": rows[0]["customer_id"], "name": f"Wave {number}", "target_launch_date": DAY}
        body_of(await api.post("/onboardings", json=fields), 201)
    page = await sign_in()
    await page.goto("/onboardings?as=calendar&month=2026-03")
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", name="April 2026")).to_be_visible()
    day = page.locator('td[data-day="2026-04-20"]')
    await expect(day.locator(".calendar-event")).to_have_count(3)
    assert await violations(page) == []
    await day.get_by_role("link", name="+2 more").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("listitem")).to_have_count(5)
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_label("Title or customer").fill("wave 1")
    await expect(day.locator(".calendar-event")).to_have_count(1)
    await expect(page.get_by_role("heading", name="April 2026")).to_be_visible()
    await page.set_viewport_size({"width": 320, "height": 640})
    await expect(day.get_by_text("20 Apr 2026")).to_be_visible()
    assert not await overflows(page)
    await page.keyboard.press("Escape")
    await page.locator("h2").first.click()
    await page.keyboard.press("t")
    await expect(page.get_by_role("heading", name="April 2026")).to_have_count(0)
