"""A call, before it becomes a request: what goes into path, query and body, and how it is written there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any
from urllib.parse import quote, urlencode

from pivotal._not_given import NotGiven


@dataclass(slots=True)
class Request:
    """One call, the same in all of its tries.

    ``json`` is an object of which fields that were not given are left out; ``content`` is sent as it is.
    ``timeout`` (seconds of one try) and ``max_retries`` are None where the client's hold.
    """

    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    json: Mapping[str, object] | None = None
    content: bytes | IO[bytes] | None = None
    idempotency_key: str | None = None
    timeout: float | None = None
    max_retries: int | None = None
    extra_headers: Mapping[str, str] | None = None

    def url(self) -> str:
        """Return the path with its query."""
        pairs = list(_pairs(self.query))
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def body(self) -> bytes | None:
        """Return the bytes to send; None for none. A file is read to its end.

        Raises:
            TypeError: a value cannot be said in JSON.
            ValueError: a number cannot, or a time has no zone.
        """
        if self.content is not None:
            return self.content if isinstance(self.content, bytes) else self.content.read()
        if self.json is None:
            return None
        given = {name: value for name, value in self.json.items() if not isinstance(value, NotGiven)}
        return json.dumps(given, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def headers(self) -> dict[str, str]:
        """Return the headers that this call has beside those of all calls."""
        headers = {}
        if self.content is not None:
            headers["Content-Type"] = "application/octet-stream"
        elif self.json is not None:
            headers["Content-Type"] = "application/json"
        if self.method != "GET":
            headers["Idempotency-Key"] = self.idempotency_key or str(uuid.uuid4())
        return merged(headers, self.extra_headers) if self.extra_headers else headers


def merged(headers: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Return headers with others in their place, however their names are written: none is sent twice."""
    named = {name.lower() for name in others}
    return {name: value for name, value in headers.items() if name.lower() not in named} | dict(others)


def segment(value: int | str) -> str:
    """Return an id as one segment of a path.

    Raises:
        ValueError: it is empty, or dots, which would make another path of it.
    """
    text = str(value)
    if text in {"", ".", ".."}:
        raise ValueError(f"{text!r} cannot be the id of anything.")
    return quote(text, safe="")


def _pairs(query: Mapping[str, object], within: str = "") -> Iterator[tuple[str, str]]:
    """Give the pairs of a query; what is None or was not given is left out, and inner objects get brackets."""
    for name, value in query.items():
        key = f"{within}[{name}]" if within else name
        if value is None or isinstance(value, NotGiven):
            continue
        if isinstance(value, Mapping):
            yield from _pairs(value, key)
        elif isinstance(value, bool):
            yield key, "true" if value else "false"
        elif isinstance(value, date):
            yield key, _plain(value)
        else:
            yield key, str(value)


def _plain(value: object) -> Any:
    """Return a value in the way that JSON says it."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use datetime.now(timezone.utc) and the like.")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    raise TypeError(f"{value!r} cannot be said in JSON.")
