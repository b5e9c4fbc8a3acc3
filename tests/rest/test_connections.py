"""What strangers may do to a server with nothing but connections."""

import asyncio
import resource

import httpx
import pytest

from pivotal_server.core.errors import ApiError
from pivotal_server.rest.binding import read_body
from tests.harness import Serve

IDLE = 1_300


@pytest.fixture
def many_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@pytest.mark.usefixtures("many_files")
async def test_idle_connections_keep_nobody_out(serve: Serve) -> None:
    server = await serve(workers=1)
    url = httpx.URL(server.url)
    idle = [await asyncio.open_connection(url.host, url.port) for _ in range(IDLE)]
    try:
        for _, writer in idle[::2]:
            writer.write(b"POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        async with httpx.AsyncClient(base_url=server.url, timeout=10) as client:
            assert (await client.get("/api/v1/health")).status_code == 200
    finally:
        for _, writer in idle:
            writer.close()


async def test_a_body_that_does_not_arrive_is_waited_for_only_so_long() -> None:
    first = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> dict[str, object]:
        message = next(first, None)
        return message if message is not None else await asyncio.get_running_loop().create_future()

    with pytest.raises(ApiError) as raised:
        await read_body(receive, None, seconds=0.05)
    assert (raised.value.status, raised.value.code) == (408, "http_exception")
