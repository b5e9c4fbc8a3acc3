"""What the list of customers can be asked for, as its address says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlencode

from pydantic import Field

from pivotal_server.core.validation import OneOf, validate
from pivotal_server.customers.schemas import Status
from pivotal_server.fields.schemas import FieldFilters
from pivotal_server.rest.binding import query_values

if TYPE_CHECKING:
    from collections.abc import Sequence

NOBODY = "nobody"
SORTS = ("name", "arr", "created", "updated")
_PLACE = frozenset({"after", "after_id"})
# What asks for nothing that the list would not be by itself.
_NOTHING = frozenset({("sort", "-created"), ("archived", "false")})


class ListFilters(FieldFilters):
    """The query of the list: filters as over the API, an order, and where the page before ended.

    Attributes:
        q: part of a name or a domain.
        owner: a teammate's e-mail, or ``nobody``.
        sort: a column; a minus turns its order.
        after: what the last row of the page before is sorted by, and ``after_id`` its id.
    """

    q: Annotated[str, Field(max_length=200)] = ""
    status: Status | None = None
    plan: str | None = None
    owner: str | None = None
    archived: Annotated[str, OneOf(("true", "false"))] = "false"
    sort: Annotated[str, OneOf((*SORTS, *(f"-{name}" for name in SORTS)))] = "-created"
    after: str | None = None
    after_id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked the list for.

    Attributes:
        filters: the validated query.
        pairs: the query as it was sent, without what was left empty and without the place in the list.
        view: what its address calls the view with which this was begun.
    """

    filters: ListFilters
    pairs: tuple[tuple[str, str], ...]
    view: str = ""

    @classmethod
    def read(cls, query: str, view: str = "") -> Asked:
        """Return what a query string asks for; fields of a form that were left empty ask for nothing.

        Args:
            query: without the view.
            view: what the address calls it.

        Raises:
            ApiError: 400 for a value that is none of those there are.
        """
        pairs = [(name, value.strip()) for name, value in parse_qsl(query) if value.strip()]
        filters = validate(ListFilters, query_values(urlencode(pairs).encode(), ListFilters))
        return cls(filters, tuple(pair for pair in pairs if pair[0] not in _PLACE), view)

    @property
    def columns(self) -> list[str] | None:
        """The columns that are asked for; None where the address leaves that open."""
        named = dict(self.pairs).get("columns")
        return None if named is None else named.split(",")

    @property
    def kept(self) -> str:
        """The query as a view keeps it."""
        pairs = sorted(pair for pair in self.pairs if pair not in _NOTHING)
        return urlencode(pairs)

    @property
    def is_narrowed(self) -> bool:
        """Whether not simply all customers are asked for."""
        return any(name not in {"sort", "columns"} for name, _ in self.pairs)

    def address(self, path: str = "/customers", **changes: str | None) -> str:
        """Return the address of the same list with other values for some names; None leaves a name out."""
        pairs = [pair for pair in self.pairs if pair[0] not in changes]
        return self._address([*pairs, *((name, value) for name, value in changes.items() if value)], path)

    def without(self, name: str) -> str:
        """Return the address of the list without one filter."""
        return self._address([pair for pair in self.pairs if pair[0] != name])

    def turned(self, column: str, *, falling: bool = False) -> str:
        """Return the address of the list in the order of a column, turned where it is in that order already."""
        first, other = (f"-{column}", column) if falling else (column, f"-{column}")
        return self.address(sort=other if self.filters.sort == first else first)

    def direction(self, column: str) -> str | None:
        """Return how a column is ordered: ``ascending``, ``descending``, or None where another is."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.filters.sort)

    def _address(self, pairs: Sequence[tuple[str, str]], path: str = "/customers") -> str:
        # A view alone would stand for all that it keeps.
        view = [("view", self.view), *([] if pairs else [("sort", "")])] if self.view else []
        return f"{path}?{urlencode([*view, *pairs])}" if view or pairs else path
