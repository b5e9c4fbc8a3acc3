"""The onboardings in their other layouts, in a real browser."""

from typing import Any

import httpx
import pytest
from playwright.async_api import expect

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
    await page.get_by_label("Phase").select_option("open")
    await expect(rows).to_have_count(2)
    await page.get_by_role("link", name="Onboarding", exact=True).click()
    await expect(rows.first).to_contain_text("Pilot")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
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
