"""The API reference in a real browser: read in any look, and every operation tried from its page."""

import json

from playwright.async_api import Page, Request, expect

from tests.browser.conftest import Open
from tests.browser.watch import Watch, layout_shift, overflows, violations
from tests.harness import World

PHONE = {"width": 320, "height": 640}
PAGES = ("/docs/api/tasks/create", "/docs/api/customers", "/docs/webhooks/events/onboarding.phase_changed")


async def fill_key(page: Page, key: str) -> None:
    await page.get_by_label("API key").fill(key)


async def test_axe_finds_nothing_in_any_look_and_nothing_moves(open_page: Open, site: str) -> None:
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    for options, paths in (({}, PAGES), (phone, PAGES[:1])):
        page = await open_page(base_url=site, **options)
        for path in paths:
            await page.goto(path)
            await page.wait_for_load_state("networkidle")
            assert await violations(page) == [], path
            assert await layout_shift(page) == 0, path
            assert not await overflows(page), path


async def test_an_operation_is_tried_with_a_key_that_stays_in_the_tab(open_page: Open, site: str, world: World) -> None:
    page = await open_page(base_url=site)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if "/api/v1/" in request.url else None)
    Watch.of(page).expect("status of 401")
    Watch.of(page).expect("status of 409")
    await page.goto("/docs/api/customers/create")
    form = page.locator("form[data-island=try-it]")
    answer = form.locator(".docs-try-answer")

    await form.get_by_role("button", name="Send").click()
    await expect(page.get_by_label("API key")).to_be_focused()
    await fill_key(page, "pivotal_wrong")
    await page.get_by_label("Body").fill("{not json")
    await page.get_by_label("API key").press("Enter")
    await expect(page.get_by_label("Body")).to_be_focused()
    await expect(form.get_by_role("status")).to_contain_text("not JSON")
    await page.get_by_label("Body").fill('{"name": "Aurora", "slug": "aurora"}')
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("alert")).to_contain_text("This changes data")
    await form.get_by_role("button", name="Cancel").click()
    await expect(form.get_by_role("alert")).to_be_hidden()
    assert sent == []

    await form.get_by_role("button", name="Send").click()
    await form.get_by_role("button", name="Yes, send it").click()
    await expect(answer).to_contain_text("invalid_api_key")
    await fill_key(page, world.live_key)
    await page.get_by_label("API key").press("Enter")
    await expect(answer).to_contain_text("201 Created")
    await expect(answer).to_contain_text("/api/v1/customers/c")
    await expect(answer).to_contain_text("Bearer $PIVOTAL_API_KEY")
    await expect(answer).not_to_contain_text(world.live_key)
    assert await violations(page) == []
    await form.get_by_role("button", name="Send").click()
    await expect(answer).to_contain_text("slug_taken")

    await page.goto("/docs/api/customers/list")
    await expect(page.get_by_label("API key")).to_have_value(world.live_key)
    await page.get_by_text("More parameters").click()
    await page.get_by_label("slug").fill("aurora")
    await page.get_by_label("limit").press("Enter")
    await expect(answer).to_contain_text('"name": "Aurora"')
    assert sent[-1].url == f"{site}/api/v1/customers?slug=aurora"
    assert {request.url.partition("/api/")[0] for request in sent} == {site}

    await page.goto("/docs/api/contacts-by-uuid/list")
    await page.get_by_role("button", name="Send").click()
    await expect(answer).to_contain_text('"total": 0')
    await expect(answer).to_contain_text('"x-api-key: $PIVOTAL_API_KEY"')
    assert await page.evaluate("Object.values(localStorage).join()") == await page.evaluate(
        f"Object.values(localStorage).filter((value) => !value.includes({json.dumps(world.live_key)})).join()"
    )


async def test_without_a_script_the_page_says_what_to_do(open_page: Open, site: str) -> None:
    page = await open_page(base_url=site, java_script_enabled=False)
    await page.goto("/docs/api/customers/create")
    await expect(page.get_by_text("Copy the call with curl instead")).to_be_visible()
    await expect(page.get_by_role("button", name="Send")).to_be_hidden()
    await expect(page.get_by_text("PivotalApi").first).to_be_visible()
