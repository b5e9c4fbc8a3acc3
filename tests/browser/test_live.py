"""Pages that are open follow what others do, and take nothing away from whoever is typing."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import Page, expect

from pivotal_server.web import live
from tests.browser.conftest import SignIn
from tests.browser.watch import Watch, violations
from tests.harness import World, client_of
from tests.support import create_contact, create_customer, create_onboarding

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


@pytest.fixture
async def api(site: str, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The API in real time, as the pages are."""
    async with client_of(f"{site}/api/v1", world.live_key) as client:
        yield client


async def patch(api: httpx.AsyncClient, path: str, **values: object) -> None:
    response = await api.patch(path, json=values)
    assert response.status_code == 200, response.text


async def add_tasks(api: httpx.AsyncClient, onboarding: str, *titles: str) -> None:
    for title in titles:
        response = await api.post(f"/onboardings/{onboarding}/tasks", json={"title": title})
        assert response.status_code == 201, response.text


async def note_marks(page: Page) -> None:
    """Have a page remember what it marks as changed, which it does for a moment only."""
    await page.evaluate("""() => {
      window.marked = [];
      const note = (records) => window.marked.push(...records.map(({ target }) => target.id));
      new MutationObserver(note).observe(document.body, { attributeFilter: ["data-changed"], subtree: true });
    }""")


async def marks(page: Page) -> set[str]:
    """Return the ids of what has been marked."""
    return set(await page.evaluate("window.marked"))


async def settled(page: Page) -> None:
    """Wait until a page has heard of all that it may have missed, so that what comes is what the test does."""
    await page.wait_for_load_state("networkidle")


