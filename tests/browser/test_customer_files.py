"""A customer's files, and tags that are suggested as they are typed, in a real browser."""

import httpx
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.comments.support import PNG
from tests.harness import World
from tests.support import Json, body_of


async def fill(api: httpx.AsyncClient) -> Json:
    """Make a customer with two files, and another with tags."""
    customer: Json = body_of(await api.post("/customers", json={"name": "Aurora", "tags": ["retail"]}), 201)
    body_of(await api.post("/customers", json={"name": "Heron", "tags": ["renewal", "retail", "return"]}), 201)
    made = body_of(await api.post("/onboardings", json={"customer_id": customer["id"], "name": "Rollout"}), 201)
    for name in ("plan.png", "look.png"):
        file = body_of(await api.post("/attachments", params={"filename": name}, content=PNG), 201)
        said = {"body": "See this.", "attachment_ids": [file["id"]]}
        body_of(await api.post(f"/onboardings/{made['id']}/comments", json=said), 201)
    return customer


async def test_files_are_found_and_tags_suggested(sign_in: SignIn, site: str, world: World) -> None:
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers) as api:
        customer = await fill(api)
        page = await sign_in()
        await page.goto(f"/customers/{customer['display_id']}-aurora")
        await page.get_by_role("link", name="Files", exact=True).click()
        await expect(page.get_by_role("link", name="look.png")).to_be_visible()
        assert await violations(page) == []
        assert await layout_shift(page) == 0
        async with page.expect_download() as download:
            await page.get_by_role("link", name="look.png").click()
        assert (await download.value).suggested_filename == "look.png"
        await page.keyboard.press("/")
        await page.keyboard.type("plan")
        await expect(page.get_by_role("link", name="look.png")).to_have_count(0)
        await expect(page.get_by_role("link", name="plan.png")).to_be_visible()

        field = page.get_by_label("Tags")
        await field.focus()
        await page.keyboard.press("End")
        await page.keyboard.type(", re")
        options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
        await expect(options).to_have_text(["renewal1", "return1"])
        assert await violations(page) == []
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(field).to_have_value("retail, renewal")
        await page.keyboard.press("Enter")
        await expect(page.locator("#property-tags[data-saved]")).to_be_visible()
        assert body_of(await api.get(f"/customers/{customer['id']}"))["tags"] == ["retail", "renewal"]
        await field.focus()
        await page.keyboard.press("End")
        await page.keyboard.type(", ret")
        await expect(options).to_have_text(["return1"])
        await page.keyboard.press("Escape")
        await expect(field).to_have_value("retail, renewal, ret")
        await page.keyboard.press("Escape")
        await expect(field).to_have_value("retail, renewal")
        await page.set_viewport_size({"width": 320, "height": 640})
        assert not await overflows(page)
