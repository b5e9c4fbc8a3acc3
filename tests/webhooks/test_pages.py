"""Webhook endpoints in the settings: made, changed, watched and ended by admins, with each refusal beside its field."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import orjson
import pytest

from pivotal_server.webhooks.examples import example_of
from tests.harness import World
from tests.support import SteeredClock, body_of, create_customer
from tests.visitors import Visitor
from tests.webhooks.support import URL, attempt, create_endpoint, deliveries, send_test, set_status, spread

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

PATH = "/settings/webhooks"
SECRET = re.compile(r'value="(whsec_[A-Za-z0-9+/=]+)"')
NEW = {
    "url": URL,
    "events": ["customer.*", "task.completed"],
    "test_mode": "false",
    "description": "",
    "rate_limit": "",
}
PROBE = "<script>alert(1)</script>"


async def the_endpoint(api: httpx.AsyncClient) -> dict[str, object]:
    (found,) = body_of(await api.get("/webhook_endpoints"))["data"]
    assert isinstance(found, dict)
    return found


async def test_an_endpoint_is_made_and_its_secret_shown_once(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    assert "No endpoints yet" in (await maya.get(PATH)).text
    assert "customer.created" in (await maya.get(f"{PATH}/new")).text
    made = await maya.submit(PATH, NEW | {"description": "Billing", "rate_limit": "50"})
    assert made.status_code == 200
    secret = SECRET.search(made.text)
    assert secret
    endpoint = await the_endpoint(api)
    assert (endpoint["url"], endpoint["events"]) == (URL, ["customer.*", "task.completed"])
    assert (endpoint["description"], endpoint["rate_limit"], endpoint["test_mode"]) == ("Billing", 50, False)
    actor = await connection.fetchrow(
        "SELECT actor_type, actor_name FROM activity WHERE type = 'webhook_endpoint.created'"
    )
    assert actor is not None
    assert tuple(actor) == ("person", world.maya.name)
    for path in (PATH, f"{PATH}/{endpoint['id']}", f"{PATH}/{endpoint['id']}/edit"):
        page = (await maya.get(path)).text
        assert "hooks.aurora.example" in page
        assert secret.group(1) not in page


async def test_a_wildcard_takes_the_place_of_what_it_has_anyway(maya: Visitor, api: httpx.AsyncClient) -> None:
    events = ["customer.*", "customer.created", "task.created"]
    await maya.submit(PATH, NEW | {"events": events})
    assert (await the_endpoint(api))["events"] == ["customer.*", "task.created"]
    (id_,) = [(await the_endpoint(api))["id"]]
    await maya.submit(f"{PATH}/{id_}/edit", NEW | {"events": ["*", "customer.*", "task.created"]})
    assert (await the_endpoint(api))["events"] == ["*"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"url": ""}, "Fill this in."),
        ({"url": "http://169.254.169.254/latest"}, "https://"),
        ({"url": "https://10.0.0.1/"}, "10.0.0.1"),
        ({"url": "https://maya:secret@hooks.example/"}, "must not have a user name"),
        ({"url": f"https://{PROBE}/"}, "URL"),
        ({"url": "https://hooks.example/" + "x" * 2048}, "At most 2048 characters."),
        ({"events": []}, "Choose at least one."),
        ({"events": ["customer.sung"]}, "customer.sung"),
        ({"rate_limit": "0"}, "At least 1."),
        ({"rate_limit": "1001"}, "At most 1000."),
        ({"rate_limit": "often"}, "A whole number"),
        ({"description": "x" * 501}, "At most 500 characters."),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field(
    maya: Visitor, api: httpx.AsyncClient, fields: dict[str, object], words: str
) -> None:
    await create_endpoint(api)
    before = await the_endpoint(api)
    for path in (PATH, f"{PATH}/{before['id']}/edit"):
        answer = await maya.submit(path, NEW | {"description": "kept as typed"} | fields)
        assert answer.status_code == 422
        assert words in answer.text
        assert ("kept as typed" in answer.text) is ("description" not in fields)
        assert PROBE not in answer.text
    assert await the_endpoint(api) == before


async def test_an_endpoint_is_changed_and_cleared(maya: Visitor, api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api, description="Billing", rate_limit=5)
    path = f"{PATH}/{endpoint['id']}"
    answer = await maya.submit(f"{path}/edit", NEW | {"test_mode": "true"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    changed = await the_endpoint(api)
    assert (changed["description"], changed["rate_limit"], changed["test_mode"]) == (None, None, True)


async def test_who_was_quicker_is_told_with_what_they_chose(maya: Visitor, api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api, description="Billing")
    path = f"{PATH}/{endpoint['id']}/edit"
    seen = re.search(r'name="seen" value="([^"]+)"', (await maya.get(path)).text)
    assert seen
    body_of(await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"description": PROBE}))
    mine = NEW | {"description": "Mine", "seen": seen.group(1)}
    answer = await maya.submit(path, mine)
    assert answer.status_code == 422
    assert "API: northwind-live changed this endpoint" in answer.text
    assert "&lt;script&gt;" in answer.text
    assert PROBE not in answer.text
    assert 'value="Mine"' in answer.text
    again = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert again
    assert (await maya.submit(path, mine | {"seen": again.group(1)})).status_code == 303
    assert (await the_endpoint(api))["description"] == "Mine"


async def test_disabling_can_be_undone(maya: Visitor, api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api)
    path = f"{PATH}/{endpoint['id']}"
    assert (await maya.submit(f"{path}/disable")).status_code == 303
    page = (await maya.get(path)).text
    assert f'action="{path}/enable"' in page
    assert "Undo" in page
    assert (await the_endpoint(api))["status"] == "disabled"
    await maya.submit(f"{path}/enable")
    assert (await the_endpoint(api))["status"] == "enabled"


async def test_a_rotated_secret_is_shown_once_and_the_one_before_goes_on(
    maya: Visitor, api: httpx.AsyncClient, clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    path = f"{PATH}/{endpoint['id']}"
    assert "24 hours" in (await maya.get(f"{path}/rotate")).text
    made = await maya.submit(f"{path}/rotate")
    secret = SECRET.search(made.text)
    assert secret
    assert secret.group(1) != endpoint["secret"]
    assert "two signatures" in made.text
    assert "The one before signs too" in (await maya.get(path)).text
    assert "It was rotated a short while ago" in (await maya.get(f"{path}/rotate")).text
    clock.advance(24 * 3600 + 1)
    assert "The one before signs too" not in (await maya.get(path)).text


async def test_an_endpoint_ends_when_its_host_is_written_out(maya: Visitor, api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api)
    path = f"{PATH}/{endpoint['id']}/delete"
    assert "hooks.aurora.example" in (await maya.get(path)).text
    for host in ("", "aurora.example", URL):
        assert (await maya.submit(path, {"host": host})).status_code == 422
    assert (await maya.submit(path, {"host": "hooks.aurora.example"})).headers["location"] == PATH
    assert body_of(await api.get("/webhook_endpoints"))["data"] == []
    assert (await maya.get(path)).status_code == 404


async def test_the_list_tells_how_each_endpoint_fares(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    for number in range(4):
        await create_customer(api, name=f"Customer {number}")
    await spread(connection, clock.now())
    sent = await deliveries(api, endpoint)
    for delivery in sent[:3]:
        await attempt(connection, delivery["id"], clock.now(), code=200)
    await attempt(connection, sent[3]["id"], clock.now(), code=None)
    page = (await maya.get(PATH)).text
    assert "75 %" in page
    assert "Failed" in page
    assert "75 %" in (await maya.get(f"{PATH}/{endpoint['id']}")).text
    clock.advance(timedelta(hours=25).total_seconds())
    assert "75 %" not in (await maya.get(PATH)).text


async def test_a_test_event_is_sent_as_it_was_written(maya: Visitor, api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api, events=["task.*"])
    path = f"{PATH}/{endpoint['id']}/test"
    page = (await maya.get(path, type="contact.updated")).text
    assert "Head of Ops" in page
    fragment = (await maya.get(path, fragment=True, type="onboarding.launched")).text
    assert "<html" not in fragment
    assert "internal_qa" in fragment
    data = example_of("contact.updated")["data"] | {"previous_attributes": {"title": PROBE}}
    answer = await maya.submit(path, {"type": "contact.updated", "data": orjson.dumps(data).decode()})
    assert answer.status_code == 303
    (delivery,) = await deliveries(api, endpoint)
    assert answer.headers["location"] == f"{PATH}/deliveries/{delivery['id']}"
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["payload"]["data"] == data
    shown = (await maya.get(answer.headers["location"])).text
    assert "&lt;script&gt;" in shown
    assert PROBE not in shown
    await maya.submit(path, {"type": "task.created", "data": ""})
    newest = (await deliveries(api, endpoint))[-1]
    assert (
        body_of(await api.get(f"/deliveries/{newest['id']}"))["payload"]["data"] == example_of("task.created")["data"]
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"type": "customer.sung", "data": "{}"}, "customer.sung"),
        ({"type": "customer.created", "data": '{"object": {},\n "x": }'}, "in line 2, column 7"),
        ({"type": "customer.created", "data": "[]"}, "under “object”"),
        ({"type": "customer.created", "data": '{"object": 3}'}, "under “object”"),
        ({"type": "customer.created", "data": '{"object": {"a": "' + "x" * 140_000 + '"}}'}, "at most 131072 bytes"),
    ],
)
async def test_what_is_no_test_event_is_told_beside_its_field(
    maya: Visitor, api: httpx.AsyncClient, fields: dict[str, str], words: str
) -> None:
    endpoint = await create_endpoint(api)
    answer = await maya.submit(f"{PATH}/{endpoint['id']}/test", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert await deliveries(api, endpoint) == []


async def test_a_disabled_endpoint_is_sent_nothing(maya: Visitor, api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api)
    delivery = await send_test(api, endpoint)
    await set_status(api, endpoint, "disabled")
    answer = await maya.submit(f"{PATH}/{endpoint['id']}/test", {"type": "task.created", "data": ""})
    assert answer.status_code == 422
    assert "Enable it first." in answer.text
    again = await maya.submit(f"{PATH}/deliveries/{delivery['id']}/replay")
    assert again.status_code == 422
    assert "Enable it first." in again.text


async def test_a_delivery_tells_what_was_sent_and_what_came_back(
    maya: Visitor, api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    delivery = await send_test(api, endpoint)
    path = f"{PATH}/deliveries/{delivery['id']}"
    first = await maya.get(path)
    assert 'hx-trigger="every 1s"' in first.text
    seen = re.search(r'hx-get="[^"]+\?seen=([^"]+)"', first.text)
    assert seen
    assert (await maya.get(path, fragment=True, seen=seen.group(1))).status_code == 204
    await attempt(connection, delivery["id"], clock.now(), code=500, next_at=clock.now() + timedelta(hours=1))
    waiting = (await maya.get(path, fragment=True, seen=seen.group(1))).text
    assert "<html" not in waiting
    assert "Hello" in waiting
    assert "500" in waiting
    assert 'hx-trigger="every 15s"' in waiting
    await attempt(connection, delivery["id"], clock.now(), code=200)
    ended = (await maya.get(path)).text
    assert "Delivered" in ended
    assert 'hx-trigger="every' not in ended
    answer = await maya.submit(f"{path}/replay")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    again = body_of(await api.get(f"/deliveries/{delivery['id']}"))
    assert (again["status"], again["attempt_count"]) == ("pending", 2)


async def test_members_have_no_webhooks(tomas: Visitor, world: World) -> None:
    assert world.tomas.role == "member"
    for path in (PATH, f"{PATH}/new"):
        assert (await tomas.get(path)).status_code == 403
    assert (await tomas.submit(PATH, NEW)).status_code == 403
    assert PATH not in (await tomas.get("/settings/team")).text
