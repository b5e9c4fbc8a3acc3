"""Search of lists by tags and custom fields, over the index that migration 0009 keeps (decision 12).

The entries of a tag or a text lie in the order of a list: a page of them is read off. Those of a number or a date lie
so as well, and in the order of the values besides: few are picked out by value and sorted, many are met on the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, nextafter
from typing import Literal

from pivotal_server.core.db import Connection
from pivotal_server.core.errors import invalid_field
from pivotal_server.fields.models import FieldRow, Resource
from pivotal_server.fields.queries import fields_by_keys
from pivotal_server.fields.schemas import FieldFilters
from pivotal_server.fields.values import read_date, read_number, read_option
from pivotal_server.identity.models import Actor

List = Literal["customers", "archived_customers", "onboardings"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement searches: for what, in which of its lists, and what the statement calls it."""

    resource: Resource
    list: List
    alias: str


# As much of a text as the index holds.
_INDEXED = 255
# As many entries are sorted in two milliseconds; where there are more, a page of them is met sooner.
_MANY = 5000
_EPOCH = date(1970, 1, 1)
_COUNT = "SELECT count(*) FROM (SELECT FROM facets f WHERE f.workspace_id = $1 AND {conditions} LIMIT {many}) found"
_HAS = """(SELECT true FROM facets g WHERE g.workspace_id = $1 AND {conditions}
    AND g.created_at = {created_at} AND g.resource_id = {id})"""
_FOUND = "(SELECT f.resource_id, f.created_at FROM facets f WHERE f.workspace_id = $1 AND {conditions}{fence}) f"
# What is picked out by value is sorted by itself; the planner would take it apart.
_FENCE = " ORDER BY f.created_at DESC OFFSET 0"


class Where:
    """The conditions of a statement, whose parameters are numbered as they come.

    Args:
        values: the parameters that the statement has already, ``$1`` first.
    """

    def __init__(self, *values: object) -> None:
        self.values: list[object] = list(values)
        self._texts: list[str] = []

    def place(self, value: object) -> str:
        """Take a parameter and return its place, such as ``$3``."""
        self.values.append(value)
        return f"${len(self.values)}"

    def add(self, text: str, *values: object) -> None:
        """Add a condition; each ``{}`` in it is the place of a value."""
        self._texts.append(text.format(*map(self.place, values)))

    def apart(self) -> "Where":
        """Return conditions of a part of the statement, which has the same parameters."""
        part = Where()
        part.values = self.values
        return part

    def __str__(self) -> str:
        return " AND ".join(self._texts) or "true"


@dataclass(frozen=True, slots=True)
class _Facet:
    """What an entry of the index has to be.

    Attributes:
        kind: ``tag``, ``text``, ``number`` or ``date``.
        key: of the field; a tag has none.
        value: the tag or text looked for.
        least: of the number or the days since 1970 looked for.
        most: likewise.
    """

    kind: str
    key: str
    value: str = ""
    least: float = -inf
    most: float = inf

    @property
    def is_range(self) -> bool:
        return self.kind in {"number", "date"}

    def conditions(self, where: Where, place: Place, alias: str, *, by_value: bool, in_order: bool = False) -> Where:
        """Return the conditions on an entry, their parameters placed in ``where``.

        Args:
            where: of the statement.
            place: to look in.
            alias: of the entry.
            by_value: the entries are to be found by their number.
            in_order: the entries are to be read in the order of the list.
        """
        part = where.apart()
        columns = (f"{alias}.{name} = {{}}" for name in ("list", "kind", "key"))
        part.add(" AND ".join(columns), place.list, self.kind, self.key)
        if not by_value:
            part.add(f"{alias}.value = {{}}", self.value[:_INDEXED])
        if self.is_range:
            # A sum is no column, so the index by number does not offer itself.
            part.add(f"{alias}.number{' + 0' if in_order else ''} BETWEEN {{}} AND {{}}", self.least, self.most)
        return part


