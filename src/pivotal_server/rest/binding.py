"""Turns a request into a route's arguments, by the same signature that FastAPI makes the OpenAPI document of."""

from __future__ import annotations

import asyncio
import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from pivotal_server.core.errors import ApiError
from pivotal_server.core.json_input import parse_object
from pivotal_server.core.validation import RequestModel, accepts_nothing, validate
from pivotal_server.rest.call import Call, Needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive

MAX_BODY_BYTES = 1024 * 1024
BODY_SECONDS = 20
# custom_fields[seats][gte]: the name of a value inside of a parameter, and its parts.
_NAME = re.compile(r"\w+(?:\[[^\[\]]+\]){1,2}", re.ASCII)
_KEYS = re.compile(r"[^\[\]]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a route takes: the parts of the request that go into its arguments, by parameter name.

    Attributes:
        body_optional: the body may say nothing, and so may be left out.
    """

    scope: str | None
    path: tuple[str, ...]
    query: tuple[str, type[RequestModel]] | None
    body: tuple[str, type[RequestModel]] | None
    streams: bool
    body_optional: bool

    @property
    def public(self) -> bool:
        """Whether the route is open to anybody."""
        return self.scope is None

    def arguments(self, path_values: dict[str, str], query_string: bytes, body: bytes) -> dict[str, Any]:
        """Return the route's arguments.

        Raises:
            ApiError: 400 for a query or body that does not validate.
        """
        arguments: dict[str, Any] = {
            name: path_values[alias] for name, alias in zip(self.path, path_values, strict=True)
        }
        if self.query:
            name, model = self.query
            arguments[name] = validate(model, query_values(query_string, model) if query_string else {})
        if self.body:
            name, model = self.body
            arguments[name] = validate(model, parse_object(body))
        return arguments


def signature_of(endpoint: Callable[..., Any]) -> Signature:
    """Return the signature of a route function.

    Its first parameter is ``Annotated[Call, Needs(...)]``; strings come from the path, in its order; a request model is
    the body, and one annotated with ``Query()`` the query.
    """
    needs, query, body = Needs(None), None, None
    path: list[str] = []
    hints = get_type_hints(endpoint, include_extras=True)
    for name in inspect.signature(endpoint).parameters:
        base, extras = _unwrap(hints[name])
        if base is Call:
            needs = next(extra for extra in extras if isinstance(extra, Needs))
        elif isinstance(base, type) and issubclass(base, RequestModel):
            if extras:
                query = (name, base)
            else:
                body = (name, base)
        else:
            path.append(name)
    optional = body is not None and accepts_nothing(body[1])
    return Signature(needs.scope, tuple(path), query, body, needs.streams, optional)


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:  # noqa: ANN401 - a type
    if get_origin(hint) is Annotated:
        base, *extras = get_args(hint)
        return base, tuple(extras)
    return hint, ()


def query_values(query_string: bytes, model: type[RequestModel]) -> dict[str, Any]:
    """Return the values of a query; ``field[key]`` and ``field[key][key]`` name those of a field that is a mapping."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise ApiError(400, "invalid_request", "The query string is not valid.") from None
    values: dict[str, Any] = {}
    for name, value in pairs:
        if "\0" in value or "\0" in name:
            raise ApiError(400, "invalid_string", "Invalid: NUL", field=name.replace("\0", "\N{REPLACEMENT CHARACTER}"))
        field, *keys = _KEYS.findall(name) if _NAME.fullmatch(name) else (name,)
        if keys and get_origin(getattr(model.model_fields.get(field), "annotation", None)) is dict:
            _put(values, name, [field, *keys], value)
        else:
            values[name] = value
    return values


def _put(values: dict[str, Any], name: str, path: list[str], value: str) -> None:
    """Put a value where its path leads in a mapping of mappings."""
    *way, last = path
    place: Any = values
    for key in way:
        place = place.setdefault(key, {}) if isinstance(place, dict) else None
    if not isinstance(place, dict) or isinstance(place.get(last), dict):
        raise ApiError(400, "invalid_request", f"The query says {path[0]}[{path[1]}] in two ways.", field=name)
    place[last] = value


async def read_body(receive: Receive, content_length: bytes | None, seconds: float = BODY_SECONDS) -> bytes:
    """Return the request's body.

    Raises:
        ApiError: 413 where it is larger than 1 MiB, 408 where it takes too long to arrive.
    """
    if content_length is not None and content_length.isdigit() and int(content_length) > MAX_BODY_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(seconds):
            return await _read_chunks(receive)
    except TimeoutError:
        message = f"The request body did not arrive within {seconds} seconds."
        raise ApiError(408, "http_exception", message) from None


async def _read_chunks(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError(400, "invalid_request", "The request ended before its body did.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def check_content_type(content_type: bytes | None) -> None:
    """Return where a body of this type can be read.

    Raises:
        ApiError: 415 where it is not JSON.
    """
    if content_type is None:
        return
    essence, _, parameters = content_type.lower().partition(b";")
    charset = parameters.partition(b"charset=")[2].strip(b' "')
    if essence.strip() != b"application/json" or charset not in {b"", b"utf-8", b"utf8"}:
        raise ApiError(415, "http_exception", "Send the body as application/json.")


def _too_large() -> ApiError:
    return ApiError(413, "http_exception", f"The request body is larger than {MAX_BODY_BYTES} bytes.")
