"""What protects a page: its headers, its cookies, and the proof that a form was sent from a page of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.responses import Response

    from pivotal_server.core.settings import Settings

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# What may be cached is said by the page itself; a page is one person's and of one moment.
PAGE_HEADERS = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_TOKEN_BYTES = 32
SESSION_SECONDS = 30 * 24 * 3600
BROWSER_SECONDS = 365 * 24 * 3600


class Cookies:
    """The two cookies of the app, named and flagged as the server's address allows.

    Attributes:
        session: name of the cookie that holds the session's token.
        browser: name of the cookie that tells one browser from another before anybody has signed in.
    """

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.base_url.startswith("https://")
        prefix = "__Host-" if self._secure else ""
        self.session = f"{prefix}pivotal_session"
        self.browser = f"{prefix}pivotal_browser"
        self.toast = f"{prefix}pivotal_toast"

    def put(self, response: Response, name: str, value: str, seconds: int) -> None:
        """Have the browser keep a cookie that no script reads and no other site's form brings along."""
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")

    def drop(self, response: Response, name: str) -> None:
        """Have the browser forget a cookie."""
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")


def new_browser_token() -> str:
    """Return the token of a browser that has none."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def csrf_token(secret: bytes, purpose: str) -> str:
    """Return a token that proves that a form comes from a page of ours; masked, so that no two pages show the same.

    Args:
        secret: the session's, or the browser's before there is one.
        purpose: the workspace that the page shows, so that a form of one workspace is not taken for another's.
    """
    mask = secrets.token_bytes(_TOKEN_BYTES)
    return urlsafe_b64encode(mask + _xor(mask, _proof(secret, purpose))).decode()


def csrf_token_fits(token: str, secret: bytes, purpose: str) -> bool:
    """Return whether ``token`` was made by ``csrf_token`` of the same secret and purpose."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except (NotBase64Error, ValueError):
        return False
    if len(raw) != 2 * _TOKEN_BYTES:
        return False
    return hmac.compare_digest(_xor(raw[:_TOKEN_BYTES], raw[_TOKEN_BYTES:]), _proof(secret, purpose))


def comes_from_elsewhere(headers: Headers, host: str) -> bool:
    """Return whether the browser says that another site has sent this request."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower()


def local_path(text: str | None, otherwise: str = "/") -> str:
    """Return ``text`` where it is a path of this server, to go on to after a form; else ``otherwise``."""
    if text is None or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return otherwise
    return text if text.isprintable() and not urlsplit(text).netloc else otherwise


def _proof(secret: bytes, purpose: str) -> bytes:
    return hmac.new(secret, b"csrf:" + purpose.encode(), hashlib.sha256).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
