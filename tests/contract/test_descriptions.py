"""The OpenAPI document explains itself: every field, every parameter, with values to try."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pivotal_server.webhooks.catalogue import NAMES
from pivotal_server.webhooks.payloads import schema_of
from tests.support import Json, body_of


@pytest.fixture
async def served(anonymous: httpx.AsyncClient) -> Json:
    return body_of(await anonymous.get("/openapi.json"))


def _undescribed(node: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield where in a schema there is a field that nothing is said of."""
    if isinstance(node, list):
        for place, item in enumerate(node):
            yield from _undescribed(item, f"{path}[{place}]")
    if not isinstance(node, dict):
        return
    for name, field in node.get("properties", {}).items():
        if not field.get("description"):
            yield f"{path}.{name}"
    for key, value in node.items():
        if key not in {"example", "examples", "default", "enum", "required", "oneOf", "not"}:  # those narrow fields
            yield from _undescribed(value, f"{path}.{key}")


async def test_every_field_of_every_schema_has_a_description(served: Json) -> None:
    assert list(_undescribed(served["components"]["schemas"], "")) == []
    assert [name for name, schema in served["components"]["schemas"].items() if not schema.get("description")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_an_event_has_a_description(name: str) -> None:
    assert list(_undescribed(schema_of(name), name)) == []


async def test_every_parameter_has_a_description_and_those_of_paths_a_value_to_try(served: Json) -> None:
    for path, operations in served["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                where = f"{method} {path} {parameter['name']}"
                assert parameter.get("description"), where
                if parameter["in"] == "path":
                    assert "example" in parameter or parameter["schema"].get("examples"), where


async def test_the_scope_of_an_operation_stands_in_it(served: Json) -> None:
    assert served["paths"]["/api/v1/customers"]["post"]["x-scope"] == "customers:write"
    assert "x-scope" not in served["paths"]["/api/v1/me"]["get"]
