"""The OpenAPI document: made by FastAPI of the routes' signatures, then said the way the contract says it.

The contract writes nullable fields as ``type: [x, "null"]`` and constants as one-value enums, keeps error answers in
one ``Error`` schema, and names security per operation; code generators read that best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired

import orjson
from fastapi.openapi.utils import get_openapi
from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.errors import not_found, type_of
from pivotal_server.core.validation import EXAMPLE_KEYWORD
from pivotal_server.rest.descriptions import describe_fields, describe_parameter, example_of
from pivotal_server.rest.dialect import dialect_at
from pivotal_server.rest.error_codes import ERROR_CODES
from pivotal_server.rest.sdk_names import is_stream, name_for_sdks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

    from pivotal_server.rest.dialect import Dialect

_WORDS = {
    400: ("Invalid request", "invalid_type", "Required", "name"),
    401: ("Missing or invalid API key", "invalid_api_key", "The API key is not valid.", None),
    403: ("The key lacks the scope", "insufficient_scope", "This API key lacks the scope customers:write.", None),
    404: ("Not found", "customer_not_found", "Customer not found.", None),
    409: ("Conflict", "slug_taken", "Another customer has this slug.", "slug"),
    408: ("Body too slow", "http_exception", "The request body did not arrive within 20 seconds.", None),
    413: ("Body too large", "http_exception", "The request body is larger than 1048576 bytes.", None),
    416: ("No such part", "http_exception", "The file has 48213 bytes.", None),
    415: ("Not JSON", "http_exception", "Send the body as application/json.", None),
    429: ("Rate limit exceeded", "rate_limited", "Rate limit exceeded. Retry after 12 seconds.", None),
    500: ("Something went wrong on our side", "internal_error", "Something went wrong on our side.", None),
}
_DESCRIPTION = """\
Customers, contacts and onboardings over REST: Bearer keys, JSON in and out, cursor pages, idempotent writes, one
error shape. Errors carry a `type` to branch on, a stable `code`, a `message` for people and, where it points
at one, a `field`.
"""
_TAGS = {
    "meta": "Who am I, is it up.",
    "customers": "The central record.",
    "contacts": "The people at a customer.",
    "contacts_by_uuid": "Contacts, leads among them, for tools that know them by UUID and send `x-api-key`.",
    "contacts_by_filter": "Contacts, leads among them, by owner, source, stage, last message and more.",
    "leads": "People who are no customers yet.",
    "lead_merges": "Duplicates that became a part of another lead.",
    "pipelines": "The stages that leads go through.",
    "messages": "What was written to and by contacts and leads, over any channel.",
    "calendar": "When people work.",
    "onboardings": "A customer's way through the phases to launch.",
    "tasks": "What has to be done in an onboarding, by whom and when, and why then.",
    "comments": "What people say on onboardings and tasks.",
    "attachments": "The files of comments.",
    "people": "Your teammates.",
    "notifications": "What teammates are told of, and by which channel.",
    "templates": "Plans that are made once and land in many onboardings.",
    "message_templates": "The texts that Pivotal writes to people.",
    "reminders": "Mail to the customer's contacts about what is overdue on their side.",
    "automations": "What happens by itself when an onboarding launches.",
    "custom_fields": "What a workspace tells of its customers and onboardings besides, and its tags.",
    "events": "What happened, as webhooks tell it.",
    "request_logs": "What your API keys asked for, and were answered.",
    "event_types": "What webhooks can tell.",
    "webhooks": "What is sent to your endpoints.",
}
_SUCCESS = {"200": "OK", "201": "Created"}
_SECURITY: list[dict[str, list[str]]] = [{"BearerAuth": []}]
_SCHEMES = {
    "BearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key: `pivotal_…` or `pivotal_test_…`.",
    },
    "ApiKeyAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "The same API keys, where a path takes them in this header instead.",
    },
}

ErrorType = Literal[
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "rate_limit_error",
    "not_found",
    "conflict",
    "internal_error",
]


class ErrorDetail(TypedDict):
    """What went wrong."""

    type: Annotated[ErrorType, Field(description="What to branch on; it goes with the status.")]
    code: Annotated[
        str,
        Field(
            description="What exactly it is; codes do not change.",
            json_schema_extra={"x-extensible-enum": [*ERROR_CODES]},
        ),
    ]
    message: Annotated[str, Field(description="For people. Its words may change.")]
    field: NotRequired[
        Annotated[str, Field(description="The field or parameter that it is about, if it is about one.")]
    ]


class Error(TypedDict):
    """The answer of every request that did not succeed."""

    error: Annotated[ErrorDetail, Field(description="What is wrong.")]


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's error answers beside those that every route has."""
    return {status: {"model": Error, "description": _WORDS[status][0]} for status in statuses}


