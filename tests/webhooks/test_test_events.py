"""Test events: made up, sent to one endpoint, and in no log but its own."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.webhooks.delivery_schemas import MAX_TEST_BYTES
from pivotal_server.webhooks.examples import example_of
from tests.support import Json, SteeredClock, body_of, error_of
from tests.webhooks.support import create_endpoint, deliveries, send_test

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection


async def test_a_test_event_goes_to_its_endpoint_alone_and_leaves_no_other_trace(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    endpoint, other = await create_endpoint(api, events=["contact.*"]), await create_endpoint(api)
    traces = "SELECT (SELECT count(*) FROM activity), (SELECT count(*) FROM events), (SELECT count(*) FROM outbox)"
    before = await connection.fetchrow(traces)
    response = await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json={"type": "onboarding.launched"})
    delivery = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/deliveries/{delivery['id']}"
    assert await connection.fetchrow(traces) == before
    assert await deliveries(api, other) == []
    assert await deliveries(api, endpoint) == [delivery]
    assert (delivery["status"], delivery["livemode"]) == ("pending", False)
    assert delivery["next_attempt_at"] == delivery["created_at"] == "2026-03-02T09:00:00.123Z"
    assert await connection.fetchval("SELECT next_attempt_at FROM deliveries") <= clock.now()

    payload = body_of(await api.get(f"/deliveries/{delivery['id']}"))["payload"]
    me = body_of(await api.get("/me"))
    assert payload == {
        "id": delivery["event_id"],
        "type": "onboarding.launched",
        "created_at": delivery["created_at"],
        "org_id": me["org_id"],
        "livemode": False,
        "api_version": "v1",
        "data": example_of("onboarding.launched")["data"],
    }
    assert error_of(await api.get(f"/events/{delivery['event_id']}"), 404)["code"] == "event_not_found"
    again = await send_test(api, endpoint, "onboarding.launched")
    assert (again["id"], again["event_id"]) != (delivery["id"], delivery["event_id"])


@pytest.mark.parametrize("mode", [True, False])
async def test_a_test_event_may_tell_anything(
    api: httpx.AsyncClient,
    test_api: httpx.AsyncClient,
    mode: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    endpoint = await create_endpoint(api, test_mode=mode)
    for client in (api, test_api):
        delivery = await send_test(client, endpoint, data={"object": {"id": 1, "näme": ["ü"]}})
        payload = body_of(await api.get(f"/deliveries/{delivery['id']}"))["payload"]
        assert payload["data"] == {"object": {"id": 1, "näme": ["ü"]}, "previous_attributes": None}
        assert payload["livemode"] is delivery["livemode"] is False
    notes = "x" * 100_000
    delivery = await send_test(api, endpoint, "onboarding.created", data={"object": {"notes": notes}})
    payload = body_of(await api.get(f"/deliveries/{delivery['id']}"))["payload"]
    assert payload["data"]["object"]["notes"] == notes
    told = {"object": {"title": "COO"}, "previous_attributes": {"title": "CEO"}}
    delivery = await send_test(api, endpoint, "contact.updated", data=told)
    assert body_of(await api.get(f"/deliveries/{delivery['id']}"))["payload"]["data"] == told
    assert (await send_test(api, endpoint, data=None))["event_type"] == "customer.created"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_type", "type"),
        ({"type": "customer.sung"}, "invalid_enum_value", "type"),
        ({"type": "customer.*"}, "invalid_enum_value", "type"),
        ({"type": None}, "invalid_type", "type"),
        ({"type": "task.created", "data": []}, "invalid_type", "data"),
        ({"type": "task.created", "data": {}}, "invalid_type", "data.object"),
        ({"type": "task.created", "data": {"object": "x"}}, "invalid_type", "data.object"),
        ({"type": "task.created", "data": {"object": {"title": "x" * MAX_TEST_BYTES}}}, "too_big", "data"),
        (
            {"type": "task.created", "data": {"object": {}, "previous_attributes": 1}},
            "invalid_type",
            "data.previous_attributes",
        ),
    ],
)
async def test_what_no_test_event_can_be_is_refused(api: httpx.AsyncClient, body: Json, code: str, field: str) -> None:
    endpoint = await create_endpoint(api)
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json=body), 400)
    assert (error["code"], error["field"]) == (code, field)
    assert await deliveries(api, endpoint) == []


async def test_a_disabled_endpoint_is_sent_no_test_event(api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api)
    body_of(await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"status": "disabled"}))
    error = error_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json={"type": "task.created"}), 409)
    assert (error["type"], error["code"]) == ("conflict", "endpoint_disabled")


async def test_a_repeated_test_request_sends_one_event(api: httpx.AsyncClient) -> None:
    endpoint = await create_endpoint(api)
    path, headers = f"/webhook_endpoints/{endpoint['id']}/test", {"Idempotency-Key": "a-key"}
    first, second = [await api.post(path, json={"type": "task.created"}, headers=headers) for _ in range(2)]
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert len(await deliveries(api, endpoint)) == 1
