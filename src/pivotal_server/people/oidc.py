"""Single sign-on by OpenID Connect: the code flow with PKCE, a nonce, and a state that is bound to the browser.

Nothing is stored for an attempt: nonce and verifier follow from the browser's own secret and the state, and the state
is signed with that secret, so whoever comes back is the browser that left. What the issuer says comes through the
guarded client, and its token is believed for its signature alone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.core.outbound_http import OutboundError, OutboundHttp
from pivotal_server.people.emails import read_email

if TYPE_CHECKING:
    from datetime import datetime

    from pivotal_server.core.settings import Settings

LIFETIME = timedelta(minutes=10)

# What a description of an issuer, or its keys, may have at most; some publish keys with all their certificates.
_MOST = 128 * 1024
_JSON = {"Accept": "application/json"}
_FORM = {**_JSON, "Content-Type": "application/x-www-form-urlencoded"}
# Signatures that only the issuer can make; one by a shared secret is not among them, nor is none.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
_OK = 200
# By how much the issuer's clock may differ.
_LEEWAY = 60


class Provider(NamedTuple):
    """An issuer as it describes itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    secret_in_header: bool


class Attempt(NamedTuple):
    """One way to the issuer and back.

    Attributes:
        state: comes back with the answer; the two others follow from it and the browser's secret.
        next_path: where to go on.
    """

    state: str
    nonce: str
    verifier: str
    next_path: str


class Account(NamedTuple):
    """Whom the issuer vouches for."""

    email: str
    name: str


def begin(browser: str, next_path: str, now: datetime) -> Attempt:
    """Return a new attempt of a browser, given by its secret."""
    content = [secrets.token_urlsafe(16), int((now + LIFETIME).timestamp()), next_path]
    return _attempt(browser, orjson.dumps(content), next_path)


def resume(browser: str, state: str, now: datetime) -> Attempt:
    """Return the attempt that a state is of.

    Raises:
        ApiError: 403 ``sso_refused``: another browser began it, long ago, or nobody.
    """
    content, _, _ = state.partition(".")
    try:
        raw = urlsafe_b64decode(content.encode())
        attempt = _attempt(browser, raw, "/")
        if not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise ValueError(state)
        _, expires, next_path = orjson.loads(raw)
    except ValueError:
        raise _refused("This sign-in was not begun in this browser. Begin again.") from None
    if expires <= now.timestamp():
        raise _refused("This sign-in took too long. Begin again.")
    return attempt._replace(next_path=next_path)


def address_of(provider: Provider, settings: Settings, attempt: Attempt) -> str:
    """Return where to send the browser."""
    query = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": return_address(settings),
        "scope": "openid email profile",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": _base64(hashlib.sha256(attempt.verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    mark = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return f"{provider.authorization_endpoint}{mark}{urlencode(query)}"


def return_address(settings: Settings) -> str:
    """Return where the issuer sends the browser back to; the operator registers it there."""
    return f"{settings.base_url}/sign-in/sso/return"


async def discover(http: OutboundHttp, issuer: str) -> Provider:
    """Return the issuer's own description of itself.

    Raises:
        ApiError: 502 ``sso_unavailable``.
    """
    found = await _read(http, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != issuer or not all(isinstance(found.get(name), str) for name in names):
        raise _unavailable("it describes itself as something else")
    for name in names:
        _check(http, found[name])
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    authorization, token, keys = (found[name] for name in names)
    return Provider(issuer, authorization, token, keys, "client_secret_basic" in methods)


async def redeem(http: OutboundHttp, provider: Provider, settings: Settings, code: str, attempt: Attempt) -> str:
    """Return the ID token that the issuer gives for a code.

    Raises:
        ApiError: 403 ``sso_refused``; 502 ``sso_unavailable``.
    """
    client_id, secret = _credentials(settings)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(settings),
        "code_verifier": attempt.verifier,
    }
    headers = dict(_FORM)
    if provider.secret_in_header:
        pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    else:
        fields |= {"client_id": client_id, "client_secret": secret}
    try:
        answer = await http.post(provider.token_endpoint, headers=headers, body=urlencode(fields).encode())
    except OutboundError as error:
        raise _unavailable(error.message) from None
    content = _object(answer.body)
    if answer.status != _OK:
        raise _refused("The service for single sign-on did not take its own code. Begin again.")
    token = content.get("id_token")
    if not isinstance(token, str):
        raise _unavailable("it gave no ID token")
    return token


async def verify(
    http: OutboundHttp, provider: Provider, settings: Settings, token: str, nonce: str, now: datetime
) -> Account:
    """Return whom an ID token is about, everything in it having been checked.

    Raises:
        ApiError: 403 ``sso_refused`` for a token that is not ours, or an e-mail that the issuer has not verified; 502
            ``sso_unavailable``.
    """
    claims = _claims(token, await _read(http, provider.jwks_uri), provider, _credentials(settings)[0], now)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _refused("The answer belongs to another sign-in. Begin again.")
    email = read_email(claims.get("email"))
    if email is None or claims.get("email_verified") not in {True, "true"}:
        raise _refused("The service for single sign-on does not vouch for your e-mail.")
    name = claims.get("name")
    return Account(email, name.strip()[:255] if isinstance(name, str) and name.strip() else email.partition("@")[0])


def _claims(token: str, keys: dict[str, Any], provider: Provider, client_id: str, now: datetime) -> dict[str, Any]:
    # Imported here, so that only those with single sign-on pay for it: 10 MB in every process.
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        known = [key for key in keys["keys"] if key.get("kty") in {"RSA", "EC", "OKP"} and key.get("use") != "enc"]
        claims: dict[str, Any] = jwt.decode(token, KeySet.import_key_set({"keys": known}), _ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(f"The answer of the service for single sign-on cannot be trusted ({error}).") from None
    # One that is meant for several has to say that it was asked for by us.
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise _refused("The answer of the service for single sign-on is meant for somebody else.")
    return claims


async def _read(http: OutboundHttp, url: str) -> dict[str, Any]:
    try:
        answer = await http.get(url, headers=_JSON, most=_MOST)
    except OutboundError as error:
        raise _unavailable(error.message) from None
    if answer.status != _OK or answer.truncated:
        raise _unavailable(f"it answered {answer.status} where it describes itself")
    return _object(answer.body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise _unavailable("it answered something that is no JSON object")
    return content


def _check(http: OutboundHttp, url: str) -> None:
    try:
        http.check_url(url)
    except OutboundError as error:
        raise _unavailable(error.message) from None


def _attempt(browser: str, content: bytes, next_path: str) -> Attempt:
    def derived(purpose: bytes) -> str:
        return _base64(hmac.new(browser.encode(), purpose + content, hashlib.sha256).digest())

    state = f"{urlsafe_b64encode(content).decode()}.{derived(b'sso state:')}"
    return Attempt(state, derived(b"sso nonce:"), derived(b"sso verifier:"), next_path)


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _credentials(settings: Settings) -> tuple[str, str]:
    client_id, secret = settings.oidc_client_id, settings.oidc_client_secret
    assert client_id is not None  # noqa: S101 - the settings have seen to it
    assert secret is not None  # noqa: S101 - likewise
    return client_id, secret.get_secret_value()


def _refused(message: str) -> ApiError:
    return ApiError(403, "sso_refused", message)


def _unavailable(reason: str) -> ApiError:
    message = f"Single sign-on does not work at the moment: {reason.rstrip('.')}. A link by mail works all the same."
    return ApiError(502, "sso_unavailable", message)
