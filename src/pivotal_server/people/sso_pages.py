"""Pages of single sign-on: to the issuer, and back (documentation: Signing in). They show nothing of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from pivotal_server.core.db import in_transaction
from pivotal_server.core.errors import ApiError
from pivotal_server.core.outbound_http import OutboundHttp
from pivotal_server.people.accepting import sign_in_by_account
from pivotal_server.people.browsers import browser_of, let_in
from pivotal_server.people.oidc import Provider, address_of, begin, discover, redeem, resume, verify
from pivotal_server.people.sign_in_pages import next_path_of
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from pivotal_server.people.signing_in import SignedIn
    from pivotal_server.web.page import Page

pages = PageRoutes()

# So that whoever asks for the way there again and again asks us and not the issuer.
_KNOWN_FOR = timedelta(minutes=10)
_known: dict[str, tuple[Provider, datetime]] = {}


@pages.get("/sign-in/sso", role=None, streams=True)
async def go(page: Page) -> Response:
    """Lead to the issuer."""
    attempt = begin(page.browser, next_path_of(page.query_params.get("next")), page.services.clock.now())
    settings = page.services.settings
    async with OutboundHttp(settings) as http:
        provider = await _provider(page, http)
    return RedirectResponse(address_of(provider, settings, attempt), 303)


@pages.get("/sign-in/sso/return", role=None, streams=True)
async def come_back(page: Page) -> Response:
    """Take the issuer's answer, and go on as the person whom it vouches for."""
    clock, settings, query = page.services.clock, page.services.settings, page.query_params
    async with OutboundHttp(settings) as http:
        attempt = resume(page.browser, query.get("state", ""), clock.now())
        provider = await _provider(page, http)
        # An answer of another issuer (RFC 9207), or none.
        if query.get("iss", provider.issuer) != provider.issuer or not query.get("code"):
            raise ApiError(403, "sso_refused", "The service for single sign-on did not sign you in. Begin again.")
        token = await redeem(http, provider, settings, query["code"], attempt)
        account = await verify(http, provider, settings, token, attempt.nonce, clock.now())
    async with page.services.pool.acquire() as connection:

        async def work() -> SignedIn:
            return await sign_in_by_account(connection, clock, account, browser_of(page), attempt.next_path)

        return let_in(page, await in_transaction(connection, clock, work))


async def _provider(page: Page, http: OutboundHttp) -> Provider:
    issuer, now = page.services.settings.oidc_issuer, page.services.clock.now()
    if issuer is None:
        raise ApiError(404, "http_exception", "There is nothing at this address.")
    known = _known.get(issuer)
    if known is None or now >= known[1]:
        known = _known[issuer] = (await discover(http, issuer), now + _KNOWN_FOR)
    return known[0]
