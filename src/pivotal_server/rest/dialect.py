"""Dialects: families of paths where the manners of another API are kept, over the same keys, limits and logs.

A dialect's routes are ``ApiRoute``s as any other. What differs is where the key stands, and the shape of every error, a
wrong path and a crash included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import TypeAdapter

from pivotal_server.core.errors import ApiError
from pivotal_server.rest.call import Reply, missing_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pivotal_server.rest.call import Headers
    from pivotal_server.rest.headers import RequestHeaders

_CHALLENGE = b"www-authenticate"
_FIRST_ERROR = 400
_COMPONENT = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a family of paths reads its key and tells its errors.

    Attributes:
        prefix: the path at which and below which it is spoken, such as ``/v1``.
        error: a ``TypedDict``, the shape of its errors.
        tell: makes the error's body, in that shape.
        bare_key: whether the key stands by itself in ``x-api-key``; else it is a Bearer token, as everywhere.
    """

    prefix: str
    error: type
    tell: Callable[[ApiError], Mapping[str, Any]]
    bare_key: bool = False

    def takes(self, path: str) -> bool:
        """Return whether it is spoken at a path."""
        return path.startswith(self.prefix) and path[len(self.prefix) : len(self.prefix) + 1] in {"", "/"}

    def refuse(self, error: ApiError) -> Reply:
        """Return the answer that tells an error."""
        return Reply(orjson.dumps(self.tell(error)), error.status, self._headers(error))

    def _headers(self, error: ApiError) -> Headers:
        if not self.bare_key:
            return error.headers
        return tuple((name, b"ApiKey" if name == _CHALLENGE else value) for name, value in error.headers)

    def schemas(self) -> dict[str, Any]:
        """Return the components of the OpenAPI document that its errors are made of."""
        schema = TypeAdapter(self.error).json_schema(ref_template=_COMPONENT)
        inner: dict[str, Any] = schema.pop("$defs", {})
        return inner | {self.error.__name__: schema}

    def document(self, operation: dict[str, Any]) -> None:
        """Say in an operation of the OpenAPI document, described as ours are, how this one differs."""
        if self.bare_key:
            operation["security"] = [{"ApiKeyAuth": []}]
        for status, answer in operation["responses"].items():
            if int(status) >= _FIRST_ERROR:
                media = answer["content"]["application/json"]
                said = media["example"]["error"]
                lacking = missing_scope(operation["x-scope"]) if status == "403" else None
                error = lacking or ApiError(int(status), said["code"], said["message"], field=said.get("field"))
                media["schema"] = {"$ref": _COMPONENT.format(model=self.error.__name__)}
                media["example"] = self.tell(error)


def dialect_at(dialects: Sequence[Dialect], path: str) -> Dialect | None:
    """Return the one of the dialects that is spoken at a path, None where it is the API's own."""
    return next((dialect for dialect in dialects if dialect.takes(path)), None)


def presented_key(dialect: Dialect | None, headers: RequestHeaders) -> str:
    """Return the API key that a request presents.

    Raises:
        ApiError: 401 ``missing_api_key`` or ``invalid_api_key``.
    """
    return headers.bare_key() if dialect and dialect.bare_key else headers.bearer()


def presents_key(dialect: Dialect | None, headers: RequestHeaders) -> bool:
    """Return whether a request has the header in which the key belongs."""
    return (headers.api_key if dialect and dialect.bare_key else headers.authorization) is not None
