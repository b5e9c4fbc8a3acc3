"""The board of leads in a real browser: carried and lost with a reason by keyboard, added, narrowed down, live."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.support import body_of


@pytest.fixture
async def api(site: str, world: World) -> Any:  # noqa: ANN401 - an async generator of a client
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(headers=headers, base_url=f"{site}/api/v1") as client:
        yield client


async def fill(api: httpx.AsyncClient, world: World) -> None:
    """Make a board with some leads in its first stage, and one beyond."""
    for name, fields in (
        ("Ines Moreau", {"company": "Saltgrass Swim", "owner": world.tomas.id}),
        ("Bo Lindqvist", {"company": "Fjord Tents", "lead_source": "trade fair"}),
        ("Chidi Okafor", {"stage": "qualified"}),
        ("Viktor Novak", {"stage": "lost"}),
    ):
        body_of(await api.post("/leads", json={"name": name, "email": "lead@buyer.example", **fields}), 201)


async def lead(api: httpx.AsyncClient, name: str) -> dict[str, Any]:
    return next(row for row in body_of(await api.get("/leads"))["data"] if row["name"] == name)


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


async def test_leads_are_carried_by_keyboard_and_lost_with_a_reason(
    sign_in: SignIn, api: httpx.AsyncClient, world: World
) -> None:
    await fill(api, world)
    page = await sign_in()
    await page.goto("/leads")
    says = page.locator("#board-says")
    # Any stage is as near as any other.
    await card(page, "Bo Lindqvist").focus()
    await page.keyboard.press("Space")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(says).to_have_text("Move to Proposal.")
    await page.keyboard.press("Space")
    await expect(column(page, "Proposal").get_by_role("link", name="Bo Lindqvist", exact=True)).to_be_focused()
    await expect(column(page, "Proposal").locator(".count")).to_have_text("1")
    assert (await lead(api, "Bo Lindqvist"))["stage"] == "proposal"
    await page.get_by_role("button", name="Undo").click()
    await expect(column(page, "New").get_by_role("link", name="Bo Lindqvist", exact=True)).to_be_visible()

    # Why it was lost is asked, and need not be said.
    await page.wait_for_load_state("networkidle")
    await card(page, "Chidi Okafor").focus()
    await page.keyboard.press("Space")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(says).to_have_text("Move to Lost. You can say why.")
    await page.keyboard.press("Enter")
    why = page.get_by_role("dialog").get_by_label("Why")
    await expect(why).to_be_focused()
    await why.fill("Too dear")
    await page.get_by_role("dialog").get_by_role("button", name="Move to Lost").click()
    await expect(column(page, "Lost").get_by_role("link", name="Chidi Okafor", exact=True)).to_be_visible()
    await expect(column(page, "Lost").get_by_text("Too dear")).to_be_visible()
    assert (await lead(api, "Chidi Okafor"))["lost_reason"] == "Too dear"

    # Winning one asks what it becomes; from there nobody carries it away.
    await page.wait_for_load_state("networkidle")
    await card(page, "Ines Moreau").focus()
    await page.keyboard.press("Space")
    for _ in range(4):
        await page.keyboard.press("ArrowRight")
    await expect(says).to_have_text("Move to Won. It becomes a customer.")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Win", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/customers/\d+-saltgrass-swim$"))
    await page.goto("/leads")
    await expect(column(page, "Won").get_by_role("link", name="Ines Moreau", exact=True)).to_be_visible()
    await card(page, "Ines Moreau").focus()
    await page.keyboard.press("Space")
    await expect(says).to_have_text("Ines Moreau stays in Won.")


async def test_a_lead_is_added_found_and_narrowed_down(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    page = await sign_in()
    await page.goto("/customers")
    await page.keyboard.press("g")
    await page.keyboard.press("l")
    await expect(page.get_by_role("heading", name="No leads yet")).to_be_visible()
    await page.keyboard.press("c")
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("Ada Lovelace")
    await page.get_by_label("Company").fill("Engines & Co")
    await page.get_by_role("button", name="Add lead").click()
    await expect(page).to_have_url(re.compile(r"/leads/1-ada-lovelace$"))
    await fill(api, world)
    await page.goto("/leads")
    await page.keyboard.press("/")
    await page.keyboard.type("engines")
    await expect(page.locator(".board-card")).to_have_count(1)
    # What somebody else adds comes in by itself.
    body_of(await api.post("/leads", json={"name": "Grace Hopper", "company": "Engines Ltd"}), 201)
    await expect(column(page, "New").get_by_role("link", name="Grace Hopper", exact=True)).to_be_visible()


async def test_axe_finds_nothing_and_nothing_moves(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await fill(api, world)
    shown = (
        *("/leads", "/leads?as=list", "/leads/new", "/leads/1/stage", "/leads/1/move?to=lost"),
        *("/settings/pipelines", "/settings/pipelines/1", "/settings/pipelines/1/stages/new/remove"),
    )
    for scheme, paths in (("light", shown), ("dark", ("/leads", "/settings/pipelines/1"))):
        page = await sign_in(color_scheme=scheme)
        for path in paths:
            await page.goto(path)
            await page.wait_for_load_state("networkidle")
            assert await violations(page) == [], path
            assert await layout_shift(page) == 0, path
            assert not await overflows(page), path
