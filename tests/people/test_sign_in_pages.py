"""Signing in from the mail, and what somebody with bad intentions gets instead."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from pivotal_server.app import create_app
from pivotal_server.core.settings import Settings
from tests.harness import World, lifespan
from tests.people.conftest import Stranger
from tests.people.support import PostOffice
from tests.support import SteeredClock
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pathlib import Path

    from pivotal_server.core.db import Connection

MAYA = "maya@northwind.example"


async def ask(browser: Visitor, email: str = MAYA, next_path: str = "") -> httpx.Response:
    return await browser.submit("/sign-in", {"email": email, "next": next_path})


async def link_of(post: PostOffice) -> str:
    """Return the path of the link in the newest mail."""
    parts = urlsplit((await post.write())[-1].url)
    return f"{parts.path}?{parts.query}"


async def follow(browser: Visitor, path: str) -> httpx.Response:
    return await browser.submit("/sign-in/link", {"token": path.partition("token=")[2]})


async def test_from_a_page_over_the_mail_back_to_the_page(stranger: Stranger, post: PostOffice, world: World) -> None:
    browser = stranger()
    away = await browser.get("/customers?status=active")
    form = await browser.get(away.headers["location"])
    assert 'name="next" value="/customers?status=active"' in form.text
    asked = await ask(browser, " Maya@Northwind.example ", "/customers?status=active")
    assert asked.headers["location"] == "/sign-in/sent"
    assert "Look into your mail" in (await browser.get("/sign-in/sent")).text
    path = await link_of(post)
    page = await browser.get(path)
    assert page.status_code == 200
    assert f"You are signing in as {world.maya.email}." in page.text
    let_in = await follow(browser, path)
    assert (let_in.status_code, let_in.headers["location"]) == (303, "/customers?status=active")
    assert "Northwind" in (await browser.get("/customers")).text
    assert (await browser.get("/sign-in")).headers["location"] == "/"


async def test_the_answer_does_not_tell_who_is_known(stranger: Stranger, post: PostOffice) -> None:
    answers = []
    for email in (MAYA, "nobody@northwind.example"):
        response = await ask(stranger(), email)
        kept = {name: value for name, value in response.headers.items() if name not in {"x-request-id", "set-cookie"}}
        answers.append((response.status_code, kept, response.content))
    assert answers[0] == answers[1]
    assert [mail.to for mail in await post.write()] == [MAYA]


async def test_programs_that_read_mail_do_not_use_a_link_up(stranger: Stranger, post: PostOffice) -> None:
    browser = stranger()
    await ask(browser)
    path = await link_of(post)
    for _ in range(3):
        assert (await stranger().get(path)).status_code == 410
        assert (await browser.get(path)).status_code == 200
        assert (await browser.client.head(path)).status_code == 200
    assert (await follow(browser, path)).status_code == 303


async def test_a_link_in_another_browser_offers_a_new_one(stranger: Stranger, post: PostOffice) -> None:
    here, there = stranger(), stranger()
    await ask(here, next_path="/customers")
    path = await link_of(post)
    for page in (await there.get(path), await follow(there, path)):
        assert page.status_code == 410
        assert "This link belongs to another browser" in page.text
        assert f'name="email" value="{MAYA}"' in page.text
        assert "pivotal_session" not in page.headers.get("set-cookie", "")
    await ask(there, next_path="/customers")
    assert (await follow(there, await link_of(post))).headers["location"] == "/customers"


async def test_used_and_expired_links_say_so(stranger: Stranger, post: PostOffice, clock: SteeredClock) -> None:
    browser = stranger()
    await ask(browser)
    path = await link_of(post)
    clock.advance(15 * 60)
    assert "This link has expired" in (await follow(browser, path)).text
    await ask(browser)
    path = await link_of(post)
    await follow(browser, path)
    await browser.client.post("/sign-out", data={"csrf": await Visitor(browser.client).token()})
    assert "This link was used already" in (await follow(browser, path)).text
    assert "not one of ours" in (await browser.get("/sign-in/link?token=x")).text
    assert "not one of ours" in (await browser.get("/sign-in/link")).text


async def test_a_wrong_e_mail_stands_beside_its_field(stranger: Stranger) -> None:
    for wrong in ("", "nobody", "a@b", '"><script>alert(1)</script>'):
        response = await ask(stranger(), wrong)
        assert response.status_code == 422
        assert 'class="field-error"' in response.text
        assert "<script>alert" not in response.text


async def test_too_many_links_are_refused_in_words(stranger: Stranger) -> None:
    browser = stranger()
    for _ in range(5):
        assert (await ask(browser)).status_code == 303
    refused = await ask(browser)
    assert refused.status_code == 429
    assert "ask again in 60 minutes" in refused.text
    assert f'value="{MAYA}"' in refused.text


@pytest.mark.parametrize(
    "next_path",
    [
        *("//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "javascript:alert(1)"),
        *("/\t/evil.example", "evil.example", "/sign-in/link?token=x", "/" + "a" * 3000),
    ],
)
async def test_signing_in_leads_nowhere_else(stranger: Stranger, post: PostOffice, next_path: str) -> None:
    browser = stranger()
    page = await browser.client.get("/sign-in", params={"next": next_path})
    assert 'name="next" value="/"' in page.text
    await ask(browser, next_path=next_path)
    assert (await follow(browser, await link_of(post))).headers["location"] == "/"


async def test_signing_in_gives_another_session_than_the_browser_had(
    stranger: Stranger, post: PostOffice, tomas: Visitor
) -> None:
    """Whoever plants a session of theirs in a browser does not get the one of the person who signs in there."""
    planted = tomas.client.cookies["pivotal_session"]
    browser = stranger()
    await ask(browser)
    path = await link_of(post)
    browser.client.cookies.set("pivotal_session", planted, domain="testserver.local")
    let_in = await Visitor(browser.client).submit("/sign-in/link", {"token": path.partition("token=")[2]})
    made = let_in.cookies["pivotal_session"]
    assert made != planted
    assert (await tomas.get("/customers")).headers["location"].startswith("/sign-in")


async def test_a_sign_in_is_not_sent_from_another_site(stranger: Stranger, post: PostOffice) -> None:
    browser = stranger()
    await ask(browser)
    token = (await link_of(post)).partition("token=")[2]
    for data, headers in (
        ({"token": token}, {}),
        ({"token": token, "csrf": await browser.token()}, {"origin": "https://evil.example"}),
    ):
        assert (await browser.client.post("/sign-in/link", data=data, headers=headers)).status_code == 403
    assert (await follow(browser, f"?token={token}")).status_code == 303


async def test_signing_out_ends_the_session_on_the_server(maya: Visitor, connection: "Connection") -> None:
    kept = maya.client.cookies["pivotal_session"]
    response = await maya.submit("/sign-out")
    assert response.headers["location"] == "/sign-in"
    assert 'pivotal_session=""; ' in str(response.headers.get_list("set-cookie"))
    assert maya.client.cookies.get("pivotal_session", domain="") == kept
    assert (await maya.get("/customers")).headers["location"].startswith("/sign-in")
    assert await connection.fetchval("SELECT summary FROM activity WHERE type = 'session.ended'") == "Signed out"
    assert (await maya.client.get("/sign-out")).status_code in {405, 404}


async def test_cookies_are_out_of_the_reach_of_scripts_and_other_sites(stranger: Stranger, post: PostOffice) -> None:
    browser = stranger()
    first = await browser.get("/sign-in")
    await ask(browser)
    let_in = await follow(browser, await link_of(post))
    for name, response in (("pivotal_browser", first), ("pivotal_session", let_in)):
        (cookie,) = [text for text in response.headers.get_list("set-cookie") if text.startswith(f"{name}=")]
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= attributes
        assert "secure" not in attributes
        assert not any(part.startswith("domain") for part in attributes)


async def test_under_https_cookies_are_secure_and_of_this_host(
    dsn: str, clock: SteeredClock, connection: "Connection", tmp_path: "Path"
) -> None:
    settings = Settings(data=tmp_path, public_url="https://pivotal.example")
    app = create_app(dsn, settings, clock)
    async with (
        lifespan(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://pivotal.example") as client,
    ):
        browser, post = Visitor(client, home="/sign-in"), PostOffice(connection, dsn, clock, settings)
        first = await browser.get("/sign-in")
        await ask(browser)
        let_in = await follow(browser, await link_of(post))
        assert let_in.status_code == 303
        for name, response in (("browser", first), ("session", let_in)):
            (cookie,) = [
                text for text in response.headers.get_list("set-cookie") if text.startswith(f"__Host-pivotal_{name}=")
            ]
            assert "; Secure" in cookie
        assert (await browser.get("/customers")).status_code == 200


async def test_nobody_frames_the_sign_in(stranger: Stranger) -> None:
    headers = (await stranger().get("/sign-in")).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


async def test_the_first_page_leads_on(maya: Visitor, stranger: Stranger) -> None:
    assert (await maya.get("/")).status_code == 200
    assert (await maya.get("/settings")).headers["location"] == "/settings/general"
    assert (await stranger().get("/")).headers["location"] == "/sign-in?next=/"
