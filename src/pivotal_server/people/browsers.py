"""The browser that a page's request comes from, as signing in and the audit log want to know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.people.signing_in import Browser, SignedIn
from pivotal_server.web.security import SESSION_SECONDS

if TYPE_CHECKING:
    from starlette.responses import Response

    from pivotal_server.web.page import Page


def browser_of(page: Page) -> Browser:
    """Return the browser that asks for a page."""
    user_agent = page.headers.get("user-agent", "")
    return Browser(page.browser, page.ip, user_agent, page.id, page.maybe_visitor)


def let_in(page: Page, signed_in: SignedIn) -> Response:
    """Return the answer that gives the browser its session and leads on."""
    response = page.redirect(signed_in.next_path)
    page.cookie_names.put(response, page.cookie_names.session, signed_in.token, SESSION_SECONDS)
    return response


def described(user_agent: str) -> str:
    """Return what a browser calls itself in a few words, such as ``Firefox on Linux``; it may say what it likes."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "An unknown browser"


# In this order, because most also name those that they want to be taken for.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
