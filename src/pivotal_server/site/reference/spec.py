"""Reads the OpenAPI document into what pages and samples need of it: operations, what they take and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

JSON_TYPE = "application/json"
_ERROR = "#/components/schemas/Error"
_CREATED, _FIRST_ERROR, _CRASH = 201, 400, 500


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of path or query.

    Attributes:
        name: as it is sent.
        schema: of its value.
        description: what it means.
        required: whether it has to be sent.
        example: a value to try; None where there is none.
    """

    name: str
    schema: Json
    description: str
    required: bool
    example: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries.

    Attributes:
        content_type: JSON, or that of bytes.
        schema: of the JSON.
        example: a body to try; None for bytes.
    """

    content_type: str
    schema: Json
    example: Any

    @property
    def is_json(self) -> bool:
        """Whether it is JSON; it is bytes otherwise."""
        return self.content_type == JSON_TYPE


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back.

    Attributes:
        status: of HTTP.
        description: what the status means here.
        content_type: of the body.
        schema: of a body of JSON.
        example: of it; None where there is none.
    """

    status: int
    description: str
    content_type: str
    schema: Json
    example: Any

    @property
    def is_error(self) -> bool:
        """Whether the request failed."""
        return self.status >= _FIRST_ERROR


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    Attributes:
        id: of the document, such as ``create-customer``.
        resource: what it belongs to, in the SDKs' words, such as ``customers``.
        method: what the SDKs call it, such as ``create``.
        is_in_sdks: whether they have it.
        verb: of HTTP, in capitals.
        path: its template, such as ``/api/v1/customers/{id}``.
        summary: a headline.
        description: Markdown.
        scope: what a key needs; None where any key will do.
        is_public: whether it takes no key.
        key_header: where the key stands by itself; None where it is a Bearer token.
        in_path, in_query: its parameters.
        body: None where it takes none.
        answers: by their statuses.
    """

    id: str
    resource: str
    method: str
    is_in_sdks: bool
    verb: str
    path: str
    summary: str
    description: str
    scope: str | None
    is_public: bool
    key_header: str | None
    in_path: tuple[Parameter, ...]
    in_query: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]

    @property
    def success(self) -> Answer:
        """What it answers when all is well: where there are several, that which says that something was made."""
        return max(self.answers, key=lambda answer: (answer.status == _CREATED, not answer.is_error, -answer.status))

    @property
    def has_own_errors(self) -> bool:
        """Whether its errors have another shape than those of most operations."""
        return any(answer.status == _CRASH and answer.schema["$ref"] != _ERROR for answer in self.answers)

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.verb != "GET"

    @property
    def is_list(self) -> bool:
        """Whether it answers rows."""
        example = self.success.example
        return self.verb == "GET" and isinstance(example, dict) and example.get("object") == "list"

    @property
    def address(self) -> str:
        """Its path with values to try, and with those parameters of the query that it needs."""
        path = self.path
        for parameter in self.in_path:
            path = path.replace(f"{{{parameter.name}}}", parameter.example or parameter.name)
        query = "&".join(f"{one.name}={one.example}" for one in self.shown_query)
        return f"{path}?{query}" if query else path

    @property
    def shown_query(self) -> tuple[Parameter, ...]:
        """The parameters of the query that it cannot do without, or should not be tried without."""
        return tuple(parameter for parameter in self.in_query if parameter.required or parameter.example)


class Spec:
    """An OpenAPI document.

    Args:
        document: as the server serves it.

    Attributes:
        schemas: its components, by name.
        operations: in the order of the document.
        webhooks: for each event type, the request that tells it.
    """

    def __init__(self, document: Json) -> None:
        self.schemas: Json = document["components"]["schemas"]
        self.webhooks: Json = {name: item["post"] for name, item in document["webhooks"].items()}
        self.operations = tuple(
            _operation(verb, path, node, document["components"]["securitySchemes"])
            for path, operations in document["paths"].items()
            for verb, node in operations.items()
        )

    @property
    def resources(self) -> dict[str, list[Operation]]:
        """The operations of each resource, in the order of the document."""
        found: dict[str, list[Operation]] = {}
        for operation in self.operations:
            found.setdefault(operation.resource, []).append(operation)
        return found

    def name_of(self, schema: Json) -> str | None:
        """Return the name of the component that a schema refers to, the first of several; None where it is none."""
        options = schema.get("anyOf") or schema.get("allOf") or [schema]
        for option in options:
            if "$ref" in option:
                return str(option["$ref"].rpartition("/")[2])
        return None

    def resolve(self, schema: Json) -> Json:
        """Return what a schema refers to, or the schema itself."""
        name = self.name_of(schema)
        resolved: Json = self.schemas[name] if name else schema
        return resolved


def _operation(verb: str, path: str, node: Json, schemes: Json) -> Operation:
    parameters = {
        place: [_parameter(one) for one in node.get("parameters", ()) if one["in"] == place]
        for place in ("path", "query")
    }
    # The SDKs lack what is no question with one answer.
    name = node.get("x-sdk") or {"resource": node["tags"][0], "method": node["operationId"].partition("-")[0]}
    return Operation(
        id=node["operationId"],
        resource=name["resource"],
        method=name["method"],
        is_in_sdks="x-sdk" in node,
        verb=verb.upper(),
        path=path,
        summary=node["summary"],
        description=node["description"],
        scope=node.get("x-scope"),
        is_public="security" not in node,
        key_header=_key_header(node, schemes),
        in_path=tuple(parameters["path"]),
        in_query=tuple(parameters["query"]),
        body=_body(node["requestBody"]) if "requestBody" in node else None,
        answers=tuple(_answer(int(status), answer) for status, answer in node["responses"].items()),
    )


def _key_header(node: Json, schemes: Json) -> str | None:
    """Return the header that is the key and nothing else, None where an operation wants no such one."""
    names = (name for way in node.get("security", ()) for name in way)
    return next((schemes[name]["name"] for name in names if schemes[name]["type"] == "apiKey"), None)


def _parameter(node: Json) -> Parameter:
    schema = node["schema"]
    example = node.get("example") or next(iter(schema.get("examples", ())), None)
    return Parameter(node["name"], schema, node["description"], node.get("required", False), example)


def _body(node: Json) -> Body:
    ((content_type, media),) = node["content"].items()
    return Body(content_type, media["schema"], media.get("example"))


def _answer(status: int, node: Json) -> Answer:
    content: Json = node.get("content", {})
    content_type = next(iter(content), "")
    media: Json = content.get(content_type, {})
    return Answer(status, node["description"], content_type, media.get("schema", {}), media.get("example"))
