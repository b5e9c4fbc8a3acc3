"""The log of deliveries: what is in it, and how it is searched."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.clock import to_cursor
from tests.harness import ClientOf, NewKeyOf
from tests.support import SteeredClock, body_of, create_contact, create_customer, create_onboarding, error_of, events
from tests.webhooks.support import URL, attempt, create_endpoint, deliveries, lease, send_test, spread

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_a_delivery_shows_every_documented_field(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    await create_customer(api)
    (event,) = await events(api)
    clock.advance(1)
    await spread(connection, clock.now())
    (delivery,) = await deliveries(api, endpoint)
    assert delivery["id"].startswith("msg_")
    assert delivery == {
        "object": "delivery",
        "id": delivery["id"],
        "endpoint_id": endpoint["id"],
        "event_id": event["id"],
        "event_type": "customer.created",
        "livemode": True,
        "status": "pending",
        "in_flight": False,
        "attempt_count": 0,
        "next_attempt_at": event["created_at"],
        "last_attempt_at": None,
        "last_status_code": None,
        "created_at": event["created_at"],
    }
    shown = body_of(await api.get(f"/deliveries/{delivery['id']}"))
    assert shown == delivery | {"attempts": [], "payload": event}


async def test_attempts_are_told_with_what_was_sent_and_what_came_back(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    delivery = await send_test(api, endpoint)
    id_, later = delivery["id"], clock.ahead(5)
    await attempt(connection, id_, clock.now(), code=None, next_at=later)
    waiting = body_of(await api.get(f"/deliveries/{id_}"))
    assert (waiting["status"], waiting["last_status_code"]) == ("pending", None)
    assert waiting["next_attempt_at"] == "2026-03-02T09:00:05.123Z"
    clock.advance(5)
    await attempt(connection, id_, clock.now(), code=204)

    delivered = body_of(await api.get(f"/deliveries/{id_}"))
    first, second = delivered.pop("attempts")
    assert (delivered["status"], delivered["attempt_count"], delivered["next_attempt_at"]) == ("delivered", 2, None)
    assert (delivered["last_status_code"], delivered["last_attempt_at"]) == (204, "2026-03-02T09:00:05.123Z")
    assert first == {
        "object": "delivery_attempt",
        "number": 1,
        "created_at": "2026-03-02T09:00:00.123Z",
        "outcome": "failed",
        "status_code": None,
        "latency_ms": 12,
        "error": {"kind": "timeout", "message": "No answer within 10 s."},
        "request": {"url": URL, "headers": {"svix-id": id_}},
        "response": None,
    }
    assert (second["number"], second["outcome"], second["status_code"], second["error"]) == (2, "succeeded", 204, None)
    assert second["response"] == {"headers": {"content-type": "text/plain"}, "body": "Hello", "truncated": False}
    assert await deliveries(api, endpoint) == [{key: delivered[key] for key in delivery}]


@pytest.mark.parametrize(
    ("code", "outcome"), [(199, "failed"), (200, "succeeded"), (299, "succeeded"), (302, "failed")]
)
async def test_any_2xx_is_a_success_and_nothing_else(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, code: int, outcome: str
) -> None:
    delivery = await send_test(api, await create_endpoint(api))
    await attempt(connection, delivery["id"], clock.now(), code=code)
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["attempts"][0]["outcome"] == outcome


async def test_of_very_many_attempts_the_last_hundred_are_shown(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    delivery = await send_test(api, await create_endpoint(api))
    for _ in range(103):
        await attempt(connection, delivery["id"], clock.now())
    shown = body_of(await api.get(f"/deliveries/{delivery['id']}"))
    assert [tried["number"] for tried in shown["attempts"]] == list(range(4, 104))
    assert shown["attempt_count"] == 103


async def test_what_a_worker_holds_is_in_flight_until_its_lease_ends(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    delivery = await send_test(api, endpoint)
    await lease(connection, delivery["id"], clock.ahead(30))
    (held,) = await deliveries(api, endpoint)
    assert (held["status"], held["in_flight"], held["next_attempt_at"]) == ("pending", True, None)
    clock.advance(30)
    (lapsed,) = await deliveries(api, endpoint)
    assert (lapsed["in_flight"], lapsed["next_attempt_at"]) == (False, "2026-03-02T09:00:30.123Z")


async def test_the_payload_is_null_once_the_event_is_no_longer_kept(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    await create_customer(api)
    await spread(connection, clock.now())
    (delivery,) = await deliveries(api, endpoint)
    await connection.execute("DELETE FROM events")
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["payload"] is None


async def test_deliveries_page_newest_first_and_each_once(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint, other = await create_endpoint(api), await create_endpoint(api)
    for _ in range(7):
        await create_customer(api)
    await send_test(api, other)
    await spread(connection, clock.now())
    walked, cursor = [], None
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = body_of(await api.get(f"/webhook_endpoints/{endpoint['id']}/deliveries", params=query))
        assert set(page) == {"object", "data", "has_more", "next_cursor"}
        walked += [delivery["event_id"] for delivery in page["data"]]
        cursor = page["next_cursor"]
        await send_test(api, endpoint)
        if not page["has_more"]:
            break
    assert walked == [event["id"] for event in reversed(await events(api))]


async def test_deliveries_filter_by_status_type_and_time(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api)
    made = []
    for number in range(12):
        type_ = ("customer.created", "contact.created")[number % 2]
        made.append(await send_test(api, endpoint, type_))
        code, next_at = ((204, None), (500, None), (500, clock.ahead(5)))[number // 4]
        await attempt(connection, made[-1]["id"], clock.now(), code=code, next_at=next_at)
        clock.advance(60)
    statuses = ["delivered"] * 4 + ["failed"] * 4 + ["pending"] * 4
    times = [delivery["created_at"] for delivery in made]

    async def found(**query: str) -> list[int]:
        ids = [delivery["id"] for delivery in await deliveries(api, endpoint, **query)]
        return [number for number, delivery in enumerate(made) if delivery["id"] in ids]

    for status in ("delivered", "failed", "pending"):
        wanted = [number for number in range(12) if statuses[number] == status]
        assert await found(status=status) == wanted
        assert await found(status=status, type="contact.created") == [number for number in wanted if number % 2]
        assert await found(status=status, since=times[5]) == [number for number in wanted if number >= 5]
        assert await found(status=status, until=times[5]) == [number for number in wanted if number < 5]
    assert await found(type="customer.created") == [0, 2, 4, 6, 8, 10]
    assert await found(type="customer.created", since=times[3], until=times[8]) == [4, 6]
    assert await found(type="task.created") == []
    # From the time of an event, to the microsecond; up to it and without it.
    at = await connection.fetchval("SELECT created_at FROM deliveries WHERE id = $1", made[6]["id"])
    exactly, after = to_cursor(at), to_cursor(at + timedelta(microseconds=1))
    assert await found(since=exactly) == [6, 7, 8, 9, 10, 11]
    assert await found(since=after) == [7, 8, 9, 10, 11]
    assert await found(until=exactly) == [0, 1, 2, 3, 4, 5]
    assert await found(until=after, since=exactly, type="customer.created", status="failed") == [6]
    assert await found(since=times[8], until=times[3]) == []
    assert await found(cursor=to_cursor(at), until=times[9]) == [0, 1, 2, 3, 4, 5]
    assert await found(cursor=times[9], until=to_cursor(at)) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ({"status": "lost"}, "invalid_enum_value", None),
        ({"type": "customer.*"}, "invalid_enum_value", None),
        ({"type": ""}, "invalid_enum_value", None),
        ({"since": "yesterday"}, "invalid_string", "Invalid datetime"),
        ({"until": "2026-03-02"}, "invalid_string", "Invalid datetime"),
        ({"cursor": "x"}, "invalid_string", "Invalid datetime"),
        ({"limit": "101"}, "too_big", None),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, query: dict[str, str], code: str, message: str | None
) -> None:
    endpoint = await create_endpoint(api)
    error = error_of(await api.get(f"/webhook_endpoints/{endpoint['id']}/deliveries", params=query), 400)
    assert (error["code"], error["field"]) == (code, next(iter(query)))
    assert message in {None, error["message"]}


@pytest.mark.parametrize("id_", ["msg_" + "0" * 24, "msg_", "1", "ep_" + "0" * 24, "msg_" + "A" * 24])
async def test_an_id_of_nobodys_is_not_found(api: httpx.AsyncClient, id_: str) -> None:
    for response in (await api.get(f"/deliveries/{id_}"), await api.post(f"/deliveries/{id_}/replay")):
        error = error_of(response, 404)
        assert (error["code"], error["message"]) == ("delivery_not_found", "Delivery not found.")


async def test_an_endpoint_gets_the_events_of_its_mode_and_list(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    live = await create_endpoint(api, events=["contact.*", "onboarding.created"])
    test = await create_endpoint(api, test_mode=True)
    contact = await create_contact(api)
    await create_onboarding(api, contact["customer_id"])
    await create_customer(test_api)
    await spread(connection, clock.now())
    told = [(sent["event_type"], sent["livemode"]) for sent in await deliveries(api, live)]
    assert told == [("contact.created", True), ("onboarding.created", True)]
    assert [(sent["event_type"], sent["livemode"]) for sent in await deliveries(api, test)] == [
        ("customer.created", False)
    ]


async def test_reading_and_writing_take_their_scopes(
    api: httpx.AsyncClient, client: ClientOf, new_key: NewKeyOf
) -> None:
    endpoint = await create_endpoint(api)
    delivery = await send_test(api, endpoint)
    path, log = f"/webhook_endpoints/{endpoint['id']}", f"/deliveries/{delivery['id']}"
    reading = [("GET", "/webhook_endpoints"), ("GET", path), ("GET", f"{path}/deliveries"), ("GET", log)]
    writing = [
        ("POST", "/webhook_endpoints", {"url": URL, "events": ["*"]}),
        ("PATCH", path, {}),
        ("POST", f"{path}/enable", {}),
        ("POST", f"{path}/rotate_secret", {}),
        ("POST", f"{path}/test", {"type": "task.created"}),
        ("POST", f"{path}/replay_missing", {"since": "2026-01-01T00:00:00Z"}),
        ("POST", f"{path}/resend", {"event_ids": ["evt_1"]}),
        ("POST", f"{log}/replay", {}),
        ("DELETE", path, None),
    ]
    reader = client(await new_key(scopes=("webhooks:read", "events:read")))
    writer = client(await new_key(scopes=("webhooks:write", "customers:write")))
    for method, url in reading:
        assert (await reader.request(method, url)).is_success
        error = error_of(await writer.request(method, url), 403)
        assert (error["code"], error["message"]) == (
            "insufficient_scope",
            "This API key lacks the scope webhooks:read.",
        )
    for method, url, body in writing:
        assert error_of(await reader.request(method, url, json=body), 403)["message"].endswith("webhooks:write.")
        assert (await writer.request(method, url, json=body)).status_code in {200, 201, 400}


async def test_headers_and_bodies_of_receivers_are_shown_as_they_came(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    delivery = await send_test(api, await create_endpoint(api))
    await attempt(connection, delivery["id"], clock.now())
    body, headers = '<script>"\\\u2028 \N{REPLACEMENT CHARACTER}', {"x-odd": 'a "b" \\ ü', "set-cookie": "a=1, b=2"}
    await connection.execute(
        "UPDATE delivery_attempts SET response_body = $1, response_headers = $2, response_truncated = true",
        body,
        json.dumps(headers),
    )
    (shown,) = body_of(await api.get(f"/deliveries/{delivery['id']}"))["attempts"]
    assert shown["response"] == {"headers": headers, "body": body, "truncated": True}
