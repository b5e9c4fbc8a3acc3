"""An issuer for single sign-on that speaks the protocol, and lies as a test tells it to."""

import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from tests.core.outbound import Exchange, http_server

CLIENT_ID, CLIENT_SECRET = "pivotal", "s3cret: of/the client"
Json = dict[str, Any]


class Issuer:
    """Signs in whomever ``claims`` describe, without asking.

    Attributes:
        url: the issuer's address.
        claims: of the person; ``email`` and the like.
        asked: paths of the requests that came over the back channel.
        describe: changes the issuer's description of itself.
        sign: makes the ID token of its claims.
        secret_in_header: whether the client proves itself by a header, or in the form.
    """

    def __init__(self) -> None:
        self.url = ""
        self.claims: Json = {"email": "maya@northwind.example", "email_verified": True, "name": "Maya Lind"}
        self.asked: list[str] = []
        self.describe: Callable[[Json], Json] = lambda described: described
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
        self.sign: Callable[[Json], str] = self.signed
        self.secret_in_header = True
        self._codes: dict[str, Json] = {}

    def signed(self, claims: Json) -> str:
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.key)

    def authorize(self, location: str) -> str:
        """Return the path to which the browser is sent back from where it was led to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.url}/authorize?")
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
        assert query["scope"].split() == ["openid", "email", "profile"]
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = query
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"

    async def handle(self, exchange: Exchange) -> None:
        """Answer a request over the back channel."""
        method, path = exchange.head.decode().split()[:2]
        self.asked.append(f"{method} {path}")
        status, content = 200, {}
        if path == "/.well-known/openid-configuration":
            content = self.describe(self._description())
        elif path == "/keys":
            content = {"keys": [*KeySet([self.key]).as_dict(private=False)["keys"], {"kty": "new", "kid": "unknown"}]}
        elif path == "/token":
            status, content = self._redeem(exchange)
        body = orjson.dumps(content)
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        await exchange.answer(head.encode() + body)

    def _description(self) -> Json:
        method = "client_secret_basic" if self.secret_in_header else "client_secret_post"
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": [method],
        }

    def _redeem(self, exchange: Exchange) -> tuple[int, Json]:
        form = {name: values[0] for name, values in parse_qs(exchange.body.decode()).items()}
        asked = self._codes.pop(form["code"], None)  # a code works once
        if asked is None or self._credentials(exchange, form) != (CLIENT_ID, CLIENT_SECRET):
            return 400, {"error": "invalid_grant"}
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": "17", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        return 200, {"id_token": self.sign(claims | self.claims), "access_token": "x", "token_type": "Bearer"}

    def _credentials(self, exchange: Exchange, form: Json) -> tuple[str, str]:
        if not self.secret_in_header:
            return form.get("client_id", ""), form.get("client_secret", "")
        _, _, rest = exchange.head.decode().partition("Authorization: Basic ")
        name, _, secret = base64.b64decode(rest.partition("\r\n")[0]).decode().partition(":")
        return unquote(name), unquote(secret)


def with_another_key(claims: Json) -> str:
    return jwt.encode({"alg": "ES256", "kid": "one"}, claims, ECKey.generate_key("P-256"))


def with_an_unknown_key(claims: Json) -> str:
    return jwt.encode({"alg": "RS256", "kid": "two"}, claims, RSAKey.generate_key(2048))


def with_the_shared_secret(claims: Json) -> str:
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(CLIENT_SECRET.ljust(32)))


def unsigned(claims: Json) -> str:
    def part(content: Json) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


@asynccontextmanager
async def running_issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with http_server(issuer.handle) as server:
        issuer.url = f"http://127.0.0.1:{server.port}"
        yield issuer
