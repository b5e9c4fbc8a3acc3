"""Asking for a sample workspace, waiting for it, and removing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.core.db import in_transaction
from pivotal_server.people.workspaces import go_to_workspace
from pivotal_server.samples.requests import ask_for_sample, find_request, find_sample, remove_sample
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_PATH = "/sample"


@pages.get(_PATH, workspace=False)
async def show_sample(page: Page) -> Response:
    """Show how far the person's sample workspace is."""
    return await _show(page)


@pages.post(_PATH, workspace=False)
async def open_sample(page: Page) -> Response:
    """Go to the person's sample workspace, as soon as there is one; what asks again and again goes there by itself."""
    person_id, clock = page.visitor.person_id, page.services.clock
    slug = await find_sample(page.connection, person_id)
    if slug is not None:
        await go_to_workspace(page.connection, page.visitor, slug)
        return page.redirect("/", toast="Look around: everything here is made up")
    waits = page.wants_fragment and await find_request(page.connection, person_id) is not None
    if not waits:
        await in_transaction(page.connection, clock, lambda: ask_for_sample(page.connection, person_id, clock.now()))
        page.services.bell.ring()
    return await _show(page) if page.wants_fragment else page.redirect(_PATH)


@pages.get(f"{_PATH}/remove", role="owner")
async def ask_to_remove(page: Page) -> Response:
    """Ask whether the sample is to go."""
    return page.render("samples/remove.html", block="dialog")


@pages.post(f"{_PATH}/remove", role="owner")
async def remove(page: Page) -> Response:
    """Remove the sample workspace that the person is in."""
    await page.commit(remove_sample)
    return page.redirect("/workspaces", toast="The sample is gone. You can have another one at any time.")


async def _show(page: Page) -> Response:
    person_id = page.visitor.person_id
    return page.render(
        "samples/sample.html",
        block="progress",
        ready=await find_sample(page.connection, person_id) is not None,
        request=await find_request(page.connection, person_id),
    )
