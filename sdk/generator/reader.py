"""Reads the OpenAPI document into the intermediate model."""

from __future__ import annotations

import re
from typing import Any

from sdk.generator.model import (
    Answer,
    Api,
    Body,
    ErrorType,
    EventType,
    Field,
    ListOf,
    Literals,
    MapOf,
    OneOf,
    Operation,
    Primitive,
    Ref,
    Resource,
    Type,
)
from sdk.generator.schemas import Schemas, UnreadableError

# Where the type's own name is taken already, or says too little.
_ERROR_CLASSES = {"permission_error": "PermissionDeniedError"}


def read(document: dict[str, Any]) -> Api:
    """Return the model of an OpenAPI document.

    Raises:
        UnreadableError: it says something that the model has no words for.
    """
    components = document["components"]["schemas"]
    schemas = Schemas(components)
    operations = [
        _operation(schemas, path, http_method, node)
        for path, methods in document["paths"].items()
        for http_method, node in methods.items()
        if "x-sdk" in node  # a stream without end is no method
    ]
    events = tuple(_event(name, item["post"]) for name, item in document["webhooks"].items())
    sent = [field.type for operation in operations if operation.body for field in operation.body.fields]
    received = [operation.answer.type for operation in operations]
    error = components["Error"]["properties"]["error"]["properties"]
    return Api(
        version=document["info"]["version"],
        resources=_resources(operations),
        schemas=schemas.reachable(sent=sent, received=[*received, *(Ref(event.schema) for event in events)]),
        events=events,
        error_types=tuple(ErrorType(name, _error_class(name)) for name in error["type"]["enum"]),
        error_codes=tuple(error["code"].get("x-extensible-enum", ())),
    )


def _resources(operations: list[Operation]) -> tuple[Resource, ...]:
    names = dict.fromkeys(operation.resource for operation in operations)
    return tuple(
        Resource(name, tuple(operation for operation in operations if operation.resource == name)) for name in names
    )


def _operation(schemas: Schemas, path: str, http_method: str, node: dict[str, Any]) -> Operation:
    owner = "".join(part.capitalize() for part in node["operationId"].split("-"))
    parameters = node.get("parameters", [])
    body = _body(schemas, node["requestBody"]) if "requestBody" in node else None
    return Operation(
        id=node["operationId"],
        resource=node["x-sdk"]["resource"],
        method=node["x-sdk"]["method"],
        http_method=http_method.upper(),
        path=path,
        summary=node["summary"],
        description=node.get("description", ""),
        path_fields=tuple(_path_field(path, item) for item in parameters if item["in"] == "path"),
        query_fields=tuple(_query_field(item) for item in parameters if item["in"] == "query"),
        body=body,
        answer=_answer(schemas, http_method, node["responses"], owner),
        public="security" not in node,
    )


def _path_field(path: str, node: dict[str, Any]) -> Field:
    """Return a parameter of the path; a bare ``id`` is called after what it names."""
    wire = node["name"]
    name = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", wire).lower()
    if name == "id":
        collection = path.partition("/{" + wire + "}")[0].rpartition("/")[2]
        name = f"{_singular(collection)}_id"
    return Field(name, wire, Primitive("string"), required=True, description=node.get("description", ""))


def _singular(word: str) -> str:
    if word == "people":
        return "person"
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _query_field(node: dict[str, Any]) -> Field:
    schema = node["schema"]
    return Field(
        node["name"],
        node["name"],
        # A cursor is passed on as it came, whatever it looks like.
        Primitive("string") if node["name"] == "cursor" else _query_type(schema),
        required=node["required"],
        description=node.get("description", ""),
        default=schema.get("default"),
        deep=node.get("style") == "deepObject",
    )


def _query_type(node: dict[str, Any]) -> Type:
    """Return the type that people mean: a query string knows only texts, so the document says numbers as patterns."""
    values = tuple(node.get("enum", ()))
    if set(values) == {"true", "false"}:
        return Primitive("boolean")
    if values:
        return Literals(values, open=True)
    if node["type"] == "object":
        return MapOf(Primitive("string"))
    if "pattern" in node and re.fullmatch(node["pattern"], "1") and not re.fullmatch(node["pattern"], "a"):
        return Primitive("integer")
    formats = {"date-time": Primitive("datetime"), "date": Primitive("date")}
    return formats.get(node.get("format", ""), Primitive("string"))


def _body(schemas: Schemas, node: dict[str, Any]) -> Body:
    ((content_type, media),) = node["content"].items()
    if content_type != "application/json":
        return Body(content_type, ())
    body = schemas.type_of(media["schema"], "")
    if not isinstance(body, Ref):
        raise UnreadableError(f"A body without a name: {media['schema']}")
    return Body(content_type, schemas[body.name].fields)


def _answer(schemas: Schemas, http_method: str, responses: dict[str, Any], owner: str) -> Answer:
    types: list[Type] = []
    for status, response in responses.items():
        if not status.startswith("2"):
            continue
        ((content_type, media),) = response["content"].items()
        if content_type == "*/*":
            return Answer("bytes", Primitive("string"), None)
        if content_type != "application/json":
            return Answer("text", Primitive("string"), None)
        type_ = schemas.type_of(media["schema"], f"{owner}Answer")
        types += [option for option in _options(type_) if option not in types]
    # What is answered without dry_run comes first.
    types.sort(key=lambda type_: isinstance(type_, Ref) and type_.name.endswith("Preview"))
    whole = types[0] if len(types) == 1 else OneOf(tuple(types))
    return Answer("json", whole, _row(schemas, whole) if http_method == "get" else None)


def _options(type_: Type) -> tuple[Type, ...]:
    return type_.options if isinstance(type_, OneOf) else (type_,)


def _row(schemas: Schemas, type_: Type) -> Type | None:
    """Return the type of a list's rows; None where it is no list."""
    if not isinstance(type_, Ref):
        return None
    fields = {field.name: field.type for field in schemas[type_.name].fields}
    data = fields.get("data")
    if fields.get("object") != Literals(("list",), open=False) or not isinstance(data, ListOf):
        return None
    return data.item


def _event(name: str, node: dict[str, Any]) -> EventType:
    schema = node["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return EventType(name, node["description"], schema)


def _error_class(name: str) -> str:
    if name in _ERROR_CLASSES:
        return _ERROR_CLASSES[name]
    return "".join(part.capitalize() for part in name.removesuffix("_error").split("_")) + "Error"
