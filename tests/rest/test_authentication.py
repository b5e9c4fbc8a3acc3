"""Who gets in: the 401s, what they say, and what they do not cost."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.identity import keys
from pivotal_server.identity.api_keys import checksum_secret, revoke_key
from tests.harness import ClientOf, NewKeyOf, World
from tests.support import SteeredClock, body_of, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

RATE_HEADERS = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "ratelimit-policy"}


def refused(response: httpx.Response, code: str) -> None:
    error = error_of(response, 401)
    assert (error["type"], error["code"]) == ("authentication_error", code)
    assert "field" not in error
    assert not RATE_HEADERS & set(response.headers)


async def test_a_request_without_a_key_is_refused(anonymous: httpx.AsyncClient) -> None:
    for method, path in (("GET", "/me"), ("GET", "/customers"), ("POST", "/customers"), ("DELETE", "/customers/1")):
        refused(await anonymous.request(method, path), "missing_api_key")
    refused(await anonymous.get("/me", headers={"Authorization": ""}), "missing_api_key")


async def test_a_bad_body_does_not_hide_that_the_key_is_missing(anonymous: httpx.AsyncClient) -> None:
    for content in (b"{", b"[]", b"x" * 2_000_000):
        refused(await anonymous.post("/customers", content=content), "missing_api_key")


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer:",
        "Bearer: {key}",
        "Bearer:{key}",
        "{key}",
        "Basic {key}",
        "Token {key}",
        "Bearer  {key}",
        "Bearer\t{key}",
        "Bearer {key} {key}",
        "Bearer {key}, Bearer {key}",
        "Bearer {key},",
        "Bearer {spaced}",
        'Bearer "{key}"',
        "Bearer {short}",
        "Bearer {key}x",
        "Bearer {upper}",
        "Bearer pivotal_",
        "Bearer x",
        "Bearer {key}é",
    ],
)
async def test_anything_but_one_bearer_token_is_refused(anonymous: httpx.AsyncClient, world: World, value: str) -> None:
    key = world.live_key
    text = value.format(key=key, spaced=f"{key[:20]} {key[20:]}", short=key[:-1], upper=key.upper())
    refused(await anonymous.get("/me", headers=[(b"Authorization", text.encode())]), "invalid_api_key")


async def test_two_authorization_headers_are_refused(anonymous: httpx.AsyncClient, world: World) -> None:
    header = ("Authorization", f"Bearer {world.live_key}")
    refused(await anonymous.get("/me", headers=[header, header]), "invalid_api_key")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
async def test_the_scheme_may_be_written_in_any_case(anonymous: httpx.AsyncClient, world: World, scheme: str) -> None:
    response = await anonymous.get("/me", headers={"Authorization": f"{scheme} {world.live_key}"})
    assert body_of(response)["mode"] == "live"


async def test_a_key_in_the_query_is_never_read(anonymous: httpx.AsyncClient, world: World) -> None:
    for name in ("api_key", "key", "token", "access_token", "authorization", "Authorization"):
        refused(await anonymous.get("/me", params={name: world.live_key}), "missing_api_key")
        refused(await anonymous.get("/me", params={name: f"Bearer {world.live_key}"}), "missing_api_key")


async def test_a_key_in_other_headers_is_never_read(anonymous: httpx.AsyncClient, world: World) -> None:
    for name in ("X-Api-Key", "Api-Key", "Cookie", "Proxy-Authorization"):
        refused(await anonymous.get("/me", headers={name: f"Bearer {world.live_key}"}), "missing_api_key")


async def test_an_unknown_key_is_refused(anonymous: httpx.AsyncClient, connection: "Connection") -> None:
    secret = await checksum_secret(connection)
    ours, _, _ = keys.generate("live", secret)
    for key in (ours, keys.generate("test", secret)[0], keys.generate("live", b"of another installation")[0]):
        refused(await anonymous.get("/me", headers={"Authorization": f"Bearer {key}"}), "invalid_api_key")


async def test_a_key_with_a_wrong_secret_part_is_refused(
    anonymous: httpx.AsyncClient, connection: "Connection", world: World
) -> None:
    """The public part of a real key, and even a right checksum, are not enough."""
    secret = await checksum_secret(connection)
    start = world.live_key[: len("pivotal_") + 8]
    invented, _, _ = keys.generate("live", secret)
    stem = start + invented[len(start) : -6]
    for known in (False, True):
        if known:  # the process has verified the real one meanwhile
            assert (await anonymous.get("/me", headers={"Authorization": f"Bearer {world.live_key}"})).is_success
        forged = stem + keys._checksum(stem, secret)
        refused(await anonymous.get("/me", headers={"Authorization": f"Bearer {forged}"}), "invalid_api_key")


async def test_a_made_up_key_is_refused_without_asking_the_database(
    anonymous: httpx.AsyncClient, connection: "Connection"
) -> None:
    await connection.execute("ALTER TABLE api_keys RENAME TO api_keys_away")
    made_up, _, _ = keys.generate("live", b"of another installation")
    refused(await anonymous.get("/me", headers={"Authorization": f"Bearer {made_up}"}), "invalid_api_key")


async def test_a_revoked_key_is_refused_from_the_next_request_on(
    client: ClientOf, connection: "Connection", world: World, new_key: NewKeyOf, clock: SteeredClock
) -> None:
    key = await new_key(name="temp")
    api = client(key)
    assert (await api.get("/me")).is_success
    prefix = key[: len("pivotal_") + 8]
    assert await revoke_key(connection, world.northwind.id, "temp", clock.now()) == prefix
    refused(await api.get("/me"), "api_key_revoked")
    refused(await api.post("/customers", json={"name": "Aurora"}), "api_key_revoked")
    refused(await api.get("/nothing"), "api_key_revoked")


async def test_an_expired_key_is_refused(client: ClientOf, new_key: NewKeyOf, clock: SteeredClock) -> None:
    api = client(await new_key(expires_at=clock.ahead(3600)))
    assert (await api.get("/me")).is_success
    clock.advance(3599)
    assert (await api.get("/me")).is_success
    clock.advance(1)
    refused(await api.get("/me"), "api_key_expired")


async def test_me_says_who_is_calling(api: httpx.AsyncClient, test_api: httpx.AsyncClient, world: World) -> None:
    me = body_of(await api.get("/me"))
    assert me["object"] == "me"
    assert me["organization"] == {"id": world.northwind.id, "slug": "northwind", "name": "Northwind"}
    assert me["api_key"] | {"id": ""} == {
        "id": "",
        "name": "northwind-live",
        "prefix": world.live_key[: len("pivotal_") + 8],
        "scopes": ["*"],
        "rate_limit_tier": "custom",
    }
    quickstart = {name: me[name] for name in ("key_name", "key_prefix", "org_id", "org_slug", "mode")}
    assert quickstart == {
        "key_name": "northwind-live",
        "key_prefix": me["api_key"]["prefix"],
        "org_id": world.northwind.id,
        "org_slug": "northwind",
        "mode": "live",
    }
    assert body_of(await test_api.get("/me"))["mode"] == "test"


async def test_a_narrowed_key_may_do_what_its_scopes_say(
    api: httpx.AsyncClient, client: ClientOf, new_key: NewKeyOf
) -> None:
    made = body_of(await api.post("/customers", json={"name": "Aurora"}), 201)
    reader = client(await new_key(scopes=("customers:read",)))
    assert body_of(await reader.get("/me"))["api_key"]["scopes"] == ["customers:read"]
    assert body_of(await reader.get(f"/customers/{made['id']}")) == made
    assert body_of(await reader.get("/customers/count"))["count"] == 1
    for method, path, scope in (
        ("POST", "/customers", "customers:write"),
        ("PATCH", f"/customers/{made['id']}", "customers:write"),
        ("DELETE", f"/customers/{made['id']}", "customers:write"),
        ("GET", f"/customers/{made['id']}/contacts", "contacts:read"),
        ("POST", f"/customers/{made['id']}/contacts", "contacts:write"),
        ("GET", "/onboardings", "onboardings:read"),
        ("POST", "/onboardings", "onboardings:write"),
        ("GET", "/events", "events:read"),
    ):
        response = await reader.request(method, path, content=b"not even JSON")
        error = error_of(response, 403)
        assert (error["type"], error["code"]) == ("permission_error", "insufficient_scope")
        assert scope in error["message"]
        assert set(response.headers) >= RATE_HEADERS
    assert body_of(await api.get(f"/customers/{made['id']}")) == made


async def test_a_scope_to_write_is_none_to_read(client: ClientOf, new_key: NewKeyOf) -> None:
    writer = client(await new_key(scopes=("customers:write", "events:read")))
    body_of(await writer.post("/customers", json={"name": "Aurora"}), 201)
    error_of(await writer.get("/customers"), 403)
    assert len(body_of(await writer.get("/events"))["data"]) == 1


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "http://testserver/api/health/deep"])
async def test_what_is_public_needs_no_key_and_looks_at_none(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, path: str
) -> None:
    for client, headers in ((api, {}), (anonymous, {}), (anonymous, {"Authorization": "Bearer wrong"})):
        response = await client.get(path, headers=headers)
        assert response.is_success
        assert not RATE_HEADERS & set(response.headers)
