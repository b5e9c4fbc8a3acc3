"""The board in a real browser: cards carried by mouse, by finger and by keyboard, and by those who have no script."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World

_DAY = "2026-01-05T00:00:00Z"


@pytest.fixture
async def api(site: str, world: World) -> Any:  # noqa: ANN401 - an async generator of a client
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(headers=headers, base_url=f"{site}/api/v1") as client:
        yield client


async def fill(api: httpx.AsyncClient, world: World, count: int = 3) -> None:
    """Make a board with ``count`` onboardings in its first phase, and a few beyond."""
    customer = (await api.post("/customers", json={"name": "Aurora Outfitters"})).json()
    for number in range(1, count + 1):
        body = {"customer_id": customer["id"], "name": f"Rollout {number}", "csm_id": world.tomas.id}
        (await api.post("/onboardings", json={**body, "target_launch_date": _DAY})).raise_for_status()
    body = {"customer_id": customer["id"], "name": "In review", "phase": "review", "state": "at_risk"}
    (await api.post("/onboardings", json=body)).raise_for_status()
    body = {"customer_id": customer["id"], "name": "All done", "phase": "completed"}
    (await api.post("/onboardings", json=body)).raise_for_status()


async def phase_of(api: httpx.AsyncClient, name: str) -> str:
    rows = (await api.get("/onboardings?limit=100")).json()["data"]
    return str(next(row["phase"] for row in rows if row["name"] == name))


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, name: str) -> Locator:
    return page.locator(".board-card", has=page.get_by_role("link", name=name, exact=True))


async def drag(page: Page, what: Locator, to: Locator) -> None:
    here, there = await what.bounding_box(), await to.bounding_box()
    assert here
    assert there
    await page.mouse.move(here["x"] + 40, here["y"] + 30)
    await page.mouse.down()
    await page.mouse.move(here["x"] + 60, here["y"] + 40, steps=3)
    await page.mouse.move(there["x"] + there["width"] / 2, there["y"] + 120, steps=6)


async def test_a_card_is_carried_by_mouse(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await fill(api, world)
    page = await sign_in(viewport={"width": 2100, "height": 900})
    await page.goto("/onboardings")
    # One phase on happens at once, is told, and can be taken back.
    await drag(page, card(page, "Rollout 1"), column(page, "Program design"))
    await expect(column(page, "Program design")).to_have_attribute("data-says", "Advance to Program design.")
    await page.mouse.up()
    await expect(column(page, "Program design").get_by_role("link", name="Rollout 1", exact=True)).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="Moved to Program design")).to_be_visible()
    await expect(column(page, "Before getting started").locator(".count")).to_have_text("2")
    assert await phase_of(api, "Rollout 1") == "program_design"
    await page.get_by_role("button", name="Undo").click()
    await expect(
        column(page, "Before getting started").get_by_role("link", name="Rollout 1", exact=True)
    ).to_be_visible()
    assert await phase_of(api, "Rollout 1") == "before_getting_started"

    # Back, and over some, ask why first.
    await page.wait_for_load_state("networkidle")
    await drag(page, card(page, "In review"), column(page, "Program design"))
    await expect(column(page, "Program design")).to_have_attribute("data-says", "Send back to Program design.")
    await page.mouse.up()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("heading", name="Send back to Program design")).to_be_visible()
    await expect(column(page, "Review").get_by_role("link", name="In review", exact=True)).to_be_visible()
    await dialog.get_by_label("Why").fill("The customer wants other tiers")
    await dialog.get_by_role("button", name="Send back to Program design").click()
    await expect(dialog).to_be_hidden()
    await expect(column(page, "Program design").get_by_role("link", name="In review", exact=True)).to_be_visible()
    assert await phase_of(api, "In review") == "program_design"

    # What is said before a launch; leaving the dialog leaves the card.
    await drag(page, card(page, "Rollout 2"), column(page, "Launch"))
    says = "Skip to Launch. Launching writes to the CSM, sends a calendar entry and drafts a recap."
    await expect(column(page, "Launch")).to_have_attribute("data-says", says)
    await page.mouse.up()
    await dialog.get_by_role("link", name="Cancel").click()
    await expect(dialog).to_be_hidden()
    await expect(
        column(page, "Before getting started").get_by_role("link", name="Rollout 2", exact=True)
    ).to_be_visible()

    # Escape in the middle, and a drop where it was, leave all as it is; and no drag opens the card.
    await drag(page, card(page, "Rollout 2"), column(page, "Review"))
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await drag(page, card(page, "Rollout 2"), column(page, "Before getting started"))
    await page.mouse.up()
    await expect(page.locator(".board-ghost")).to_have_count(0)
    assert page.url.endswith("/onboardings")
    assert await phase_of(api, "Rollout 2") == "before_getting_started"


async def test_a_card_is_carried_by_keyboard(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await fill(api, world)
    page = await sign_in()
    await page.goto("/onboardings")
    title = page.get_by_role("link", name="Rollout 2", exact=True)
    says = page.locator("#board-says")
    await page.get_by_role("link", name="Rollout 1", exact=True).focus()
    await page.keyboard.press("ArrowDown")
    await expect(title).to_be_focused()
    await page.keyboard.press("Space")
    await expect(says).to_have_text("Rollout 2 is picked up in Before getting started.")
    await page.keyboard.press("ArrowRight")
    await expect(says).to_have_text("Advance to Program design.")
    await page.keyboard.press("Escape")
    await expect(says).to_have_text("Rollout 2 stays in Before getting started.")
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Space")
    await expect(column(page, "Before getting started").locator(".count")).to_have_text("2")
    await expect(column(page, "Program design").get_by_role("link", name="Rollout 2", exact=True)).to_be_focused()
    assert await phase_of(api, "Rollout 2") == "program_design"

    # Over one phase: the reason is asked for in a dialog, by keyboard as well.
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    why = page.get_by_role("dialog").get_by_label("Why")
    await expect(why).to_be_focused()
    await why.fill("Signed off already")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(column(page, "Program buildout").get_by_role("link", name="Rollout 2", exact=True)).to_be_focused()
    assert await phase_of(api, "Rollout 2") == "program_buildout"
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("link", name="In review", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/onboardings/\d+-in-review$"))


async def test_filters_paging_and_the_menu(sign_in: SignIn, api: httpx.AsyncClient, world: World, site: str) -> None:
    await fill(api, world, 45)
    page = await sign_in()
    await page.goto("/onboardings")
    first = column(page, "Before getting started")
    await expect(first.locator(".count")).to_have_text("45")
    await expect(first.locator(".board-card")).to_have_count(20)
    # It is replaced as soon as it is seen, and so cannot be waited for.
    await first.locator(".column-more").evaluate("(more) => more.scrollIntoView()")
    await expect(first.locator(".board-card").nth(39)).to_be_attached()

    await page.keyboard.press("/")
    await page.keyboard.type("rollout 45")
    await expect(first.locator(".board-card")).to_have_count(1)
    await expect(page).to_have_url(f"{site}/onboardings?q=rollout+45")
    await page.get_by_label("Owner").select_option("nobody")
    await expect(page.locator(".board-card")).to_have_count(0)
    await page.go_back()
    await expect(page).to_have_url(f"{site}/onboardings?q=rollout+45")
    await expect(first.locator(".board-card")).to_have_count(1)

    await page.get_by_role("link", name="Move Rollout 45").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("link", name="Program design").click()
    await dialog.get_by_role("button", name="Advance to Program design").click()
    await expect(dialog).to_be_hidden()
    await expect(column(page, "Program design").get_by_role("link", name="Rollout 45", exact=True)).to_be_visible()


async def test_it_works_without_a_script(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await fill(api, world, 21)
    page = await sign_in(java_script_enabled=False)
    await page.goto("/onboardings")
    await page.get_by_label("State").select_option("at_risk")
    await page.get_by_role("button", name="Filter").click()
    await expect(page.locator(".board-card")).to_have_count(1)
    await page.get_by_role("link", name="Clear").click()
    await page.get_by_role("link", name="More of Before getting started").click()
    await expect(page.locator(".board-card")).to_have_count(1)
    await page.get_by_role("link", name="Onboardings").first.click()
    await page.get_by_role("link", name="Move In review").click()
    await page.get_by_role("link", name="Program buildout").click()
    await page.get_by_role("button", name="Advance to Program buildout").click()
    assert await phase_of(api, "In review") == "program_buildout"


async def test_axe_finds_nothing_and_nothing_moves(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await fill(api, world, 22)
    page = await sign_in()
    for path in ("/onboardings", "/onboardings?q=nothing", "/onboardings/column?phase=review", "/onboardings/1/phase"):
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], path
        assert await layout_shift(page) == 0, path
        assert not await overflows(page), path


async def test_a_finger_holds_and_carries_on_a_phone(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await fill(api, world)
    page = await sign_in(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    await page.goto("/onboardings")
    assert not await overflows(page)
    box = await card(page, "Rollout 1").bounding_box()
    assert box
    x, y = box["x"] + 40, box["y"] + 30
    session = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        await session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    await touch("touchStart", (x, y))
    await expect(page.locator(".board-ghost")).to_be_visible()
    await touch("touchMove", (x + 20, y))
    await touch("touchMove", (370, y))
    await expect(column(page, "Program design")).to_have_attribute("data-over", "")
    await touch("touchEnd")
    await expect(page.get_by_role("status").filter(has_text="Moved to Program design")).to_be_visible()
    assert await phase_of(api, "Rollout 1") == "program_design"
