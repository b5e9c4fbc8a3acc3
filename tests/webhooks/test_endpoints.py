"""Webhook endpoints: made, read, changed and deleted, and never more of them than there may be."""

import asyncio
import base64
import json
from ipaddress import ip_network
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.settings import Settings
from pivotal_server.webhooks import actions
from tests.support import Json, SteeredClock, body_of, error_of, events
from tests.webhooks.support import URL, create_endpoint

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOBODY = "ep_" + "0" * 24
ACTIVITY = "SELECT type, summary, subject_type, subject_id, data FROM activity ORDER BY created_at"
HOUR = 3600
NOT_HTTPS = "URL must be https: http is for addresses in PIVOTAL_OUTBOUND_ALLOW only."


async def listed(api: httpx.AsyncClient, **query: str) -> list[str]:
    return [endpoint["id"] for endpoint in body_of(await api.get("/webhook_endpoints", params=query))["data"]]


async def test_a_new_endpoint_shows_every_documented_field_and_its_secret(api: httpx.AsyncClient) -> None:
    sent = {"url": URL, "events": ["customer.*", "onboarding.completed"], "description": "Billing", "rate_limit": 20}
    response = await api.post("/webhook_endpoints", json=sent)
    made = body_of(response, 201)
    assert response.headers["location"] == f"/api/v1/webhook_endpoints/{made['id']}"
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
    assert made == {
        "object": "webhook_endpoint",
        "id": made["id"],
        "url": URL,
        "description": "Billing",
        "events": ["customer.*", "onboarding.completed"],
        "test_mode": False,
        "rate_limit": 20,
        "status": "enabled",
        "disabled_reason": None,
        "disabled_at": None,
        "unhealthy": False,
        "consecutive_failures": 0,
        "failed_deliveries": 0,
        "previous_secret_expires_at": None,
        "created_at": "2026-03-02T09:00:00.123Z",
        "updated_at": "2026-03-02T09:00:00.123Z",
    }
    assert made["id"].startswith("ep_")
    assert body_of(await api.get(f"/webhook_endpoints/{made['id']}")) == made
    assert body_of(await api.get("/webhook_endpoints"))["data"] == [made]


async def test_a_secret_is_shown_once_and_each_endpoint_has_its_own(api: httpx.AsyncClient) -> None:
    first, second = await create_endpoint(api), await create_endpoint(api)
    assert first["secret"] != second["secret"]
    changed = await api.patch(f"/webhook_endpoints/{first['id']}", json={"description": "Ours"})
    enabled = await api.post(f"/webhook_endpoints/{first['id']}/enable")
    for response in (changed, enabled, await api.get("/webhook_endpoints")):
        assert response.is_success
        assert "whsec_" not in response.text


async def test_url_and_events_are_enough_and_repeated_events_count_once(api: httpx.AsyncClient) -> None:
    made = await create_endpoint(api, events=["task.created", "*", "customer.*", "*", "task.created"])
    assert made["events"] == ["task.created", "*", "customer.*"]
    assert (made["test_mode"], made["description"], made["rate_limit"]) == (False, None, None)


NAMES = (
    "'*' | 'contact.*' | 'customer.*' | 'lead.*' | 'onboarding.*' | 'task.*' | 'contact.created' | 'contact.deleted' | "
    "'contact.updated' | "
)


@pytest.mark.parametrize(
    ("fields", "code", "message", "field"),
    [
        ({"url": None}, "invalid_type", "Expected string, received null", "url"),
        ({"url": 7}, "invalid_type", "Expected string, received number", "url"),
        ({"url": "https://a.example/" + "x" * 2048}, "too_big", "String must contain at most 2048 character(s)", "url"),
        ({"url": ""}, "invalid_string", "URL must begin with https://.", "url"),
        ({"url": "ftp://hooks.aurora.example"}, "invalid_string", "URL must begin with https://.", "url"),
        ({"url": "http://hooks.aurora.example"}, "invalid_string", NOT_HTTPS, "url"),
        ({"url": "https://127.0.0.1/"}, "invalid_string", "127.0.0.1 has no public address.", "url"),
        ({"url": "https://localhost/"}, "invalid_string", "localhost has no public address.", "url"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "invalid_string", None, "url"),
        ({"url": "https://user:pw@a.example/"}, "invalid_string", None, "url"),
        ({"events": None}, "invalid_type", "Expected array, received null", "events"),
        ({"events": "*"}, "invalid_type", "Expected array, received string", "events"),
        ({"events": []}, "too_small", "Array must contain at least 1 element(s)", "events"),
        ({"events": ["*"] * 101}, "too_big", "Array must contain at most 100 element(s)", "events"),
        ({"events": ["*", "customer.sung"]}, "invalid_enum_value", None, "events.1"),
        ({"events": ["customer.*", 7]}, "invalid_type", None, "events.1"),
        ({"test_mode": "yes"}, "invalid_type", "Expected boolean, received string", "test_mode"),
        ({"description": "x" * 501}, "too_big", "String must contain at most 500 character(s)", "description"),
        ({"rate_limit": 0}, "too_small", "Number must be greater than or equal to 1", "rate_limit"),
        ({"rate_limit": 1001}, "too_big", "Number must be less than or equal to 1000", "rate_limit"),
        ({"rate_limit": "many"}, "invalid_type", "Expected number, received string", "rate_limit"),
    ],
)
async def test_what_an_endpoint_cannot_be_is_refused(
    api: httpx.AsyncClient, fields: Json, code: str, message: str | None, field: str
) -> None:
    endpoint = await create_endpoint(api)
    for response in (
        await api.post("/webhook_endpoints", json={"url": URL, "events": ["*"]} | fields),
        await api.patch(f"/webhook_endpoints/{endpoint['id']}", json=fields),
    ):
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == (code, field)
        assert message is None or error["message"] == message
        assert code != "invalid_enum_value" or NAMES in error["message"]
    assert await listed(api) == [endpoint["id"]]