def missing(resource: str) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's 404 that is about something other than its path's first id."""
    answer = errors(404)
    answer[404]["content"] = {"application/json": {"example": _error_example(404, resource)}}
    return answer


def invalid(field: str, code: str, message: str) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's 400 with an example of its own."""
    example = {"error": {"type": type_of(400), "code": code, "message": message, "field": field}}
    answer = errors(400)
    answer[400]["content"] = {"application/json": {"example": example}}
    return answer


def conflict(code: str, message: str) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's 409 with an example of its own."""
    example = {"error": {"type": type_of(409), "code": code, "message": message}}
    answer = errors(409)
    answer[409]["content"] = {"application/json": {"example": example}}
    return answer


def build_openapi(
    routes: Sequence[BaseRoute],
    *,
    dialects: Sequence[Dialect],
    version: str,
    server_url: str,
    webhooks: dict[str, Any],
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API's routes.

    Args:
        routes: the API's.
        dialects: those that are spoken at some of their paths; SDKs have no names for what is there.
        version: of the server.
        server_url: where it is reached.
        webhooks: the document's ``webhooks`` section, and the ``components`` that come with it.
    """
    generated = get_openapi(
        title="Pivotal API",
        version=version,
        openapi_version="3.1.0",
        description=_DESCRIPTION,
        routes=routes,
        servers=[{"url": server_url}],
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        contact={"name": "Pivotal", "url": server_url},
        license_info={"name": "MIT", "identifier": "MIT"},
    )
    document: dict[str, Any] = say_as_contract(generated)
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which the API never answers
        schemas.pop(unused, None)
    schemas["Error"]["properties"]["error"] = schemas.pop("ErrorDetail")
    document["components"]["securitySchemes"] = _SCHEMES
    for each in dialects:
        schemas |= say_as_contract(each.schemas())
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            dialect = dialect_at(dialects, path)
            if dialect is None and not is_stream(operation):
                operation["x-sdk"] = name_for_sdks(operation)
            if method != "get":
                _document_write(operation)
            _complete(operation, schemas, _resource_of(path) or operation["tags"][0].removesuffix("s"))
            if dialect is not None:
                dialect.document(operation)
    document["webhooks"] = webhooks["webhooks"]
    for kind, components in webhooks["components"].items():
        document["components"][kind] = document["components"].get(kind, {}) | components
    describe_fields(document["components"]["schemas"])
    return document


def say_as_contract(node: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a JSON Schema, or a document of them, with the contract's way of writing: see the module's docstring."""
    if isinstance(node, list):
        return [say_as_contract(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: value if key in {"example", "examples"} else say_as_contract(value) for key, value in node.items()}
    if isinstance(node.get("title"), str) and "openapi" not in node and "version" not in node:
        del node["title"]
    if EXAMPLE_KEYWORD in node:
        node["examples"] = [orjson.loads(node.pop(EXAMPLE_KEYWORD))]
    if "default" in node and node["default"] is None:
        del node["default"]
    if "const" in node:
        node["enum"] = [node.pop("const")]
    return _say_nullable(node)


def _say_nullable(node: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that says ``x or null`` with that as its list of types."""
    options = node.get("anyOf", ())
    if len(options) != 2 or {"type": "null"} not in options:  # noqa: PLR2004 - x or null
        return node
    value = next(option for option in options if option != {"type": "null"})
    if "type" not in value:
        return node
    rest = {key: item for key, item in node.items() if key != "anyOf"}
    nullable: dict[str, Any] = rest | value | {"type": [value["type"], "null"]}
    if "enum" in nullable:
        nullable["enum"] = [*nullable["enum"], None]
    return nullable


def _resource_of(path: str) -> str | None:
    """Return what a path's first id names, which is what its 404 is about; None where it has none."""
    collection, id_, _ = path.partition("/{")
    if not id_:
        return None
    name = collection.rpartition("/")[2]
    if name == "people":
        return "person"
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def _complete(operation: dict[str, Any], schemas: dict[str, Any], resource: str) -> None:
    """Add to an operation what every one has: errors, headers, examples, security."""
    answers, public = operation["responses"], operation.pop("x-public", False)
    answers.pop("422", None)
    example = example_of(resource, schemas)
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query":
            _say_as_text(parameter)
        if parameter["in"] == "path" and parameter["name"].endswith("_id"):  # the second id names what it is of
            named = parameter["name"].removesuffix("_id")
            describe_parameter(parameter, named, example_of(named, schemas))
        else:
            describe_parameter(parameter, resource, example)
    if not public:
        operation["security"] = _SECURITY
        for status in (401, 403, 429):
            answers.setdefault(str(status), _error_answer(status))
    answers.setdefault("500", _error_answer(500))
    if "requestBody" in operation:
        operation["requestBody"].setdefault("required", True)
        _give_example(operation["requestBody"]["content"], schemas)
        answers.setdefault("415", _error_answer(415))
    for status, answer in answers.items():
        answer["description"] = _SUCCESS.get(status, answer["description"])
        answer["headers"] = _headers(int(status), public=public)
        content = answer.get("content", {})
        if len(content) > 1:
            del content["application/json"]  # FastAPI's own, beside the type that the route says
        _give_example(content, schemas)
        if int(status) in _WORDS:
            content["application/json"].setdefault("example", _error_example(int(status), resource))
    operation["responses"] = dict(sorted(answers.items()))


def _error_answer(status: int) -> dict[str, Any]:
    return {
        "description": _WORDS[status][0],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _error_example(status: int, resource: str) -> dict[str, Any]:
    _, code, message, field = _WORDS[status]
    if status == 404:  # noqa: PLR2004 - the one code that names a resource
        missing = not_found(resource)
        code, message = missing.code, missing.message
    error = {"type": type_of(status), "code": code, "message": message}
    return {"error": error | ({"field": field} if field else {})}


def _give_example(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Show the schema's first example, or that of its first alternative, as the example of a body."""
    for media in content.values():
        schema = media.get("schema", {})
        name = schema.get("anyOf", [schema])[0].get("$ref", "").rpartition("/")[2]
        if examples := schemas.get(name, {}).get("examples"):
            media["example"] = examples[0]


def _headers(status: int, *, public: bool) -> dict[str, Any]:
    headers = {"X-Request-Id": ("Names this request in logs and support.", "string")}
    if not public and status != 401:  # noqa: PLR2004 - a stranger has no window
        headers |= {
            "X-RateLimit-Limit": ("Requests allowed in any 60 seconds.", "integer"),
            "X-RateLimit-Remaining": ("Requests left.", "integer"),
            "X-RateLimit-Reset": ("Unix time at which the whole limit is free again.", "integer"),
            "RateLimit-Policy": ("The limit and its window in seconds, in the IETF's notation.", "string"),
            "RateLimit": ("Requests left and seconds until the limit is free again, likewise.", "string"),
        }
    if status == 429:  # noqa: PLR2004 - the one status with a wait
        headers["Retry-After"] = ("Seconds until the next request is accepted.", "integer")
    if status == 201:  # noqa: PLR2004 - the one status with a place
        headers["Location"] = ("Path of the created resource.", "string")
    return {
        name: {"description": description, "schema": {"type": kind}} for name, (description, kind) in headers.items()
    }


def _say_as_text(parameter: dict[str, Any]) -> None:
    """Say of a query parameter that it is text: a query string knows neither ``null`` nor numbers."""
    schema = parameter["schema"]
    if schema.get("type") == "object":
        parameter |= {"style": "deepObject", "explode": True}
        schema.pop("default", None)
    if isinstance(schema.get("type"), list):
        schema["type"] = "string"
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if isinstance(schema.get("default"), list | tuple):  # which no text is
        del schema["default"]
    if "default" in schema:
        schema["default"] = str(schema["default"])


def _document_write(operation: dict[str, Any]) -> None:
    """Add to a writing operation the ``Idempotency-Key`` header, and the answers that it and any body may meet."""
    answers = operation["responses"]
    for status in (400, 408, 413):
        answers.setdefault(str(status), _error_answer(status))
    if "409" not in answers:
        words = "This Idempotency-Key was used before, with a different request body."
        error = {"type": type_of(409), "code": "idempotency_key_reused", "message": words}
        answers["409"] = _error_answer(409)
        answers["409"]["content"]["application/json"]["example"] = {"error": error}
    operation.setdefault("parameters", []).append(
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Makes a retry safe: the same key and body get the first answer again, for 24 hours.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
    )
