"""Steps that several journeys take."""

from typing import Any

import httpx

from tests.support import Json, body_of


async def post(api: httpx.AsyncClient, path: str, body: Json, *, key: str | None = None) -> httpx.Response:
    """Send a POST, with an idempotency key where one is given."""
    return await api.post(path, json=body, headers={"Idempotency-Key": key} if key else {})


async def timeline(api: httpx.AsyncClient, customer_id: Any) -> list[Json]:  # noqa: ANN401 - either form of an id
    """Return what happened to a customer, oldest first."""
    entries: list[Json] = body_of(await api.get(f"/customers/{customer_id}/timeline", params={"limit": "100"}))["data"]
    return entries[::-1]


def told(entries: list[Json]) -> list[tuple[str, str]]:
    """Return what happened and who did it."""
    return [(entry["type"], entry["actor"]["name"]) for entry in entries]


async def ids(api: httpx.AsyncClient, path: str, **query: str) -> list[str]:
    """Return the ids on the first page of a list."""
    return [item["id"] for item in body_of(await api.get(path, params=query))["data"]]
