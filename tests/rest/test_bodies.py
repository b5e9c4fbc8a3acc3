"""Bodies as strangers send them: each oddity is a clear 4xx in the envelope, and the server stays well."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from pivotal_server.rest.binding import MAX_BODY_BYTES
from tests.support import body_of, error_of, raw_json

JSON = {"Content-Type": "application/json"}


async def chunked(content: bytes) -> AsyncIterator[bytes]:
    """Send without a Content-Length, a piece at a time."""
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


def padded(size: int) -> bytes:
    """Return a valid body of exactly ``size`` bytes."""
    body = b'{"name": "Aurora"%s}'
    return body % (b" " * (size - len(body) + 2))


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 5 * MAX_BODY_BYTES])
async def test_a_body_of_more_than_a_mebibyte_is_a_413(api: httpx.AsyncClient, size: int) -> None:
    for content in (padded(size), chunked(padded(size))):
        error = error_of(await api.post("/customers", content=content, headers=JSON), 413)
        assert (error["type"], error["code"]) == ("invalid_request_error", "http_exception")
    assert body_of(await api.get("/customers"))["data"] == []


async def test_a_body_of_a_mebibyte_is_taken(api: httpx.AsyncClient) -> None:
    for content in (padded(MAX_BODY_BYTES), chunked(padded(MAX_BODY_BYTES))):
        assert body_of(await api.post("/customers", content=content, headers=JSON), 201)["name"] == "Aurora"


async def test_a_lying_content_length_does_not_matter(api: httpx.AsyncClient) -> None:
    for claim in ("abc", "-1", "12"):
        response = await api.post(
            "/customers", content=chunked(padded(MAX_BODY_BYTES + 1)), headers=JSON | {"Content-Length": claim}
        )
        assert error_of(response, 413)["code"] == "http_exception"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
        "",
        "json",
    ],
)
async def test_a_body_that_says_it_is_not_json_is_a_415(api: httpx.AsyncClient, content_type: str) -> None:
    response = await api.post("/customers", content=b'{"name": "Aurora"}', headers={"Content-Type": content_type})
    error = error_of(response, 415)
    assert (error["type"], error["code"]) == ("invalid_request_error", "http_exception")


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8", None]
)
async def test_a_body_that_says_it_is_json_or_nothing_is_read(api: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert body_of(await api.post("/customers", content=b'{"name": "Aurora"}', headers=headers), 201)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b'{"name": "Aurora"',
        b'{"name": "Aurora"} {}',
        b"{'name': 'Aurora'}",
        b'{"name": "Aurora",}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "\x00"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"name": "Aurora"}',
        '{"name": "Aurora"}'.encode("utf-16"),
        b'{"name": "' + b"[" * 100_000,
        b"[" * 100_000,
        b'{"name":' * 100_000,
        b"nul",
        b"\x00",
    ],
    ids=repr,
)
async def test_what_is_not_json_is_an_invalid_request(api: httpx.AsyncClient, content: bytes) -> None:
    error = error_of(await api.post("/customers", content=content, headers=JSON), 400)
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_request")
    assert "field" not in error


@pytest.mark.parametrize("content", [b"[]", b"null", b'"name"', b"1", b"true", b'[{"name": "Aurora"}]'])
async def test_json_that_is_no_object_is_an_invalid_request(api: httpx.AsyncClient, content: bytes) -> None:
    for response in (
        await api.post("/customers", content=content, headers=JSON),
        await api.patch("/customers/1", content=content, headers=JSON),
    ):
        error = error_of(response, 400)
        assert (error["code"], error["message"]) == ("invalid_request", "The request body must be a JSON object.")


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "a\udc00b", "\udc00\ud800"], ids=ascii)
async def test_nul_and_lone_surrogates_are_invalid_strings(api: httpx.AsyncClient, text: str) -> None:
    for body, field in (
        ({"name": text}, "name"),
        ({"name": "Aurora", "plan": text}, "plan"),
        ({"name": "Aurora", "tags": ["a", text]}, "tags.1"),
        ({"name": "Aurora", "metadata": {"deep": [{"er": text}]}}, "metadata.deep.0.er"),
        ({"name": "Aurora", "unknown": text}, "unknown"),
    ):
        error = error_of(await api.post("/customers", **raw_json(body)), 400)
        assert (error["code"], error["field"]) == ("invalid_string", field)
    # A key cannot be shown back, so the field is what holds it.
    error = error_of(await api.post("/customers", **raw_json({"name": "Aurora", "metadata": {text: 1}})), 400)
    assert (error["code"], error["field"]) == ("invalid_string", "metadata")


async def test_paired_surrogates_and_other_rare_characters_are_kept(api: httpx.AsyncClient) -> None:
    name = "Aurora \U0001f389 \u202e \ufeff \u0001 \x7f \U0010ffff é e\u0301"
    assert body_of(await api.post("/customers", **raw_json({"name": name})), 201)["name"] == name
    escaped = rb'{"name": "\ud83c\udf89 \\u0000"}'
    made = body_of(await api.post("/customers", content=escaped, headers=JSON), 201)
    assert made["name"] == "\U0001f389 \\u0000"


@pytest.mark.parametrize("depth", [65, 100, 1000, 5000])
async def test_deep_nesting_is_an_invalid_request(api: httpx.AsyncClient, depth: int) -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        inner = opening * depth + b"1" + closing * depth
        response = await api.post("/customers", content=b'{"name": "A", "metadata": {"a": %s}}' % inner, headers=JSON)
        assert error_of(response, 400)["code"] == "invalid_request"


async def test_nesting_of_a_sane_depth_is_kept(api: httpx.AsyncClient) -> None:
    metadata: dict[str, object] = {"end": True}
    for _ in range(20):
        metadata = {"list": [metadata], "object": {"a": 1}}
    assert body_of(await api.post("/customers", json={"name": "A", "metadata": metadata}), 201)["metadata"] == metadata


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "18446744073709551615", "1" * 5000]
)
async def test_a_number_beyond_64_bits_is_an_invalid_request(api: httpx.AsyncClient, number: str) -> None:
    for body, field in (
        ('{"name": "A", "mrr": %s}', "mrr"),
        ('{"name": "A", "metadata": {"n": [%s]}}', "metadata.n.0"),
        ('{"name": "A", "unknown": %s}', "unknown"),
    ):
        response = await api.post("/customers", content=(body % number).encode(), headers=JSON)
        error = error_of(response, 400)
        assert error["code"] == "invalid_request"
        # Python gives up on thousands of digits before it knows where they stand.
        assert error.get("field") == (None if len(number) > 4300 else field)


async def test_numbers_of_64_bits_are_kept(api: httpx.AsyncClient) -> None:
    metadata = {"most": 2**63 - 1, "least": -(2**63), "safe": 2**53 + 1, "tiny": 5e-324, "large": 1.7e308}
    assert body_of(await api.post("/customers", json={"name": "A", "metadata": metadata}), 201)["metadata"] == metadata


async def test_the_last_of_two_equal_keys_counts(api: httpx.AsyncClient) -> None:
    response = await api.post("/customers", content=b'{"name": 1, "name": "Aurora"}', headers=JSON)
    assert body_of(response, 201)["name"] == "Aurora"


async def test_unknown_keys_are_ignored(api: httpx.AsyncClient) -> None:
    body = {"name": "Aurora", "id": "c" + "0" * 24, "display_id": 99, "created_at": "yesterday", "__proto__": {}}
    made = body_of(await api.post("/customers", json=body), 201)
    assert made["display_id"] == 1
    assert made["id"] != body["id"]
    assert "__proto__" not in made


async def test_a_body_that_may_be_empty_may_be_left_out_and_the_document_says_so(api: httpx.AsyncClient) -> None:
    document = body_of(await api.get("/openapi.json"))
    left_out, needed = list[str](), list[str]()
    own = {path: each for path, each in document["paths"].items() if path.startswith("/api/v1/")}
    for path, operations in own.items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {"content": {}})
            if "application/json" not in body["content"]:
                continue
            (left_out if body["required"] is False else needed).append(operation["operationId"])
            response = await api.request(method, f"http://testserver{re.sub('{.+?}', '1', path)}")
            refused = response.status_code == 400 and error_of(response, 400)["code"] == "invalid_request"
            assert refused is body["required"], operation["operationId"]
    assert {"advance-onboarding", "complete-task", "update-customer", "update-calendar"} <= {*left_out}
    assert {"create-customer", "skip-onboarding-phases"} <= {*needed}
    # What they need is told by codes of their own, or is one of two things.
    assert {"create-lead", "send-back-onboarding", "resend-events"} <= {*needed}


async def test_a_body_that_is_left_out_says_nothing(api: httpx.AsyncClient) -> None:
    made = body_of(await api.post("/customers", json={"name": "Aurora"}), 201)
    begun = body_of(await api.post("/onboardings", json={"customer_id": made["id"]}), 201)
    advance, keyed = f"/onboardings/{begun['id']}/advance", {"Idempotency-Key": "once"}
    advanced = body_of(await api.post(advance, headers=keyed))
    assert advanced["phase"] != begun["phase"]
    assert body_of(await api.post(advance, headers=keyed, content=b"{}")) == advanced
    untyped = await api.patch("/customers/1", headers={"Content-Type": "text/plain"})
    assert body_of(untyped)["updated_at"] == made["updated_at"]
    for content in (b" ", b"null"):
        assert error_of(await api.post(advance, content=content, headers=JSON), 400)["code"] == "invalid_request"


async def test_a_body_where_none_is_wanted_is_ignored(api: httpx.AsyncClient) -> None:
    body_of(await api.post("/customers", json={"name": "Aurora"}), 201)
    assert body_of(await api.request("GET", "/customers/1", content=b"{", headers=JSON))
    assert body_of(await api.request("DELETE", "/customers/1", content=b"{", headers=JSON))["deleted"] is True
