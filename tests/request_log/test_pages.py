"""API requests in the settings: what was asked and answered, narrowed, looked through in bounded steps."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.request_log import queries
from tests.harness import World
from tests.support import SteeredClock, error_of, eventually
from tests.visitors import Visitor

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/logs"
_ROW = re.compile(r'<tr data-item id="(req_\w+)">')
_MORE = re.compile(r'<a class="button ghost" href="(/settings/logs\?[^"]+)"')
_NEWER = re.compile(r'hx-get="(/settings/logs\?[^"]+newer[^"]+)"')
# Requests a second apart, the last at $2, every tenth of which was refused.
_MANY = """
INSERT INTO request_log (workspace_id, id, created_at, method, path, status, latency_us, api_key_id, livemode, ip,
    error_code)
SELECT $1, 'req_' || n, $2::timestamptz - n * interval '1 second', CASE WHEN n % 3 = 0 THEN 'POST' ELSE 'GET' END,
    CASE WHEN n % 2 = 0 THEN '/api/v1/customers' ELSE '/api/v1/tasks' END, CASE WHEN n % 10 = 0 THEN 404 ELSE 200 END,
    900, $3, n % 4 <> 0, '127.0.0.1', CASE WHEN n % 10 = 0 THEN 'customer_not_found' END
FROM generate_series(1, $4) n
"""


def shown(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return _ROW.findall(page.text)


async def fill(connection: "Connection", world: World, clock: SteeredClock, count: int) -> str:
    key: str = await connection.fetchval("SELECT id FROM api_keys WHERE name = 'northwind-live'")
    await connection.execute(_MANY, world.northwind.id, clock.now(), key, count)
    return key


async def test_a_request_is_shown_with_its_answer(maya: Visitor, api: httpx.AsyncClient) -> None:
    assert "No requests yet" in (await maya.get(PATH)).text
    error_of(await api.get("/customers/999"), 404)

    async def logged() -> str:
        page = await maya.get(PATH)
        assert shown(page)
        return page.text

    page = await eventually(logged)
    for words in ("/api/v1/customers/999", "customer_not_found", "northwind-live", "127.0.0.1", "404"):
        assert words in page


async def test_what_was_asked_for_cannot_become_markup(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await fill(connection, world, clock, 1)
    await connection.execute("UPDATE request_log SET path = '/<script>alert(1)</script>'")
    page = (await maya.get(f"{PATH}?path=/<script>")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


async def test_the_log_is_read_page_by_page(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await fill(connection, world, clock, 120)
    await connection.execute("UPDATE request_log SET created_at = date_trunc('minute', created_at)")
    seen: list[str] = []
    address: str | None = PATH
    for _ in range(3):
        assert address
        page = await maya.get(address, fragment=bool(seen))
        assert ("<html" in page.text) is (not seen)
        seen += shown(page)
        more = _MORE.search(page.text)
        address = more.group(1).replace("&amp;", "&") if more else None
    assert address is None
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "4xx"}, 4),
        ({"status": "404"}, 4),
        ({"status": "200"}, 36),
        ({"status": "5xx"}, 0),
        ({"mode": "test"}, 10),
        ({"mode": "live", "status": "404"}, 2),
        ({"method": "POST"}, 13),
        ({"path": "/api/v1/cust"}, 20),
        ({"path": "customers"}, 0),
        ({"since": "2026-03-02T08:59", "until": "2026-03-02T09:00"}, 40),
        ({"until": "2026-03-02T08:59"}, 0),
        ({"key": "nobodys"}, 0),
    ],
)
async def test_the_log_is_narrowed_by_its_address(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock, query: dict[str, str], count: int
) -> None:
    await fill(connection, world, clock, 40)
    page = await maya.client.get(PATH, params=query)
    assert len(shown(page)) == count
    assert page.text.count("Remove the filter") == len(query)


async def test_the_log_of_one_key(maya: Visitor, connection: "Connection", world: World, clock: SteeredClock) -> None:
    key = await fill(connection, world, clock, 5)
    page = await maya.get(PATH, key=key)
    assert len(shown(page)) == 5
    assert "Remove the filter Key is northwind-live" in page.text


@pytest.mark.parametrize("query", ["status=9", "status=600", "mode=x", "method=SING", "since=x", "after=x"])
async def test_what_the_log_cannot_be_asked_for_is_refused(maya: Visitor, query: str) -> None:
    assert (await maya.get(f"{PATH}?{query}")).status_code == 400


async def test_one_look_goes_back_so_far_and_the_next_goes_on(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await fill(connection, world, clock, queries.MOST_LOOKED_AT + 10)
    last = f"req_{queries.MOST_LOOKED_AT + 7}"
    await connection.execute("UPDATE request_log SET path = '/needle' WHERE id = $1", last)
    first = await maya.get(f"{PATH}?path=/needle")
    assert shown(first) == []
    assert "Look further back" in first.text
    more = _MORE.search(first.text)
    assert more
    second = await maya.get(more.group(1).replace("&amp;", "&"), fragment=True)
    assert shown(second) == [last]
    assert "Look further back" not in second.text


async def test_a_page_that_follows_is_told_of_each_request_once(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    await fill(connection, world, clock, 3)
    page = await maya.get(PATH, follow="on")
    assert shown(page) == ["req_3"]  # the others are too fresh: what came before them may not be written yet
    assert 'hx-trigger="every 3s"' in page.text
    for expected in ("req_2", "req_1"):
        clock.advance(1)
        newer = _NEWER.search(page.text)
        assert newer
        page = await maya.get(newer.group(1).replace("&amp;", "&"), fragment=True)
        assert "<html" not in page.text
        assert shown(page) == [expected]
        assert 'hx-trigger="every 3s"' in page.text
    newer = _NEWER.search(page.text)
    assert newer
    assert (await maya.get(newer.group(1).replace("&amp;", "&"), fragment=True)).status_code == 204


async def test_what_comes_faster_than_it_can_be_shown_is_said(
    maya: Visitor, connection: "Connection", world: World, clock: SteeredClock
) -> None:
    newer = _NEWER.search((await maya.get(PATH, follow="on")).text)
    assert newer
    clock.advance(70)
    await fill(connection, world, clock, 60)
    page = await maya.get(newer.group(1).replace("&amp;", "&"), fragment=True)
    assert len(shown(page)) == 50
    assert "More came than is shown here" in page.text


async def test_members_see_no_requests(tomas: Visitor) -> None:
    assert (await tomas.get(PATH)).status_code == 403
