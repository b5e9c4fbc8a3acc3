"""The same Idempotency-Key and body get the same answer, and the work is done once."""

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support import Json, SteeredClock, body_of, create_customer, error_of, events, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

HELD_KEYS = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND d.datname = current_database()
"""
DAY = 24 * 60 * 60


def keyed(key: str | bytes = "a-key") -> dict[str, str]:
    return {"Idempotency-Key": key if isinstance(key, str) else key.decode("latin-1")}


def is_replay_of(replay: httpx.Response, first: httpx.Response) -> bool:
    """Whether the second answer is the first one, byte for byte, and says so."""
    assert "idempotent-replay" not in first.headers
    assert replay.headers["idempotent-replay"] == "true"
    assert replay.headers.get("location") == first.headers.get("location")
    assert replay.headers["x-request-id"] != first.headers["x-request-id"]
    return (replay.status_code, replay.content) == (first.status_code, first.content)


async def count(api: httpx.AsyncClient) -> int:
    found: int = body_of(await api.get("/customers/count"))["count"]
    return found


async def test_a_repeated_post_is_answered_again_and_done_once(api: httpx.AsyncClient) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    customer = body_of(first, 201)
    assert first.headers["location"] == f"/api/v1/customers/{customer['id']}"
    for _ in range(3):
        assert is_replay_of(await api.post("/customers", json={"name": "Aurora"}, headers=keyed()), first)
    assert await count(api) == 1
    assert [event["type"] for event in await events(api)] == ["customer.created"]


async def test_a_replay_shows_what_was_and_not_what_is(api: httpx.AsyncClient) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    path = first.headers["location"].removeprefix("/api/v1")
    body_of(await api.patch(path, json={"name": "Borealis"}))
    assert is_replay_of(await api.post("/customers", json={"name": "Aurora"}, headers=keyed()), first)
    body_of(await api.delete(path))
    assert is_replay_of(await api.post("/customers", json={"name": "Aurora"}, headers=keyed()), first)
    assert await count(api) == 0


async def test_another_body_under_the_same_key_is_a_conflict(api: httpx.AsyncClient) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    for content in (b'{"name": "Borealis"}', b'{"name":  "Aurora"}', b'{"name": "Aurora", "slug": null}'):
        error = error_of(await api.post("/customers", content=content, headers=keyed()), 409)
        assert (error["type"], error["code"]) == ("conflict", "idempotency_key_reused")
    assert is_replay_of(await api.post("/customers", json={"name": "Aurora"}, headers=keyed()), first)
    assert await count(api) == 1


async def test_a_bad_body_under_a_used_key_is_told_what_is_wrong_with_it(api: httpx.AsyncClient) -> None:
    body_of(await api.post("/customers", json={"name": "Aurora"}, headers=keyed()), 201)
    assert error_of(await api.post("/customers", json={}, headers=keyed()), 400)["field"] == "name"


async def test_failures_are_not_kept(api: httpx.AsyncClient) -> None:
    taken = await create_customer(api, slug="aurora")
    body = {"name": "Aurora", "slug": "aurora"}
    for _ in range(2):
        error = error_of(await api.post("/customers", json=body, headers=keyed()), 409)
        assert error["code"] == "slug_taken"
    error_of(await api.post("/customers", json={"name": ""}, headers=keyed()), 400)
    body_of(await api.delete(f"/customers/{taken['id']}"))
    first = await api.post("/customers", json=body, headers=keyed())
    assert body_of(first, 201)["slug"] == "aurora"
    assert is_replay_of(await api.post("/customers", json=body, headers=keyed()), first)


async def test_an_answer_is_kept_for_a_day(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    clock.advance(DAY - 1)
    assert is_replay_of(await api.post("/customers", json={"name": "Aurora"}, headers=keyed()), first)
    clock.advance(1)
    again = await api.post("/customers", json={"name": "Borealis"}, headers=keyed())
    assert body_of(again, 201)["name"] == "Borealis"
    clock.advance(DAY - 1)
    assert is_replay_of(await api.post("/customers", json={"name": "Borealis"}, headers=keyed()), again)
    assert await count(api) == 2


@pytest.mark.parametrize(
    "key", [b"k", b"k" * 255, b" inner space ".strip(), b"\xe9\xff", "schlüssel ✓".encode(), b'"quoted"', b"a,b"]
)
async def test_a_key_may_be_any_1_to_255_bytes(api: httpx.AsyncClient, key: bytes) -> None:
    header = {b"Idempotency-Key": key}
    first = await api.post("/customers", json={"name": "Aurora"}, headers=header)
    assert first.status_code == 201
    assert is_replay_of(await api.post("/customers", json={"name": "Aurora"}, headers=header), first)


@pytest.mark.parametrize("key", [b"", b"k" * 256, "é".encode() * 128, b"k" * 5000])
async def test_a_key_of_another_length_is_refused(api: httpx.AsyncClient, key: bytes) -> None:
    customer = await create_customer(api)
    for method, path in (("POST", "/customers"), ("PATCH", f"/customers/{customer['id']}")):
        response = await api.request(method, path, json={"name": "Aurora"}, headers={b"Idempotency-Key": key})
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == ("invalid_field", "Idempotency-Key")
    error_of(await api.delete(f"/customers/{customer['id']}", headers={b"Idempotency-Key": key}), 400)
    assert body_of(await api.get("/customers"))["data"] == [customer]
    # A read has no use for it and does not look.
    assert (await api.get("/customers", headers={b"Idempotency-Key": key})).is_success


async def test_live_and_test_keys_share_it(api: httpx.AsyncClient, test_api: httpx.AsyncClient) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    assert is_replay_of(await test_api.post("/customers", json={"name": "Aurora"}, headers=keyed()), first)
    assert await count(api) == 1


async def test_workspaces_do_not_share_it(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    other = await fabrikam_api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    assert body_of(other, 201)["id"] != body_of(first, 201)["id"]
    body_of(await fabrikam_api.post("/customers", json={"name": "Else"}, headers=keyed("another")), 201)


async def test_every_method_and_path_has_its_own(api: httpx.AsyncClient) -> None:
    one, two = await create_customer(api), await create_customer(api)
    body = {"name": "Contact", "email": "contact@customer.example"}
    made = [
        body_of(await api.post(f"/customers/{customer['id']}/contacts", json=body, headers=keyed()), 201)
        for customer in (one, two)
    ]
    assert made[0]["id"] != made[1]["id"]
    for customer in (one, two):
        changed = await api.patch(f"/customers/{customer['id']}", json={"plan": "Pro"}, headers=keyed())
        assert body_of(changed)["id"] == customer["id"]
    deleted = await api.delete(f"/customers/{one['id']}", headers=keyed())
    assert body_of(deleted)["id"] == one["id"]


async def test_a_patch_may_carry_a_key(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    path = f"/customers/{customer['id']}"
    first = await api.patch(path, json={"plan": "Pro"}, headers=keyed())
    body_of(await api.patch(path, json={"plan": "Free"}))
    assert is_replay_of(await api.patch(path, json={"plan": "Pro"}, headers=keyed()), first)
    assert body_of(await api.get(path))["plan"] == "Free"
    assert (
        error_of(await api.patch(path, json={"plan": "Max"}, headers=keyed()), 409)["code"] == "idempotency_key_reused"
    )


async def test_a_delete_may_carry_a_key(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    first = await api.delete(f"/customers/{customer['id']}", headers=keyed())
    assert is_replay_of(await api.delete(f"/customers/{customer['id']}", headers=keyed()), first)


async def test_a_replay_spends_the_rate_limit(api: httpx.AsyncClient) -> None:
    first = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    replay = await api.post("/customers", json={"name": "Aurora"}, headers=keyed())
    assert int(first.headers["x-ratelimit-remaining"]) - int(replay.headers["x-ratelimit-remaining"]) == 1


async def test_a_get_keeps_nothing(api: httpx.AsyncClient, connection: "Connection") -> None:
    assert (await api.get("/customers", headers=keyed())).is_success
    await create_customer(api)
    assert len(body_of(await api.get("/customers", headers=keyed()))["data"]) == 1
    assert await connection.fetchval("SELECT count(*) FROM idempotency_records") == 0


async def test_a_key_in_use_is_a_conflict(api: httpx.AsyncClient, connection: "Connection") -> None:
    """Somebody who holds the customer's row makes the first request wait, and the second finds it running."""
    customer = await create_customer(api)
    path = f"/customers/{customer['id']}"

    async def waiting() -> bool:
        return bool(await connection.fetchval(HELD_KEYS))

    async with connection.transaction():
        await connection.execute("SELECT FROM customers WHERE id = $1 FOR UPDATE", customer["id"])
        running = asyncio.ensure_future(api.patch(path, json={"plan": "Pro"}, headers=keyed()))
        await eventually(waiting)
        error = error_of(await api.patch(path, json={"plan": "Pro"}, headers=keyed()), 409)
        assert (error["type"], error["code"]) == ("conflict", "idempotency_key_in_flight")
    first = await running
    assert is_replay_of(await api.patch(path, json={"plan": "Pro"}, headers=keyed()), first)


async def test_the_record_is_of_the_same_transaction_as_the_work(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    body: Json = {"name": "Aurora"}
    body_of(await api.post("/customers", json=body, headers=keyed()), 201)
    transactions = await connection.fetch(
        "SELECT xmin::text FROM customers UNION SELECT xmin::text FROM idempotency_records"
        " UNION SELECT xmin::text FROM events UNION SELECT xmin::text FROM activity"
    )
    assert len(transactions) == 1
