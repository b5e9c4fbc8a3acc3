"""Sending chosen events again, had before or not."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.harness import World
from tests.support import START, Json, SteeredClock, create_contact, create_customer, error_of, events
from tests.webhooks.support import (
    MANY_EVENTS,
    NOTES,
    attempt,
    create_endpoint,
    deliveries,
    lease,
    missing,
    resend,
    spread,
)

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_chosen_events_are_sent_whatever_the_list_says_and_whatever_became_of_them(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint = await create_endpoint(api, events=["customer.*"])
    for _ in range(2):
        await create_contact(api)
    await spread(connection, clock.now())
    customer, contact, second, _ = [event["id"] for event in await events(api)]
    had, other = await deliveries(api, endpoint)
    await attempt(connection, had["id"], clock.now(), code=200)
    await lease(connection, other["id"], clock.ahead(30))
    clock.advance(1)

    sent = await resend(api, endpoint, contact, second, customer, contact)
    assert [one["event_id"] for one in sent] == [contact, second, customer]
    assert [one["in_flight"] for one in sent] == [False, True, False]
    assert [one["attempt_count"] for one in sent] == [0, 0, 1]
    assert {one["status"] for one in sent} == {"pending"}
    assert sent[2]["id"] == had["id"]
    assert await connection.fetchval("SELECT lease FROM deliveries WHERE id = $1", other["id"]) == 7
    assert await connection.fetchval("SELECT count(*) FROM deliveries WHERE next_attempt_at <= $1", clock.now()) == 2
    (note,) = await connection.fetch(NOTES)
    assert note["summary"] == "Sent 2 events to hooks.aurora.example again"


async def test_an_event_has_one_id_at_an_endpoint_for_good(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, endpoint: Json
) -> None:
    await create_customer(api)
    (event,) = await events(api)
    (resent,) = await resend(api, endpoint, event["id"])
    await spread(connection, clock.now())
    await connection.execute("DELETE FROM deliveries")
    await missing(api, endpoint)
    (missed,) = await deliveries(api, endpoint)
    assert missed["id"] == resent["id"]
    (elsewhere,) = await resend(api, await create_endpoint(api), event["id"])
    assert elsewhere["id"] != resent["id"]


async def test_event_ids_are_required_under_a_code_of_their_own(api: httpx.AsyncClient, endpoint: Json) -> None:
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/resend", json={}), 400)
    assert error == {
        "type": "invalid_request_error",
        "code": "missing_field",
        "message": "event_ids is required.",
        "field": "event_ids",
    }


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        (None, "invalid_type", "event_ids"),
        ("evt_1", "invalid_type", "event_ids"),
        ([], "too_small", "event_ids"),
        ([7], "invalid_type", "event_ids.0"),
        (["evt_1", "x" * 65], "too_big", "event_ids.1"),
        (["evt_1"] * 1001, "too_big", "event_ids"),
    ],
)
async def test_event_ids_that_make_no_sense_are_refused(
    api: httpx.AsyncClient, endpoint: Json, value: object, code: str, field: str
) -> None:
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/resend", json={"event_ids": value}), 400)
    assert (error["code"], error["field"]) == (code, field)


async def test_events_that_are_not_there_or_of_the_other_mode_are_refused_together_with_the_rest(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, connection: "Connection", endpoint: Json
) -> None:
    testing = await create_endpoint(api, test_mode=True)
    await create_customer(api)
    await create_customer(test_api)
    live, test = [event["id"] for event in await events(api)]
    for there, ids, message in (
        (endpoint, [live, "evt_nobody", "evt_else"], "There is no event evt_nobody."),
        (endpoint, [live, test], f"{test} is a test event, and this endpoint gets live events only."),
        (testing, [test, live], f"{live} is a live event, and this endpoint gets test events only."),
    ):
        error = error_of(await api.post(f"/webhook_endpoints/{there['id']}/resend", json={"event_ids": ids}), 400)
        assert (error["code"], error["message"], error["field"]) == ("invalid_field", message, "event_ids")
    assert await connection.fetchval("SELECT count(*) FROM deliveries") == 0
    assert [sent["event_id"] for sent in await resend(api, testing, test)] == [test]


async def test_a_thousand_events_are_sent_again_at_once(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock, world: World, endpoint: Json
) -> None:
    await connection.execute(MANY_EVENTS, world.northwind.id, START, 1000)
    clock.advance(2000)
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM events ORDER BY md5(id)")]
    for _ in range(2):
        assert [sent["event_id"] for sent in await resend(api, endpoint, *ids)] == ids
    assert await connection.fetchval("SELECT count(*) FROM deliveries WHERE status = 'pending'") == 1000
