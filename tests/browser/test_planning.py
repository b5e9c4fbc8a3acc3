"""What plans are made of, edited in a real browser: by mouse, by finger, by keyboard alone and without scripts."""

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.watch import layout_shift, overflows, violations
from tests.harness import World
from tests.support import create_onboarding
from tests.templates.support import create_template

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 390, "height": 844}


async def look(page: Page, path: str) -> None:
    """Open a page and see that it stands still and that axe finds nothing."""
    await page.goto(path)
    await page.wait_for_load_state("networkidle")
    assert await violations(page) == [], path
    assert await layout_shift(page) == 0, path


async def phase_names(page: Page) -> list[str]:
    return [str(await row.get_attribute("data-title")) for row in await page.locator(".phase-row").all()]


async def drag(page: Page, what: Locator, to: Locator) -> None:
    here, there = await what.bounding_box(), await to.bounding_box()
    assert here
    assert there
    await page.mouse.move(here["x"] + here["width"] / 2, here["y"] + here["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(there["x"] + 40, there["y"] + 2, steps=8)
    await page.mouse.up()


async def test_phases_by_keyboard_by_mouse_and_by_menu(sign_in: SignIn) -> None:
    page = await sign_in()
    await look(page, "/settings/phases")
    grip = page.get_by_role("button", name="Move Review")
    await grip.focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "Space"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("Review is number 1")).to_be_visible()
    await expect(grip).to_be_focused()
    assert (await phase_names(page))[0] == "Review"
    for key in ("Space", "ArrowDown", "Escape"):
        await page.keyboard.press(key)
    await expect(page.locator("[data-announce]")).to_have_text("Review stays where it was.")
    assert (await phase_names(page))[0] == "Review"
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".phase-row").first).to_have_attribute("data-title", "Before getting started")

    await drag(page, page.get_by_role("button", name="Move Launch"), page.locator(".phase-row").nth(1))
    await expect(page.get_by_text("Launch is number 2")).to_be_visible()
    assert (await phase_names(page))[1] == "Launch"
    await page.get_by_role("button", name="What to do with Launch").click()
    await page.get_by_role("menuitem", name="Move down").click()
    await expect(page.locator(".phase-row").nth(2)).to_have_attribute("data-title", "Launch")

    name = page.get_by_label("Name of Review")
    await name.fill("Customer sign-off")
    await name.press("Enter")
    await expect(page.locator("#phase-review-name[data-saved]")).to_be_visible()
    await page.reload()
    await page.get_by_label("Kind of Customer sign-off").select_option(label="The launch")
    await expect(page.get_by_text("Launch is the launch phase already.")).to_be_visible()
    await page.goto("/settings/phases")
    await page.get_by_role("button", name="What to do with Customer sign-off").click()
    await page.get_by_role("menuitem", name="Retire").click()
    await page.get_by_role("dialog").get_by_role("button", name="Retire Customer sign-off").click()
    await expect(page.get_by_text("1 retired phase")).to_be_visible()
    assert "Customer sign-off" not in await phase_names(page)


