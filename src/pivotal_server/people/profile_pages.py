"""A person's own settings: their name, and where they are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from pivotal_server.core.db import in_transaction
from pivotal_server.core.validation import Name
from pivotal_server.identity.rights import has_role
from pivotal_server.identity.sessions import list_sessions
from pivotal_server.people.browsers import browser_of, described
from pivotal_server.people.members import rename_self
from pivotal_server.people.signing_in import end_other_sessions, end_session
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


class Profile(BaseModel):
    """What a person says of themselves."""

    name: Name


@pages.get("/settings")
async def settings(page: Page) -> Response:
    """Lead admins to the workspace's settings, and members to their own."""
    return page.redirect("/settings/general" if has_role(page.visitor.role, "admin") else "/settings/profile")


@pages.get("/settings/profile")
async def profile(page: Page) -> Response:
    """Show the person's own name."""
    form: Form[Profile] = Form({"name": page.visitor.person_name})
    return page.render("people/profile.html", form=form)


@pages.post("/settings/profile")
async def rename(page: Page) -> Response:
    """Change the person's own name."""
    form = page.read_form(Profile)
    if form.body is None:
        return page.render("people/profile.html", status=UNPROCESSABLE, form=form)
    name = form.body.name
    await page.commit(lambda change: rename_self(change, name))
    return page.redirect("/settings/profile", toast="Saved")


@pages.get("/settings/sessions")
async def sessions(page: Page) -> Response:
    """Show where the person is signed in."""
    rows = await list_sessions(page.connection, page.visitor.person_id, page.services.clock.now())
    return page.render("people/sessions.html", sessions=rows, described=described)


@pages.post("/settings/sessions/end-others")
async def end_others(page: Page) -> Response:
    """End all of the person's sessions but this one."""
    clock = page.services.clock
    count = await in_transaction(
        page.connection, clock, lambda: end_other_sessions(page.connection, clock, page.visitor, browser_of(page))
    )
    text = f"Signed out of {count} other browser{'s'[: count != 1]}"
    return page.redirect("/settings/sessions", toast=text if count else "There was no other browser")


@pages.post("/settings/sessions/{session}/end")
async def end(page: Page, session: str) -> Response:
    """End one of the person's sessions; with the one that they are in, they are signed out."""
    clock = page.services.clock
    await in_transaction(
        page.connection,
        clock,
        lambda: end_session(page.connection, clock, page.visitor, browser_of(page), session),
    )
    return page.redirect("/settings/sessions", toast="Signed out there")
