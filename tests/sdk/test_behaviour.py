"""Both clients of the Python SDK by the table of behaviour: tests/sdk/README.md says how it is read."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import httpx
import pytest

import pivotal
from pivotal import AsyncPivotalApi, PivotalApi
from tests.sdk.faulty import TABLE, Faulty

Answer = Any  # a model, a list of rows, or the error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.harness import Server, World

    Call = dict[str, Any]
    Make = Callable[[str, str, Call], Awaitable[Answer]]

LONGEST_SECONDS = 20


@pytest.fixture(params=["synchronously", "asynchronously"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Makes a call and returns its answer, or all rows; all clients share connections, for making those takes time."""
    if request.param == "synchronously":
        with httpx.Client() as shared:
            yield lambda *call: asyncio.to_thread(synchronously, shared, *call)
    else:
        async with httpx.AsyncClient() as shared_by_async:
            yield lambda *call: asynchronously(shared_by_async, *call)


def synchronously(shared: httpx.Client, base_url: str, api_key: str, call: Call) -> Answer:
    client = PivotalApi(api_key, base_url=base_url, http_client=shared)
    answer = method_of(client, call)(*call.get("path", ()), **arguments_of(call))
    return list(answer) if isinstance(answer, pivotal.Rows) else answer


async def asynchronously(shared: httpx.AsyncClient, base_url: str, api_key: str, call: Call) -> Answer:
    client = AsyncPivotalApi(api_key, base_url=base_url, http_client=shared)
    answer = method_of(client, call)(*call.get("path", ()), **arguments_of(call))
    return [row async for row in answer] if isinstance(answer, pivotal.AsyncRows) else await answer


def method_of(client: PivotalApi | AsyncPivotalApi, call: Call) -> Answer:
    resource_name, _, method = call["operation"].partition(".")
    resource = getattr(client, resource_name)
    return getattr(resource.with_raw_response if call.get("raw") else resource, method)


def arguments_of(call: Call) -> dict[str, Any]:
    return {**call.get("arguments", {}), **call.get("options", {})}


async def outcome(make: Make, base_url: str, api_key: str, call: Call) -> Answer:
    try:
        return await asyncio.wait_for(make(base_url, api_key, call), LONGEST_SECONDS)
    except pivotal.PivotalError as error:
        return error


async def test_calls_stand_faults_as_the_table_says(faulty: Faulty, make: Make) -> None:
    async def run(number: int, case: Call) -> None:
        name, started = f"{number}.{uuid.uuid4().hex}", time.monotonic()
        answer = await outcome(make, f"{faulty.url}/{name}", "pivotal_test_0000", case["call"])
        try:
            check_answer(answer, case["expect"])
            check_requests(faulty.requests[name], case["expect"])
            check_time(time.monotonic() - started, case["expect"])
        except AssertionError as failure:
            raise AssertionError(f"{case['name']}: {failure}") from failure

    await asyncio.gather(*(run(number, case) for number, case in enumerate(TABLE["faults"])))


async def test_calls_of_a_real_server_go_as_the_table_says(sdk_server: Server, world: World, make: Make) -> None:
    for case in TABLE["server"]:
        answers: list[Any] = []
        unique = uuid.uuid4().hex
        for call in case["calls"]:
            filled = fill(call, unique, answers)
            answers.append(await outcome(make, sdk_server.url, case.get("api_key", world.live_key), filled))
        try:
            check_answer(answers[-1], fill(case["expect"], unique, answers))
        except AssertionError as failure:
            raise AssertionError(f"{case['name']}: {failure}") from failure


def fill(node: Answer, unique: str, answers: list[Any]) -> Answer:
    """Put in what the table leaves open: ``$unique``, and ``$1.id`` of an answer before."""
    if isinstance(node, dict):
        return {name: fill(value, unique, answers) for name, value in node.items()}
    if isinstance(node, list):
        return [fill(value, unique, answers) for value in node]
    if node == "$unique":
        return unique
    if isinstance(node, str) and node.startswith("$"):
        number, _, field = node[1:].partition(".")
        return getattr(answers[int(number) - 1], field)
    return node


def check_answer(answer: Answer, expected: dict[str, Any]) -> None:
    if "error" in expected:
        told = expected["error"]
        assert type(answer) is getattr(pivotal, told["class"]), repr(answer)
        names = {"status": "status_code"}
        for name in told.keys() - {"class"}:
            assert getattr(answer, names.get(name, name)) == told[name], name
        return
    assert not isinstance(answer, Exception), repr(answer)
    if "raw" in expected:
        assert answer.status_code == expected["raw"]["status"]
        assert answer.request_id == expected["raw"].get("request_id", answer.request_id)
        headers = expected["raw"]["headers"]
        assert {name: answer.headers[name] for name in headers} == headers
        answer = answer.parse()
    for name, value in expected.get("value", {}).items():
        assert getattr(answer, name) == value, name
    if "rows" in expected:
        wanted = expected["rows"] if isinstance(expected["rows"], dict) else {"display_id": expected["rows"]}
        for name, values in wanted.items():
            assert [getattr(row, name) for row in answer] == values


def check_requests(requests: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    assert len(requests) == expected["tries"]
    keys = {request["headers"].get("idempotency-key") for request in requests}
    if expected.get("key") == "one":
        assert len(keys) == 1
        assert len(keys.pop() or "") > 8
    if expected.get("key") == "none":
        assert keys == {None}
    for request, told in zip(requests, expected.get("requests", ()), strict=False):
        assert request["headers"]["user-agent"].startswith(f"pivotal-python/{pivotal.__version__}")
        seen = {
            **request,
            "query": sorted([name, value] for name, value in parse_qsl(request["url"].partition("?")[2])),
            "json": json.loads(request["body"]) if request["body"] else None,
            "headers": {name: request["headers"].get(name) for name in told.get("headers", ())},
        }
        assert {name: seen[name] for name in told} == told


def check_time(seconds: float, expected: dict[str, Any]) -> None:
    assert seconds >= expected.get("waited", 0)
    assert seconds <= expected.get("at_most", LONGEST_SECONDS)


@pytest.mark.parametrize("case", TABLE["webhooks"], ids=lambda case: case["name"])
def test_webhooks_are_verified_as_the_table_says(case: dict[str, Any]) -> None:
    options = {"tolerance": case["tolerance"]} if "tolerance" in case else {}
    expected = case["expect"]
    for body in (case["body"], case["body"].encode()):
        if "error" in expected:
            with pytest.raises(getattr(pivotal, expected["error"])):
                pivotal.webhooks.verify(body, case["headers"], case["secret"], **options)
        else:
            event: Any = pivotal.webhooks.verify(body, httpx.Headers(case["headers"]), case["secret"], **options)
            told = event.data.object
            seen = {
                "type": event.type,
                "id": event.id,
                "object_id": told["id"] if isinstance(told, dict) else told.id,
            }
            assert seen == expected
