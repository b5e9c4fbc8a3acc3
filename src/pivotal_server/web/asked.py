"""What a log was asked for, as its address says it: filters, and where the page before ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BeforeValidator

from pivotal_server.core.clock import to_cursor
from pivotal_server.core.pagination import END_OF_TIME
from pivotal_server.core.validation import DateTime, RequestModel, parse_datetime, validate

if TYPE_CHECKING:
    from collections.abc import Collection

# A field of a form for a moment has no seconds and no zone: it is UTC, as the label says.
_WITHOUT_ZONE = len("2026-05-26T17:21")
_PLACE = frozenset({"after", "after_id", "newer", "newer_id"})


def _moment(value: object) -> object:
    text = f"{value}:00Z" if isinstance(value, str) and len(value) == _WITHOUT_ZONE else value
    return parse_datetime(text)


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A moment as a form's field has it, in UTC, or as an address may have it, in RFC 3339."""


class LogQuery(RequestModel):
    """The query of a log, newest first.

    Attributes:
        after: when the last row of the page before happened, and ``after_id`` its id.
    """

    after: DateTime = END_OF_TIME
    after_id: str = ""

    @property
    def is_first(self) -> bool:
        """Whether this is the log's first page."""
        return self.after == END_OF_TIME


Query = TypeVar("Query", bound=LogQuery)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Query]):
    """What somebody asked a log for.

    Attributes:
        path: the log's own.
        filters: the validated query.
        values: the query as it was sent, without what was left empty and without the place in the log.
    """

    path: str
    filters: Query
    values: dict[str, str]

    @classmethod
    def read(cls, path: str, query: str, model: type[Query], ignoring: Collection[str] = ()) -> Asked[Query]:
        """Return what a query string asks for; fields of a form that were left empty ask for nothing.

        Args:
            path: of the log.
            query: the address's.
            model: its filters.
            ignoring: names that the page itself uses.

        Raises:
            ApiError: 400 for a value that is none of those there are.
        """
        given = {name: value.strip() for name, value in parse_qsl(query) if value.strip() and name not in ignoring}
        filters = validate(model, given)
        known = [name for name in model.model_fields if name in given and name not in _PLACE]
        return cls(path, filters, {name: given[name] for name in known})

    @property
    def is_narrowed(self) -> bool:
        """Whether not simply everything is asked for."""
        return bool(self.values)

    def address(self, path: str | None = None) -> str:
        """Return the address of what is asked for, from its beginning, at this path or another."""
        return _address(path or self.path, self.values)

    def without(self, name: str) -> str:
        """Return the address of the log without one filter."""
        return _address(self.path, {key: value for key, value in self.values.items() if key != name})

    def with_value(self, name: str, value: str) -> str:
        """Return the address of the log with one more filter."""
        return _address(self.path, {**self.values, name: value})

    def following(self, at: datetime, id_: str) -> str:
        """Return the address of what follows a row."""
        return _address(self.path, {**self.values, "after": to_cursor(at), "after_id": id_})

    def newer(self, at: datetime, id_: str) -> str:
        """Return the address of what has come since a row."""
        return _address(self.path, {**self.values, "newer": to_cursor(at), "newer_id": id_})


def _address(path: str, values: dict[str, str]) -> str:
    return f"{path}?{urlencode(values)}" if values else path
