"""What calls raise. ``PivotalError`` is all of them, ``ApiError`` those that the server answered."""

from __future__ import annotations

import builtins
import json
import time
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivotal.error_codes import ErrorCode, ErrorType

_SHOWN = 200


class PivotalError(Exception):
    """Anything that this SDK raises."""


class ConnectionError(PivotalError, builtins.ConnectionError):
    """No whole answer came: the connection failed, or was cut. The cause is in ``__cause__``."""


class TimeoutError(ConnectionError, builtins.TimeoutError):
    """The answer was not there within ``timeout`` seconds."""


class InvalidResponseError(PivotalError):
    """The server answered with success, and something else than the documented shape. The cause is in ``__cause__``."""


class WebhookVerificationError(PivotalError):
    """What came is not signed with this secret, was changed, or is too old."""


class ApiError(PivotalError):
    """The server refused. Branch on the class or on ``type``, refine by ``code``, show ``message`` to people.

    Args:
        status_code: HTTP status.
        message: a sentence for people.
        type: kind of error; None where something else than Pivotal answered.
        code: stable code; None likewise.
        field: the property of the request at fault, where there is one.
        request_id: names the request in logs and support.
        headers: of the answer, in lower case.
    """

    def __init__(
        self,
        status_code: int,
        message: str,
        *,
        type: ErrorType | str | None = None,
        code: ErrorCode | str | None = None,
        field: str | None = None,
        request_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.message = message
        self.type = type
        self.code = code
        self.field = field
        self.request_id = request_id
        self.headers: Mapping[str, str] = headers or {}

    def __str__(self) -> str:
        about = [f"{self.status_code} {self.code}" if self.code else str(self.status_code)]
        about += [f"field {self.field}"] if self.field else []
        about += [f"request {self.request_id}"] if self.request_id else []
        return f"{self.message} ({', '.join(about)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.__class__, self.__dict__)


class InvalidRequestError(ApiError):
    """400 and its like: something about the request is wrong; ``field`` often says what."""


class AuthenticationError(ApiError):
    """401: there is no API key, or not a valid one."""


class PermissionDeniedError(ApiError):
    """403: the API key lacks a scope, or this is somebody else's to do."""


class NotFoundError(ApiError):
    """404: there is no such thing in this workspace."""


class ConflictError(ApiError):
    """409: it does not go with what there is, such as a slug that is taken."""


class RateLimitError(ApiError):
    """429: too many requests."""

    @property
    def retry_after(self) -> float | None:
        """Seconds until the next request is accepted, where the server says so."""
        return retry_after(self.headers)


class InternalError(ApiError):
    """500 and its like: something went wrong on the server."""


_BY_TYPE: dict[object, type[ApiError]] = {
    "invalid_request_error": InvalidRequestError,
    "authentication_error": AuthenticationError,
    "permission_error": PermissionDeniedError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "rate_limit_error": RateLimitError,
    "internal_error": InternalError,
}
_BY_STATUS: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def error_of(status_code: int, headers: Mapping[str, str], content: bytes) -> ApiError:
    """Return the error that an answer tells, whatever its body looks like."""
    try:
        told = {name: value for name, value in json.loads(content)["error"].items() if isinstance(value, str)}
        message = told["message"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        text = content[:_SHOWN].decode(errors="replace").strip()
        told, message = {}, f"HTTP {status_code}: {text}" if text else f"HTTP {status_code}"
    return _class_of(told.get("type"), status_code)(
        status_code,
        message,
        type=told.get("type"),
        code=told.get("code"),
        field=told.get("field"),
        request_id=headers.get("x-request-id"),
        headers=headers,
    )


def _class_of(error_type: object, status_code: int) -> type[ApiError]:
    """Return an error's class: by its type, or by the status where it has none that is known."""
    if error_type in _BY_TYPE:
        return _BY_TYPE[error_type]
    if status_code in _BY_STATUS:
        return _BY_STATUS[status_code]
    if status_code >= 500:
        return InternalError
    return InvalidRequestError if status_code >= 400 else ApiError


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until what ``Retry-After`` says, a number of them or a date; None where it says neither."""
    told = headers.get("retry-after", "")
    try:
        seconds = float(told)
    except ValueError:
        date = parsedate_tz(told)
        if date is None:
            return None
        seconds = mktime_tz(date) - time.time()
    return max(0.0, seconds)


def _again(cls: type[ApiError], attributes: dict[str, Any]) -> ApiError:
    """Return an error that was pickled."""
    error = cls(attributes["status_code"], attributes["message"])
    error.__dict__.update(attributes)
    return error