async def test_a_preset_is_previewed_and_switched_to(sign_in: SignIn) -> None:
    page = await sign_in(color_scheme="dark")
    await look(page, "/settings/phases")
    await look(page, "/settings/phases/presets")
    row = page.get_by_role("row", name="Program design")
    await expect(row).to_contain_text("Starts anew")
    await page.get_by_label("Program design goes to").select_option(label="Integration")
    await page.get_by_label("Review goes to").select_option(label="UAT")
    await page.get_by_label("Program buildout goes to").select_option(label="UAT")
    await expect(row).to_contain_text("Goes on under the new name")
    await page.get_by_role("button", name="Switch to these phases").click()
    await page.wait_for_url("**/settings/phases")
    await expect(page.locator(".phase-row")).to_have_count(5)
    assert await phase_names(page) == ["Kickoff", "Integration", "UAT", "Launch", "Adoption"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_phases_on_a_phone(sign_in: SignIn, *, scripts: bool) -> None:
    page = await sign_in(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=scripts)
    await page.goto("/settings/phases")
    if scripts:
        assert not await overflows(page)
    await page.get_by_label("Name", exact=True).fill("Hypercare")
    await page.get_by_role("button", name="Add the phase").click()
    await expect(page.get_by_role("status").filter(has_text="Added Hypercare")).to_be_visible()
    await page.get_by_role("button", name="What to do with Hypercare").click()
    await page.get_by_role("menuitem", name="Move up").click()
    await expect(page.locator(".phase-row").nth(5)).to_have_attribute("data-title", "Hypercare")


async def test_a_field_its_options_and_its_order(sign_in: SignIn) -> None:
    page = await sign_in()
    await look(page, "/settings/fields")
    await page.keyboard.press("c")
    await page.wait_for_url("**/settings/fields/new")
    await page.get_by_label("Label").fill("Sales region")
    await expect(page.get_by_role("group", name="Options")).to_be_hidden()
    await page.get_by_label("Holds").select_option(label="One of several options")
    await page.get_by_label("Option 1", exact=True).fill("EMEA")
    await page.get_by_label("Option 2", exact=True).fill("APAC")
    await page.get_by_role("button", name="Add an option").click()
    await expect(page.get_by_label("Option 3", exact=True)).to_be_focused()
    await page.keyboard.type("LATAM")
    await (
        page.get_by_role("button", name="Move LATAM")
        .or_(page.get_by_role("button", name="Move option 3"))
        .first.focus()
    )
    for key in ("Space", "ArrowUp", "ArrowUp", "Space"):
        await page.keyboard.press(key)
    assert await violations(page) == []
    await page.get_by_label("Option 2", exact=True).press("Enter")
    await page.wait_for_url("**/settings/fields")
    await expect(page.get_by_text("3 options")).to_be_visible()

    await page.get_by_role("link", name="Sales region").click()
    await page.get_by_label("Label").fill("Region")
    values = [await box.input_value() for box in await page.locator("[name=option]").all()]
    assert values == ["LATAM", "EMEA", "APAC"]
    await page.get_by_role("button", name="Remove EMEA").click()
    await expect(page.locator("[name=option]")).to_have_count(2)
    await expect(page.get_by_label("Label")).to_have_value("Region")
    await page.get_by_role("button", name="Save", exact=True).last.click()
    await page.wait_for_url("**/settings/fields")

    await page.goto("/settings/fields/new")
    await page.get_by_label("Label").fill("Stores")
    await page.get_by_role("button", name="Add the field").click()
    await page.get_by_role("button", name="Move Stores").focus()
    for key in ("Space", "ArrowUp", "Space"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("Stores is number 1")).to_be_visible()
    await page.get_by_role("button", name="What to do with Region").click()
    await page.get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Type Region to confirm").fill("Region")
    await dialog.get_by_role("button", name="Delete Region").click()
    await expect(page.get_by_text("Deleted Region")).to_be_visible()


async def test_fields_in_the_dark_and_on_a_phone(sign_in: SignIn) -> None:
    dark = await sign_in(color_scheme="dark")
    await look(dark, "/settings/fields/new")
    await dark.get_by_label("Label").fill("Rank")
    await dark.get_by_label("Holds").select_option(label="One of several options")
    await dark.get_by_label("Option 1", exact=True).fill("A")
    await dark.get_by_role("button", name="Add the field").click()
    await dark.get_by_role("link", name="Rank").click()
    assert await violations(dark) == []
    phone = await sign_in(viewport=PHONE, has_touch=True, is_mobile=True)
    for path in ("/settings/fields", "/settings/fields/new", "/settings/fields/1", "/settings/fields/1/delete"):
        await phone.goto(path)
        assert not await overflows(phone), path


async def test_a_template_is_written_carried_about_and_gone_back_to(sign_in: SignIn) -> None:
    page = await sign_in()
    await look(page, "/settings/templates")
    await page.keyboard.press("c")
    await page.get_by_label("Name").fill("Rollout")
    await page.get_by_label("Name").press("Enter")
    await page.wait_for_url("**/settings/templates/1")
    first = page.get_by_label("Add a task to Review", exact=True)
    for title in ("Kick off", "Check", "Sign"):
        await first.fill(title)
        await first.press("Enter")
        await expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
        await expect(first).to_be_focused()
    assert await violations(page) == []

    grip = page.get_by_role("button", name="Move Sign", exact=True)
    await grip.focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "ArrowUp", "Space"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("Moved Sign")).to_be_visible()
    design = page.get_by_role("list", name="Program design", exact=True)
    await expect(design.get_by_role("link", name="Sign", exact=True)).to_be_visible()
    await expect(grip).to_be_focused()
    await drag(page, page.get_by_role("button", name="Move Check", exact=True), page.locator(".template-task").first)
    await expect(design.get_by_role("link")).to_have_text(["Check", "Sign"])
    await page.locator(".toast", has_text="Moved Check").get_by_role("button", name="Undo").click()
    await expect(design.get_by_role("link")).to_have_text(["Sign"])

    await page.get_by_role("link", name="Sign", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("How it is due").select_option(label="Working days from the end of another task")
    await dialog.get_by_label("Which task").select_option(label="Check")
    await dialog.get_by_label("Working days, before where negative").fill("3")
    await dialog.get_by_label("Whose task").select_option(label="Designer")
    await dialog.get_by_label("Kick off", exact=True).check()
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("3 working days after Check")).to_be_visible()
    await page.get_by_role("button", name="Actions on Sign").click()
    await page.get_by_role("menuitem", name="Add a subtask").click()
    await dialog.get_by_label("Title").fill("Print it")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("link", name="Print it")).to_be_visible()

    await look(page, "/settings/templates/1/preview?start=2026-03-02")
    await look(page, "/settings/templates/1/versions")
    await page.get_by_role("link", name="Version 4", exact=True).click()
    assert await violations(page) == []
    await page.get_by_role("button", name="Restore this version").click()
    await expect(page.get_by_text("As in version 4 again")).to_be_visible()
    await expect(page.get_by_role("link", name="Print it")).to_have_count(0)


