"""The shapes of the request log: what it is narrowed to, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from pivotal_server.core.validation import DateTime, OneOf
from pivotal_server.web.asked import LogQuery, Moment

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")


class RequestFilters(LogQuery):
    """What the log can be narrowed to.

    Attributes:
        key: an API key's id.
        status: a status such as ``404``, or a class of them such as ``4xx``.
        path: what the path begins with.
        since: requests of this moment or later; ``until`` those before.
        follow: whether the page shows what comes.
        newer: with ``newer_id``, the row that what is asked for came after.
    """

    mode: Annotated[str, OneOf(("live", "test"))] | None = None
    key: Annotated[str, Field(max_length=64)] | None = None
    status: Annotated[str, Field(pattern="^([1-5][0-9][0-9]|[1-5]xx)$")] | None = None
    method: Annotated[str, OneOf(METHODS)] | None = None
    path: Annotated[str, Field(max_length=500)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    follow: Annotated[str, OneOf(("on",))] | None = None
    newer: DateTime | None = None
    newer_id: str = ""

    @property
    def is_sparse(self) -> bool:
        """Whether most of the log may be none of what is asked for."""
        return any((self.mode, self.key, self.status, self.method, self.path))


class RequestRow(NamedTuple):
    """A request as it is shown; ``key_name`` is None where the key is not the workspace's any more."""

    id: str
    created_at: datetime
    method: str
    path: str
    status: int
    latency_us: int
    api_key_id: str
    livemode: bool
    ip: str
    error_code: str | None
    key_name: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Requests, newest first, and the moment up to which the log was looked through; None where that is all of it."""

    rows: list[RequestRow]
    looked_back_to: datetime | None
