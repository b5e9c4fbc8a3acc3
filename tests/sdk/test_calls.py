"""Every generated call of the Python SDK sends what the document says: method, path, conditions, body and key."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from pivotal import AsyncPivotalApi, PivotalApi
from pivotal_server.app import openapi_document
from pivotal_server.core.settings import Settings
from sdk.generator.model import ListOf, Literals, MapOf, Nullable, Operation, Primitive, Type
from sdk.generator.python.types import argument
from sdk.generator.reader import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sdk.faulty import Faulty

SAMPLES: dict[str, object] = {
    "string": "word",
    "integer": 7,
    "number": 1.5,
    "boolean": True,
    "datetime": datetime(2031, 3, 3, tzinfo=UTC),
    "date": date(2031, 3, 3),
    "any": "anything",
    "null": None,
}
IN_QUERIES = {True: "true", 7: "7", SAMPLES["datetime"]: "2031-03-03T00:00:00+00:00", SAMPLES["date"]: "2031-03-03"}


def sample(type_: Type) -> Any:  # noqa: ANN401 - whatever the type allows
    match type_:
        case Primitive(kind):
            return SAMPLES[kind]
        case Literals(values, _):
            return values[0]
        case ListOf(item):
            return [sample(item)]
        case MapOf(value):
            return {"key": sample(value)}
        case Nullable(of):
            return sample(of)
        case _:
            return {"object": "of the schema"}


def arguments_of(operation: Operation) -> dict[str, Any]:
    body = operation.body.fields if operation.body else ()
    given = {argument(field): sample(field.type) for field in (*operation.query_fields, *body)}
    return given | ({"content": b"bytes"} if operation.body and operation.body.binary else {})


def expected(operation: Operation) -> dict[str, Any]:
    path = operation.path
    for field in operation.path_fields:
        path = path.replace("{" + field.wire + "}", f"{field.name}%2F")
    query = {}
    for field in operation.query_fields:
        value = sample(field.type)
        query[f"{field.wire}[key]" if field.deep else field.wire] = value["key"] if field.deep else value
    body: object = None
    if operation.body:
        fields = {field.wire: sample(field.type) for field in operation.body.fields}
        body = "bytes" if operation.body.binary else json.loads(json.dumps(fields, default=lambda at: at.isoformat()))
    return {
        "operation": f"{operation.resource}.{operation.method}",
        "method": operation.http_method,
        "path": path,
        "query": {name: IN_QUERIES.get(value, value) for name, value in query.items()},
        "body": body,
        "type": operation.body.content_type if operation.body else None,
        "has_key": operation.writes,
    }


def seen(operation: Operation, request: dict[str, Any]) -> dict[str, Any]:
    path, _, query = request["url"].partition("?")
    headers, body = request["headers"], request["body"] or None
    return {
        "operation": f"{operation.resource}.{operation.method}",
        "method": request["method"],
        "path": path,
        "query": dict(parse_qsl(query)),
        "body": json.loads(body) if body and operation.body and not operation.body.binary else body,
        "type": headers.get("content-type"),
        "has_key": "idempotency-key" in headers,
    }


def call(client: PivotalApi | AsyncPivotalApi, operation: Operation) -> Any:  # noqa: ANN401 - an answer, or what waits
    calls = getattr(client, operation.resource).with_raw_response
    path = [f"{field.name}/" for field in operation.path_fields]
    return getattr(calls, operation.method)(*path, **arguments_of(operation))


def call_all(base_url: str, operations: Sequence[Operation]) -> None:
    with PivotalApi("pivotal_test_0000", base_url=base_url) as client:
        for operation in operations:
            call(client, operation)


async def call_all_asynchronously(base_url: str, operations: Sequence[Operation]) -> None:
    async with AsyncPivotalApi("pivotal_test_0000", base_url=base_url) as client:
        for operation in operations:
            await call(client, operation)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["synchronous", "asynchronous"])
async def test_every_call_sends_what_the_document_says(faulty: Faulty, *, asynchronous: bool) -> None:
    operations = read(openapi_document(Settings())).operations
    run = faulty.run_of([{"status": 200, "json": {}}])
    if asynchronous:
        await call_all_asynchronously(f"{faulty.url}/{run}", operations)
    else:
        await asyncio.to_thread(call_all, f"{faulty.url}/{run}", operations)
    requests = faulty.requests[run]
    assert len(requests) == len(operations)
    for operation, request in zip(operations, requests, strict=True):
        assert seen(operation, request) == expected(operation)
