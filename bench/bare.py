"""The limits of deliveries: the receiver without the worker, and the database without anything sent."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import asyncpg
import orjson

from bench.statements import sample_customer
from bench.wire import post, wires
from pivotal_server.core.clock import Clock
from pivotal_server.core.ids import new_prefixed_id
from pivotal_server.core.outbox import new_event
from pivotal_server.webhooks.engine.claim import claim
from pivotal_server.webhooks.engine.fan_out import fan_out
from pivotal_server.webhooks.engine.record import record
from pivotal_server.webhooks.engine.send import Attempt
from pivotal_server.webhooks.signing import new_secret, signed_headers

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

# As many as there are cores here; a third one waits for the others.
CLIENTS = 2
_OK = 200
_EMPTY_SECONDS = 0.001
_RESPONSE_HEADERS = orjson.dumps({"content-length": "2", "content-type": "text/plain"}).decode()


class BareError(Exception):
    """The receiver did not take every request."""


async def send_bare(port: int, number: int, connections: int) -> float:
    """Send the same delivery over and over, and return how many a second were answered.

    Args:
        port: of the receiver.
        number: how many requests.
        connections: over how many connections, each with one request under way.

    Raises:
        BareError: one was refused or not answered.
    """
    body = _event().encode()
    request = post("/hook/1", _headers(body), body)
    over = asyncio.get_running_loop().create_future()
    left_to_send, left_to_answer = number, number

    async with wires(port, min(connections, number)) as opened:
        started = time.perf_counter()

        def next_on(place: int) -> None:
            nonlocal left_to_send
            if left_to_send:
                left_to_send -= 1
                opened[place].send(request, lambda status: answered(place, status))

        def answered(place: int, status: int) -> None:
            nonlocal left_to_answer
            left_to_answer -= 1
            if over.done():
                return
            if status != _OK:
                over.set_exception(BareError(f"The receiver answered with {status}."))
            elif not left_to_answer:
                over.set_result(time.perf_counter())
            else:
                next_on(place)

        for place in range(len(opened)):
            next_on(place)
        return float(number / (await over - started))


async def run_statements(dsn: str, expected: int, batch: int, rooms: dict[tuple[str, str], int]) -> None:
    """Fan out, claim and record a backlog as the worker does, but with a made-up answer in the place of each request.

    Args:
        dsn: the database with the backlog.
        expected: how many deliveries it makes.
        batch: how many to claim at a time, and to record at a time.
        rooms: how many of each endpoint may be claimed at a time.
    """
    left = [expected]
    async with contextlib.AsyncExitStack() as opened:
        connections = []
        for _ in range(CLIENTS):
            connection = await asyncpg.connect(dsn, server_settings={"jit": "off"})
            opened.push_async_callback(connection.close)
            connections.append(connection)
        await asyncio.gather(*(_client(connection, left, batch, rooms) for connection in connections))


async def _client(connection: Connection, left: list[int], batch: int, rooms: dict[tuple[str, str], int]) -> None:
    clock, headers = Clock(), orjson.dumps(_headers(b"")).decode()
    while left[0]:
        claimed = await claim(connection, clock.now(), batch, rooms)
        if claimed:
            at = clock.now()
            attempts = [
                Attempt(
                    delivery, at, None, _OK, 1, request_headers=headers, response_headers=_RESPONSE_HEADERS,
                    response_body="ok",
                )
                for delivery in claimed
            ]  # fmt: skip
            recorded = await record(connection, attempts)
            left[0] -= len(recorded)
        elif (await fan_out(connection, clock.now()))[0] == 0:
            await asyncio.sleep(_EMPTY_SECONDS)  # the other client has the rest


def _event() -> str:
    now = Clock().now()
    workspace_id, data = f"org_{'0' * 24}", sample_customer(now)
    return new_event("customer.created", workspace_id, livemode=True, created_at=now, data=data, previous=None).payload


def _headers(body: bytes) -> dict[str, str]:
    return signed_headers([new_secret()], new_prefixed_id("msg"), int(time.time()), body)
