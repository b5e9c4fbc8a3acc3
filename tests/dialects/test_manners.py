"""What a dialect changes at its paths, and nowhere else: where the key stands, and how errors look."""

import logging
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.dialects.conftest import ByUuid
from tests.harness import ClientOf, NewKeyOf, World
from tests.support import body_of, create_contact, error_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

BASE = "http://testserver"
NO_KEY = "Send your API key in the x-api-key header"
BAD_KEY = "The API key is not valid"


def refused(response: httpx.Response, status: int, words: str | None = None) -> str:
    """Return the sentence of an error, which has to be all of it; check it where it is given."""
    body = body_of(response, status)
    assert list(body) == ["error"]
    assert isinstance(body["error"], str)
    assert words in {None, body["error"]}
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"].startswith("req_")
    return body["error"]


async def test_a_wrong_path_is_told_in_the_dialect(by_uuid: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    for path in ("/v1", "/v1/", "/v1/nothing", "/v1/contacts/a/b", "/v1%2Fcontacts", "/v1/%00"):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            for client in (by_uuid, anonymous):
                refused(await client.request(method, BASE + path), 404, "There is nothing at this URL")


async def test_other_paths_keep_their_shape(by_uuid: httpx.AsyncClient) -> None:
    for path in ("/api/v1", "/api/v1/nothing", "/api/nothing", "/v1x", "/v10/contacts", "/V1"):
        assert error_of(await by_uuid.get(BASE + path), 404)["code"] == "http_exception"
    response = await by_uuid.get(f"{BASE}/v1x", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


async def test_a_method_that_is_not_allowed_says_what_is(by_uuid: httpx.AsyncClient) -> None:
    response = await by_uuid.put("/contacts", json={})
    assert refused(response, 405).startswith("PUT is not allowed here. Allowed: GET, HEAD, POST")
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert response.headers["x-ratelimit-remaining"]


async def test_the_key_stands_in_its_header_and_nowhere_else(
    client: ClientOf, anonymous: httpx.AsyncClient, world: World
) -> None:
    bearer = client(world.live_key)
    for response in (
        await anonymous.get(f"{BASE}/v1/contacts"),
        await anonymous.get(f"{BASE}/v1/contacts", params={"x-api-key": world.live_key, "api_key": world.live_key}),
        await bearer.get(f"{BASE}/v1/contacts"),
        await anonymous.get(f"{BASE}/v1/contacts", headers={"x-api-key": ""}),
    ):
        refused(response, 401, NO_KEY)
        assert response.headers["www-authenticate"] == "ApiKey"
        assert "x-ratelimit-limit" not in response.headers


async def test_our_own_paths_do_not_read_the_other_header(by_uuid: httpx.AsyncClient) -> None:
    error = error_of(await by_uuid.get(f"{BASE}/api/v1/me"), 401)
    assert error["code"] == "missing_api_key"


async def test_of_two_headers_the_dialects_own_counts(by_uuid_of: ByUuid, api: httpx.AsyncClient, world: World) -> None:
    """Whoever sends two keys is who the dialect's header says, and a wrong one there is not made up for."""
    await create_contact(api)
    fabrikam = by_uuid_of(world.fabrikam_key)
    theirs = body_of(await fabrikam.get("/contacts", headers={"Authorization": f"Bearer {world.live_key}"}))
    assert theirs["pagination"]["total"] == 0
    wrong = by_uuid_of(world.live_key[:-1] + "x")
    response = await wrong.get("/contacts", headers={"Authorization": f"Bearer {world.live_key}"})
    refused(response, 401, BAD_KEY)


async def test_what_is_no_key_is_refused(anonymous: httpx.AsyncClient, world: World) -> None:
    key = world.live_key
    for value in (f"Bearer {key}", f"{key} {key}", f"{key},{key}", f"{key}\t{key}", key[:-1], f"{key}é", "x"):
        response = await anonymous.get(f"{BASE}/v1/contacts", headers=[(b"x-api-key", value.encode())])
        refused(response, 401, BAD_KEY)


async def test_two_keys_in_one_header_are_none(anonymous: httpx.AsyncClient, world: World) -> None:
    header = ("x-api-key", world.live_key)
    refused(await anonymous.get(f"{BASE}/v1/contacts", headers=[header, header]), 401, BAD_KEY)


async def test_a_revoked_key_and_a_narrow_one(by_uuid_of: ByUuid, new_key: NewKeyOf, connection: "Connection") -> None:
    narrow = by_uuid_of(await new_key(scopes=("customers:read",)))
    refused(await narrow.get("/contacts"), 403, "This API key lacks the scope contacts:read")
    await connection.execute("UPDATE api_keys SET revoked_at = now() WHERE name = 'live-key'")
    refused(await narrow.get("/contacts"), 401, "This API key has been revoked")


async def test_the_rate_limit_holds_for_both_ways_together(
    by_uuid_of: ByUuid, client: ClientOf, new_key: NewKeyOf
) -> None:
    key = await new_key(rate_limit=2)
    assert (await client(key).get("/me")).headers["x-ratelimit-remaining"] == "1"
    assert (await by_uuid_of(key).get("/contacts")).headers["x-ratelimit-remaining"] == "0"
    response = await by_uuid_of(key).get("/contacts")
    assert refused(response, 429).startswith("Rate limit exceeded. Retry after ")
    assert int(response.headers["retry-after"]) > 0


async def test_a_crash_is_told_in_the_dialect_and_logged(
    by_uuid: httpx.AsyncClient, connection: "Connection", caplog: pytest.LogCaptureFixture
) -> None:
    await connection.execute("ALTER TABLE contacts RENAME COLUMN location TO place")
    with caplog.at_level(logging.ERROR):
        response = await by_uuid.get("/contacts/0199e3b4-7a2c-7c41-9d3e-5f60718293a4")
    request_id = response.headers["x-request-id"]
    refused(response, 500, f"Something went wrong on our side. Quote request {request_id}")
    assert request_id in caplog.text


async def test_requests_are_logged_as_any_other(by_uuid: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    refused(await by_uuid.get("/contacts", params={"page": "0"}), 400)

    async def logged() -> bool:
        rows = body_of(await api.get("/request_logs", params={"path": "/v1/contacts"}))["data"]
        return [(row["path"], row["status"], row["error_code"]) for row in rows] == [("/v1/contacts", 400, "too_small")]

    await eventually(logged)


async def test_what_is_no_body_is_refused(by_uuid: httpx.AsyncClient) -> None:
    json = {"Content-Type": "application/json"}
    for content, status, words in (
        (b"[]", 400, "The request body must be a JSON object"),
        (b"{", 400, "The request body is not valid JSON"),
        (b'{"first_name": "\\u0000"}', 400, "first_name is not valid: invalid: NUL or a lone surrogate"),
        (b'{"first_name": "' + b"x" * 1024 * 1024 + b'"}', 413, "The request body is larger than 1048576 bytes"),
    ):
        refused(await by_uuid.post("/contacts", content=content, headers=json), status, words)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await by_uuid.post("/contacts", content=b"first_name=A", headers=form)
    refused(response, 415, "Send the body as application/json")
    assert body_of(await by_uuid.get("/contacts"))["data"] == []


async def test_a_repeated_request_gets_the_first_answer(by_uuid: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    first = await by_uuid.post("/contacts", json={"first_name": "Ada"}, headers=key)
    again = await by_uuid.post("/contacts", json={"first_name": "Ada"}, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (again.headers["location"], again.headers["idempotent-replay"]) == (first.headers["location"], "true")
    other = await by_uuid.post("/contacts", json={"first_name": "Bob"}, headers=key)
    refused(other, 409, "This Idempotency-Key was used before, with a different request body")
    long = await by_uuid.post("/contacts", json={"first_name": "Bob"}, headers={"Idempotency-Key": "x" * 256})
    refused(long, 400, "Idempotency-Key must be 1 to 255 bytes")
    assert body_of(await by_uuid.get("/contacts"))["pagination"]["total"] == 1
