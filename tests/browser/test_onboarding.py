"""A day's work on the page of an onboarding, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.watch import Watch, layout_shift, overflows, violations
from tests.comments.support import PNG
from tests.harness import World, client_of
from tests.support import Json, body_of, create_customer, create_onboarding, create_task, events, eventually
from tests.tasks.story import act, plan

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 390, "height": 760}
DAY = "2030-03-04"


@pytest.fixture
async def live_api(site: str, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(f"{site}/api/v1", world.live_key) as opened:
        yield opened


@pytest.fixture
async def onboarding(live_api: httpx.AsyncClient) -> Json:
    customer = await create_customer(live_api, name="Aurora Outfitters")
    return await create_onboarding(live_api, customer["id"], name="Rollout", target_launch_date="2030-04-01T00:00:00Z")


def path_of(onboarding: Json, tab: str = "") -> str:
    return f"/onboardings/{onboarding['display_id']}-rollout{tab}"


async def titles(api: httpx.AsyncClient, onboarding: Json) -> list[str]:
    return [task["title"] for task in await plan(api, onboarding)]


async def test_tasks_are_written_renamed_ordered_and_done(
    sign_in: SignIn, live_api: httpx.AsyncClient, onboarding: Json
) -> None:
    page = await sign_in()
    await page.goto(path_of(onboarding))
    add = page.get_by_label("Add a task to Before getting started", exact=True)
    for title in ("Workshop", "Design", "Review"):
        await add.fill(title)
        await add.press("Enter")
        await expect(page.locator(f'.task[data-title="{title}"]')).to_be_visible()
        await expect(add).to_have_value("")
    await expect(add).to_be_focused()

    field = page.locator('.task[data-title="Review"]').get_by_role("textbox")
    await field.fill("Review it")
    await field.press("Escape")
    await expect(field).to_have_value("Review")
    await field.fill("Review it")
    await field.press("Enter")
    await eventually(lambda: _has(live_api, onboarding, ["Workshop", "Design", "Review it"]))

    # By keyboard: pick the last up, move it before the others, put it down.
    await page.reload()
    grip = page.get_by_role("button", name="Move Review it", exact=True)
    await grip.focus()
    for key in ("Space", "ArrowUp", "ArrowUp"):
        await grip.press(key)
    await expect(page.locator("[data-announce]")).to_contain_text("Place 1 in Before getting started.")
    await grip.press("Space")
    await eventually(lambda: _has(live_api, onboarding, ["Review it", "Workshop", "Design"]))
    # Escape leaves it where it was.
    grip = page.get_by_role("button", name="Move Design", exact=True)
    await grip.focus()
    for key in ("Space", "ArrowUp", "Escape"):
        await grip.press(key)
    await expect(page.locator(".task").last).to_have_attribute("data-title", "Design")

    # By mouse: into the next phase.
    await page.locator('.task[data-title="Workshop"]').hover()
    await page.get_by_role("button", name="Move Workshop", exact=True).hover()
    await page.mouse.down()
    target = await page.get_by_role("heading", name="Program design").bounding_box()
    assert target
    await page.mouse.move(target["x"] + 200, target["y"] + 50, steps=5)
    await page.mouse.up()

    async def moved() -> bool:
        phases = {task["title"]: task["phase"] for task in await plan(live_api, onboarding)}
        return bool(phases["Workshop"] == "program_design")

    await eventually(moved)

    await page.get_by_role("button", name="Complete Design", exact=True).click()
    await expect(page.get_by_text("Completed Design")).to_be_visible()
    await expect(page.get_by_role("button", name="Reopen Design", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Complete Design", exact=True)).to_be_visible()


async def test_the_last_subtask_completes_its_task(
    sign_in: SignIn, live_api: httpx.AsyncClient, onboarding: Json
) -> None:
    design = await create_task(live_api, onboarding["id"], title="Design")
    for title in ("Sketch", "Draw"):
        await create_task(live_api, onboarding["id"], title=title, parent_id=design["id"])
    page = await sign_in()
    await page.goto(path_of(onboarding))
    await page.get_by_role("button", name="Complete Sketch", exact=True).click()
    await expect(page.get_by_role("button", name="Reopen Sketch", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Complete Design", exact=True)).to_be_visible()
    last = page.get_by_role("button", name="Complete Draw", exact=True)
    await last.focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="Reopen Design", exact=True)).to_be_visible()
    assert {task["status"] for task in await plan(live_api, onboarding)} == {"completed"}
    done = [event for event in await events(live_api, "task.completed") if event["data"]["object"]["title"] == "Design"]
    assert done[0]["data"]["object"]["completed_by"] == "automation:subtasks"
    await page.get_by_role("button", name="Reopen Draw", exact=True).click()
    await expect(page.get_by_role("button", name="Complete Design", exact=True)).to_be_visible()


async def _has(api: httpx.AsyncClient, onboarding: Json, wanted: list[str]) -> bool:
    return await titles(api, onboarding) == wanted


async def test_a_date_is_moved_in_a_dialog_that_says_what_follows(
    sign_in: SignIn, live_api: httpx.AsyncClient, onboarding: Json
) -> None:
    first = await create_task(live_api, onboarding["id"], title="Workshop", due_date=f"{DAY}T00:00:00Z")
    await create_task(live_api, onboarding["id"], title="Design", depends_on=[{"task_id": first["id"]}])
    page = await sign_in()
    await page.goto(path_of(onboarding))
    await page.locator('.task[data-title="Workshop"] .task-due').click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Workshop is due on 4 March 2030, the date set for it.")
    await dialog.get_by_label("Date", exact=True).fill("2030-03-11")
    await dialog.get_by_label("Date", exact=True).blur()
    await expect(dialog).to_contain_text("Moves 2 tasks.")
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Move it").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("Moved Workshop; 1 other task moved with it")).to_be_visible()

    await page.get_by_role("link", name="Advance to Program design").click()
    await expect(dialog).to_contain_text("2 tasks of Before getting started are still open")
    await dialog.get_by_role("button", name="Advance to Program design").click()
    await expect(page.get_by_role("link", name="Advance to Review")).to_be_visible()

    # The boxes of rows bring the bar with what can be done to them.
    for title in ("Workshop", "Design"):
        await page.locator(f'.task[data-title="{title}"]').hover()
        await page.get_by_label(f"Select {title}").check()
    await expect(page.get_by_text("2 selected")).to_be_visible()
    await page.get_by_role("toolbar").get_by_role("button", name="Complete").click()
    await expect(page.get_by_text("Completed 2 tasks")).to_be_visible()
    assert {task["status"] for task in await plan(live_api, onboarding)} == {"completed"}

    # What a link brings is whole, though what it stands in takes but itself out of answers.
    await page.goto(f"/tasks/{first['display_id']}")
    await page.get_by_role("link", name="Edit", exact=True).click()
    await expect(page.get_by_role("dialog", name="Edit task").get_by_label("Title")).to_have_value("Workshop")


async def test_a_comment_mentions_a_teammate_and_brings_a_file(
    sign_in: SignIn, live_api: httpx.AsyncClient, onboarding: Json, tmp_path: Path
) -> None:
    page = await sign_in()
    await page.goto(path_of(onboarding, "/comments"))
    text = page.get_by_label("Write a comment")
    await text.press_sequentially("Ready, @tom")
    await expect(page.locator(".mention-list").get_by_role("option", name="Tomas")).to_be_visible()
    await text.press("Enter")
    await expect(text).to_have_value("Ready, @tomas@northwind.example ")
    file = tmp_path / "screen.png"
    file.write_bytes(PNG)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("button", name="Remove screen.png")).to_be_visible()
    await page.get_by_role("button", name="Comment", exact=True).click()
    await expect(page.locator(".comment")).to_contain_text("Ready, @Tomas")
    await expect(text).to_have_value("")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="screen.png").click()
    assert (await (await download.value).path()).read_bytes() == PNG
    [comment] = body_of(await live_api.get(f"/onboardings/{onboarding['id']}/comments"))["data"]
    assert [one["name"] for one in comment["mentions"]] == ["Tomas"]

    # Nothing that was typed is lost where it could not be sent.
    Watch.of(page).expect("status of 4")
    await text.fill("x" * 20_000)
    await text.evaluate("text => { text.removeAttribute('maxlength'); text.value += 'y'; }")
    await page.get_by_role("button", name="Comment", exact=True).click()
    await expect(page.get_by_text("At most 20000 characters.")).to_be_visible()


async def test_two_people_change_the_same_property(
    sign_in: SignIn, onboarding: Json, world: World, live_api: httpx.AsyncClient
) -> None:
    maya, tomas = await sign_in(), await sign_in(world.tomas)
    for page in (maya, tomas):
        await page.goto(path_of(onboarding))
    notes = tomas.get_by_label("Notes")
    await notes.fill("Decides quickly.")
    await notes.press("Control+Enter")
    await expect(tomas.get_by_text("Saved", exact=True)).to_be_attached()
    notes = maya.get_by_label("Notes")
    await notes.fill("Decides slowly.")
    await notes.press("Control+Enter")
    await expect(maya.get_by_role("alert")).to_contain_text("Tomas changed this to Decides quickly. meanwhile.")
    await maya.get_by_role("button", name="Keep mine").click()
    await expect(maya.get_by_role("alert")).to_be_hidden()
    assert body_of(await live_api.get(f"/onboardings/{onboarding['id']}"))["notes"] == "Decides slowly."


async def test_every_tab_stands_the_tests_of_the_field(
    sign_in: SignIn, live_api: httpx.AsyncClient, onboarding: Json, world: World
) -> None:
    first = await create_task(live_api, onboarding["id"], title="Workshop", due_date="2026-01-05T00:00:00Z")
    task = await create_task(
        live_api, onboarding["id"], title="Design", depends_on=[{"task_id": first["id"]}], assignee_id=world.maya.id
    )
    await create_task(live_api, onboarding["id"], title="Sketch", parent_id=task["id"])
    done = await create_task(live_api, onboarding["id"], title="Kick-off", due_date="2026-01-02T00:00:00Z")
    await act(live_api, done, "complete")
    await act(live_api, task, "pin")
    await live_api.post(f"/onboardings/{onboarding['id']}/comments", json={"body": "Said, and `code`"})
    await live_api.patch(f"/onboardings/{onboarding['id']}", json={"state": "blocked", "reason": "No access"})
    page = await sign_in()
    phone = await sign_in(viewport=PHONE, has_touch=True)
    paths = [path_of(onboarding, tab) for tab in ("", "/timeline", "/comments", "/activity")]
    paths += [f"/tasks/{task['display_id']}{end}" for end in ("", "/edit", "/due")]
    ends = ("/move?to=launch", "/state", "/launch", "/delete", "/reminders", "/recap")
    paths += [path_of(onboarding, end) for end in ends]
    for path in [*paths, "/tasks", "/tasks?who=anyone"]:
        await page.goto(path)
        assert await violations(page) == [], path
        assert await layout_shift(page) < 0.01, path
        await phone.goto(path)
        assert not await overflows(phone), path


async def test_without_scripts_everything_is_a_form(
    sign_in: SignIn, live_api: httpx.AsyncClient, onboarding: Json
) -> None:
    page = await sign_in(java_script_enabled=False)
    await page.goto(path_of(onboarding))
    add = page.get_by_label("Add a task to Before getting started", exact=True)
    await add.fill("Workshop")
    await add.press("Enter")
    await expect(page.locator('.task[data-title="Workshop"]')).to_be_visible()
    await page.get_by_role("button", name="Complete Workshop", exact=True).click()
    await expect(page.get_by_text("Completed Workshop")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Complete Workshop", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Advance to Program design").click()
    await page.get_by_role("button", name="Advance to Program design").click()
    await expect(page.get_by_text("Moved to Program design")).to_be_visible()
    await page.goto(path_of(onboarding, "/comments"))
    await page.get_by_label("Write a comment").fill("Hello")
    await page.get_by_role("button", name="Comment", exact=True).click()
    await expect(page.locator(".comment")).to_contain_text("Hello")
    assert await titles(live_api, onboarding) == ["Workshop"]
