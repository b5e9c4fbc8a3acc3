"""The page that an invitation's link leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import Name
from pivotal_server.people.accepting import accept_as_new, accept_as_visitor, get_offer
from pivotal_server.people.browsers import browser_of, let_in
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.people.models import Offer
    from pivotal_server.web.page import Page

pages = PageRoutes()


class Newcomer(BaseModel):
    """What somebody new is called."""

    name: Name


@pages.get("/invitations/{token}", role=None)
async def invitation(page: Page, token: str) -> Response:
    """Say who invites to what, and offer what it takes to accept."""
    offer = await get_offer(page.connection, token, page.services.clock.now())
    form: Form[Newcomer] = Form()
    return page.render("people/invitation.html", offer=offer, token=token, way=_way(page, offer), form=form)


@pages.post("/invitations/{token}", role=None)
async def accept(page: Page, token: str) -> Response:
    """Join the workspace: somebody new is made known and signed in, somebody known is signed in already."""
    clock, connection, browser = page.services.clock, page.connection, browser_of(page)
    offer = await get_offer(connection, token, clock.now())
    way = _way(page, offer)
    if way == "sign_in":
        raise ApiError(409, "sign_in_first", f"Sign in as {offer.email} first.")
    if way == "join":
        visitor = page.visitor
        await in_transaction(connection, clock, lambda: accept_as_visitor(connection, clock, token, visitor, browser))
        return page.redirect("/", toast=f"You are in {offer.workspace_name} now")
    form = page.read_form(Newcomer)
    if form.body is None:
        return page.render("people/invitation.html", status=UNPROCESSABLE, offer=offer, token=token, way=way, form=form)
    name = form.body.name
    signed_in = await in_transaction(connection, clock, lambda: accept_as_new(connection, clock, token, name, browser))
    return let_in(page, signed_in)


def _way(page: Page, offer: Offer) -> str:
    """Return what accepting takes: ``new`` a name, ``join`` a click, ``sign_in`` to be signed in as who was invited."""
    if offer.person_id is None:
        return "new"
    visitor = page.maybe_visitor
    return "join" if visitor is not None and visitor.person_id == offer.person_id else "sign_in"
