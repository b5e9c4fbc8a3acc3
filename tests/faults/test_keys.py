"""What one server learns about a key holds at once in the other: the rate window is one, and so is the revocation."""

import asyncio
import itertools
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from pivotal_server.identity.api_keys import revoke_key
from tests.faults.conftest import OpenClients
from tests.faults.load import make_key
from tests.harness import UNLIMITED
from tests.support import body_of, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace


async def test_a_burst_of_80_on_a_key_of_60_a_minute_lets_60_pass(
    database: "Connection", workspace: "Workspace", open_clients: OpenClients
) -> None:
    clients = await open_clients(await make_key(database, workspace.id))
    turns = itertools.islice(itertools.cycle(clients), 80)
    responses = await asyncio.gather(*(client.post("/customers", json={"name": "Aurora"}) for client in turns))

    assert Counter(response.status_code for response in responses) == {201: 60, 429: 20}
    passed = [response for response in responses if response.status_code == 201]
    assert all(response.headers["x-ratelimit-limit"] == "60" for response in responses)
    # Each had a place of its own: none was given out twice, none was lost.
    assert sorted(int(response.headers["x-ratelimit-remaining"]) for response in passed) == list(range(60))
    for response in responses:
        if response.status_code == 429:
            error = error_of(response, 429)
            assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limited")
            assert response.headers["x-ratelimit-remaining"] == "0"
            assert 1 <= int(response.headers["retry-after"]) <= 61
    # Who was refused has done nothing.
    assert await database.fetchval("SELECT count(*) FROM customers WHERE workspace_id = $1", workspace.id) == 60
    for client in clients:
        assert (await client.get("/me")).status_code == 429


async def test_the_first_requests_of_a_new_key_open_one_window(
    database: "Connection", workspace: "Workspace", open_clients: OpenClients
) -> None:
    for _ in range(10):
        clients = await open_clients(await make_key(database, workspace.id, rate_limit=3))
        turns = itertools.islice(itertools.cycle(clients), 8)
        responses = await asyncio.gather(*(client.get("/me") for client in turns))
        assert Counter(response.status_code for response in responses) == {200: 3, 429: 5}


async def test_each_key_has_a_window_of_its_own(
    database: "Connection", workspace: "Workspace", open_clients: OpenClients
) -> None:
    live = await open_clients(await make_key(database, workspace.id, rate_limit=2))
    test = await open_clients(await make_key(database, workspace.id, mode="test", rate_limit=2))
    responses = await asyncio.gather(*(client.get("/me") for client in (*live, *test)))
    assert [response.status_code for response in responses] == [200] * 4
    responses = await asyncio.gather(*(client.get("/me") for client in (*live, *test)))
    assert [response.status_code for response in responses] == [429] * 4


async def test_a_revoked_key_is_refused_by_the_next_request_wherever_it_arrives(
    database: "Connection", workspace: "Workspace", open_clients: OpenClients
) -> None:
    key = await make_key(database, workspace.id, rate_limit=UNLIMITED)
    clients = await open_clients(key)
    revoked, stopped = asyncio.Event(), asyncio.Event()
    before: list[httpx.Response] = []

    async def keep_asking(client: httpx.AsyncClient) -> None:
        while not stopped.is_set():
            late = revoked.is_set()
            response = await client.get("/me")
            if late:
                assert error_of(response, 401)["code"] == "api_key_revoked"
            else:
                before.append(response)

    async with asyncio.TaskGroup() as group:
        for client in clients * 4:
            group.create_task(keep_asking(client))
        # Either server has verified the key and remembers it.
        while len(before) < 50:
            body_of(await clients[0].get("/me"))
        prefix = await revoke_key(database, workspace.id, "prod-server", datetime.now(UTC))
        revoked.set()
        for client in clients * 5:
            assert error_of(await client.get("/me"), 401)["code"] == "api_key_revoked"
        stopped.set()
    assert key.startswith(prefix)
    assert {response.status_code for response in before} <= {200, 401}


async def test_a_narrowed_or_expired_key_is_refused_by_the_next_request_wherever_it_arrives(
    database: "Connection", workspace: "Workspace", open_clients: OpenClients
) -> None:
    clients = await open_clients(await make_key(database, workspace.id))
    for client in clients:
        assert (await client.post("/customers", json={"name": "Aurora"})).status_code == 201
    await database.execute("UPDATE api_keys SET scopes = '{customers:read}' WHERE workspace_id = $1", workspace.id)
    for client in clients:
        error = error_of(await client.post("/customers", json={"name": "Aurora"}), 403)
        assert (error["type"], error["code"]) == ("permission_error", "insufficient_scope")
        body_of(await client.get("/customers"))
    await database.execute(
        "UPDATE api_keys SET expires_at = $2 WHERE workspace_id = $1", workspace.id, datetime.now(UTC)
    )
    for client in clients:
        response = await client.get("/customers")
        error = error_of(response, 401)
        assert (error["type"], error["code"]) == ("authentication_error", "api_key_expired")
        assert not [name for name in response.headers if "ratelimit" in name]
