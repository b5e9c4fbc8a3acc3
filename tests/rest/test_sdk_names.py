"""What SDKs call the operations of the API."""

import re
from collections import Counter

import httpx
import pytest

from pivotal_server.app import DIALECTS
from pivotal_server.rest.dialect import dialect_at
from pivotal_server.rest.sdk_names import _IRREGULAR, name_for_sdks


async def operations(api: httpx.AsyncClient) -> list[dict[str, object]]:
    document = (await api.get("/openapi.json")).json()
    ours = [methods for path, methods in document["paths"].items() if dialect_at(DIALECTS, path) is None]
    return [operation for methods in ours for operation in methods.values()]


async def test_every_operation_has_a_name_of_its_own(api: httpx.AsyncClient) -> None:
    names = [operation["x-sdk"] for operation in await operations(api) if operation["operationId"] != "stream-events"]
    spelled = Counter(f"{name['resource']}.{name['method']}" for name in names if isinstance(name, dict))
    assert len(names) == spelled.total()
    assert [name for name, count in spelled.items() if count > 1] == []
    assert [name for name in spelled if not re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", name)] == []
    assert {"customers.create", "onboardings.list", "people.get", "webhook_endpoints.enable"} <= set(spelled)


async def test_what_a_dialect_has_is_for_clients_that_know_it_already(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    theirs = [methods for path, methods in document["paths"].items() if dialect_at(DIALECTS, path) is not None]
    assert theirs
    assert not [operation for methods in theirs for operation in methods.values() if "x-sdk" in operation]


async def test_the_table_names_only_what_there_is(api: httpx.AsyncClient) -> None:
    there = {str(operation["operationId"]) for operation in await operations(api)}
    assert set(_IRREGULAR) <= there


def test_an_operation_whose_name_does_not_follow_is_told_of_when_the_document_is_made() -> None:
    with pytest.raises(ValueError, match="count-unread-somethings needs a name"):
        name_for_sdks({"operationId": "count-unread-somethings", "tags": ["notifications"]})
