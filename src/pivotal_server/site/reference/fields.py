"""The fields of a schema, in words: their types, limits and values, with those of the objects inside of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pivotal_server.core.validation import MAX_SAFE_INTEGER

if TYPE_CHECKING:
    from pivotal_server.site.reference.spec import Json, Spec

_DEEPEST = 4
_FORMATS = {"date-time": "datetime", "date": "date", "email": "e-mail address", "uri": "URL", "binary": "bytes"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object, or a parameter.

    Attributes:
        name: as it is sent.
        type: in words, such as ``string or null``.
        is_required: whether it has to be sent; always False for what is answered.
        description: what it means, in Markdown.
        limits: in words, such as ``1 to 255 characters``; empty where there are none.
        values: those that it may have; empty where it may have any.
        takes_more: whether there may be values beside those.
        inner: the fields of what is in it.
        resource: the resource that it holds whole, whose own page has the fields; None for other things.
    """

    name: str
    type: str
    is_required: bool
    description: str
    limits: str
    values: tuple[str, ...]
    takes_more: bool
    inner: tuple[Field, ...]
    resource: str | None


def fields_of(spec: Spec, schema: Json, *, is_sent: bool, depth: int = 0) -> tuple[Field, ...]:
    """Return the fields of an object, those first that have to be sent.

    Args:
        spec: where references lead.
        schema: the object's, or a reference to it.
        is_sent: whether a request has it: only then there is a difference between required and other fields.
        depth: how many objects it is inside of.
    """
    node = spec.resolve(schema)
    required = set(node.get("required", ())) if is_sent else set()
    fields = [
        _field(spec, name, field, is_required=name in required, is_sent=is_sent, depth=depth)
        for name, field in node.get("properties", {}).items()
    ]
    return tuple(sorted(fields, key=lambda field: not field.is_required))


def describe(spec: Spec, name: str, schema: Json, description: str, *, is_required: bool) -> Field:
    """Return a parameter as a field."""
    return _field(spec, name, {**schema, "description": description}, is_required=is_required, is_sent=True, depth=0)


def _field(spec: Spec, name: str, schema: Json, *, is_required: bool, is_sent: bool, depth: int) -> Field:
    held = _held(schema)
    target = spec.name_of(held)
    resource = None if is_sent or target is None else whole_resource(spec.schemas[target])
    inner: tuple[Field, ...] = ()
    if resource is None and depth < _DEEPEST and spec.resolve(held).get("properties"):
        inner = fields_of(spec, held, is_sent=is_sent, depth=depth + 1)
    values = tuple(_json(value) for value in held.get("enum", ()) if value is not None)
    return Field(
        name=name,
        type=say_type(spec, schema),
        is_required=is_required,
        description=schema.get("description", ""),
        limits=_say_limits(schema),
        values=() if name == "object" else values,
        takes_more="x-extensible-enum" in held or "x-extensible-enum" in schema,
        inner=inner,
        resource=resource,
    )


def say_type(spec: Spec, schema: Json) -> str:
    """Return a schema's type in words."""
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(say_type(spec, option) for option in options))
    if "allOf" in schema:
        return say_type(spec, schema["allOf"][0])
    if "$ref" in schema:
        return "object"
    types = schema.get("type", "any value")
    listed = types if isinstance(types, list) else [types]
    return " or ".join(_say_one(spec, one, schema) for one in listed)


def _say_one(spec: Spec, name: str, schema: Json) -> str:
    if name == "array":
        return f"list of {_plural(say_type(spec, schema.get('items', {})))}"
    if name == "string":
        return _FORMATS.get(schema.get("format", ""), "string")
    return name


def _plural(word: str) -> str:
    return {"any value": "values", "e-mail address": "e-mail addresses"}.get(word, f"{word}s")


def _held(schema: Json) -> Json:
    """Return the schema of what is in a field: of the rows of a list, and of what is there where null is not."""
    if "items" in schema:
        return _held(schema["items"])
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return _held(option)
    return schema


def whole_resource(schema: Json) -> str | None:
    """Return what the things of a schema are, such as ``customer``; None for those that have no id of their own."""
    kind = schema.get("properties", {}).get("object", {}).get("enum", ())
    if len(kind) != 1 or kind[0] == "list" or "id" not in schema["properties"]:
        return None
    return str(kind[0])


def _say_limits(schema: Json) -> str:
    """Return the bounds of a value in words."""
    parts = [
        _say_range(schema, "minLength", "maxLength", " characters"),
        _say_range(schema, "minimum", "maximum", ""),
        _say_range(schema, "minItems", "maxItems", " entries"),
    ]
    if "pattern" in schema and "default" not in schema:
        parts.append(f"matches `{schema['pattern']}`")
    if "default" in schema and schema["default"] not in ([], {}, ""):
        parts.append(f"`{_json(schema['default'])}` unless it is sent")
    return ", ".join(part for part in parts if part)


def _say_range(schema: Json, low: str, high: str, unit: str) -> str:
    least, most = schema.get(low), schema.get(high)
    if most == MAX_SAFE_INTEGER:  # as much as JSON can say
        most = None
    if most is not None and least is not None:
        return f"{_number(least)} to {_number(most)}{unit}"
    if most is not None:
        return f"up to {_number(most)}{unit}"
    return "" if least is None else f"{_number(least)}{unit} or more"


def _number(value: float) -> str:
    return f"{int(value):,}"


def _json(value: Any) -> str:  # noqa: ANN401 - a default
    return str(value).lower() if isinstance(value, bool) else str(value)
