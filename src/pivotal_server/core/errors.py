"""Errors as the API shows them: ``{"error": {"type", "code", "message", "field"?}}`` (documentation: Errors).

The type always follows from the status, so the two cannot disagree.
"""

from collections.abc import Mapping
from typing import Final

import orjson

TYPE_BY_STATUS: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found",
    409: "conflict",
    429: "rate_limit_error",
    500: "internal_error",
}


def type_of(status: int) -> str:
    """Return the error type that goes with an HTTP status."""
    return TYPE_BY_STATUS.get(status, "invalid_request_error" if status < 500 else "internal_error")  # noqa: PLR2004


class ApiError(Exception):
    """An expected failure with its status, code and words; raising it rolls the transaction back.

    Args:
        status: HTTP status; the error's type follows from it.
        code: stable machine-readable code.
        message: a sentence for a person.
        field: the request property at fault, where there is one (dotted path).
        headers: further response headers, such as ``Allow`` or ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = headers

    def body(self) -> bytes:
        """Return the envelope as JSON bytes."""
        error = {"type": type_of(self.status), "code": self.code, "message": self.message}
        if self.field is not None:
            error["field"] = self.field
        return orjson.dumps({"error": error})


def invalid_field(field: str, message: str) -> ApiError:
    """Return the 400 for a value that is well formed but not acceptable."""
    return ApiError(400, "invalid_field", message, field=field)


def not_found(resource: str) -> ApiError:
    """Return the 404 of a resource, such as ``customer_not_found``."""
    return ApiError(404, f"{resource}_not_found", f"{resource.replace('_', ' ').capitalize()} not found.")


def internal_error(request_id: str) -> ApiError:
    """Return the 500 that says nothing but where to look."""
    return ApiError(500, "internal_error", f"Something went wrong on our side. Quote request {request_id}.")
