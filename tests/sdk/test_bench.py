"""The benchmark of the SDKs: what it measures and tells."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from bench import sdks

from pivotal import AsyncPivotalApi

if TYPE_CHECKING:
    from tests.harness import Server, World


async def test_python_is_measured_in_turns(sdk_server: Server, world: World) -> None:
    async with AsyncPivotalApi(world.live_key, base_url=sdk_server.url) as client:
        await client.customers.create(name="Aurora")
    extent = sdks.Extent(rounds=2, calls=2)
    for found in (
        await asyncio.to_thread(sdks._synchronous, sdk_server.url, world.live_key, extent),
        await sdks._asynchronous(sdk_server.url, world.live_key, extent),
    ):
        assert len(found.bare) == len(found.sdk) == 2
        assert min(*found.bare, *found.sdk) > 0


def test_the_overhead_is_the_median_of_rounds_and_told_beside_its_limit() -> None:
    found = sdks.Overhead("Python", bare=[0.001, 0.002, 0.001], sdk=[0.0011, 0.0021, 0.0014])
    assert found.share == pytest.approx(0.1)
    assert found.reached
    slow = sdks.Overhead("TypeScript", bare=[0.001], sdk=[0.0012])
    assert not slow.reached
    (_, told) = sdks.sections([found, slow])
    assert "+10.0%" in told
    assert "15%" in told
    assert [one["name"] for one in sdks.data([found, slow])] == ["Python", "TypeScript"]
