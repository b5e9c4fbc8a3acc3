"""The request log over the API (documentation: The request log)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_cursor, to_iso
from pivotal_server.core.pagination import DEFAULT_LIMIT, END_OF_TIME, Limit, list_example
from pivotal_server.core.validation import DateTime, OneOf, RequestModel, Timestamp, parse_datetime, shown_as
from pivotal_server.request_log.models import METHODS, RequestFilters

if TYPE_CHECKING:
    from pivotal_server.request_log.models import Found, RequestRow

# Sorts after every id: what follows it is older than the moment itself.
_LAST_ID = "~"
_SEPARATOR = "_"
EXAMPLE: dict[str, Any] = {
    "object": "request_log",
    "id": "req_mg8x0k4t0009a1b2c3d4e5f6",
    "created_at": "2026-05-26T17:21:09.412Z",
    "method": "POST",
    "path": "/api/v1/customers",
    "status": 201,
    "duration_ms": 6.418,
    "error_code": None,
    "api_key": {"id": "cmg8x0k4t0007a1b2c3d4e5f6", "name": "prod-server"},
    "livemode": True,
    "ip": "203.0.113.7",
}


def _parse_cursor(value: object) -> tuple[datetime, str]:
    """Return the moment and the id behind which a page begins; requests of one moment are told apart by their ids."""
    if isinstance(value, tuple):
        return value
    moment, _, id_ = str(value).partition(_SEPARATOR)
    try:
        return parse_datetime(moment), id_ or _LAST_ID
    except PydanticCustomError:
        raise PydanticCustomError("invalid_string", "Invalid cursor") from None


class RequestLogQuery(RequestModel):
    """Query of list-request-logs; two requests may share a moment, so a cursor is more than that."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Annotated[
        tuple[datetime, str] | None,
        BeforeValidator(_parse_cursor),
        Field(description="`next_cursor` of the page before; older requests follow."),
        WithJsonSchema({"type": "string"}),
    ] = None
    mode: Annotated[
        Annotated[str, OneOf(("live", "test"))] | None, Field(description="Only requests of such keys.")
    ] = None
    key: Annotated[
        Annotated[str, Field(max_length=64)] | None, Field(description="Only requests of the key with this id.")
    ] = None
    status: Annotated[
        Annotated[str, Field(pattern="^([1-5][0-9][0-9]|[1-5]xx)$")] | None,
        Field(description="A status such as `404`, or a class of them such as `5xx`."),
    ] = None
    method: Annotated[Annotated[str, OneOf(METHODS)] | None, Field(description="Only requests of this method.")] = None
    path: Annotated[Annotated[str, Field(max_length=500)] | None, Field(description="What the path begins with.")] = (
        None
    )
    since: Annotated[DateTime | None, Field(description="Requests of this instant or later.")] = None
    until: Annotated[DateTime | None, Field(description="Requests before this instant.")] = None

    def filters(self) -> RequestFilters:
        """Return what is asked for, as the log is read."""
        after, after_id = self.cursor or (END_OF_TIME, "")
        return RequestFilters.model_construct(
            **{name: getattr(self, name) for name in ("mode", "key", "status", "method", "path", "since", "until")},
            after=after,
            after_id=after_id,
        )


class LoggedKey(TypedDict):
    """The key that asked; its name is null where the workspace has it no longer."""

    id: Annotated[str, Field(description="The key's id.")]
    name: Annotated[
        str | None, Field(description="What the key is called; `null` once the workspace has it no longer.")
    ]


class RequestLog(TypedDict):
    """A request that an API key made, and what it was answered."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["request_log"]
    id: Annotated[str, Field(description="What the header `X-Request-Id` of the answer said.")]
    created_at: Annotated[Timestamp, Field(description="When it was answered.")]
    method: Annotated[str, Field(description="Such as `POST`.")]
    path: Annotated[str, Field(description="What was asked for, without the query.")]
    status: Annotated[int, Field(description="The status that it was answered with.")]
    duration_ms: Annotated[
        float, Field(description="From the head of the request to the end of its answer, in milliseconds.")
    ]
    error_code: Annotated[str | None, Field(description="The `code` of the error, `null` where there was none.")]
    api_key: Annotated[LoggedKey, Field(description="The key that asked.")]
    livemode: Annotated[bool, Field(description="`false` where it was a test key.")]
    ip: Annotated[str, Field(description="The address that it came from.")]


class RequestLogList(TypedDict):
    """A page of requests, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[RequestLog]
    has_more: bool
    next_cursor: str | None


def present(row: RequestRow) -> dict[str, Any]:
    """Return the request as the API shows it."""
    return {
        "object": "request_log",
        "id": row.id,
        "created_at": to_iso(row.created_at),
        "method": row.method,
        "path": row.path,
        "status": row.status,
        "duration_ms": row.latency_us / 1000,
        "error_code": row.error_code,
        "api_key": {"id": row.api_key_id, "name": row.key_name},
        "livemode": row.livemode,
        "ip": row.ip,
    }


def present_page(found: Found, limit: int) -> dict[str, Any]:
    """Return the list answer of what was found, of which there is one more than ``limit`` where more are known."""
    shown = found.rows[:limit]
    cursor = None
    if len(found.rows) > limit:
        cursor = f"{to_cursor(shown[-1].created_at)}{_SEPARATOR}{shown[-1].id}"
    elif found.looked_back_to is not None:
        cursor = to_cursor(found.looked_back_to)
    return {
        "object": "list",
        "data": [present(row) for row in shown],
        "has_more": cursor is not None,
        "next_cursor": cursor,
    }
