"""From the sign-in page over the mail into the workspace, and on to a colleague: in a real browser, worker and all."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Page, expect

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from tests.browser.conftest import Open, SignIn
from tests.browser.site import Site
from tests.browser.watch import Watch, layout_shift, overflows, violations
from tests.cli.command import Running
from tests.harness import World
from tests.support import eventually

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 320, "height": 640}
SETTINGS = ["/settings/team", "/settings/team/transfer", "/settings/profile", "/settings/sessions", "/workspaces"]


@pytest.fixture
async def mailing_site(server: Site, dsn: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an app whose worker keeps its mail as files."""
    settings = Settings.model_validate({"PORT": server.port, "data": tmp_path})
    worker = Running(tmp_path, "worker", DATABASE_URL=dsn, PIVOTAL_DATA=tmp_path, PORT=server.port)
    try:
        async with server.shows(create_app(dsn, settings)) as url:
            yield url
    finally:
        worker.stop()


async def open_mail(page: Page, site: str, subject: str) -> None:
    """Open the link in the newest kept mail of this subject, as soon as it is there."""

    async def has_come() -> bool:
        return subject in await (await page.request.get(f"{site}/dev/mail")).text()

    await eventually(has_come, timeout=30)
    await page.goto(f"{site}/dev/mail")
    await page.get_by_role("link", name=subject).first.click()
    await page.get_by_role("link", name=f"{site}/").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_somebody_signs_in_from_the_mail_and_brings_a_colleague(
    mailing_site: str, open_page: Open, *, scripts: bool
) -> None:
    maya = await open_page(java_script_enabled=scripts)
    await maya.goto(f"{mailing_site}/customers")
    await maya.get_by_label("E-mail").fill("maya@northwind.example")
    await maya.get_by_role("button", name="Send me a link").click()
    await expect(maya.get_by_role("heading", name="Look into your mail")).to_be_visible()
    await open_mail(maya, mailing_site, "Your link to sign in")
    await maya.get_by_role("button", name="Sign in").click()
    await expect(maya).to_have_url(f"{mailing_site}/customers")

    await maya.goto(f"{mailing_site}/settings/team")
    await maya.get_by_label("E-mail addresses").fill("Ada Adler <ada@northwind.example>\nnobody")
    await maya.get_by_role("button", name="Invite", exact=True).click()
    await expect(maya.get_by_role("status").first).to_contain_text("Not an e-mail address")
    await expect(maya.get_by_role("row", name="ada@northwind.example")).to_be_visible()

    ada = await open_page(java_script_enabled=scripts)
    await open_mail(ada, mailing_site, "Maya invites you to Northwind")
    await ada.get_by_label("Your name").fill("Ada Adler")
    await ada.get_by_role("button", name="Join Northwind").click()
    await expect(ada).to_have_url(f"{mailing_site}/")

    await maya.goto(f"{mailing_site}/settings/team")
    await maya.get_by_role("button", name="What to do with Ada Adler").click()
    await maya.get_by_role("menuitem", name="Make an admin").click()
    await expect(maya.get_by_role("row", name="Ada Adler")).to_contain_text("Admin")
    await ada.goto(f"{mailing_site}/settings/team")
    await expect(ada.get_by_role("heading", name="Invite people")).to_be_visible()

    await maya.get_by_role("button", name="What to do with Ada Adler").click()
    await maya.get_by_role("menuitem", name="Remove").click()
    await maya.get_by_role("button", name="Remove Ada Adler").click()
    await expect(maya.get_by_role("status").first).to_contain_text("Removed Ada Adler")
    await ada.reload()
    await expect(ada.get_by_role("heading", name="Your workspaces")).to_be_visible()


async def test_axe_finds_nothing_on_pages_about_people(
    sign_in: SignIn, open_page: Open, site: str, world: World
) -> None:
    maya, stranger = await sign_in(), await open_page(base_url=site)
    Watch.of(stranger).expect("status of 410")
    paths = [*SETTINGS, f"/settings/team/{world.tomas.id}/remove"]
    walks = [(maya, path) for path in paths]
    walks += [(stranger, path) for path in ("/sign-in", "/sign-in/sent", "/sign-in/link?token=x", "/dev/mail")]
    for page, path in walks:
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], path
        assert await layout_shift(page) == 0, path


async def test_pages_about_people_fit_on_a_small_phone(sign_in: SignIn, world: World) -> None:
    page = await sign_in(viewport=PHONE, has_touch=True, is_mobile=True)
    for path in [*SETTINGS, f"/settings/team/{world.tomas.id}/remove", "/dev/mail"]:
        await page.goto(path)
        assert not await overflows(page), path
