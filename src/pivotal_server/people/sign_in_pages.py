"""Pages of signing in and out (documentation: Signing in)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import BaseModel

from pivotal_server.branding.queries import find_only_brand
from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import Email
from pivotal_server.people.browsers import browser_of, let_in
from pivotal_server.people.kept_mail import is_shown
from pivotal_server.people.links import Looked, ask_for_link, look_at_link
from pivotal_server.people.signing_in import sign_in_by_link, sign_out
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes
from pivotal_server.web.security import local_path

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()

_LINK_GONE = 410
# What a path may have at most, to be gone on to.
_LONGEST_PATH = 2000


class SignIn(BaseModel):
    """Who wants to sign in."""

    email: Email


@pages.get("/sign-in", role=None)
async def sign_in_form(page: Page) -> Response:
    """Ask for an e-mail; whoever is signed in goes on."""
    next_path = next_path_of(page.query_params.get("next"))
    if page.maybe_visitor is not None:
        return page.redirect(next_path)
    form: Form[SignIn] = Form()
    page.known_brand = await find_only_brand(page.connection)
    return page.render("people/sign_in.html", form=form, next_path=next_path, sso=_issuer_of(page))


@pages.post("/sign-in", role=None)
async def ask(page: Page) -> Response:
    """Have a link sent; the answer is the same whether anybody is known by the e-mail or not."""
    form, next_path = page.read_form(SignIn), next_path_of(page.field("next"))
    status = UNPROCESSABLE
    if form.body is not None:
        email, now = form.body.email, page.services.clock.now()

        async def work() -> None:
            await ask_for_link(page.connection, email, browser=page.browser, ip=page.ip, next_path=next_path, now=now)

        try:
            await in_transaction(page.connection, page.services.clock, work)
        except ApiError as error:
            form.errors["email"], status = error.message, error.status
        else:
            return page.redirect("/sign-in/sent")
    page.known_brand = await find_only_brand(page.connection)
    return page.render("people/sign_in.html", status=status, form=form, next_path=next_path, sso=_issuer_of(page))


@pages.get("/sign-in/sent", role=None)
async def sent(page: Page) -> Response:
    """Say that a link is on its way, if it is."""
    page.known_brand = await find_only_brand(page.connection)
    return page.render("people/sent.html", kept_mail=is_shown(page.services.settings, page.headers))


@pages.get("/sign-in/link", role=None)
async def link(page: Page) -> Response:
    """Show the button that a link is for; looking at it, as programs that read mail do, does not use it up."""
    token = page.query_params.get("token", "")
    looked = await look_at_link(page.connection, token, page.browser, page.services.clock.now())
    return _show_link(page, token, looked)


@pages.post("/sign-in/link", role=None)
async def follow(page: Page) -> Response:
    """Use a link up, and go on as the person whom it is for."""
    token, clock = page.field("token"), page.services.clock
    done = await in_transaction(
        page.connection, clock, lambda: sign_in_by_link(page.connection, clock, token, browser_of(page))
    )
    return _show_link(page, token, done) if isinstance(done, Looked) else let_in(page, done)


@pages.post("/sign-out", workspace=False)
async def leave(page: Page) -> Response:
    """End the session."""
    clock = page.services.clock
    await in_transaction(
        page.connection, clock, lambda: sign_out(page.connection, clock, page.visitor, browser_of(page))
    )
    response = page.redirect("/sign-in", toast="Signed out")
    page.cookie_names.drop(response, page.cookie_names.session)
    return response


def _show_link(page: Page, token: str, looked: Looked) -> Response:
    status = 200 if looked.state == "ready" else _LINK_GONE
    return page.render("people/link.html", status=status, token=token, state=looked.state, link=looked.link)


def _issuer_of(page: Page) -> str | None:
    """Return what people know the service for single sign-on by: its host."""
    issuer = page.services.settings.oidc_issuer
    return urlsplit(issuer).netloc if issuer else None


def next_path_of(text: str | None) -> str:
    """Return where to go on after signing in: the page that was asked for, where it is one of ours."""
    path = local_path(text)
    # Signing in leads to where somebody wanted to go, and not back to signing in.
    return "/" if len(path) > _LONGEST_PATH or path.startswith("/sign-in") else path
