"""The sliding window: what it lets pass, what counts, and what its headers say."""

import re
from itertools import pairwise

import httpx
import pytest

from pivotal_server.identity.models import Mode
from tests.harness import ClientOf, NewKeyOf
from tests.support import SteeredClock, body_of, create_customer, error_of


async def passes(api: httpx.AsyncClient, most: int = 200) -> int:
    """Return how many requests pass before the first that is refused."""
    for number in range(most):
        response = await api.get("/me")
        if response.status_code == 429:
            return number
        assert response.is_success
    return most


def limited(response: httpx.Response) -> int:
    """Return the seconds after which a 429 says to come again."""
    error = error_of(response, 429)
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limited")
    assert response.headers["x-ratelimit-remaining"] == "0"
    return int(response.headers["retry-after"])


@pytest.mark.parametrize(
    ("mode", "rate_limit", "tier", "limit"),
    [("live", None, "default", 60), ("test", None, "test", 30), ("live", 600, "paid", 600), ("live", 7, "custom", 7)],
)
async def test_a_key_has_the_limit_of_its_tier(
    client: ClientOf, new_key: NewKeyOf, mode: Mode, rate_limit: int | None, tier: str, limit: int
) -> None:
    api = client(await new_key(mode, rate_limit=rate_limit))
    response = await api.get("/me")
    assert body_of(response)["api_key"]["rate_limit_tier"] == tier
    assert response.headers["x-ratelimit-limit"] == str(limit)
    assert await passes(api, 700) == limit - 1


async def test_sixty_pass_and_after_the_wait_exactly_sixty_again(
    client: ClientOf, new_key: NewKeyOf, clock: SteeredClock
) -> None:
    api = client(await new_key(rate_limit=None))
    for _ in range(3):
        assert await passes(api) == 60
        wait = limited(await api.get("/me"))
        assert 60 <= wait <= 61
        clock.advance(wait - 1)
        assert limited(await api.get("/me")) == 1
        clock.advance(1)


async def test_the_window_slides(client: ClientOf, new_key: NewKeyOf, clock: SteeredClock) -> None:
    api = client(await new_key(rate_limit=None))
    for _ in range(20):
        assert (await api.get("/me")).is_success
    clock.advance(30)
    assert await passes(api) == 40
    wait = limited(await api.get("/me"))
    assert 30 <= wait <= 31
    clock.advance(wait)  # the first twenty have left, the forty have not
    assert await passes(api) == 20
    wait = limited(await api.get("/me"))
    assert 28 <= wait <= 31
    clock.advance(wait)
    assert await passes(api) == 40


async def test_no_minute_ever_holds_more_than_the_limit(
    client: ClientOf, new_key: NewKeyOf, clock: SteeredClock
) -> None:
    api = client(await new_key(rate_limit=10))
    passed: list[float] = []
    for _ in range(400):
        clock.advance(0.83)
        if (await api.get("/me")).is_success:
            passed.append(clock.seconds)
    assert len(passed) >= 50
    for first, eleventh in zip(passed, passed[10:], strict=False):
        assert eleventh - first >= 60


async def test_a_refused_request_spends_nothing(client: ClientOf, new_key: NewKeyOf, clock: SteeredClock) -> None:
    api = client(await new_key(rate_limit=3))
    assert await passes(api) == 3
    waits = []
    for _ in range(10):
        waits.append(limited(await api.get("/me")))
        clock.advance(1)
    assert all(before - after == 1 for before, after in pairwise(waits))
    clock.advance(waits[-1] - 1)
    assert await passes(api) == 3


async def test_a_401_spends_nothing_and_everything_else_does(
    client: ClientOf, new_key: NewKeyOf, api: httpx.AsyncClient
) -> None:
    await create_customer(api, slug="taken")
    key = await new_key(rate_limit=50, scopes=("customers:read", "customers:write"))
    narrow = client(key)

    async def remaining() -> int:
        return int((await narrow.get("/me")).headers["x-ratelimit-remaining"])

    before = await remaining()
    for header in ("", f"Bearer {key}x", f"Basic {key}", f"Bearer {key} {key}"):
        error_of(await narrow.get("/me", headers={"Authorization": header}), 401)
    assert await remaining() == before - 1

    spending = [
        (404, narrow.get("/customers/999")),
        (404, narrow.get("/nothing")),
        (405, narrow.put("/customers")),
        (400, narrow.post("/customers", content=b"{")),
        (400, narrow.get("/customers", params={"limit": "0"})),
        (403, narrow.get("/events")),
        (409, narrow.post("/customers", json={"name": "Aurora", "slug": "taken"})),
        (413, narrow.post("/customers", content=b" " * 2_000_000)),
        (415, narrow.post("/customers", content=b"x", headers={"Content-Type": "text/plain"})),
        (200, narrow.get("/customers")),
        (200, narrow.head("/customers")),
    ]
    for count, (status, request) in enumerate(spending, 2):
        response = await request
        assert response.status_code == status
        assert response.headers["x-ratelimit-remaining"] == str(before - count)


async def test_a_refused_write_is_not_done(client: ClientOf, new_key: NewKeyOf, api: httpx.AsyncClient) -> None:
    narrow = client(await new_key(rate_limit=1))
    body_of(await narrow.post("/customers", json={"name": "Aurora"}), 201)
    limited(await narrow.post("/customers", json={"name": "Borealis"}))
    limited(await narrow.post("/customers", content=b"{"))
    assert [customer["name"] for customer in body_of(await api.get("/customers"))["data"]] == ["Aurora"]


async def test_the_headers_tell_the_window(client: ClientOf, new_key: NewKeyOf, clock: SteeredClock) -> None:
    api = client(await new_key(rate_limit=5))
    reset = 0
    for remaining in (4, 3, 2, 1, 0, 0):
        headers = (await api.get("/me")).headers
        assert headers["x-ratelimit-limit"] == "5"
        assert headers["x-ratelimit-remaining"] == str(remaining)
        reset = int(headers["x-ratelimit-reset"])
        assert 60 <= reset - clock.seconds <= 61.5
        assert headers["ratelimit-policy"] == '"default";q=5;w=60'
        state = re.fullmatch(r'"default";r=(\d+);t=(\d+)', headers["ratelimit"])
        assert state
        assert (int(state[1]), int(state[2])) == (remaining, min(reset - int(clock.seconds), 60))
    clock.advance(reset - clock.seconds)
    assert (await api.get("/me")).headers["x-ratelimit-remaining"] == "4"


async def test_a_clock_that_runs_backwards_opens_no_second_window(
    client: ClientOf, new_key: NewKeyOf, clock: SteeredClock
) -> None:
    api = client(await new_key(rate_limit=5))
    assert await passes(api, 3) == 3
    clock.advance(-30)
    assert await passes(api) == 2
    clock.advance(95)
    assert await passes(api) == 5
