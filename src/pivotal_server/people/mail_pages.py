"""The pages of kept mail: while Pivotal is developed or tried there is no mail server, but mail to be read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.people.kept_mail import is_shown, list_mail, read_mail
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page

pages = PageRoutes()


@pages.get("/dev/mail", role=None)
async def kept_mails(page: Page) -> Response:
    """List the kept mails, newest first."""
    _require_development(page)
    mails = await asyncio.to_thread(list_mail, page.services.settings.mail_directory)
    return page.render("people/mails.html", mails=mails)


@pages.get("/dev/mail/{mail}", role=None)
async def kept_mail(page: Page, mail: str) -> Response:
    """Show a kept mail."""
    _require_development(page)
    found = await asyncio.to_thread(read_mail, page.services.settings.mail_directory, mail)
    if found is None:
        raise _nothing()
    return page.render("people/mail.html", mail=found)


def _require_development(page: Page) -> None:
    if not is_shown(page.services.settings, page.headers):
        raise _nothing()


def _nothing() -> ApiError:
    return ApiError(404, "http_exception", "There is nothing at this address.")
