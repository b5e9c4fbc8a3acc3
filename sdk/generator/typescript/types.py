"""How TypeScript writes the model's types, fields and schemas."""

from __future__ import annotations

import json
import re
import textwrap

from sdk.generator.model import (
    Field,
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

WIDTH = 120
_PRIMITIVES = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "datetime": "string",
    "date": "string",
    "any": "unknown",
    "null": "null",
}


def type_text(type_: Type, *, sent: bool, prefix: str = "") -> str:
    """Return a type as TypeScript writes it; ``prefix`` stands before the names of models."""
    text = ""
    match type_:
        case Primitive(kind):
            text = "string | Date" if sent and kind == "datetime" else _PRIMITIVES[kind]
        case Literals(values, open_):
            text = " | ".join([*map(json.dumps, values), *([f"{prefix}Other"] if open_ else [])])
        case ListOf(item):
            inner = type_text(item, sent=sent, prefix=prefix)
            text = f"({inner})[]" if " | " in inner else f"{inner}[]"
        case MapOf(value):
            text = f"Record<string, {type_text(value, sent=sent, prefix=prefix)}>"
        case Ref(name):
            text = prefix + name
        case Nullable(of):
            text = f"{type_text(of, sent=sent, prefix=prefix)} | null"
        case OneOf(options):
            text = " | ".join(type_text(option, sent=sent, prefix=prefix) for option in options)
    return text


def field_text(field: Field, *, sent: bool, prefix: str = "") -> str:
    """Return a property of an interface, under what is known of it."""
    type_ = "Filters" if field.deep else type_text(field.type, sent=sent, prefix=prefix)
    if field.required:
        return comment(field.description, "  ") + _union(f"  {field.name}: ", type_)
    # Whoever sends may say "nothing" by undefined; what is received has no such thing.
    return comment(field.description, "  ") + _union(f"  {field.name}?: ", f"{type_} | undefined" if sent else type_)


def interface(schema: Schema) -> str:
    """Return a schema as an interface."""
    extends = ""
    if schema.extends:
        names = " | ".join(json.dumps(field.name) for field in schema.fields)
        extends = f" extends Omit<{schema.extends}, {names}>"
    sent = schema.sent and not schema.received
    fields = "".join(field_text(field, sent=sent) for field in schema.fields)
    return f"{comment(schema.description)}export interface {schema.name}{extends} {{\n{fields}}}\n"


def comment(text: str, indent: str = "") -> str:
    """Return a comment, or nothing where there is nothing to say."""
    told = text.strip().replace("*/", "*\\/")
    if not told:
        return ""
    if "\n" not in told and len(indent) + len(told) + len("/**  */") <= WIDTH:
        return f"{indent}/** {told} */\n"
    lines = [line for part in told.splitlines() for line in (textwrap.wrap(part, WIDTH - len(indent) - 3) or [""])]
    body = "\n".join(f"{indent} * {line}".rstrip() for line in lines)
    return f"{indent}/**\n{body}\n{indent} */\n"


def _union(head: str, type_: str) -> str:
    """Return the declaration that begins with ``head``, with an option on a line where one line is too short."""
    found = re.fullmatch(r"(\(?)([^()]+)((?:\)\[\].*)?)", type_)
    if len(head) + len(type_) + 1 <= WIDTH or found is None:
        return f"{head}{type_};\n"
    before, options, after = found.groups()
    indent = " " * (len(head) - len(head.lstrip()))
    lines = "\n".join(f"{indent}  | {option}" for option in options.split(" | "))
    return f"{(head + before).rstrip()}\n{lines}" + (f"\n{indent}{after};\n" if after else ";\n")


def pascal(name: str) -> str:
    """Return a name in PascalCase."""
    return "".join(word.capitalize() for word in name.split("_"))


def camel(name: str) -> str:
    """Return a name in camelCase."""
    whole = pascal(name)
    return whole[0].lower() + whole[1:]
