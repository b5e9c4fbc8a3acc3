"""Many clients want the same thing at the same moment, from two servers: one gets it, the others are told."""

import asyncio
import itertools
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.faults.load import Clients, waiting_for_locks
from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, error_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace


async def post_at_once(
    clients: Clients, count: int, path: str, body: Json, key: str | None = None
) -> list[httpx.Response]:
    """Send the same request many times, to either server in turn."""
    headers = {"Idempotency-Key": key} if key else {}
    turns = itertools.islice(itertools.cycle(clients), count)
    return await asyncio.gather(*(client.post(path, json=body, headers=headers) for client in turns))


def winner_of(responses: list[httpx.Response], code: str, field: str) -> Json:
    """Return the one resource that was made; every other answer says that the place is taken."""
    assert Counter(response.status_code for response in responses) == {201: 1, 409: len(responses) - 1}
    for response in responses:
        if response.status_code == 409:
            error = error_of(response, 409)
            assert (error["type"], error["code"], error["field"]) == ("conflict", code, field)
    return body_of(next(response for response in responses if response.status_code == 201), 201)


async def test_of_200_customers_with_one_slug_one_is_made(
    clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    responses = await post_at_once(clients, 200, "/customers", {"name": "Aurora", "slug": "aurora"})
    customer = winner_of(responses, "slug_taken", "slug")
    assert await database.fetchval("SELECT count(*) FROM customers WHERE workspace_id = $1", workspace.id) == 1
    for table in ("events", "activity"):
        rows = await database.fetch(f"SELECT type FROM {table} WHERE workspace_id = $1", workspace.id)
        assert [row["type"] for row in rows] == ["customer.created"]
    # Those who were refused have used up no display_id.
    assert customer["display_id"] == 1
    assert (await create_customer(clients[1]))["display_id"] == 2


async def test_of_50_customers_with_one_domain_one_is_made(clients: Clients) -> None:
    responses = await post_at_once(clients, 50, "/customers", {"name": "Aurora", "domain": "aurora.example"})
    winner_of(responses, "shopify_domain_taken", "shopify_domain")


async def test_of_50_contacts_with_one_email_one_is_made(clients: Clients) -> None:
    customer = await create_customer(clients[0])
    body = {"name": "Mira Chen", "email": "mira@aurora.example"}
    responses = await post_at_once(clients, 50, f"/customers/{customer['id']}/contacts", body)
    winner_of(responses, "email_taken", "email")


async def test_50_first_contacts_make_one_primary_contact(clients: Clients) -> None:
    customer = await create_customer(clients[0])
    turns = itertools.islice(itertools.cycle(clients), 50)
    contacts = await asyncio.gather(*(create_contact(client, customer["id"]) for client in turns))
    assert Counter(contact["is_primary"] for contact in contacts) == {True: 1, False: 49}
    assert sorted(contact["display_id"] for contact in contacts) == list(range(1, 51))


@pytest.mark.parametrize("resource", ["customers", "contacts", "onboardings"])
async def test_of_50_requests_with_one_idempotency_key_one_does_the_work(
    clients: Clients, database: "Connection", workspace: "Workspace", resource: str
) -> None:
    path, body = "/customers", {"name": "Aurora"}
    if resource != "customers":
        customer = await create_customer(clients[0])
        path, body = "/onboardings", {"customer_id": customer["id"]}
        if resource == "contacts":
            path, body = f"/customers/{customer['id']}/contacts", {"name": "Mira", "email": "mira@aurora.example"}

    responses = await post_at_once(clients, 50, path, body, key="sign-up-aurora")

    first = [response for response in responses if response.is_success and "idempotent-replay" not in response.headers]
    assert len(first) == 1
    retries = await post_at_once(clients, 2, path, body, key="sign-up-aurora")
    assert all(response.is_success for response in retries)
    for response in (*responses, *retries):
        if response is first[0]:
            continue
        if response.is_success:
            assert response.headers["idempotent-replay"] == "true"
            assert (response.status_code, response.content) == (201, first[0].content)
            assert response.headers["location"] == first[0].headers["location"]
        else:
            assert error_of(response, 409)["code"] == "idempotency_key_in_flight"
    made = f"{resource.removesuffix('s')}.created"
    for table in ("events", "activity"):
        sql = f"SELECT count(*) FROM {table} WHERE workspace_id = $1 AND type = $2"
        assert await database.fetchval(sql, workspace.id, made) == 1
    assert await database.fetchval(f"SELECT count(*) FROM {resource} WHERE workspace_id = $1", workspace.id) == 1


async def test_a_key_whose_work_is_under_way_in_one_server_is_refused_by_the_other(
    clients: Clients, database: "Connection", rival: "Connection"
) -> None:
    customer = await create_customer(clients[0])
    first, second = (
        partial(
            client.post,
            f"/customers/{customer['id']}/contacts",
            json={"name": "Mira", "email": "mira@aurora.example"},
            headers={"Idempotency-Key": "sign-up-aurora"},
        )
        for client in clients
    )
    held = rival.transaction()
    await held.start()
    await rival.execute("SELECT FROM customers WHERE id = $1 FOR UPDATE", customer["id"])
    working = asyncio.create_task(first())
    await eventually(lambda: waiting_for_locks(database, 1))
    error = error_of(await second(), 409)
    assert (error["type"], error["code"]) == ("conflict", "idempotency_key_in_flight")
    await held.rollback()
    made = await working
    replay = await second()
    assert (made.status_code, replay.status_code, replay.content) == (201, 201, made.content)
    assert replay.headers["idempotent-replay"] == "true"


async def test_of_50_bodies_with_one_idempotency_key_one_is_accepted(
    clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    turns = zip(itertools.cycle(clients), range(50), strict=False)
    responses = await asyncio.gather(
        *(
            client.post("/customers", json={"name": f"Aurora {number}"}, headers={"Idempotency-Key": "1"})
            for client, number in turns
        )
    )
    assert Counter(response.status_code for response in responses) == {201: 1, 409: 49}
    codes = {error_of(response, 409)["code"] for response in responses if response.status_code == 409}
    assert codes <= {"idempotency_key_in_flight", "idempotency_key_reused"}
    assert await database.fetchval("SELECT count(*) FROM customers WHERE workspace_id = $1", workspace.id) == 1


async def test_ids_and_times_of_parallel_work_never_repeat(
    clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    customer = await create_customer(clients[0])
    turns = list(itertools.islice(itertools.cycle(clients), 60))
    await asyncio.gather(
        *(create_customer(client) for client in turns),
        *(create_contact(client, customer["id"]) for client in turns),
        *(create_onboarding(client, customer["id"]) for client in turns),
    )
    for resource, count in (("customers", 61), ("contacts", 60), ("onboardings", 60)):
        sql = f"SELECT display_id, created_at FROM {resource} WHERE workspace_id = $1 ORDER BY display_id"
        rows = await database.fetch(sql, workspace.id)
        assert [row["display_id"] for row in rows] == list(range(1, count + 1))
        times = [row["created_at"] for row in rows]
        # Whoever walks by time walks in the order of the display_ids, and meets each row.
        assert times == sorted(set(times))
