"""Single sign-on: to the issuer and back, for members and those invited, and for nobody whom it does not vouch for."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from pivotal_server.identity.people import list_members
from pivotal_server.people.invitations import Invitees, invite
from tests.harness import World, lifespan
from tests.people.issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    Issuer,
    running_issuer,
    unsigned,
    with_an_unknown_key,
    with_another_key,
    with_the_shared_secret,
)
from tests.people.test_invitations import Desk
from tests.support import SteeredClock
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Browser = Callable[[], Visitor]


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running_issuer() as running:
        yield running


@pytest.fixture
async def browser(dsn: str, clock: SteeredClock, issuer: Issuer, tmp_path: Path) -> AsyncIterator[Browser]:
    """Opens a browser at a server that knows the issuer; time is the real one, because the issuer has a clock too."""
    clock.seconds = time.time()
    settings = Settings(
        data=tmp_path,
        public_url="http://testserver",
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        outbound_allow=(ip_network("127.0.0.0/8"),),
    )
    app = create_app(dsn, settings, clock)
    async with AsyncExitStack() as opened:
        await opened.enter_async_context(lifespan(app))

        def open_browser() -> Visitor:
            made = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
            opened.push_async_callback(made.aclose)
            return Visitor(made, home="/sign-in")

        yield open_browser


async def leave(visitor: Visitor, next_path: str = "/customers") -> str:
    """Return where the browser is led to."""
    response = await visitor.get("/sign-in/sso", next=next_path)
    assert response.status_code == 303
    return str(response.headers["location"])


async def come_back(visitor: Visitor, issuer: Issuer, **claims: Any) -> httpx.Response:  # noqa: ANN401 - JSON
    """Return the answer to what the issuer says of somebody with these claims."""
    issuer.claims |= claims
    return await visitor.get(issuer.authorize(await leave(visitor)))


def is_signed_in(response: httpx.Response) -> bool:
    return response.status_code == 303 and "pivotal_session" in response.cookies


@pytest.mark.parametrize("in_header", [True, False], ids=["secret in a header", "secret in the form"])
async def test_a_member_signs_in(browser: Browser, issuer: Issuer, *, in_header: bool) -> None:
    issuer.secret_in_header = in_header
    visitor = browser()
    assert (
        f"Sign in with {urlsplit(issuer.url).netloc}"
        in (await visitor.get("/sign-in", next="/customers?plan=pro")).text
    )
    back = await visitor.get(issuer.authorize(await leave(visitor, "/customers?plan=pro")))
    assert is_signed_in(back)
    assert back.headers["location"] == "/customers?plan=pro"
    assert "Maya" in (await visitor.get("/settings/profile")).text
    assert issuer.asked == ["GET /.well-known/openid-configuration", "POST /token", "GET /keys"]
    await leave(browser())
    assert len(issuer.asked) == 3  # the way there is known


async def test_whoever_is_invited_joins(
    browser: Browser, issuer: Issuer, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    for workspace, owner in ((world.northwind, world.maya), (world.fabrikam, world.fabian)):
        desk = Desk(connection, clock, workspace.id, owner)
        await desk.do(lambda change: invite(change, Invitees.read("ada@northwind.example"), "member"))
    assert is_signed_in(await come_back(browser(), issuer, email="Ada@Northwind.example", name="Ada Adler"))
    for workspace in (world.northwind, world.fabrikam):
        assert "Ada Adler" in [person.name for person in await list_members(connection, workspace.id)]


async def test_whoever_is_not_invited_does_not_get_in(
    browser: Browser, issuer: Issuer, connection: "Connection"
) -> None:
    response = await come_back(browser(), issuer, email="stranger@northwind.example")
    assert response.status_code == 403
    assert "stranger@northwind.example is not invited" in response.text
    assert await connection.fetchval("SELECT count(*) FROM people WHERE email LIKE 'stranger%'") == 0


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "false"},
        {"email": None},
        {"email": "not an address"},
        {"email": ["maya@northwind.example"]},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["pivotal", "another-client"]},
        {"azp": "another-client"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"iat": 32503680000},
    ],
    ids=str,
)
async def test_what_the_issuer_does_not_say_for_us_signs_nobody_in(
    browser: Browser, issuer: Issuer, claims: dict[str, Any]
) -> None:
    response = await come_back(browser(), issuer, **claims)
    assert response.status_code == 403
    assert "pivotal_session" not in response.cookies


@pytest.mark.parametrize(
    "sign", [with_another_key, with_an_unknown_key, with_the_shared_secret, unsigned, lambda _: "x.y"]
)
async def test_what_the_issuer_has_not_signed_signs_nobody_in(
    browser: Browser, issuer: Issuer, sign: Callable[[dict[str, Any]], str]
) -> None:
    issuer.sign = sign
    response = await come_back(browser(), issuer)
    assert response.status_code == 403
    assert "cannot be trusted" in response.text


async def test_an_answer_is_for_the_browser_that_asked(browser: Browser, issuer: Issuer, clock: SteeredClock) -> None:
    """Nobody signs somebody else in as themselves by sending them a link back from the issuer."""
    attacker, victim = browser(), browser()
    await leave(victim)
    path = issuer.authorize(await leave(attacker))
    assert (await victim.get(path)).status_code == 403
    for broken in ("", "x", "x.y", parse_qs(urlsplit(path).query)["state"][0] + "x"):
        refused = await attacker.get("/sign-in/sso/return", code="code-0", state=broken)
        assert refused.status_code == 403
        assert "not begun in this browser" in refused.text
    assert issuer.asked == ["GET /.well-known/openid-configuration"]
    clock.advance(600)
    assert "took too long" in (await attacker.get(path)).text


async def test_a_code_works_once(browser: Browser, issuer: Issuer) -> None:
    visitor = browser()
    path = issuer.authorize(await leave(visitor))
    assert is_signed_in(await visitor.get(path))
    assert (await visitor.get(path)).status_code == 403


async def test_an_answer_of_another_issuer_or_none_is_refused(browser: Browser, issuer: Issuer) -> None:
    visitor = browser()
    path = issuer.authorize(await leave(visitor))
    state = parse_qs(urlsplit(path).query)["state"][0]
    for query in (
        {"state": state, "error": "access_denied"},
        {"state": state, "code": "code-0", "iss": "https://evil.example"},
    ):
        assert (await visitor.client.get("/sign-in/sso/return", params=query)).status_code == 403
    assert "POST /token" not in issuer.asked


@pytest.mark.parametrize("next_path", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_it_leads_nowhere_else(browser: Browser, issuer: Issuer, next_path: str) -> None:
    visitor = browser()
    back = await visitor.get(issuer.authorize(await leave(visitor, next_path)))
    assert back.headers["location"] == "/"


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"token_endpoint": "http://192.0.2.1/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
    ids=str,
)
async def test_an_issuer_that_describes_itself_wrongly_is_told(
    browser: Browser, issuer: Issuer, change: dict[str, Any]
) -> None:
    issuer.describe = lambda described: described | change
    response = await browser().get("/sign-in/sso")
    assert response.status_code == 502
    assert "A link by mail works all the same." in response.text


async def test_without_an_issuer_there_is_no_such_page(tmp_path: Path, dsn: str, clock: SteeredClock) -> None:
    app = create_app(dsn, Settings(data=tmp_path), clock)
    async with (
        lifespan(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client,
    ):
        for path in ("/sign-in/sso", "/sign-in/sso/return"):
            assert (await client.get(path)).status_code in {403, 404}
        assert "Sign in with" not in (await client.get("/sign-in")).text


def test_the_three_settings_go_together() -> None:
    with pytest.raises(ValidationError, match="go together"):
        Settings(oidc_issuer="https://accounts.example")
