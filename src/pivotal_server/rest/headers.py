"""The headers that the API reads and writes (documentation: Rate limits, Errors, Idempotency)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivotal_server.core.errors import ApiError
from pivotal_server.identity.gate import CHALLENGE, WINDOW_SECONDS, invalid_key

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Scope

    from pivotal_server.identity.gate import Admission
    from pivotal_server.rest.call import Headers, Reply

_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NOT_KEPT = (b"cache-control", b"no-store")


@dataclass(slots=True)
class RequestHeaders:
    """The few request headers that matter, as bytes; None where the request has none."""

    authorization: bytes | None = None
    api_key: bytes | None = None
    content_type: bytes | None = None
    content_length: bytes | None = None
    idempotency_key: bytes | None = None
    forwarded_for: bytes | None = None

    @classmethod
    def of(cls, scope: Scope) -> RequestHeaders:
        """Return the headers of an ASGI scope.

        Two ``Authorization`` headers, or two of ``x-api-key``, are joined, so that they cannot pass for one.
        """
        found = cls()
        for name, value in scope["headers"]:
            if attribute := _READ.get(name):
                before = getattr(found, attribute)
                setattr(found, attribute, value if before is None else before + b", " + value)
        return found

    def bearer(self) -> str:
        """Return the API key of the ``Authorization`` header.

        Raises:
            ApiError: 401 ``missing_api_key`` or, for anything but one Bearer token, ``invalid_api_key``.
        """
        if not self.authorization:
            message = "Send your API key in the Authorization header: Bearer pivotal_…"
            raise ApiError(401, "missing_api_key", message, headers=CHALLENGE)
        scheme, _, token = self.authorization.partition(b" ")
        if scheme.lower() != b"bearer" or not token or not token.isascii() or b" " in token or b"\t" in token:
            raise invalid_key()
        return token.decode("ascii")

    def bare_key(self) -> str:
        """Return the API key of the ``x-api-key`` header.

        Raises:
            ApiError: 401 ``missing_api_key`` or, for anything but one word, ``invalid_api_key``.
        """
        if not self.api_key:
            message = "Send your API key in the x-api-key header."
            raise ApiError(401, "missing_api_key", message, headers=CHALLENGE)
        if not self.api_key.isascii() or b" " in self.api_key or b"\t" in self.api_key:
            raise invalid_key()
        return self.api_key.decode("ascii")


_READ = {
    b"authorization": "authorization",
    b"x-api-key": "api_key",
    b"content-type": "content_type",
    b"content-length": "content_length",
    b"idempotency-key": "idempotency_key",
    b"x-forwarded-for": "forwarded_for",
}


def response_headers(request_id: str, reply: Reply, rate: Headers) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer."""
    kept = any(name == b"cache-control" for name, _ in reply.headers)
    return [
        (b"content-type", reply.content_type),
        _NOSNIFF,
        *(() if kept else (_NOT_KEPT,)),
        *(() if reply.open_ended else ((b"content-length", b"%d" % reply.length),)),
        (b"x-request-id", request_id.encode()),
        *rate,
        *reply.headers,
    ]


def rate_headers(admission: Admission, now: datetime) -> Headers:
    """Return the state of the key's window: the documented headers and the IETF draft's."""
    remaining, reset = admission.remaining, admission.seconds_until_reset(now)
    return (
        (b"x-ratelimit-limit", b"%d" % admission.rate_limit),
        (b"x-ratelimit-remaining", b"%d" % remaining),
        (b"x-ratelimit-reset", b"%d" % (int(now.timestamp()) + reset)),
        (b"ratelimit-policy", b'"default";q=%d;w=%d' % (admission.rate_limit, WINDOW_SECONDS)),
        (b"ratelimit", b'"default";r=%d;t=%d' % (remaining, min(reset, WINDOW_SECONDS))),
    )


def rate_limited(admission: Admission, now: datetime) -> ApiError:
    """Return the 429 of a full window."""
    seconds = admission.seconds_until_place(now)
    return ApiError(
        429,
        "rate_limited",
        f"Rate limit exceeded. Retry after {seconds} seconds.",
        headers=((b"retry-after", b"%d" % seconds),),
    )
