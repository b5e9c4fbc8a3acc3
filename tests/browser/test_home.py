"""What waits for somebody, in a real browser: the inbox, and what they want to be told of."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest
from playwright.async_api import expect

from pivotal_server.core.clock import Clock
from pivotal_server.core.jobs import JobContext
from pivotal_server.core.pool import Pool
from pivotal_server.core.settings import Settings
from pivotal_server.notifications.jobs import NOTIFY
from pivotal_server.webhooks.engine.fan_out import fan_out
from pivotal_server.worker import REACTIONS
from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

    from pivotal_server.core.db import Connection

PHONE: "ViewportSize" = {"width": 320, "height": 640}
Tell = Callable[..., Awaitable[str]]


@pytest.fixture
async def tell(site: str, world: World, connection: "Connection", dsn: str, settings: Settings) -> Tell:
    """Comments on an onboarding of Maya's, and does what the worker does then: ``await tell("One", "Two")``."""

    async def comment(*bodies: str) -> str:
        headers = {"authorization": f"Bearer {world.live_key}"}
        async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers) as api:
            customer = (await api.post("/customers", json={"name": "Aurora Outfitters"})).raise_for_status().json()
            body = {"customer_id": customer["id"], "csm_id": world.maya.id}
            onboarding = (await api.post("/onboardings", json=body)).raise_for_status().json()
            for text in bodies:
                path = f"/onboardings/{onboarding['id']}/comments"
                (await api.post(path, json={"body": text})).raise_for_status()
        clock, pool = Clock(), Pool(dsn, 2)
        context = JobContext(pool, settings, clock, asyncio.Event(), 1, clock.now(), 1)
        while (await fan_out(connection, datetime.now(UTC), REACTIONS))[0]:
            pass
        take = "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload"
        for record in await connection.fetch(take, NOTIFY.name):
            await NOTIFY.handler(context, orjson.loads(record["payload"]))
        await pool.close()
        return str(onboarding["display_id"])

    return comment


async def test_axe_finds_nothing_and_nothing_moves(sign_in: SignIn, tell: Tell) -> None:
    page = await sign_in()
    for path in ("/", "/inbox", "/sample", "/workspaces"):
        await page.goto(path)
        assert await violations(page) == [], path
    await tell("The brand assets came in.", "Can you look at the points table?")
    for path in ("/", "/inbox", "/inbox?show=unread", "/settings/notifications", "/settings/your-notifications"):
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], path
        assert await layout_shift(page) == 0, path
    await page.set_viewport_size(PHONE)
    for path in (
        "/",
        "/inbox",
        "/settings/notifications",
        "/settings/your-notifications",
        "/settings/messages/reminder",
    ):
        await page.goto(path)
        assert not await overflows(page), path


async def test_the_inbox_by_keyboard(sign_in: SignIn, tell: Tell) -> None:
    number = await tell("One", "Two", "Three")
    page = await sign_in()
    await page.goto("/customers")
    waiting = page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Inbox")
    await expect(waiting).to_contain_text("3")
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await expect(page.get_by_role("heading", name="Inbox")).to_be_attached()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("e")
    await expect(waiting).to_contain_text("2")
    await expect(page.get_by_role("button", name="Mark as unread")).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(waiting).to_contain_text("3")
    await page.keyboard.press("m")
    await expect(page.get_by_text("Nothing unread")).to_be_visible()
    await expect(waiting.locator(".pip")).to_be_empty()
    await page.get_by_role("button", name="Undo").last.click()
    await expect(waiting).to_contain_text("3")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(rf"/onboardings/{number}.*#comment-3"))
    await expect(waiting).to_contain_text("2")


async def test_the_day_begins_at_home(sign_in: SignIn, site: str, tell: Tell, world: World) -> None:
    number = await tell("Kick-off went well.")
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers) as api:
        (await api.patch(f"/onboardings/{number}", json={"state": "at_risk"})).raise_for_status()
        for title in ("Send the contract", "Book the kick-off"):
            body = {"title": title, "assignee_id": world.maya.id, "due_date": "2026-01-05T00:00:00Z"}
            (await api.post(f"/onboardings/{number}/tasks", json=body)).raise_for_status()
    page = await sign_in()
    await page.goto("/customers")
    await page.keyboard.press("g")
    await page.keyboard.press("h")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(", Maya")
    assert await violations(page) == []
    await page.get_by_role("button", name="Complete Send the contract").click()
    await expect(page.get_by_role("button", name="Complete Send the contract")).to_have_count(0)
    await expect(page.locator(".stat", has_text="Overdue tasks")).to_contain_text("1")
    await page.locator(".toast").get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Complete Send the contract")).to_be_visible()
    await page.get_by_role("link", name="Book the kick-off").click()
    await expect(page.get_by_role("dialog").get_by_text("Book the kick-off").first).to_be_visible()
    await page.keyboard.press("Escape")
    await page.locator(".stat", has_text="At risk or blocked").get_by_role("link").click()
    await expect(page.locator(".board-card", has_text="Aurora Outfitters")).to_be_visible()


async def test_what_one_is_told_of_without_a_script_and_with(sign_in: SignIn) -> None:
    plain = await sign_in(java_script_enabled=False)
    await plain.goto("/settings/notifications")
    await plain.get_by_label("A comment on what I follow: by e-mail").uncheck()
    await plain.get_by_role("button", name="Save").click()
    await expect(plain.get_by_label("A comment on what I follow: by e-mail")).not_to_be_checked()
    page = await sign_in()
    await page.goto("/settings/your-notifications")
    box = page.get_by_label("A comment on what I follow: by e-mail")
    await expect(box).not_to_be_checked()
    await box.check()
    give_back = page.get_by_role("button", name="Follow the workspace: A comment on what I follow")
    await expect(give_back).to_be_visible()
    await expect(box).to_be_checked()
    await expect(box).to_be_focused()
    await give_back.click()
    await expect(box).not_to_be_checked()
    await expect(give_back).to_have_count(0)


async def test_a_text_is_written_with_its_fields_at_hand(sign_in: SignIn) -> None:
    page = await sign_in()
    await page.goto("/settings/messages")
    assert await violations(page) == []
    await page.get_by_role("link", name="Reminder").click()
    assert await violations(page) == []
    preview = page.get_by_role("region", name="As it reads")
    await expect(preview).to_contain_text("Hi Mira,")
    await page.get_by_label("Subject").fill("A word about ")
    await page.get_by_role("button", name="Insert customer.name").click()
    await expect(page.get_by_label("Subject")).to_have_value("A word about {{customer.name}}")
    await expect(page.get_by_label("Subject")).to_be_focused()
    await expect(preview).to_contain_text("A word about Aurora Cosmetics")
    await page.get_by_label("Text").fill("Hi {{nobody}}")
    await expect(preview).to_contain_text("{{nobody}} is no merge field")
    await page.get_by_label("Text").fill("Hi {{contact.name}}")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Your own")).to_be_visible()
    await page.get_by_role("link", name="Usual text").click()
    await expect(page.get_by_role("dialog")).to_contain_text("we are looking forward")
    assert await violations(page) == []
    await page.get_by_role("button", name="Use the usual text").click()
    await expect(page.get_by_label("Text")).to_have_value(re.compile("we are looking forward"))
