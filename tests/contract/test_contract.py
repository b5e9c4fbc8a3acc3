"""What is served is what the contract promises, or more."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.compare import problems
from tests.support import Json, body_of

CONTRACT: Json = json.loads((Path(__file__).parent / "contract.json").read_text(encoding="utf-8"))


@pytest.fixture
async def served(anonymous: httpx.AsyncClient) -> Json:
    return body_of(await anonymous.get("/openapi.json"))


async def test_what_is_served_is_a_compatible_superset_of_the_contract(served: Json) -> None:
    assert problems(CONTRACT, served) == []


async def test_every_operation_has_examples(served: Json) -> None:
    for path, methods in served["paths"].items():
        for method, operation in methods.items():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for holder in [*bodies, *operation["responses"].values()]:
                if not holder["content"].keys().isdisjoint({"application/octet-stream", "*/*"}):  # the bytes of a file
                    continue
                (media,) = holder["content"].values()
                assert "example" in media or path.endswith("/openapi.json"), f"{method} {path}"


def _schema(name: str) -> Callable[[Json], Json]:
    return lambda document: document["components"]["schemas"][name]


def _operation(method: str, path: str) -> Callable[[Json], Json]:
    return lambda document: document["paths"][f"/api/v1{path}"][method]


def _without(place: Callable[[Json], Json], *keys: str) -> Callable[[Json], None]:
    """Return a change that removes what is at the end of the keys."""

    def change(document: Json) -> None:
        node: Any = place(document)
        for key in keys[:-1]:
            node = node[key]
        if isinstance(node, list):
            node.remove(keys[-1])
        else:
            del node[keys[-1]]

    return change


def _with(place: Callable[[Json], Json], *keys: str, value: object) -> Callable[[Json], None]:
    """Return a change that sets what is at the end of the keys, or adds to the list there."""

    def change(document: Json) -> None:
        node: Any = place(document)
        for key in keys[:-1]:
            node = node[key]
        if isinstance(node.get(keys[-1]), list) and not isinstance(value, list):
            node[keys[-1]].append(value)
        else:
            node[keys[-1]] = value

    return change


def _document(document: Json) -> Json:
    return document


# Ways to break the contract, and words of the problem that must be found.
BREAKS: dict[str, tuple[Callable[[Json], None], str]] = {
    "an operation goes": (_without(_document, "paths", "/api/v1/customers", "post"), "POST /api/v1/customers is gone"),
    "a path goes": (_without(_document, "paths", "/api/v1/me"), "GET /api/v1/me is gone"),
    "an operation is renamed": (
        _with(_operation("get", "/me"), "operationId", value="whoami"),
        "get-me: is called whoami",
    ),
    "a probe wants a key": (
        _with(_operation("get", "/health"), "security", value=[{"BearerAuth": []}]),
        "get-health: needs a key",
    ),
    "an operation is open": (_without(_operation("get", "/me"), "security"), "get-me: needs no key"),
    "a status goes": (
        _without(_operation("post", "/customers"), "responses", "409"),
        "create-customer: status 409 is gone",
    ),
    "a parameter goes": (
        _with(_operation("get", "/customers"), "parameters", value=[]),
        "list-customers: parameter limit is gone",
    ),
    "a parameter is required": (
        _with(_operation("get", "/customers"), "parameters", value={"name": "q", "in": "query", "required": True}),
        "new parameter q is required",
    ),
    "an answer's field goes": (_without(_schema("Customer"), "properties", "plan"), "200.plan is gone"),
    "an answer's field is not promised": (
        _without(_schema("Customer"), "required", "plan"),
        "200 does not promise plan",
    ),
    "an answer's field may be null": (
        _with(_schema("Customer"), "properties", "name", value={"type": ["string", "null"]}),
        "200.name may now be null",
    ),
    "an answer's field changes type": (
        _with(_schema("Customer"), "properties", "display_id", value={"type": "string"}),
        "200.display_id may now be string",
    ),
    "an answer's item changes": (
        _with(_schema("CustomerList"), "properties", "data", value={"type": "array", "items": {"type": "string"}}),
        "200.data.items may now be string",
    ),
    "an answer's time loses its format": (
        _without(_schema("Customer"), "properties", "created_at", "format"),
        "200.created_at has lost its format",
    ),
    "an error type goes": (
        _without(_schema("Error"), "properties", "error", "properties", "type", "enum", "conflict"),
        "error.type does not list conflict",
    ),
    "a request's field goes": (_without(_schema("CustomerCreate"), "properties", "slug"), "body.slug is gone"),
    "a request's field is required": (
        _with(_schema("CustomerCreate"), "required", value="slug"),
        "body newly requires slug",
    ),
    "a request's value goes": (
        _without(_schema("CustomerCreate"), "properties", "status", "enum", "churned"),
        "body.status does not list churned",
    ),
    "a request's type narrows": (
        _with(_schema("CustomerCreate"), "properties", "mrr", value={"type": "null"}),
        "body.mrr does not take integer",
    ),
    "a request's bound tightens": (
        _with(_schema("CustomerCreate"), "properties", "name", "maxLength", value=100),
        "body.name has maxLength 100",
    ),
}


@pytest.mark.parametrize("how", BREAKS)
async def test_a_broken_promise_is_found(how: str, served: Json) -> None:
    change, words = BREAKS[how]
    broken = copy.deepcopy(served)
    change(broken)
    found = problems(CONTRACT, broken)
    assert any(words in problem for problem in found), found


async def test_an_addition_is_no_problem(served: Json) -> None:
    more = copy.deepcopy(served)
    before = problems(CONTRACT, more)
    for name, field in (("Customer", "nickname"), ("CustomerCreate", "nickname")):
        more["components"]["schemas"][name]["properties"][field] = {"type": "string"}
    more["components"]["schemas"]["Customer"]["required"].append("nickname")
    more["components"]["schemas"]["CustomerCreate"]["properties"]["status"]["enum"].append("dormant")
    more["paths"]["/api/v1/me"]["get"]["responses"]["418"] = {"description": "Short and stout"}
    assert problems(CONTRACT, more) == before
