"""The catalogue over the API, and in the OpenAPI document."""

import json

import httpx
import pytest
from jsonschema_rs import Draft202012Validator

from pivotal_server.webhooks.catalogue import EVENT_TYPES, NAMES
from pivotal_server.webhooks.examples import example_of
from pivotal_server.webhooks.payloads import schema_of
from pivotal_server.webhooks.signing import signed_headers
from tests.harness import ClientOf, NewKeyOf
from tests.support import Json, body_of, error_of


async def test_the_catalogue_is_one_page_sorted_by_name(api: httpx.AsyncClient) -> None:
    found = body_of(await api.get("/event_types"))
    assert (found["object"], found["has_more"], found["next_cursor"]) == ("list", False, None)
    assert [item["name"] for item in found["data"]] == list(NAMES)
    for item in found["data"]:
        assert item == {
            "object": "event_type",
            "name": item["name"],
            "description": EVENT_TYPES[item["name"]].description,
            "schema": schema_of(item["name"]),
            "example": example_of(item["name"]),
        }
        assert body_of(await api.get(f"/event_types/{item['name']}")) == item


@pytest.mark.parametrize("name", ["customer", "customer.*", "*", "customer.gone", "Customer.created", "1", "evt_1"])
async def test_a_type_that_is_not_there_is_a_404(api: httpx.AsyncClient, name: str) -> None:
    error = error_of(await api.get(f"/event_types/{name}"), 404)
    assert (error["code"], error["message"]) == ("event_type_not_found", "Event type not found.")


async def test_the_catalogue_is_read_only(api: httpx.AsyncClient) -> None:
    for path in ("/event_types", "/event_types/customer.created"):
        for method in ("POST", "PATCH", "PUT", "DELETE"):
            error_of(await api.request(method, path), 405)


async def test_the_catalogue_needs_its_scope(client: ClientOf, new_key: NewKeyOf, anonymous: httpx.AsyncClient) -> None:
    reader = client(await new_key(scopes=("webhooks:read",)))
    stranger = client(await new_key(scopes=("customers:read", "events:read", "webhooks:write")))
    for path in ("/event_types", "/event_types/customer.created"):
        body_of(await reader.get(path))
        assert error_of(await stranger.get(path), 403)["code"] == "insufficient_scope"
        error_of(await anonymous.get(path), 401)


@pytest.fixture
async def document(anonymous: httpx.AsyncClient) -> Json:
    return body_of(await anonymous.get("/openapi.json"))


@pytest.mark.parametrize("name", NAMES)
async def test_the_openapi_document_tells_what_is_sent(document: Json, name: str) -> None:
    assert list(document["webhooks"]) == list(NAMES)
    operation = document["webhooks"][name]["post"]
    assert operation["description"] == EVENT_TYPES[name].description
    media = operation["requestBody"]["content"]["application/json"]
    assert media["example"] == example_of(name)
    validator = Draft202012Validator(media["schema"] | {"components": document["components"]})
    assert [error.message for error in validator.iter_errors(media["example"])] == []
    other = example_of(name) | {"type": "nothing.happened"}
    assert not validator.is_valid(other)
    assert operation["responses"].keys() == {"2XX"}


async def test_the_openapi_document_tells_the_headers_that_are_sent(document: Json) -> None:
    sent = signed_headers([b"secret"], "msg_1", 1, b"{}").keys() - {"content-type", "user-agent"}
    for methods in document["webhooks"].values():
        places = [parameter["$ref"].rpartition("/")[2] for parameter in methods["post"]["parameters"]]
        headers = [document["components"]["parameters"][place] for place in places]
        assert {header["name"] for header in headers} == sent
        assert all(header["in"] == "header" and header["required"] for header in headers)


async def test_every_reference_in_the_openapi_document_leads_somewhere(document: Json) -> None:
    text = json.dumps(document)
    for piece in text.split('"$ref": "#/')[1:]:
        node = document
        for part in piece.partition('"')[0].split("/"):
            node = node[part]
