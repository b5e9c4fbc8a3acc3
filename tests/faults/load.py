"""Load: many requests at once, clients that do not give up, and what must hold of the records afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from pivotal_server.core.clock import Clock
from pivotal_server.customers.actions import create_customer
from pivotal_server.customers.schemas import CustomerCreate
from pivotal_server.identity.api_keys import NewKey, create_key
from pivotal_server.identity.models import Actor
from pivotal_server.onboardings.actions import create_onboarding
from pivotal_server.onboardings.schemas import OnboardingCreate
from pivotal_server.timeline.change import Change
from tests.harness import ROUNDS
from tests.support import Json, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Result = TypeVar("Result")
Clients = tuple[httpx.AsyncClient, httpx.AsyncClient]

# The client's own queue must not decide what happens at once.
NO_QUEUE = httpx.Limits(max_connections=None, max_keepalive_connections=None)

# What a killed process must not leave behind, and a repeated request must not make twice: each customer has its one
# line on the timeline, its one event and the one answer that a retry gets.
_WHOLE_CUSTOMERS = """
SELECT count(*) FROM customers c
WHERE c.workspace_id = $1
    AND (SELECT count(*) FROM activity a
         WHERE a.workspace_id = $1 AND a.customer_id = c.id AND a.type = 'customer.created') = 1
    AND (SELECT count(*) FROM idempotency_records r
         WHERE r.workspace_id = $1 AND convert_from(r.body, 'UTF8')::json ->> 'id' = c.id) = 1
    AND c.id IN (SELECT payload::json -> 'data' -> 'object' ->> 'id' FROM events
         WHERE workspace_id = $1 AND type = 'customer.created')
"""
_TALLY = """
SELECT (SELECT count(*) FROM customers WHERE workspace_id = $1) AS customers,
    (SELECT count(DISTINCT display_id) FROM customers WHERE workspace_id = $1) AS display_ids,
    (SELECT max(display_id) FROM customers WHERE workspace_id = $1) AS last_display_id,
    (SELECT count(*) FROM events WHERE workspace_id = $1) AS events,
    (SELECT count(*) FROM activity WHERE workspace_id = $1) AS activity,
    (SELECT count(*) FROM idempotency_records WHERE workspace_id = $1) AS answers
"""
_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'pivotal' AND wait_event_type = 'Lock'
"""


async def make_key(connection: "Connection", workspace_id: str, **fields: Any) -> str:  # noqa: ANN401 - NewKey's own
    """Make a live key whose hash costs nothing and return it in clear text."""
    new = NewKey(**{"name": "prod-server", "mode": "live", **fields})
    return await create_key(connection, workspace_id, new, datetime.now(UTC), rounds=ROUNDS)


async def share_out(jobs: Iterable[Callable[[], Awaitable[Result]]], hands: int) -> list[Result]:
    """Do the jobs, ``hands`` of them at any time, and return what they gave."""
    queue, results = iter(jobs), list[Result]()

    async def work() -> None:
        for job in queue:
            results.append(await job())

    async with asyncio.TaskGroup() as group:
        for _ in range(hands):
            group.create_task(work())
    return results


async def waiting_for_locks(connection: "Connection", count: int) -> bool:
    """Return whether so many sessions of the servers wait for a row or a transaction of somebody else."""
    return bool(await connection.fetchval(_WAITING) == count)


async def seed(connection: "Connection", workspace_id: str, resource: str, count: int) -> str:
    """Make customers, or onboardings of one customer, and return the last customer's id.

    They come about as the API makes them but in one transaction, so that their times are microseconds apart.
    """
    async with connection.transaction():
        change = Change(connection, Actor(workspace_id, "system", "seed", "Seed", role="admin"), Clock())
        customer = await create_customer(change, CustomerCreate(name="Aurora"))
        for _ in range(count - 1 if resource == "customers" else count):
            if resource == "customers":
                customer = await create_customer(change, CustomerCreate(name="Aurora"))
            else:
                await create_onboarding(change, OnboardingCreate(customer_id=customer.id))
        await change.write_records()
    return customer.id


class Importer:
    """Creates customers with an idempotency key each, and repeats a request until it is answered for good.

    Attributes:
        client: what it sends with; may be exchanged at any time.
        answers: the customers by the number under which they were asked for.
        cut: how many requests got no answer.
        failed: how many the server answered with an internal error, in the documented shape.
        surprises: answers that nobody should ever get.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.answers: dict[int, Json] = {}
        self.cut = 0
        self.failed = 0
        self.surprises: list[str] = []

    async def create(self, number: int) -> None:
        """Create the customer with this number."""
        await eventually(lambda: self._try(number), timeout=60)

    async def create_all(self, count: int, *, at_once: int = 32) -> None:
        """Create customers 0 to ``count``."""
        await share_out([partial(self.create, number) for number in range(count)], at_once)

    async def answered(self, count: int) -> None:
        """Return once so many customers were answered."""
        await eventually(lambda: len(self.answers) >= count, timeout=60)

    async def _try(self, number: int) -> bool:
        body = {"name": f"Customer {number}", "slug": f"customer-{number}"}
        try:
            response = await self.client.post("/customers", json=body, headers={"Idempotency-Key": f"import-{number}"})
        except httpx.TransportError:
            self.cut += 1
            return False
        answer = response.json()
        if response.status_code == 201:
            self.answers[number] = answer
            return True
        code = answer.get("error", {}).get("code")
        if (response.status_code, code) == (500, "internal_error"):
            self.failed += 1
        elif (response.status_code, code) != (409, "idempotency_key_in_flight"):
            self.surprises.append(f"{response.status_code} {response.text}")
        return False

    async def check(self, connection: "Connection", workspace_id: str) -> None:
        """See that each customer is there once, whole, and as it was answered."""
        assert not self.surprises
        count = len(self.answers)
        tally = await connection.fetchrow(_TALLY, workspace_id)
        assert tally is not None
        assert dict(tally) == dict.fromkeys(tally.keys(), count)
        assert await connection.fetchval(_WHOLE_CUSTOMERS, workspace_id) == count
        sql = "SELECT id, display_id, slug FROM customers WHERE workspace_id = $1"
        stored = {tuple(row) for row in await connection.fetch(sql, workspace_id)}
        assert stored == {(answer["id"], answer["display_id"], answer["slug"]) for answer in self.answers.values()}
