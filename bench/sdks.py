"""What a call through the SDKs takes beside the same by bare httpx and bare fetch, in turns, of a running server."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bench.data import load_tenants, open_windows
from bench.server import running_server
from bench.tables import table, verdict
from pivotal import AsyncPivotalApi, PivotalApi

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from pivotal_server.core.db import Connection

LIMIT = 0.15
_ROOT = Path(__file__).parents[1]
_CUSTOMER = "1"
_PATH = f"/api/v1/customers/{_CUSTOMER}"


@dataclass(frozen=True, slots=True)
class Extent:
    """How many rounds, and how many calls each of the two makes in a round."""

    rounds: int
    calls: int


@dataclass(frozen=True, slots=True)
class Overhead:
    """What an SDK adds to a call.

    Attributes:
        name: of the SDK's client, and of what it is compared with.
        bare: seconds of a call without the SDK, in each round.
        sdk: likewise with it.
    """

    name: str
    bare: list[float]
    sdk: list[float]

    @property
    def share(self) -> float:
        """The median of what it adds in a round, as a part of the bare call."""
        return statistics.median(sdk / bare for sdk, bare in zip(self.sdk, self.bare, strict=True)) - 1

    @property
    def reached(self) -> bool:
        """Whether that is as little as it should be."""
        return self.share <= LIMIT


async def measure(
    connection: Connection, dsn: str, log: Path, extent: Extent, tell: Callable[[str], None]
) -> list[Overhead]:
    """Measure both SDKs on a server of their own.

    Args:
        connection: to the database.
        dsn: of it.
        log: the server's log file.
        extent: how much is measured.
        tell: is told what goes on.

    Raises:
        ServerError | httpx.HTTPError | PivotalError | RuntimeError: something did not work.
    """
    (tenant,), _ = await load_tenants(connection, "sdks", 1, 10)
    await open_windows(connection, [tenant])
    with running_server(dsn, log) as server:
        url = f"http://127.0.0.1:{server.port}"
        tell(f"SDKs: {extent.rounds} rounds of {extent.calls} calls, with and without each")
        return [
            await asyncio.to_thread(_synchronous, url, tenant.key, extent),
            await _asynchronous(url, tenant.key, extent),
            await _typescript(url, tenant.key, extent),
        ]


def sections(found: Sequence[Overhead]) -> list[str]:
    """Return the part of the report for people."""
    rows = [
        [one.name, str(len(one.sdk)), f"{statistics.median(one.bare) * 1000:.2f}",
         f"{statistics.median(one.sdk) * 1000:.2f}", f"{one.share:+.1%}", f"{LIMIT:.0%}", verdict(one.reached)]
        for one in found
    ]  # fmt: skip
    head = ["a call", "rounds", "bare ms", "SDK ms", "overhead", "limit", ""]
    return ["## SDKs", table(head, rows)]


def data(found: Sequence[Overhead]) -> list[dict[str, Any]]:
    """Return it for programs."""
    return [{"name": one.name, "bare": one.bare, "sdk": one.sdk, "share": one.share} for one in found]


def _synchronous(url: str, key: str, extent: Extent) -> Overhead:
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}) as bare, PivotalApi(key, base_url=url) as sdk:

        def without() -> None:
            bare.get(url + _PATH).raise_for_status().json()

        def with_sdk() -> None:
            sdk.customers.get(_CUSTOMER)

        def seconds(call: Callable[[], None]) -> float:
            started = time.perf_counter()
            for _ in range(extent.calls):
                call()
            return (time.perf_counter() - started) / extent.calls

        overhead = Overhead("Python, beside httpx", [], [])
        for way in _turns(extent.rounds):
            taken = {name: seconds(without if name == "bare" else with_sdk) for name in way.order}
            _keep(overhead, taken, way)
        return overhead


async def _asynchronous(url: str, key: str, extent: Extent) -> Overhead:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers) as bare, AsyncPivotalApi(key, base_url=url) as sdk:

        async def without() -> None:
            (await bare.get(url + _PATH)).raise_for_status().json()

        async def with_sdk() -> None:
            await sdk.customers.get(_CUSTOMER)

        async def seconds(call: Callable[[], Awaitable[None]]) -> float:
            started = time.perf_counter()
            for _ in range(extent.calls):
                await call()
            return (time.perf_counter() - started) / extent.calls

        overhead = Overhead("Python, asynchronous", [], [])
        for way in _turns(extent.rounds):
            taken = {name: await seconds(without if name == "bare" else with_sdk) for name in way.order}
            _keep(overhead, taken, way)
        return overhead


@dataclass(frozen=True, slots=True)
class _Turn:
    """Who goes first in a round; the first round warms up and does not count."""

    order: tuple[str, str]
    counts: bool


def _turns(rounds: int) -> list[_Turn]:
    return [_Turn(("bare", "sdk") if number % 2 else ("sdk", "bare"), number > 0) for number in range(rounds + 1)]


def _keep(overhead: Overhead, taken: dict[str, float], turn: _Turn) -> None:
    if turn.counts:
        overhead.bare.append(taken["bare"])
        overhead.sdk.append(taken["sdk"])


async def _typescript(url: str, key: str, extent: Extent) -> Overhead:
    node, script = _ROOT / "tools" / "sdk" / "node", _ROOT / "sdk" / "typescript" / "bench.mjs"
    process = await asyncio.create_subprocess_exec(
        *(node, script, _PATH, str(extent.rounds), str(extent.calls)),
        env={**os.environ, "PIVOTAL_BASE_URL": url, "PIVOTAL_API_KEY": key},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{script} ended with status {process.returncode}; the lines above say why.")
    taken = json.loads(output)
    return Overhead("TypeScript, beside fetch", taken["fetch"], taken["sdk"])