@pytest.mark.parametrize("field", ["url", "events"])
async def test_url_and_events_are_required(api: httpx.AsyncClient, field: str) -> None:
    body = {name: value for name, value in {"url": URL, "events": ["*"]}.items() if name != field}
    error = error_of(await api.post("/webhook_endpoints", json=body), 400)
    assert (error["code"], error["message"], error["field"]) == ("invalid_type", "Required", field)


class TestWhereTheOperatorAllowsLoopback:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(outbound_allow=(ip_network("127.0.0.0/8"),))

    async def test_a_url_may_be_there_without_tls(self, api: httpx.AsyncClient) -> None:
        endpoint = await create_endpoint(api, url="http://127.0.0.1:9999/hook")
        moved = await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"url": "http://localhost/hook"})
        assert body_of(moved)["url"] == "http://localhost/hook"
        error = error_of(await api.patch(f"/webhook_endpoints/{endpoint['id']}", json={"url": "http://10.0.0.1/"}), 400)
        assert (error["code"], error["message"]) == ("invalid_string", NOT_HTTPS)


async def test_endpoints_page_newest_first_and_filter_by_status(api: httpx.AsyncClient) -> None:
    made = [(await create_endpoint(api))["id"] for _ in range(5)]
    body_of(await api.patch(f"/webhook_endpoints/{made[1]}", json={"status": "disabled"}))
    body_of(await api.delete(f"/webhook_endpoints/{made[3]}"))
    kept = [made[4], made[2], made[1], made[0]]
    assert await listed(api) == kept
    assert await listed(api, status="disabled") == [made[1]]
    assert await listed(api, status="enabled") == [made[4], made[2], made[0]]
    walked, cursor = [], None
    while True:
        page = body_of(
            await api.get("/webhook_endpoints", params={"limit": "3"} | ({"cursor": cursor} if cursor else {}))
        )
        walked += [endpoint["id"] for endpoint in page["data"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert walked == kept
    error = error_of(await api.get("/webhook_endpoints", params={"status": "asleep"}), 400)
    assert (error["code"], error["field"]) == ("invalid_enum_value", "status")


async def test_a_patch_changes_what_it_names(api: httpx.AsyncClient, clock: SteeredClock) -> None:
    before = await create_endpoint(api, description="Billing", rate_limit=5)
    del before["secret"]
    clock.advance(1)
    sent = {
        "url": "https://new.aurora.example/x",
        "events": ["contact.*"],
        "test_mode": True,
        "description": None,
        "rate_limit": None,
    }
    after = body_of(await api.patch(f"/webhook_endpoints/{before['id']}", json=sent))
    assert after == before | sent | {"updated_at": "2026-03-02T09:00:01.123Z"}
    assert body_of(await api.get(f"/webhook_endpoints/{before['id']}")) == after


async def test_a_patch_that_changes_nothing_leaves_no_trace(
    api: httpx.AsyncClient, connection: "Connection", clock: SteeredClock
) -> None:
    made = await create_endpoint(api)
    del made["secret"]
    clock.advance(1)
    for same in ({}, {"url": URL}, {"events": ["*", "*"], "status": "enabled"}, {"unknown": 1}):
        assert body_of(await api.patch(f"/webhook_endpoints/{made['id']}", json=same)) == made
    assert body_of(await api.post(f"/webhook_endpoints/{made['id']}/enable")) == made
    assert len(await connection.fetch(ACTIVITY)) == 1


async def test_a_deleted_endpoint_is_gone_with_its_log(api: httpx.AsyncClient, connection: "Connection") -> None:
    endpoint = await create_endpoint(api)
    sent = body_of(await api.post(f"/webhook_endpoints/{endpoint['id']}/test", json={"type": "task.created"}), 201)
    path = f"/webhook_endpoints/{endpoint['id']}"
    for _ in range(2):
        gone = {"object": "deleted", "id": endpoint["id"], "deleted": True}
        assert body_of(await api.delete(path)) == gone
    assert len(await connection.fetch(ACTIVITY)) == 2
    assert await listed(api) == []
    for response in (
        await api.get(path),
        await api.patch(path, json={"description": "x"}),
        await api.post(f"{path}/enable"),
        await api.post(f"{path}/rotate_secret"),
        await api.post(f"{path}/test", json={"type": "task.created"}),
        await api.get(f"{path}/deliveries"),
        await api.post(f"{path}/replay_missing", json={"since": "2026-01-01T00:00:00Z"}),
        await api.post(f"{path}/resend", json={"event_ids": ["evt_1"]}),
    ):
        error = error_of(response, 404)
        assert (error["code"], error["message"]) == ("webhook_endpoint_not_found", "Webhook endpoint not found.")
    for response in (await api.get(f"/deliveries/{sent['id']}"), await api.post(f"/deliveries/{sent['id']}/replay")):
        assert error_of(response, 404)["code"] == "delivery_not_found"


@pytest.mark.parametrize("id_", [NOBODY, "ep_", "1", "x", "ep_" + "A" * 24, NOBODY + "0", "c" + "0" * 24])
async def test_an_id_of_nobodys_is_not_found(api: httpx.AsyncClient, id_: str) -> None:
    for method in ("GET", "DELETE"):
        response = await api.request(method, f"/webhook_endpoints/{id_}")
        assert error_of(response, 404)["code"] == "webhook_endpoint_not_found"


async def test_every_change_is_in_the_activity_and_fires_no_event(
    api: httpx.AsyncClient, connection: "Connection"
) -> None:
    endpoint = await create_endpoint(api, url="https://hooks.aurora.example:8443/secret-path?token=1")
    path = f"/webhook_endpoints/{endpoint['id']}"
    body_of(await api.patch(path, json={"url": URL, "rate_limit": 3}))
    body_of(await api.patch(path, json={"status": "disabled"}))
    body_of(await api.post(f"{path}/enable"))
    body_of(await api.post(f"{path}/rotate_secret"))
    body_of(await api.delete(path))
    rows = await connection.fetch(ACTIVITY)
    assert [(row["type"], row["summary"]) for row in rows] == [
        ("webhook_endpoint.created", "Added webhook endpoint hooks.aurora.example:8443"),
        ("webhook_endpoint.updated", "Changed webhook endpoint hooks.aurora.example: URL, rate limit"),
        ("webhook_endpoint.disabled", "Disabled webhook endpoint hooks.aurora.example"),
        ("webhook_endpoint.enabled", "Enabled webhook endpoint hooks.aurora.example"),
        ("webhook_endpoint.secret_rotated", "Rotated the secret of hooks.aurora.example"),
        ("webhook_endpoint.deleted", "Deleted webhook endpoint hooks.aurora.example"),
    ]
    assert {(row["subject_type"], row["subject_id"]) for row in rows} == {("webhook_endpoint", endpoint["id"])}
    assert json.loads(rows[1]["data"])["changes"] == {
        "url": ["https://hooks.aurora.example:8443", "https://hooks.aurora.example"],
        "rate_limit": [None, 3],
    }
    assert not [row for row in rows if "whsec_" in row["data"]]
    assert await events(api) == []


async def test_a_repeated_create_is_answered_with_the_same_secret(api: httpx.AsyncClient) -> None:
    sent, headers = {"url": URL, "events": ["*"]}, {"Idempotency-Key": "a-key"}
    first, second = [await api.post("/webhook_endpoints", json=sent, headers=headers) for _ in range(2)]
    assert (second.content, second.headers["idempotent-replay"]) == (first.content, "true")
    path = f"/webhook_endpoints/{body_of(first, 201)['id']}/rotate_secret"
    rotated, again = [await api.post(path, headers=headers) for _ in range(2)]
    assert body_of(rotated)["secret"] == body_of(again)["secret"] != body_of(first, 201)["secret"]
    assert len(await listed(api)) == 1


async def test_a_workspace_has_a_hundred_endpoints_and_no_more(
    api: httpx.AsyncClient, test_api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    assert actions.MAX_ENDPOINTS == 100
    for _ in range(92):
        await create_endpoint(api)
    sent = {"url": URL, "events": ["*"]}
    responses = await asyncio.gather(
        *(client.post("/webhook_endpoints", json=sent) for client in (api, test_api) for _ in range(8))
    )
    assert sorted(response.status_code for response in responses) == [201] * 8 + [409] * 8
    error = error_of(await api.post("/webhook_endpoints", json=sent), 409)
    assert (error["type"], error["code"]) == ("conflict", "endpoint_limit_reached")
    await create_endpoint(fabrikam_api)
    body_of(await api.delete(f"/webhook_endpoints/{(await listed(api))[0]}"))
    await create_endpoint(api)
