"""Emits the table of operations that the command line makes its commands of.

It is data, not code: a command is made when somebody calls it, and ``pivotal --help`` must not wait for the others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sdk.generator.model import ListOf, Literals, Nullable, OneOf, Primitive
from sdk.generator.outputs import Emitter

if TYPE_CHECKING:
    from sdk.generator.model import Api, Field, Operation, Type
    from sdk.generator.outputs import Files

PATH = "src/pivotal_server/cli/operations.json"
# What the command line does itself: paging, and the document, which it prints without a server.
_OWN_FIELDS = {"cursor", "limit"}
_OWN_RESOURCES = {"openapi"}


def emit(api: Api) -> Files:
    """Return the table: resource, method, and what a command has to know of the operation."""
    table = {
        resource.name: {operation.method: _operation(operation) for operation in resource.operations}
        for resource in api.resources
        if resource.name not in _OWN_RESOURCES
    }
    return {PATH: json.dumps(table, indent=1, ensure_ascii=False) + "\n"}


def _operation(operation: Operation) -> dict[str, Any]:
    paging = _OWN_FIELDS if operation.paginated else set()
    query = [_field(field, "query") for field in operation.query_fields if field.name not in paging]
    body = operation.body
    return {
        "summary": operation.summary,
        "description": operation.description,
        "arguments": [_field(field, "path") for field in operation.path_fields],
        "options": query + [_field(field, "body") for field in (body.fields if body else ())],
        "answer": operation.answer.form,
        **({"rows": True} if operation.answer.row is not None else {}),
        **({"pages": True} if operation.paginated else {}),
        **({"writes": True} if operation.writes else {}),
        **({"body": "bytes" if body.binary else "json"} if body else {}),
    }


def _field(field: Field, place: str) -> dict[str, Any]:
    kind, values, nullable = _kind(field.type)
    return {
        "name": field.name,
        "in": place,
        "kind": kind,
        **({"help": field.description} if field.description else {}),
        **({"required": True} if field.required else {}),
        **({"values": values} if values else {}),
        **({"nullable": True} if nullable else {}),
        **({"deep": True} if field.deep else {}),
    }


def _kind(type_: Type) -> tuple[str, list[str], bool]:
    """Return how a value is written in a shell, the values that are known, and whether it may be null."""
    kind = "json"
    values: tuple[str, ...] = ()
    match type_:
        case Nullable(of):
            return (*_kind(of)[:2], True)
        case OneOf(options) if all(_kind(option) == _kind(options[0]) for option in options):
            return _kind(options[0])
        case Literals(values, open_):
            kind = "string" if open_ else "choice"
        case ListOf(Literals(values)):
            kind = "texts"
        case ListOf(Primitive("string" | "date" | "datetime")):
            kind = "texts"
        case Primitive("string" | "datetime" | "date"):
            kind = "string"
        case Primitive("integer" | "number" | "boolean" as kind):
            pass
    return kind, list(values), False


EMITTER = Emitter(emit)
