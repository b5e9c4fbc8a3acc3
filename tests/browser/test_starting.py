"""Starting an onboarding in a real browser: by keyboard from the board, with the plan in view, and without a script."""

import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.support import eventually
from tests.templates.support import PROGRAMME


@pytest.fixture
async def api(site: str, world: World) -> Any:  # noqa: ANN401 - an async generator of a client
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(headers=headers, base_url=f"{site}/api/v1") as client:
        for name in ("Aurora Outfitters", "Borealis"):
            (await client.post("/customers", json={"name": name})).raise_for_status()
        (await client.post("/templates", json=PROGRAMME)).raise_for_status()
        yield client


async def onboardings(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await api.get("/onboardings")).json()["data"])


async def test_from_the_board_to_the_onboarding_by_keyboard(sign_in: SignIn, api: httpx.AsyncClient) -> None:
    page = await sign_in()
    await page.goto("/onboardings")
    await page.keyboard.press("c")
    await expect(page).to_have_url(re.compile("/onboardings/new$"))
    customer = page.get_by_role("combobox", name="Customer", exact=True)
    await customer.focus()
    await page.keyboard.type("auro")
    await expect(page.locator(".options:popover-open .option")).to_have_text(["Aurora Outfitters"])
    await page.keyboard.press("Enter")
    await expect(customer).to_have_value("Aurora Outfitters")
    await page.get_by_label("Template").focus()
    await page.keyboard.type("Loy")
    plan = page.get_by_role("complementary")
    await expect(plan.get_by_text("Hold the kickoff call")).to_be_visible()
    await expect(plan.get_by_text("There is no target launch yet.")).to_be_visible()
    await page.get_by_label("Title").fill("Rollout")
    await plan.get_by_role("button", name="Launch on").click()
    await expect(page.get_by_label("Target launch")).not_to_have_value("")
    await expect(page.get_by_label("Title")).to_have_value("Rollout")
    await expect(plan.get_by_text("That leaves 0 working days")).to_be_visible()
    assert await onboardings(api) == []
    await page.get_by_label("Title").press("Enter")
    await expect(page).to_have_url(re.compile(r"/onboardings/1-rollout$"))
    await expect(page.get_by_role("status").filter(has_text="Started Rollout")).to_be_visible()
    await expect(page.get_by_label("Hold the kickoff call").first).to_be_visible()


async def test_a_second_click_starts_nothing_more(sign_in: SignIn, api: httpx.AsyncClient) -> None:
    page = await sign_in()
    await page.goto("/onboardings/new?customer=2")
    sent: list[Route] = []

    async def hold(route: Route) -> None:
        if route.request.method == "POST" and not route.request.headers.get("hx-request"):
            sent.append(route)  # on its way for as long as it takes
        else:
            await route.continue_()

    await page.route("**/onboardings/new", hold)
    box = await page.get_by_role("button", name="Start onboarding").bounding_box()
    assert box
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.click(*place)
    await eventually(lambda: len(sent) == 1)
    await page.mouse.click(*place)
    await page.keyboard.press("Enter")
    for route in sent:
        await route.continue_()
    await expect(page.get_by_role("heading", name="Borealis")).to_be_visible()
    assert len(sent) == len(await onboardings(api)) == 1


async def test_a_new_customer_without_a_script(sign_in: SignIn, api: httpx.AsyncClient) -> None:
    page = await sign_in(java_script_enabled=False)
    await page.goto("/onboardings/new?customer=2")
    await expect(page.locator("select[name=customer_id]")).to_be_visible()
    await page.get_by_label("New customer").check()
    await expect(page.locator("select[name=customer_id]")).to_be_hidden()
    await page.get_by_label("Template").select_option("Loyalty programme")
    await page.get_by_role("button", name="Show it").click()
    await expect(page.get_by_text("Hold the kickoff call")).to_be_visible()
    await page.get_by_role("button", name="Start onboarding").click()
    await expect(page.get_by_text("Fill this in.")).to_be_visible()
    await page.get_by_label("Name of the customer").fill("Cirrus")
    await page.get_by_role("button", name="Start onboarding").click()
    await expect(page.get_by_role("heading", name="Cirrus")).to_be_visible()
    (one,) = await onboardings(api)
    assert one["name"] == "Cirrus"


@pytest.mark.usefixtures("api")
async def test_axe_finds_nothing_and_nothing_moves(sign_in: SignIn) -> None:
    for width in (1280, 320):
        page = await sign_in(viewport={"width": width, "height": 800})
        await page.goto("/onboardings/new")
        await page.wait_for_load_state("networkidle")
        assert await layout_shift(page) == 0
        assert await violations(page) == []
        await page.locator("select[name=template_id]").select_option("Loyalty programme")
        await page.get_by_label("Target launch").fill("2026-12-01")
        await expect(page.locator("#start-plan").get_by_text("target launch on")).to_be_visible()
        assert await violations(page) == []
        assert not await overflows(page)