async def test_two_people_at_one_board(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    customer = await create_customer(api, name="Acme")
    for number in (1, 2):
        await create_onboarding(api, customer["id"], name=f"Rollout {number}")
    maya, tomas = await sign_in(world.maya), await sign_in(world.tomas)
    for page in (maya, tomas):
        await page.goto("/onboardings")
        await expect(page.locator(".board-card")).to_have_count(2)

    await tomas.get_by_label("Title or customer").focus()
    await tomas.keyboard.type("roll")
    await expect(tomas).to_have_url(re.compile(r"q=roll$"))
    for page in (maya, tomas):
        await settled(page)
        await note_marks(page)
    await maya.get_by_role("link", name="Rollout 1", exact=True).focus()
    for key in ("Space", "ArrowRight", "Space"):
        await maya.keyboard.press(key)

    design = tomas.locator(".column", has=tomas.get_by_role("heading", name="Program design"))
    await expect(design.get_by_role("link", name="Rollout 1", exact=True)).to_be_visible()
    await expect(design.locator(".count")).to_have_text("1")
    assert await marks(tomas) == {"card-1"}
    await expect(tomas.get_by_label("Title or customer")).to_be_focused()
    await expect(tomas.get_by_label("Title or customer")).to_have_value("roll")
    await expect(maya.get_by_role("link", name="Rollout 1", exact=True)).to_be_focused()
    await settled(maya)
    assert await marks(maya) == set()

    # What is carried is not taken away; what happened meanwhile shows once it is put down.
    await tomas.get_by_role("link", name="Rollout 2", exact=True).focus()
    await tomas.keyboard.press("Space")
    await tomas.keyboard.press("ArrowRight")
    await create_onboarding(api, customer["id"], name="Rollout 3")
    await expect(maya.get_by_role("link", name="Rollout 3", exact=True)).to_be_visible()
    await expect(tomas.locator("#card-2")).to_have_attribute("data-carried", "")
    await expect(tomas.get_by_role("link", name="Rollout 3", exact=True)).to_have_count(0)
    await tomas.keyboard.press("Escape")
    await expect(tomas.get_by_role("link", name="Rollout 3", exact=True)).to_be_visible()


async def test_nothing_that_somebody_types_is_lost(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    customer = await create_customer(api, name="Acme")
    onboarding = await create_onboarding(api, customer["id"], name="Rollout")
    await add_tasks(api, onboarding["id"], "Kick off", "Sign the contract", "Send the invoice")
    maya, tomas = await sign_in(world.maya), await sign_in(world.tomas)
    for page in (maya, tomas):
        await page.goto("/onboardings/1-rollout")
        await expect(page.get_by_label("Title of #1")).to_have_value("Kick off")

    await settled(maya)
    await note_marks(maya)
    await maya.get_by_label("Select Sign the contract").check()
    title = maya.get_by_label("Title of #1")
    await title.fill("Kick off, with all of th")
    await tomas.get_by_label("Title of #1").fill("Kick-off call")
    await tomas.keyboard.press("Enter")
    await tomas.get_by_role("button", name="Complete Send the invoice").click()
    await tomas.get_by_label("Title of #2").fill("Sign the order")
    await tomas.keyboard.press("Enter")

    await expect(maya.get_by_role("button", name="Reopen Send the invoice")).to_be_visible()
    await expect(maya.get_by_label("Title of #2")).to_have_value("Sign the order")
    assert await marks(maya) == {"task-2", "task-3"}
    await expect(maya.get_by_label("Select Sign the order")).to_be_checked()
    await expect(title).to_be_focused()
    await maya.keyboard.type("em")
    await expect(title).to_have_value("Kick off, with all of them")
    # Both values are shown, as the field still knows what Maya saw; and stay until she has decided.
    await maya.keyboard.press("Enter")
    await expect(maya.get_by_role("alert")).to_contain_text("Kick-off call")
    await tomas.get_by_role("button", name="Complete Sign the order").click()
    await expect(maya.get_by_role("button", name="Reopen Sign the order")).to_be_visible()
    await expect(maya.get_by_role("alert")).to_contain_text("Kick-off call")
    await maya.get_by_role("button", name="Keep Kick off, with all of them").click()
    await expect(tomas.get_by_label("Title of #1")).to_have_value("Kick off, with all of them")

    # Who only looks at a field sees what others have put there once they leave it.
    await title.focus()
    await tomas.get_by_label("Title of #1").fill("Kick off")
    await tomas.keyboard.press("Enter")
    await expect(maya.get_by_role("alert")).to_have_count(0)
    await tomas.get_by_role("button", name="Reopen Sign the order").click()
    await expect(maya.get_by_role("button", name="Complete Sign the order")).to_be_visible()
    await expect(title).to_have_value("Kick off, with all of them")
    await maya.get_by_role("button", name="Complete Sign the order").focus()
    await expect(title).to_have_value("Kick off")


async def test_a_comment_comes_while_another_is_written(sign_in: SignIn, api: httpx.AsyncClient, world: World) -> None:
    await create_onboarding(api, (await create_customer(api))["id"], name="Rollout")
    maya, tomas = await sign_in(world.maya), await sign_in(world.tomas)
    for page in (maya, tomas):
        await page.goto("/onboardings/1-rollout/comments")
    await settled(maya)
    await note_marks(maya)
    draft = maya.get_by_label("Write a comment")
    await draft.fill("I think that we should")
    await tomas.get_by_label("Write a comment").fill("The order is signed")
    await tomas.get_by_role("button", name="Comment", exact=True).click()
    await expect(maya.locator(".comment")).to_contain_text("The order is signed")
    assert await marks(maya) == {"comment-1"}
    await expect(draft).to_be_focused()
    await expect(draft).to_have_value("I think that we should")
    await maya.get_by_role("button", name="Comment", exact=True).click()
    await expect(tomas.locator(".comment")).to_have_count(2)


async def test_lists_and_a_customers_page_follow(sign_in: SignIn, api: httpx.AsyncClient) -> None:
    acme = await create_customer(api, name="Acme")
    await create_customer(api, name="Birch")
    page = await sign_in()
    await page.goto("/customers")
    await settled(page)
    await note_marks(page)
    await page.get_by_label("Select Birch").check()
    await patch(api, f"/customers/{acme['id']}", status="at_risk")
    await expect(page.locator("#customer-1")).to_contain_text("At risk")
    assert await marks(page) == {"customer-1"}
    await expect(page.get_by_label("Select Birch")).to_be_checked()
    # What is new does not push away what somebody looks at.
    await create_customer(api, name="Cedar")
    await expect(page.get_by_role("link", name="1 new")).to_be_visible()
    await expect(page.locator("[data-row]")).to_have_count(2)
    assert await violations(page) == []
    await page.get_by_role("link", name="1 new").click()
    await expect(page.get_by_role("link", name="Cedar")).to_be_visible()
    assert (await api.delete("/customers/2")).status_code == 200
    await expect(page.get_by_role("link", name="Birch")).to_have_count(0)

    await page.goto("/customers/1-acme")
    notes = page.locator("#properties").get_by_label("Plan")
    await notes.fill("enterp")
    await create_contact(api, acme["id"], name="Ada Lovelace")
    await create_onboarding(api, acme["id"], name="Rollout")
    await patch(api, f"/customers/{acme['id']}", status="active")
    await expect(page.get_by_role("link", name="Ada Lovelace", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="Rollout")).to_be_visible()
    await expect(page.locator("#customer-head")).to_contain_text("Active")
    await expect(notes).to_be_focused()
    await expect(notes).to_have_value("enterp")

    await page.goto("/tasks?who=anyone")
    await expect(page.get_by_role("heading", name="Nothing to do")).to_be_visible()
    await settled(page)
    await add_tasks(api, (await api.get("/onboardings/1")).json()["id"], "Kick off")
    await patch(api, "/tasks/1", due_date=datetime.now(UTC).isoformat())
    await expect(page.get_by_role("link", name="Kick off")).to_be_visible()


async def test_a_stream_that_breaks_off_and_a_session_that_ends(
    sign_in: SignIn,
    api: httpx.AsyncClient,
    connection: "Connection",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "_BEAT_SECONDS", 0.5)
    acme = await create_customer(api, name="Acme")
    page = await sign_in()
    for text in ("ERR_INTERNET_DISCONNECTED", "htmx:afterRequest", "htmx:sendError"):
        Watch.of(page).expect(text)
    await page.goto("/customers/1-acme")
    await settled(page)
    await page.context.set_offline(True)
    await page.evaluate("window.dispatchEvent(new Event('offline'))")
    await patch(api, f"/customers/{acme['id']}", status="churned")
    await page.context.set_offline(False)
    await expect(page.locator("#customer-head")).to_contain_text("Churned")

    await connection.execute("DELETE FROM sessions")
    told = page.get_by_role("status").filter(has_text="You are signed out")
    await expect(told).to_be_visible()
    assert await violations(page) == []
    await told.get_by_role("link", name="Sign in").click()
    await expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fcustomers%2F1-acme$"))
