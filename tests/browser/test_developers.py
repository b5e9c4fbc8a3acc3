"""What developers set up and look up, in a real browser: an endpoint that is told, a key that is used."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import Page, expect

from pivotal_server.app import create_app
from pivotal_server.core.clock import Clock
from pivotal_server.core.outbound_http import OutboundHttp
from pivotal_server.core.settings import Settings
from pivotal_server.webhooks.engine.engine import DeliveryEngine
from tests.browser.conftest import SignIn
from tests.browser.site import Site
from tests.browser.watch import layout_shift, overflows, violations
from tests.core.outbound import LOOPBACK, http_server, settings_for
from tests.support import eventually
from tests.webhooks.test_delivery import headers_of
from tests.webhooks.verification import verify_python

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 320, "height": 640}
SECRET = re.compile("whsec_.+")


@pytest.fixture
async def site(server: Site, dsn: str, data: Path) -> AsyncIterator[str]:
    """The address of the app, with workers that may send to this machine."""
    allowed = settings_for(*LOOPBACK).outbound_allow
    settings = Settings.model_validate({"PORT": server.port, "data": data, "outbound_allow": allowed})
    async with server.shows(create_app(dsn, settings)) as url, OutboundHttp(settings) as http:
        stopping = asyncio.Event()
        engine = DeliveryEngine(dsn, http, Clock(), concurrency=10, base_url=url)
        running = asyncio.create_task(engine.run(stopping))
        yield url
        stopping.set()
        await running


async def check(page: Page) -> None:
    """Hold a page as it stands against axe, in light and in dark, and against a narrow phone."""
    assert await violations(page) == []
    assert await layout_shift(page) < 0.05
    size = page.viewport_size
    assert size
    await page.set_viewport_size(PHONE)
    assert not await overflows(page)
    await page.set_viewport_size(size)


async def test_an_endpoint_is_added_told_and_told_again(sign_in: SignIn) -> None:
    page = await sign_in()
    async with http_server() as receiver:
        await page.goto("/settings/webhooks")
        await check(page)
        await page.get_by_role("link", name="New endpoint").first.click()
        await page.get_by_label("URL").fill("https://10.0.0.1/")
        await page.get_by_role("button", name="Add the endpoint").click()
        await expect(page.get_by_label("URL")).to_have_attribute("aria-invalid", "true")
        await page.get_by_label("URL").fill(receiver.url)
        await page.get_by_label("Description").fill("Receiver")
        await page.get_by_label("All events").uncheck()
        await page.get_by_label("All of customers").check()
        await check(page)
        await page.get_by_role("button", name="Add the endpoint").click()
        secret = await page.get_by_label("Signing secret", exact=True).input_value()
        assert SECRET.fullmatch(secret)
        await check(page)
        await page.get_by_role("link", name="I have stored it").click()
        await expect(page.get_by_role("heading", name="Receiver")).to_be_visible()
        assert secret not in await page.content()

        await page.get_by_role("link", name="Send a test event").click()
        await page.get_by_label("Type").select_option("onboarding.launched")
        payload = page.get_by_label("What “onboarding.launched” tells")
        text = await payload.input_value()
        await payload.fill("{")
        await page.get_by_role("button", name="Send it").click()
        await expect(page.get_by_text("This is not JSON")).to_be_visible()
        await check(page)
        await page.get_by_label("What “onboarding.launched” tells").fill(text.replace('"launch"', '"my launch"'))
        await page.get_by_role("button", name="Send it").click()
        # Nobody loads the page again: it is told by itself.
        await expect(page.get_by_role("status").filter(has_text="Delivered")).to_be_visible()
        (first,) = receiver.requests
        assert verify_python(secret, headers_of(first), first.body)
        assert b'"my launch"' in first.body
        await check(page)

        await page.get_by_role("button", name="Send again").click()
        await eventually(lambda: len(receiver.requests) == 2)
        second = receiver.requests[1]
        assert headers_of(second)["svix-id"] == headers_of(first)["svix-id"]
        assert second.body == first.body
        assert verify_python(secret, headers_of(second), second.body)
        await expect(page.get_by_text("2.", exact=True)).to_be_visible()

        await page.goto("/settings/webhooks/deliveries")
        await check(page)
        await page.get_by_role("row", name="onboarding.launched").hover()
        await page.get_by_label("Select onboarding.launched to Receiver").check()
        await page.get_by_role("toolbar").get_by_role("button", name="Send again").click()
        await eventually(lambda: len(receiver.requests) == 3)
        await expect(page.get_by_text("1 delivery on the way again")).to_be_visible()


async def test_a_key_is_made_used_and_its_use_looked_up(sign_in: SignIn, site: str) -> None:
    page = await sign_in()
    await page.goto("/settings/api-keys/new")
    await page.get_by_label("Name").fill("prod-server")
    await page.get_by_role("button", name="Make the key").click()
    key = await page.get_by_label("API key", exact=True).input_value()
    await page.get_by_role("link", name="I have stored it").click()
    await page.goto("/settings/logs?follow=on")
    await expect(page.get_by_text("New requests come in by themselves.")).to_be_visible()
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=f"{site}/api/v1", headers=headers, trust_env=False) as api:
        made = await api.post("/customers", json={"name": "Aurora"})
        missing = await api.get("/customers/999")
    assert (made.status_code, missing.status_code) == (201, 404)
    row = page.get_by_role("row", name=missing.headers["x-request-id"])
    await expect(row).to_contain_text("customer_not_found")
    await expect(row).to_contain_text("prod-server")
    await expect(page.get_by_role("row", name=made.headers["x-request-id"])).to_contain_text("201")
    await check(page)

    await page.goto("/settings/audit")
    entry = page.get_by_role("listitem").filter(has_text="API: prod-server")
    await expect(entry).to_contain_text("Aurora")
    await entry.locator("summary").click()
    await expect(entry).to_contain_text(made.headers["x-request-id"])
    await check(page)
    await page.get_by_role("button", name="Filter").click()
    await page.get_by_label("Who").select_option("API: prod-server")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("link", name="Remove the filter Who is API: prod-server")).to_be_visible()
    await check(page)
