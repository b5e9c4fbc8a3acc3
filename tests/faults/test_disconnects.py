"""Clients that hang up in the middle of a request: no connection to the database is lost or left in a transaction."""

import asyncio
import itertools
import random
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from pivotal_server.core.settings import Settings
from tests.faults.conftest import Pair
from tests.faults.history import check_history
from tests.faults.load import Clients, share_out, waiting_for_locks
from tests.support import body_of, create_customer, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace

PER_PROCESS = Settings().database_connections
STATES = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pivotal'"


async def all_at_rest(database: "Connection", most: int) -> bool:
    states = [row["state"] for row in await database.fetch(STATES)]
    return len(states) <= most and set(states) == {"idle"}


async def test_200_requests_cut_while_the_database_works_leave_every_connection_usable(
    clients: Clients, database: "Connection", rival: "Connection", workspace: "Workspace"
) -> None:
    customer = await create_customer(clients[0])
    path = f"/customers/{customer['id']}"
    held = rival.transaction()
    await held.start()
    await rival.execute("SELECT FROM customers WHERE id = $1 FOR UPDATE", customer["id"])
    turns = zip(itertools.cycle(clients), range(200), strict=False)
    cut = [asyncio.create_task(client.patch(path, json={"name": f"Name {number}"})) for client, number in turns]
    # All connections wait for the customer, and all other requests for a connection.
    await eventually(lambda: waiting_for_locks(database, 2 * PER_PROCESS))
    for request in cut:
        request.cancel()
    assert {type(result) for result in await asyncio.gather(*cut, return_exceptions=True)} == {asyncio.CancelledError}
    await held.rollback()

    for client in clients * 10:
        body_of(await client.get(path))
    await eventually(lambda: all_at_rest(database, most=2 * PER_PROCESS))
    await check_history(database, workspace.id)


async def test_requests_cut_in_the_middle_of_their_body_cost_nothing(
    pair: Pair, clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    host, port = urlsplit(pair.servers[0].url).hostname, urlsplit(pair.servers[0].url).port
    head = (
        f"POST /api/v1/customers HTTP/1.1\r\nHost: {host}\r\n{clients[0].headers['authorization']}\r\n"
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"name": "Aurora'
    )
    for _ in range(50):
        _, writer = await asyncio.open_connection(host, port)
        writer.write(head.encode())
        await writer.drain()
        writer.transport.abort()
    assert (await create_customer(clients[0]))["display_id"] == 1
    await eventually(lambda: all_at_rest(database, most=2 * PER_PROCESS))
    assert await database.fetchval("SELECT count(*) FROM customers WHERE workspace_id = $1", workspace.id) == 1


async def test_requests_cancelled_at_any_point_give_their_connection_back(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    """A server may cancel the task of a request, at whatever it is waiting for."""
    dice = random.Random(30)

    async def create(number: int, most_seconds: float) -> bool:
        body = {"name": "Aurora", "slug": f"slug-{number % 20}"}
        try:
            async with asyncio.timeout(dice.uniform(0, most_seconds)):
                await api.post("/customers", json=body, headers={"Idempotency-Key": f"key-{number % 40}"})
        except TimeoutError:
            return False
        return True

    # What a request takes that has to connect first, as each one after a cut has to.
    begin = time.monotonic()
    await create_customer(api)
    whole = time.monotonic() - begin
    # Most wait for a connection when they are cut; then each has one, and time enough or not.
    await share_out([partial(create, number, whole) for number in range(200)], 4 * PER_PROCESS)
    answered = await share_out([partial(create, number, 3 * whole) for number in range(50)], 2)
    assert set(answered) == {True, False}
    async with asyncio.timeout(20):
        await asyncio.gather(*(api.get("/me") for _ in range(50)))
    await eventually(lambda: all_at_rest(connection, most=PER_PROCESS))
    customers = await connection.fetchval("SELECT count(*) FROM customers")
    for table, count in (("events", customers), ("activity", customers), ("idempotency_records", customers - 1)):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == count
