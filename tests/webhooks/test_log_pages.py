"""The log of deliveries in the settings: narrowed, page by page, and what is sent again from it."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.webhooks.engine.fan_out import fan_out
from tests.harness import World
from tests.support import Json, SteeredClock, body_of, create_customer
from tests.visitors import Visitor
from tests.webhooks.support import (
    MANY_EVENTS,
    attempt,
    create_endpoint,
    deliveries,
    lease,
    send_test,
    set_status,
    spread,
)

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/webhooks"
LOG = f"{PATH}/deliveries"
_ROW = re.compile(r'<a href="/settings/webhooks/deliveries/(msg_[0-9a-z]{24})">')
_TO_BE_SPREAD = """
INSERT INTO outbox (workspace_id, actor_type, actor_id, actor_name, created_at)
SELECT workspace_id, 'system', '', '', created_at FROM events
"""
_MORE = re.compile(r'hx-get="(/settings/webhooks/deliveries[^"]+)"')


def shown(page: httpx.Response) -> list[str]:
    """Return the deliveries of a page, in its order."""
    assert page.status_code == 200, page.text
    return _ROW.findall(page.text)


async def ids(api: httpx.AsyncClient, endpoint: Json) -> list[str]:
    return [delivery["id"] for delivery in await deliveries(api, endpoint)]


async def test_the_log_tells_of_all_endpoints_page_by_page(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World
) -> None:
    assert "Nothing was sent yet" in (await maya.get(LOG)).text
    first, second = await create_endpoint(api, description="First"), await create_endpoint(api, description="Second")
    await connection.execute(MANY_EVENTS, world.northwind.id, clock.now(), 60)
    await connection.execute(
        "INSERT INTO outbox (workspace_id, created_at) SELECT workspace_id, created_at FROM events"
    )
    await spread(connection, clock.now())
    everything = set(await ids(api, first)) | set(await ids(api, second))
    assert len(everything) == 120
    seen: list[str] = []
    address: str | None = LOG
    while address:
        page = await maya.get(address, fragment=bool(seen))
        assert ("<html" in page.text) is (not seen)
        seen += shown(page)
        more = _MORE.search(page.text)
        address = more.group(1).replace("&amp;", "&") if more else None
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == everything
    assert seen[0] in (await ids(api, first))[-1:] + (await ids(api, second))[-1:]


async def test_the_log_is_narrowed_by_its_address(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    live, other = await create_endpoint(api), await create_endpoint(api, events=["task.*"], description="Other")
    for number in range(3):
        await create_customer(api, name=f"Customer {number}")
    await spread(connection, clock.now())
    arrived, failed, waiting = await ids(api, live)
    await attempt(connection, arrived, clock.now(), code=200)
    await attempt(connection, failed, clock.now(), code=500)
    test = (await send_test(api, other, "task.created"))["id"]
    assert set(shown(await maya.get(LOG))) == {arrived, failed, waiting, test}
    assert shown(await maya.get(LOG, endpoint=other["id"])) == [test]
    assert shown(await maya.get(LOG, status="delivered")) == [arrived]
    assert shown(await maya.get(LOG, status="failed")) == [failed]
    assert set(shown(await maya.get(LOG, status="pending"))) == {waiting, test}
    assert shown(await maya.get(LOG, mode="test")) == [test]
    assert set(shown(await maya.get(LOG, mode="live"))) == {arrived, failed, waiting}
    assert shown(await maya.get(LOG, type="task.created", mode="test")) == [test]
    assert shown(await maya.get(LOG, type="onboarding.launched")) == []
    now = clock.now()
    assert len(shown(await maya.get(LOG, since=f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M}"))) == 4
    assert shown(await maya.get(LOG, until=f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M}")) == []
    chips = (await maya.get(LOG, endpoint=other["id"], status="failed")).text
    assert "Remove the filter Endpoint is Other" in chips
    assert f'href="{LOG}?status=failed"' in chips
    assert "No delivery is like that" in chips


@pytest.mark.parametrize(
    "query", ["status=lost", "type=customer.sung", "mode=dead", "since=yesterday", "until=%00", "after=x"]
)
async def test_what_the_log_cannot_be_asked_for_is_refused(maya: Visitor, query: str) -> None:
    assert (await maya.get(f"{LOG}?{query}")).status_code == 400


async def test_chosen_deliveries_are_sent_again(
    maya: Visitor,
    api: httpx.AsyncClient,
    fabrikam_api: httpx.AsyncClient,
    connection: "Connection",
    clock: SteeredClock,
) -> None:
    endpoint = await create_endpoint(api)
    for number in range(3):
        await create_customer(api, name=f"Customer {number}")
    await spread(connection, clock.now())
    one, two, untouched = await ids(api, endpoint)
    for id_ in (one, two, untouched):
        await attempt(connection, id_, clock.now(), code=200)
    theirs = (await send_test(fabrikam_api, await create_endpoint(fabrikam_api)))["id"]
    before = await connection.fetchrow("SELECT * FROM deliveries WHERE id = $1", theirs)
    back = f"{LOG}?status=delivered"
    answer = await maya.submit(f"{LOG}/replay", {"ids": [one, two, theirs], "back": back})
    assert answer.headers["location"] == back
    told = (await maya.get(LOG)).text
    assert "2 deliveries on the way again; 1 not: " in told
    assert set(shown(await maya.get(LOG, status="pending"))) == {one, two}
    assert await connection.fetchrow("SELECT * FROM deliveries WHERE id = $1", theirs) == before
    actors = await connection.fetch("SELECT actor_type FROM activity WHERE type = 'webhook_endpoint.replayed'")
    assert [row["actor_type"] for row in actors] == ["person", "person"]
    for chosen in ([], ["msg_x"] * 201):
        assert (await maya.submit(f"{LOG}/replay", {"ids": chosen})).status_code == 400


async def test_what_was_missed_is_counted_before_it_is_sent(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    await set_status(api, endpoint, "disabled")
    path = f"{PATH}/{endpoint['id']}/missed"
    since = re.search(r'name="since" value="([^"]+)"', (await maya.get(path)).text)
    assert since
    assert since.group(1) == f"{clock.now():%Y-%m-%dT%H:%M}"
    for number in range(3):
        await create_customer(api, name=f"Customer {number}")
    await fan_out(connection, clock.now())
    refused = await maya.submit(path, {"since": since.group(1)})
    assert refused.status_code == 422
    assert "Enable it first." in refused.text
    await set_status(api, endpoint, "enabled")
    counted = await maya.submit(path, {"since": since.group(1)})
    assert counted.status_code == 200
    assert "3 events would be sent." in counted.text
    assert await deliveries(api, endpoint) == []
    sent = await maya.submit(path, {"since": since.group(1), "go": "true"})
    assert sent.headers["location"] == f"{PATH}/{endpoint['id']}"
    assert len(await deliveries(api, endpoint)) == 3
    for id_ in await ids(api, endpoint):
        await attempt(connection, id_, clock.now(), code=200)
    assert "It has missed nothing since then." in (await maya.submit(path, {"since": since.group(1)})).text
    for wrong in ({"since": ""}, {"since": "yesterday"}, {"since": since.group(1), "until": "later"}):
        assert (await maya.submit(path, wrong)).status_code == 422


async def test_more_than_one_go_can_look_at_is_sent_in_parts(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World
) -> None:
    endpoint = await create_endpoint(api)
    path, since = f"{PATH}/{endpoint['id']}/missed", clock.now() - timedelta(hours=3)
    await connection.execute(MANY_EVENTS, world.northwind.id, since, 10_003)
    asked = {"since": f"{since - timedelta(minutes=1):%Y-%m-%dT%H:%M}"}
    assert "Of the first 10,000 events since then, 10,000 would be sent" in (await maya.submit(path, asked)).text
    first = await maya.submit(path, asked | {"go": "true"})
    assert "10,000 events on the way" in first.text
    rest = re.search(r'name="since" value="([^"]+)"', first.text)
    assert rest
    last = await maya.submit(path, {"since": rest.group(1), "go": "true"})
    assert last.status_code == 303
    assert await connection.fetchval("SELECT count(*) FROM deliveries") == 10_003


async def test_what_a_worker_is_sending_is_left_to_it(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    delivery = await send_test(api, await create_endpoint(api))
    await lease(connection, delivery["id"], clock.now() + timedelta(seconds=30))
    assert "Being sent" in (await maya.get(f"{LOG}/{delivery['id']}")).text
    assert (await maya.submit(f"{LOG}/{delivery['id']}/replay")).status_code == 303
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["in_flight"] is True