async def find_in_list(
    connection: Connection,
    actor: Actor,
    place: Place,
    filters: FieldFilters,
    where: Where,
    *,
    before: str | None = None,
    narrowed: bool = False,
) -> str | None:
    """Return what to read a list from where it is searched by tags or fields, else None.

    It is a table ``f`` with ``resource_id`` and ``created_at``, to be read in the order of ``created_at`` and joined to
    the resource; what it does not hold the rows to is added to ``where``.

    Args:
        connection: where to read.
        actor: whose workspace it is; ``$1`` of the statement is its id.
        place: what the statement searches.
        filters: the query's.
        where: conditions of the statement.
        before: place of the cursor, which the entries have to be older than.
        narrowed: other filters leave next to nothing, so the rows are better looked at one by one.

    Raises:
        ApiError: 400 where there is no such field, or the value is not of its type.
    """
    facets = await _facets_of(connection, actor, place.resource, filters)
    if not facets:
        return None
    first, many = (None, False) if narrowed else await _rarest(connection, actor, facets, place)
    entry = ("f.created_at", "f.resource_id") if first else (f"{place.alias}.created_at", f"{place.alias}.id")
    for facet in facets:
        if facet is not first:
            conditions = facet.conditions(where, place, "g", by_value=False)
            where.add(_HAS.format(conditions=conditions, created_at=entry[0], id=entry[1]))
        if len(facet.value) >= _INDEXED:  # the entry may be of a longer text
            where.add(f"{place.alias}.custom_fields ->> {{}} = {{}}", facet.key, facet.value)
    if first is None:
        return None
    by_value = first.is_range and not many
    conditions = first.conditions(where, place, "f", by_value=by_value, in_order=many)
    if before:
        conditions.add(f"f.created_at < {before}")
    return _FOUND.format(conditions=conditions, fence=_FENCE if by_value else "")


async def _rarest(connection: Connection, actor: Actor, facets: list[_Facet], place: Place) -> tuple[_Facet, bool]:
    """Return what the fewest rows have, of two alike what is no range, and whether many have it."""
    if len(facets) == 1 and not facets[0].is_range:
        return facets[0], True  # read off whatever their number is
    counted: list[tuple[int, bool, int]] = []
    for facet in facets:
        where = Where(actor.workspace_id)
        conditions = facet.conditions(where, place, "f", by_value=facet.is_range)
        count = await connection.fetchval(_COUNT.format(conditions=conditions, many=_MANY), *where.values)
        counted.append((count, facet.is_range, len(counted)))
    count, _, number = min(counted)
    return facets[number], count == _MANY


async def _facets_of(connection: Connection, actor: Actor, resource: Resource, filters: FieldFilters) -> list[_Facet]:
    """Return what is looked for; the fields are looked up only where some are."""
    facets = [] if filters.tag is None else [_Facet("tag", "", filters.tag)]
    if asked := filters.custom_fields:
        rows = await fields_by_keys(connection, actor, resource, list(asked))
        known = {field.key: field for field in rows}
        for key, value in asked.items():
            if key not in known:
                raise invalid_field(f"custom_fields.{key}", f"This workspace's {resource}s have no such custom field.")
            facets.append(_field_facet(known[key], value))
    return facets


def _field_facet(field: FieldRow, value: str | dict[str, str]) -> _Facet:
    """Return what a query's value, or the comparisons in its place, look for."""
    if isinstance(value, str):
        match field.type:
            case "number":
                number = read_number(field, value)
                return _Facet("number", field.key, least=number, most=number)
            case "date":
                day = _days(read_date(field, value))
                return _Facet("date", field.key, least=day, most=day)
            case "select":
                return _Facet("text", field.key, read_option(field, value))
            case "string":
                return _Facet("text", field.key, value)
    if field.type not in {"number", "date"}:
        raise invalid_field(f"custom_fields.{field.key}", "Only numbers and dates can be compared.")
    least, most = zip(*_bounds(field, value), strict=True)
    return _Facet(field.type, field.key, least=max(least), most=min(most))


def _bounds(field: FieldRow, comparisons: dict[str, str]) -> Iterator[tuple[float, float]]:
    """Yield the least and the most that each comparison lets through."""
    for name, text in comparisons.items():
        number = read_number(field, text) if field.type == "number" else _days(read_date(field, text))
        match name:
            case "gte":
                yield number, inf
            case "lte":
                yield -inf, number
            case "gt":
                yield nextafter(number, inf), inf
            case "lt":
                yield -inf, nextafter(number, -inf)
            case _:
                words = "Values can be compared by gte, lte, gt and lt."
                raise invalid_field(f"custom_fields.{field.key}", words)


def _days(day: date) -> float:
    return float((day - _EPOCH) // timedelta(days=1))
