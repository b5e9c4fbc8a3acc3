"""Reads JSON that strangers send: anything unusual is a clear 400, never a crash further in.

The fast path is one C parser. Only a body with something suspicious in it, or one that the parser refuses, is looked at
closely.
"""

import json
import math
import re
from typing import Any

import orjson

from pivotal_server.core.errors import ApiError

MAX_DEPTH = 64
_INT64 = 2**63
# An escaped NUL, or digits enough for an integer that the fast parser would round to a float.
_SUSPICIOUS = re.compile(rb"\\u0000|\d{16}")


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in ``body``.

    Raises:
        ApiError: 400 ``invalid_request`` where it is not a JSON object, nests deeper than 64 levels or holds a number
            beyond 64 bits; 400 ``invalid_string`` (with the field) where a string holds NUL or a lone surrogate.
    """
    value: Any
    if _SUSPICIOUS.search(body) or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        value = _parse_closely(body)
    else:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            value = _parse_closely(body)
    if not isinstance(value, dict):
        raise ApiError(400, "invalid_request", "The request body must be a JSON object.")
    return value


def _parse_closely(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_request", "The request body is not valid JSON.") from None
    _check(value, (), 0)
    return value


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python would read although JSON has no such thing."""
    raise ValueError(name)


def _check(value: object, path: tuple[str, ...], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ApiError(400, "invalid_request", f"The request body nests deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, path, depth)
            _check(item, (*path, key), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, (*path, str(index)), depth + 1)
    elif isinstance(value, (int, float)) and not _fits(value):
        message = "A number does not fit into 64 bits."
        raise ApiError(400, "invalid_request", message, field=".".join(path) or None)


def _check_text(value: str, path: tuple[str, ...]) -> None:
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ApiError(400, "invalid_string", "Invalid: NUL or a lone surrogate", field=".".join(path) or None)


def _fits(value: float) -> bool:
    return -_INT64 <= value < _INT64 if isinstance(value, int) else math.isfinite(value)
