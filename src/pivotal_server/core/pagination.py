"""Cursor pages: newest first, the cursor is the ``created_at`` of the last row seen (documentation: Pagination)."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.validation import DateTime, RequestModel

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
_INTEGER = re.compile("-?[0-9]{1,1000}")
END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)


class _Dated(Protocol):
    @property
    def created_at(self) -> datetime: ...


AnyRow = TypeVar("AnyRow", bound=_Dated)


def parse_limit(value: object) -> int:
    """Return the integer that a query says, for the bounds to be checked.

    Raises:
        PydanticCustomError: it says something else.
    """
    if isinstance(value, int):
        return value
    if not _INTEGER.fullmatch(str(value)):
        raise PydanticCustomError("invalid_type", "Expected number, received nan")
    return int(str(value))


Limit = Annotated[
    int,
    Field(ge=1, le=MAX_LIMIT, description="Page size, 1 to 100; 25 unless given."),
    BeforeValidator(parse_limit),
    WithJsonSchema({"type": "string", "pattern": "^([1-9][0-9]?|100)$", "default": "25"}),
]

# For the lists that are read by the number of a page instead of a cursor.
PageNumber = Annotated[
    int,
    Field(ge=1, le=10**15 - 1, description="Which page, from 1."),
    BeforeValidator(parse_limit),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,14}$", "default": "1"}),
]


class PageQuery(RequestModel):
    """The two parameters of every list."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Annotated[
        DateTime | None,
        Field(description="`next_cursor` of the page before: an ISO 8601 datetime; older items follow."),
        WithJsonSchema({"type": "string", "format": "date-time"}),
    ] = None

    @property
    def before(self) -> datetime:
        """The instant that every item of the page is older than."""
        return self.cursor or END_OF_TIME

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than the page, which tells whether there are more."""
        return self.limit + 1


def page(rows: Sequence[AnyRow], limit: int, present: Callable[[AnyRow], Any]) -> dict[str, Any]:
    """Return the list answer of ``rows``, of which there is one more than ``limit`` where more pages follow."""
    has_more = len(rows) > limit
    shown = rows[:limit]
    return {
        "object": "list",
        "data": [present(row) for row in shown],
        "has_more": has_more,
        "next_cursor": to_cursor(shown[-1].created_at) if has_more else None,
    }


def list_example(item: dict[str, Any]) -> dict[str, Any]:
    """Return the example of a list answer with one item."""
    return {"object": "list", "data": [item], "has_more": False, "next_cursor": None}
