"""Short ways to make what stories about custom fields are about."""

from typing import Any

import httpx

from tests.support import Json, body_of, create_customer, create_onboarding

PATHS = {"customer": "/customers", "onboarding": "/onboardings"}
REQUIRED = {"string": {}, "number": {}, "date": {}, "select": {"options": ["gold", "silver"]}}


async def define(api: httpx.AsyncClient, key: str, type_: str, resource: str = "customer", **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Make a custom field and return it."""
    body = {"resource": resource, "key": key, "name": key.title(), "type": type_} | REQUIRED[type_] | fields
    return body_of(await api.post("/custom_fields", json=body), 201)


async def define_four(api: httpx.AsyncClient, resource: str = "customer") -> None:
    """Make a field of each type, named as its type is."""
    for type_ in REQUIRED:
        await define(api, type_, type_, resource)


async def create(api: httpx.AsyncClient, resource: str, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Make a customer or an onboarding and return it."""
    return await (create_customer if resource == "customer" else create_onboarding)(api, **fields)


async def found(api: httpx.AsyncClient, resource: str = "customer", **params: str) -> list[str]:
    """Return the names in a list, newest first, and check that the count of customers agrees."""
    rows = body_of(await api.get(PATHS[resource], params={"limit": "100"} | params))["data"]
    if resource == "customer":
        assert body_of(await api.get("/customers/count", params=params))["count"] == len(rows)
    return [row["name"] for row in rows]
