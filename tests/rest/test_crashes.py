"""When something of ours breaks, the caller gets the envelope and a request id, and the log has the rest."""

import json
import logging
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, error_of, events

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_a_crash_is_a_500_in_the_envelope_and_a_trace_in_the_log(
    api: httpx.AsyncClient, connection: "Connection", world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await connection.execute("ALTER TABLE customers RENAME COLUMN plan TO plot")
    with caplog.at_level(logging.DEBUG):
        response = await api.post("/customers", json={"name": "A secret name"}, headers={"Idempotency-Key": "k"})
    error = error_of(response, 500)
    assert (error["type"], error["code"]) == ("internal_error", "internal_error")
    request_id = response.headers["x-request-id"]
    assert request_id in error["message"]
    assert "plan" not in response.text
    assert response.headers["x-ratelimit-limit"]

    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(records) == 1
    assert request_id in records[0].getMessage()
    assert "UndefinedColumnError" in caplog.text
    secret = world.live_key[len("pivotal_") + 8 :]
    assert secret not in caplog.text

    # Nothing of the request is left, and the server goes on.
    await connection.execute("ALTER TABLE customers RENAME COLUMN plot TO plan")
    assert body_of(await api.get("/customers"))["data"] == []
    response = await api.post("/customers", json={"name": "A secret name"}, headers={"Idempotency-Key": "k"})
    assert "idempotent-replay" not in response.headers
    assert body_of(response, 201)["display_id"] == 1


@pytest.mark.parametrize("table", ["activity", "events", "idempotency_records"])
async def test_a_crash_of_the_records_takes_the_work_back(
    api: httpx.AsyncClient, connection: "Connection", table: str
) -> None:
    customer = await create_customer(api)
    contact = await create_contact(api, customer["id"])
    onboarding = await create_onboarding(api, customer["id"])
    found = [(f"/customers/{customer['id']}", customer), (f"/contacts/{contact['id']}", contact)]
    found.append((f"/onboardings/{onboarding['id']}", onboarding))
    changes: list[tuple[str, str, Json | None]] = [
        ("POST", "/customers", {"name": "Borealis"}),
        ("POST", f"/customers/{customer['id']}/contacts", {"name": "New", "email": "new@customer.example"}),
        ("POST", "/onboardings", {"customer_id": customer["id"]}),
        *(("PATCH", path, {"metadata": {"changed": True}}) for path, _ in found),
        *(("DELETE", path, None) for path, _ in found),
    ]
    await connection.execute(f"ALTER TABLE {table} RENAME TO away")
    for method, path, body in changes:
        error_of(await api.request(method, path, json=body, headers={"Idempotency-Key": "k"}), 500)
    await connection.execute(f"ALTER TABLE away RENAME TO {table}")

    for path, resource in found:
        assert body_of(await api.get(path)) == resource
    assert body_of(await api.get("/customers"))["data"] == [customer]
    assert body_of(await api.get(f"/customers/{customer['id']}/contacts"))["data"] == [contact]
    assert body_of(await api.get("/onboardings"))["data"] == [onboarding]
    assert len(await events(api)) == 3
    assert await connection.fetchval("SELECT count(*) FROM idempotency_records") == 0


async def test_nothing_that_is_logged_has_a_key_in_it(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in ("/me", "/customers/1", f"/customers/{world.live_key}", "/nothing"):
            await api.get(path)
            await anonymous.get(path, headers={"Authorization": f"Token {world.live_key}"})
    secret = world.live_key[len("pivotal_") + 8 :]
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert secret not in json.dumps(lines)