async def test_templates_in_the_dark_on_a_phone_and_without_scripts(sign_in: SignIn) -> None:
    plain = await sign_in(java_script_enabled=False)
    await plain.goto("/settings/templates/import")
    yaml = "name: Pilot\ntasks:\n- {key: a, title: First, phase: review, due: {type: start, days: 2}}"
    await plain.get_by_label("Or paste what it says").fill(f"{yaml}\n- {{key: b, title: Second, phase: nowhere}}")
    await plain.get_by_role("button", name="Make the template").click()
    await expect(plain.get_by_text("Line 4, tasks.1.phase")).to_be_visible()
    await plain.get_by_label("Or paste what it says").fill(yaml)
    await plain.get_by_role("button", name="Make the template").click()
    await plain.get_by_label("Add a task to Review", exact=True).fill("Third")
    await plain.get_by_label("Add a task to Review", exact=True).press("Enter")
    await plain.get_by_role("button", name="Actions on Third").click()
    await plain.get_by_role("menuitem", name="Move up").click()
    await expect(plain.locator(".item-title")).to_have_text(["Third", "First"])
    await plain.get_by_role("link", name="First", exact=True).click()
    await plain.get_by_label("Title").fill("Second")
    await plain.get_by_role("button", name="Save").click()
    await expect(plain.locator(".item-title")).to_have_text(["Third", "Second"])
    dark = await sign_in(color_scheme="dark")
    paths = ["", "/1", "/1/tasks/a", "/1/about", "/1/preview", "/1/versions", "/1/versions/1", "/1/delete", "/import"]
    for path in paths:
        await look(dark, f"/settings/templates{path}")
    phone = await sign_in(viewport=PHONE, has_touch=True, is_mobile=True)
    for path in paths:
        await phone.goto(f"/settings/templates{path}")
        assert not await overflows(phone), path


async def test_a_template_lands_from_the_menu_and_a_plan_becomes_one(sign_in: SignIn, world: World, site: str) -> None:
    headers = {"authorization": f"Bearer {world.live_key}"}
    async with httpx.AsyncClient(headers=headers, base_url=f"{site}/api/v1") as api:
        await create_template(api)
        await create_onboarding(api)
    for scheme in ("light", "dark"):
        page = await sign_in(color_scheme=scheme)
        await page.goto("/onboardings/1")
        await page.get_by_role("button", name="Actions on this onboarding").click()
        await page.get_by_role("menuitem", name="Apply a template").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Template", exact=True).select_option(label="Loyalty programme")
        if scheme == "light":
            await dialog.get_by_label("Launch", exact=True).check()
            await expect(dialog.get_by_text("1 task lands")).to_be_visible()
            assert await violations(page) == []
            await dialog.get_by_role("button", name="Apply it").click()
            await expect(page.get_by_text("1 task landed")).to_be_visible()
            await expect(page.get_by_role("button", name="Move Announce the launch")).to_be_visible()
        else:
            await expect(dialog.get_by_text("are in the plan already")).to_be_visible()
            await dialog.get_by_label("Have its tasks land a second time").check()
            await dialog.get_by_role("button", name="See what lands").click()
            await expect(dialog.get_by_text("6 tasks land")).to_be_visible()
            assert await violations(page) == []
    plain = await sign_in(java_script_enabled=False)
    await plain.goto("/onboardings/1/save-as-template")
    await plain.get_by_role("button", name="Save the template").click()
    await plain.wait_for_url("**/settings/templates/2")
