"""A walk from page to page, while others insert and delete: what was there when it began is met exactly once."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.faults.load import Clients, seed, share_out
from tests.support import body_of, create_customer, create_onboarding

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace

OLD, NEW, DELETED = 1000, 300, 20
THERE = {
    "customers": "SELECT id FROM customers WHERE workspace_id = $1 AND deleted_at IS NULL",
    "onboardings": "SELECT id FROM onboardings WHERE workspace_id = $1 AND deleted_at IS NULL",
    "events": "SELECT id FROM events WHERE workspace_id = $1",
}


async def walk(clients: Clients, path: str, limit: int) -> AsyncIterator[str]:
    """Yield the ids of a list, page by page, asking either server in turn."""
    query = {"limit": str(limit)}
    for client in itertools.cycle(clients):
        page = body_of(await client.get(path, params=query))
        for item in page["data"]:
            yield item["id"]
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return
        assert len(page["data"]) == limit
        query["cursor"] = page["next_cursor"]


class Walker:
    """Walks a resource's list and compares what it meets with what is there.

    Attributes:
        disturbed: walks in which rows came or went.
    """

    def __init__(self, clients: Clients, database: "Connection", workspace: "Workspace", resource: str) -> None:
        self._clients = clients
        self._database = database
        self._workspace = workspace
        self._resource = resource
        self._turn = asyncio.Lock()
        self.disturbed = 0

    async def there(self) -> set[str]:
        async with self._turn:  # a connection does one thing at a time
            rows = await self._database.fetch(THERE[self._resource], self._workspace.id)
        return {row["id"] for row in rows}

    async def walk(self, limit: int) -> None:
        before = await self.there()
        met = [id_ async for id_ in walk(self._clients, f"/{self._resource}", limit)]
        after = await self.there()
        assert len(met) == len(set(met)), "a row was met twice"
        # What was deleted meanwhile may have been met or not.
        assert (before & after) <= set(met), "a row was not met"
        assert set(met) <= (before | after), "a row was met that is not there"
        self.disturbed += before != after

    async def walk_until(self, over: asyncio.Event, limit: int) -> None:
        while not over.is_set():
            await self.walk(limit)


@pytest.mark.parametrize("resource", ["customers", "onboardings", "events"])
async def test_a_walk_of_1000_rows_during_300_inserts_meets_each_old_row_once(
    clients: Clients, database: "Connection", workspace: "Workspace", resource: str
) -> None:
    written = "onboardings" if resource == "onboardings" else "customers"
    customer_id = await seed(database, workspace.id, written, OLD)
    walker = Walker(clients, database, workspace, resource)
    rows = await database.fetch(f"SELECT id FROM {written} WHERE workspace_id = $1 ORDER BY id", workspace.id)
    doomed = [row["id"] for row in rows[1 :: OLD // DELETED]]
    over = asyncio.Event()

    async def write(client: httpx.AsyncClient, number: int) -> None:
        if written == "onboardings":
            await create_onboarding(client, customer_id)
        else:
            await create_customer(client)
        if doomed and number % (NEW // DELETED) == 0:
            body_of(await client.delete(f"/{written}/{doomed.pop()}"))

    async with asyncio.TaskGroup() as group:
        for limit in (100, 7):
            group.create_task(walker.walk_until(over, limit))
        turns = zip(itertools.cycle(clients), range(NEW), strict=False)
        await share_out([lambda turn=turn: write(*turn) for turn in turns], 8)  # type: ignore[misc]
        over.set()
    assert walker.disturbed >= 2, "nothing happened during the walks"
    assert not doomed
    # At rest a walk meets what is there; of customers and onboardings the last page is full and yet the last.
    assert resource == "events" or len(await walker.there()) % 20 == 0
    await walker.walk(20)
