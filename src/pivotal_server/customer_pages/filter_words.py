"""The filters of the list as people read them: chips that make a sentence, and the fields of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.web.filters import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.customer_pages.list_schemas import Asked
    from pivotal_server.fields.models import FieldRow
    from pivotal_server.identity.models import Person

_RELATIONS = {"": "is", "gte": "is at least", "lte": "is at most", "gt": "is over", "lt": "is under"}
_PLAIN = {"plan": "Plan", "tag": "Tag"}


class Chip(NamedTuple):
    """One filter in words, and the address of the list without it."""

    field: str
    relation: str
    value: str
    remove: str


def chips(asked: Asked, fields: Sequence[FieldRow], members: Sequence[Person]) -> list[Chip]:
    """Return the filters of a list in the order in which they were set."""
    made = []
    for name, value in asked.pairs:
        if told := _told(name, value, fields, members):
            made.append(Chip(*told, asked.without(name)))
    return made


def _told(name: str, value: str, fields: Sequence[FieldRow], members: Sequence[Person]) -> tuple[str, str, str] | None:
    """Return a filter as field, relation and value; None for what is none, such as the order."""
    if name in _PLAIN:
        return _PLAIN[name], "is", value
    if name == "q":
        return "Name or domain", "has", value
    if name == "status":
        return "Status", "is", words(value)
    if name == "owner":
        return "Owner", "is", next((member.name for member in members if member.email == value.lower()), value)
    key, bracket, rest = name.removeprefix("custom_fields[").partition("]")
    if name == key or not bracket:
        return ("State", "is", "archived") if (name, value) == ("archived", "true") else None
    field = next((field.name for field in fields if field.key == key), key)
    return field, _RELATIONS.get(rest.strip("[]"), "is"), value
