"""Who else may be at it at the same time: other requests, and workers."""

import asyncio
import time
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.wake import CHANNEL
from pivotal_server.webhooks.signing import secret_text
from tests.core.outbound import http_server
from tests.support import Json, SteeredClock, body_of, create_customer, error_of, events, eventually
from tests.webhooks.conftest import Engine, NewEndpoint
from tests.webhooks.support import LONG_AGO, NOTES, WAITING, deliveries, resend, spread
from tests.webhooks.test_delivery import headers_of
from tests.webhooks.verification import verify_python

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_many_at_once_neither_wait_crosswise_nor_double_anything(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    for _ in range(20):
        await create_customer(api)
    ids = [event["id"] for event in await events(api)]
    path = f"/webhook_endpoints/{endpoint['id']}"
    replays = [api.post(f"{path}/replay_missing", json={"since": LONG_AGO}) for _ in range(4)]
    others = [
        *(api.post(f"{path}/resend", json={"event_ids": ids[:: 1 if n % 2 else -1]}) for n in range(4)),
        *(api.post(f"{path}/rotate_secret") for _ in range(3)),
        *(api.post(f"{path}/test", json={"type": "task.created"}) for _ in range(3)),
        api.patch(path, json={"rate_limit": 7}),
    ]
    responses, _ = await asyncio.gather(asyncio.gather(*replays, *others), spread(rival, clock.now()))
    assert {response.status_code for response in responses} == {200, 201}
    assert await connection.fetchval("SELECT count(DISTINCT event_id) FROM deliveries") == 23
    assert await connection.fetchval("SELECT count(*) FROM deliveries") == 23
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
    again = await asyncio.gather(
        *(api.post(f"/deliveries/{one['id']}/replay") for one in await deliveries(api, endpoint))
    )
    assert {response.status_code for response in again} == {200}


async def test_what_is_deleted_meanwhile_is_not_found(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", endpoint: Json, delivery: Json
) -> None:
    held = rival.transaction()
    await held.start()
    await rival.execute("UPDATE webhook_endpoints SET deleted_at = now() WHERE id = $1", endpoint["id"])
    path = f"/webhook_endpoints/{endpoint['id']}"
    requests = [
        asyncio.ensure_future(request)
        for request in (
            api.post(f"/deliveries/{delivery['id']}/replay"),
            api.post(f"{path}/replay_missing", json={"since": LONG_AGO}),
            api.post(f"{path}/resend", json={"event_ids": [delivery["event_id"]]}),
        )
    ]
    await eventually(lambda: connection.fetchval(f"SELECT ({WAITING}) = 3"))
    await held.commit()
    codes = [error_of(await request, 404)["code"] for request in requests]
    assert codes == ["delivery_not_found", "webhook_endpoint_not_found", "webhook_endpoint_not_found"]
    assert await connection.fetch(NOTES) == []


async def test_what_is_sent_again_is_the_same_but_for_its_time_and_signature(
    api: httpx.AsyncClient, clock: SteeredClock, new_endpoint: NewEndpoint, engine: Engine
) -> None:
    clock.seconds = time.time()
    secret = b"s" * 24
    async with http_server() as server:
        endpoint = {"id": await new_endpoint(server.url, secret=secret)}
        await engine()
        await create_customer(api)
        await eventually(lambda: len(server.requests) == 1)

        async def delivered() -> Json | None:
            return next(iter(await deliveries(api, endpoint, status="delivered")), None)

        sent = await eventually(delivered)
        clock.advance(1)
        body_of(await api.post(f"/deliveries/{sent['id']}/replay"))
        await eventually(lambda: len(server.requests) == 2)
        await eventually(delivered)
        clock.advance(1)
        await resend(api, endpoint, sent["event_id"])
        await eventually(lambda: len(server.requests) == 3)
        assert len({exchange.body for exchange in server.requests}) == 1
        headers = [headers_of(exchange) for exchange in server.requests]
        assert {lines["svix-id"] for lines in headers} == {sent["id"]}
        assert len({(lines["svix-timestamp"], lines["svix-signature"]) for lines in headers}) == 3
        for lines in headers:
            assert verify_python(secret_text(secret), lines, server.requests[0].body)


async def test_workers_are_woken_where_there_is_something_to_send(
    api: httpx.AsyncClient, connection: "Connection", rival: "Connection", endpoint: Json, delivery: Json
) -> None:
    path, rings = f"/webhook_endpoints/{endpoint['id']}", 0

    def ring(*_: object) -> None:
        nonlocal rings
        rings += 1

    await rival.add_listener(CHANNEL, ring)

    async def rung() -> bool:
        await rival.execute("SELECT 1")
        return rings > 0

    for method, url, body in (
        ("POST", f"{path}/test", {"type": "task.created"}),
        ("POST", f"/deliveries/{delivery['id']}/replay", {}),
        ("POST", f"{path}/resend", {"event_ids": [delivery["event_id"]]}),
        ("POST", f"{path}/replay_missing", {"since": LONG_AGO}),
        ("POST", f"{path}/enable", {}),
        ("PATCH", path, {"status": "enabled"}),
    ):
        await connection.execute("UPDATE deliveries SET status = 'failed', next_attempt_at = NULL")
        rings = 0
        assert (await api.request(method, url, json=body)).is_success
        await eventually(rung)
