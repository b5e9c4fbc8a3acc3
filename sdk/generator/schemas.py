"""Reads JSON Schemas, as the OpenAPI document writes them, into the model's types and schemas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sdk.generator.model import (
    Field,
    Kind,
    ListOf,
    Literals,
    MapOf,
    Nullable,
    OneOf,
    Primitive,
    Ref,
    Schema,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_REF = "#/components/schemas/"
_FORMATS: dict[str, Kind] = {"date-time": "datetime", "date": "date"}
_PRIMITIVES: dict[str | None, Kind] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    None: "any",
}
_TELLING = frozenset({"object", "type"})
_NULL = Primitive("null")


class UnreadableError(Exception):
    """The document says something that the model has no words for."""


class Schemas:
    """The document's schemas, and those without a name that stand inside of them, which get one here.

    Args:
        components: ``components.schemas`` of the document.
    """

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components
        self._read: dict[str, Schema] = {}
        for name, node in components.items():
            self._add(name, node)

    def __getitem__(self, name: str) -> Schema:
        return self._read[name]

    def reachable(self, *, sent: Iterable[Type], received: Iterable[Type]) -> dict[str, Schema]:
        """Return the schemas by name that requests or answers lead to, marked with the ways on which they travel."""
        there, back = self._closure(sent), self._closure(received)
        return {
            name: replace(schema, sent=name in there, received=name in back)
            for name, schema in sorted(self._read.items())
            if name in there or name in back
        }

    def type_of(self, node: dict[str, Any], owner: str) -> Type:
        """Return the type that a schema describes; ``owner`` is what a nameless object is called after.

        Raises:
            UnreadableError: it is of a kind that the model does not have.
        """
        if "$ref" in node:
            return Ref(node["$ref"].removeprefix(_REF))
        if "allOf" in node:
            return self._extended(node, owner)
        for key in ("anyOf", "oneOf"):
            if key in node and "properties" not in node:
                return _one_of(tuple(self.type_of(option, owner) for option in node[key]))
        if isinstance(node.get("type"), list):
            options = [self.type_of(node | {"type": kind}, owner) for kind in node["type"]]
            return _one_of(tuple(options))
        return self._single(node, owner)

    def fields_of(self, node: dict[str, Any], owner: str) -> tuple[Field, ...]:
        """Return an object's fields, in the order of the document."""
        required = node.get("required", ())
        return tuple(
            Field(
                name=name,
                wire=name,
                type=_opened(name, self.type_of(value, owner + _pascal(name))),
                required=name in required,
                description=value.get("description", ""),
                default=value.get("default"),
            )
            for name, value in node.get("properties", {}).items()
        )

    def _add(self, name: str, node: dict[str, Any], extends: str | None = None) -> None:
        fields = self.fields_of(node, name)
        self._read[name] = Schema(name, node.get("description", ""), fields, extends, sent=False, received=False)

    def _single(self, node: dict[str, Any], owner: str) -> Type:
        kind = node.get("type")
        if node.get("enum"):
            return _literals(node, owner)
        if kind == "array":
            return ListOf(self.type_of(node.get("items", {}), f"{owner}Item"))
        if kind == "object" and "properties" in node:
            self._add(owner, node)
            return Ref(owner)
        if kind == "object":
            values = node.get("additionalProperties", True)
            return MapOf(Primitive("any") if isinstance(values, bool) else self.type_of(values, f"{owner}Value"))
        if kind not in _PRIMITIVES:
            raise UnreadableError(f"{owner}: {node}")
        if kind != "string":
            return Primitive(_PRIMITIVES[kind])
        return Primitive(_FORMATS.get(node.get("format", ""), "string"))

    def _extended(self, node: dict[str, Any], owner: str) -> Type:
        """Return what ``allOf`` makes of a named schema: itself, or one with more fields.

        That it has certain fields for sure, which an event says of former values, no type of the model tells.
        """
        base, *more = node["allOf"]
        if "$ref" not in base or len(more) > 1:
            raise UnreadableError(f"{owner}: {node}")
        name = base["$ref"].removeprefix(_REF)
        if not more or "properties" not in more[0]:
            return Ref(name)
        described = {"description": self._components[name].get("description", "")} | more[0]
        self._add(owner, described, extends=name)
        return Ref(owner)

    def _closure(self, types: Iterable[Type]) -> set[str]:
        found: set[str] = set()
        waiting = [name for type_ in types for name in names_in(type_)]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            schema = self._read[name]
            waiting += [schema.extends] if schema.extends else []
            waiting += [inner for field in schema.fields for inner in names_in(field.type)]
        return found


def names_in(type_: Type) -> list[str]:
    """Return the names of the schemas that a type mentions."""
    match type_:
        case Ref(name):
            return [name]
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            return names_in(inner)
        case OneOf(options):
            return [name for option in options for name in names_in(option)]
        case _:
            return []


def _literals(node: dict[str, Any], owner: str) -> Literals | Primitive:
    values = tuple(value for value in node["enum"] if value is not None)
    if node.get("type") == "null":
        return _NULL
    if node.get("type") == "boolean":
        return Primitive(_PRIMITIVES["boolean"])
    if not all(isinstance(value, str) for value in values):
        raise UnreadableError(f"{owner}: {node}")
    return Literals(values, open=len(values) > 1 or "x-extensible-enum" in node)


def _opened(name: str, type_: Type) -> Type:
    """Return a field's type; one value alone is for good only where it tells one object from another."""
    return replace(type_, open=True) if isinstance(type_, Literals) and name not in _TELLING else type_


def _one_of(options: tuple[Type, ...]) -> Type:
    rest = tuple(option for option in options if option != _NULL)
    merged = rest[0] if len(rest) == 1 else OneOf(rest)
    return merged if len(rest) == len(options) else Nullable(merged)


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
