"""What answers a URL that leads nowhere, a method that is not allowed, and the many ways to write an id."""

import httpx
import pytest

from tests.support import body_of, create_customer, error_of


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1", "/api/v2/customers", "/favicon.ico", "/api/v1/customers/1/2/3", "/%00"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"])
async def test_an_unknown_url_is_a_404_in_the_envelope(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, method: str, path: str
) -> None:
    for client in (api, anonymous):
        error = error_of(await client.request(method, f"http://testserver{path}"), 404)
        assert (error["type"], error["code"]) == ("not_found", "http_exception")
        assert "field" not in error


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/customers", "GET, HEAD, POST"),
        ("PATCH", "/customers", "GET, HEAD, POST"),
        ("OPTIONS", "/customers", "GET, HEAD, POST"),
        ("POST", "/customers/1", "DELETE, GET, HEAD, PATCH"),
        ("POST", "/customers/count", "GET, HEAD"),
        ("DELETE", "/me", "GET, HEAD"),
        ("POST", "/health", "GET, HEAD"),
        ("PURGE", "/health", "GET, HEAD"),
    ],
)
async def test_a_method_that_is_not_allowed_is_a_405_that_says_what_is(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    for client in (api, anonymous):
        response = await client.request(method, path)
        error = error_of(response, 405)
        assert (error["type"], error["code"]) == ("invalid_request_error", "http_exception")
        assert response.headers["allow"] == allowed


@pytest.mark.parametrize("slash", ["%2F", "%2f"])
async def test_an_encoded_slash_makes_no_other_path(api: httpx.AsyncClient, slash: str) -> None:
    await create_customer(api)
    for method, path in (("GET", "1/contacts"), ("DELETE", "1/calendar"), ("GET", "../customers/1")):
        response = await api.request(method, f"/customers/{path.replace('/', slash)}")
        assert error_of(response, 404)["code"] == "customer_not_found"
    error = error_of(await api.get(f"http://testserver/api{slash}v1/customers"), 404)
    assert error["code"] == "http_exception"


async def test_a_display_id_may_have_leading_zeros(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    assert customer["display_id"] == 1
    for reference in ("1", "01", "001", "0" * 40 + "1", customer["id"]):
        assert body_of(await api.get(f"/customers/{reference}")) == customer


@pytest.mark.parametrize(
    "reference",
    [
        "0",
        "000",
        "2",
        "9223372036854775807",
        "9223372036854775808",
        "1" * 400,
        "+1",
        "-1",
        "%201",
        "1%20",
        "1.0",
        "1e0",
        "0x1",
        "%D9%A1",  # one, as Arabic writes it
        "%EF%BC%91",  # one, full width
        "%C2%B9",  # one, superscript
        "1%00",
        "%00",
        "%FF",
        "%ED%A0%80",
        "cus_1",
        "c" + "z" * 24,
        "c" + "z" * 25,
        "'; DROP TABLE customers; --",
        "None",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_what_is_no_id_of_ours_is_a_404(api: httpx.AsyncClient, method: str, reference: str) -> None:
    customer = await create_customer(api)
    body = b"{}" if method == "PATCH" else None
    headers = {"Idempotency-Key": "k"}
    response = await api.request(method, f"/customers/{reference}", content=body, headers=headers)
    error = error_of(response, 404)
    assert error["type"] == "not_found"
    assert error["code"] == ("http_exception" if "%00" in reference else "customer_not_found")
    assert body_of(await api.get("/customers"))["data"] == [customer]


async def test_an_id_is_told_by_its_case(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    assert error_of(await api.get(f"/customers/{customer['id'].upper()}"), 404)["code"] == "customer_not_found"


async def test_head_answers_as_get_does_without_the_body(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    for path in (f"/customers/{customer['id']}", "/customers", "/customers/999", "/health", "/nothing"):
        got, head = await api.get(path), await api.head(path)
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers["content-length"] == str(len(got.content))
        assert head.headers["content-type"] == "application/json"
