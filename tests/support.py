"""What tests share: steered time, waiting for a condition, and short ways to make the things that stories are about."""

import asyncio
import inspect
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from pivotal_server.core.clock import Clock

Json = dict[str, Any]

# Where time stands when a test begins.
START = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)

_numbers = itertools.count(1)


class SteeredClock(Clock):
    """A clock that stands still until a test moves it; stamps stay different from each other all the same."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__(source=lambda: self.seconds)
        self.seconds = start.timestamp()

    def advance(self, seconds: float) -> None:
        self.seconds += seconds

    def ahead(self, seconds: float) -> datetime:
        """Return the instant so many seconds from now."""
        return self.now() + timedelta(seconds=seconds)


async def eventually(check: Callable[[], Any], timeout: float = 10) -> Any:  # noqa: ANN401, ASYNC109
    """Return the first truthy answer of ``check``, plain or awaited; a failing assertion in it counts as "not yet".

    Raises:
        AssertionError: it never was truthy, or its own last one.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while True:
        last: AssertionError | None = None
        try:
            found = check()
            result = await found if inspect.isawaitable(found) else found
            if result:
                return result
        except AssertionError as error:
            last = error
        if loop.time() > deadline:
            raise last or AssertionError(f"not within {timeout} s: {check}")
        await asyncio.sleep(0.01)


def body_of(response: httpx.Response, status: int = 200) -> Json:
    """Return the JSON object of a response that must have this status."""
    assert response.status_code == status, f"{response.status_code}, not {status}: {response.text}"
    body = response.json()
    assert isinstance(body, dict)
    return body


def error_of(response: httpx.Response, status: int) -> Json:
    """Return the error in a response that must have this status, the envelope found in order."""
    body = body_of(response, status)
    assert set(body) == {"error"}
    error = body["error"]
    assert isinstance(error, dict)
    assert {"type", "code", "message"} <= set(error) <= {"type", "code", "message", "field"}
    assert all(isinstance(value, str) and value for value in error.values())
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"].startswith("req_")
    return error


def raw_json(value: object) -> dict[str, Any]:
    """Return the arguments of a request whose JSON keeps what ``httpx`` would refuse, such as lone surrogates."""
    return {"content": json.dumps(value).encode(), "headers": {"Content-Type": "application/json"}}


async def create_customer(api: httpx.AsyncClient, **fields: Any) -> Json:  # noqa: ANN401 - JSON
    """Make a customer and return it."""
    return body_of(await api.post("/customers", json={"name": f"Customer {next(_numbers)}"} | fields), 201)


async def create_contact(api: httpx.AsyncClient, customer_id: str | None = None, **fields: Any) -> Json:  # noqa: ANN401
    """Make a contact, of a customer of its own unless one is given, and return it."""
    customer_id = customer_id or (await create_customer(api))["id"]
    number = next(_numbers)
    defaults = {"name": f"Contact {number}", "email": f"contact-{number}@customer.example"}
    return body_of(await api.post(f"/customers/{customer_id}/contacts", json=defaults | fields), 201)


async def create_onboarding(api: httpx.AsyncClient, customer_id: str | None = None, **fields: Any) -> Json:  # noqa: ANN401
    """Start an onboarding, of a customer of its own unless one is given, and return it."""
    customer_id = customer_id or (await create_customer(api))["id"]
    return body_of(await api.post("/onboardings", json={"customer_id": customer_id} | fields), 201)


async def create_task(api: httpx.AsyncClient, onboarding_id: str | None = None, **fields: Any) -> Json:  # noqa: ANN401
    """Add a task, to an onboarding of its own unless one is given, and return it."""
    onboarding_id = onboarding_id or (await create_onboarding(api))["id"]
    body = {"title": f"Task {next(_numbers)}"} | fields
    return body_of(await api.post(f"/onboardings/{onboarding_id}/tasks", json=body), 201)


async def events(api: httpx.AsyncClient, type_: str | None = None) -> list[Json]:
    """Return the workspace's events, oldest first; of one type where it is given."""
    found: list[Json] = body_of(await api.get("/events", params={"limit": "100"}))["data"]
    return [event for event in reversed(found) if type_ is None or event["type"] == type_]
