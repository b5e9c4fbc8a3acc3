"""Receivers that misbehave, each in its way, against a real worker: told apart, left in time, a burden to nobody."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

from tests.core.outbound import OK, Handler, answering, http_server, name_server
from tests.core.test_outbound_http_tls import context_of, talker
from tests.faults.webhooks import receivers
from tests.faults.webhooks.conftest import Emit, NewEndpoint, StartWorker
from tests.faults.webhooks.processes import Sink
from tests.harness import free_port
from tests.support import eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NAME, REBINDING = "hooks.aurora.example", "rebinding.aurora.example"
NOT_A_TEST_OF_SPEED_MS = 20_000
PLENTY_KIB = 64 * 1024
FIRST_ATTEMPTS = """
SELECT d.endpoint_id, d.event_id, a.* FROM delivery_attempts a
JOIN deliveries d ON d.workspace_id = a.workspace_id AND d.id = a.delivery_id
WHERE a.number = 1
"""
ATTEMPTS_AT = """
SELECT count(*) FROM delivery_attempts a JOIN deliveries d ON d.workspace_id = a.workspace_id AND d.id = a.delivery_id
WHERE d.endpoint_id = ANY ($1)
"""


async def outcomes(connection: "Connection") -> dict[str, set[tuple[int | None, str | None]]]:
    """Return what came of the first attempts at each endpoint: status code and kind of error."""
    found: dict[str, set[tuple[int | None, str | None]]] = {}
    for row in await connection.fetch(FIRST_ATTEMPTS):
        found.setdefault(row["endpoint_id"], set()).add((row["status_code"], row["error_kind"]))
    return found


async def test_every_misbehaviour_is_recorded_as_what_it_is_and_delays_nobody(
    connection: "Connection", sink: Sink, start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit
) -> None:
    expected: dict[str, tuple[int | None, str | None]] = {}
    async with AsyncExitStack() as opened:

        async def receiver(handler: Handler, **tls: object) -> str:
            server = await opened.enter_async_context(http_server(handler, **tls))  # type: ignore[arg-type]
            return server.url if not tls else server.url.replace("http:", "https:")

        elsewhere = await opened.enter_async_context(http_server())
        untrusted = context_of(trustme.CA().issue_cert("127.0.0.1"))
        port = await opened.enter_async_context(talker())
        slow = {await new_endpoint(await receiver(handler)) for handler in (receivers.hang, receivers.trickle)}
        expected |= dict.fromkeys(slow, (None, "timeout"))
        for handler, status, kind in (
            (receivers.reset, None, "reset"),
            (receivers.flood, 200, None),
            (receivers.flood_of_headers, None, "protocol"),
            (receivers.babble, None, "protocol"),
            (receivers.odd, 599, None),
            (answering(receivers.redirecting(elsewhere.url)), 307, None),
            (answering(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"), 410, None),
            (answering(OK[:-5], close=True), None, "protocol"),
        ):
            expected[await new_endpoint(await receiver(handler))] = (status, kind)
        for url, kind in (
            (await receiver(answering(OK), tls=untrusted), "tls"),
            (f"https://127.0.0.1:{port}", "tls"),
            (f"http://127.0.0.1:{free_port()}", "connect"),
            ("http://10.0.0.1", "blocked"),
            ("https://169.254.169.254", "blocked"),
        ):
            expected[await new_endpoint(url)] = (None, kind)
        healthy = [await new_endpoint(sink.url) for _ in range(2)]
        expected |= dict.fromkeys(healthy, (200, None))

        worker = start_worker()
        await emit(1)
        await sink.gets(2)
        before = worker.most_memory
        await emit(6)
        await sink.gets(14)
        assert await connection.fetchval(ATTEMPTS_AT, list(slow)) == 0, "the healthy waited for the slow"
        await eventually(lambda: _all_attempted(connection, 7 * len(expected)), timeout=60)

        assert await outcomes(connection) == {id_: {outcome} for id_, outcome in expected.items()}
        assert elsewhere.requests == []
        assert worker.most_memory - before < PLENTY_KIB
    rows = await connection.fetch(FIRST_ATTEMPTS)
    assert max(row["latency_ms"] for row in rows) < NOT_A_TEST_OF_SPEED_MS
    assert min(row["latency_ms"] for row in rows if row["endpoint_id"] in slow) > 9_900
    assert max(len(row["response_body"] or "") for row in rows) == 16_384


async def _all_attempted(connection: "Connection", count: int) -> bool:
    return len(await connection.fetch(FIRST_ATTEMPTS)) == count


async def test_a_name_that_leads_elsewhere_at_the_next_look_up_is_not_followed(
    connection: "Connection", start_worker: StartWorker, new_endpoint: NewEndpoint, emit: Emit, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = context_of(authority.issue_cert(REBINDING))
    once = answering(OK.replace(b"\r\n", b"\r\nConnection: close\r\n", 1), close=True)
    async with (
        name_server() as names,
        http_server(receivers.hang) as silent,
        http_server(once, tls=context) as good,
        http_server(host="127.0.0.2", port=good.port, tls=context) as forbidden,
    ):
        # What is checked first is allowed; whatever is asked afterwards leads inside.
        names.names[REBINDING] = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "169.254.169.254"], ["127.0.0.2"]]
        endpoint = await new_endpoint(f"https://{REBINDING}:{good.port}")
        hanging = await new_endpoint(silent.url)
        start_worker(
            PIVOTAL_OUTBOUND_ALLOW="127.0.0.1/32",
            PIVOTAL_OUTBOUND_DNS=names.address,
            PIVOTAL_OUTBOUND_CA=str(tmp_path / "ca.pem"),
        )
        await emit(1)
        # A request that times out tells that the worker's memory of names, which is as long, is over.
        await eventually(lambda: connection.fetchval(ATTEMPTS_AT, [hanging]), timeout=60)
        assert await outcomes(connection) == {endpoint: {(200, None)}, hanging: {(None, "timeout")}}

        async def is_blocked() -> bool:
            await emit(1)
            return (None, "blocked") in (await outcomes(connection))[endpoint]

        await eventually(is_blocked, timeout=30)
        assert names.asked.count(REBINDING) == 2
        assert (await outcomes(connection))[endpoint] == {(200, None), (None, "blocked")}
        assert forbidden.connections == 0
