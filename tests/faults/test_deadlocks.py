"""Many clients change the same few records at once, through two servers: they wait for each other, never for good."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import httpx

from pivotal_server.core.clock import Clock
from pivotal_server.customers.actions import create_customer as create_customer_row
from pivotal_server.customers.schemas import CustomerCreate
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change
from tests.faults.history import check_history
from tests.faults.load import Clients, share_out, waiting_for_locks
from tests.support import Json, body_of, create_contact, create_customer, error_of, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace

Request = tuple[str, str, Json | None]

HANDS = 32
SLUGS = ["aurora", "borealis", "cirrus", "dune"]
EMBRACED = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity a JOIN pg_stat_activity b ON b.pid = ANY (pg_blocking_pids(a.pid))
    WHERE a.datname = current_database() AND a.pid = ANY (pg_blocking_pids(b.pid))
)
"""
CONFLICTS = {"slug_taken", "email_taken"}


async def send(client: httpx.AsyncClient, request: Request) -> httpx.Response:
    method, path, body = request
    return await client.request(method, path, json=body)


async def send_all(clients: Clients, requests: list[Request]) -> list[httpx.Response]:
    """Send the requests to either server in turn, so many at a time."""
    turns = zip(itertools.cycle(clients), requests, strict=False)
    return await share_out([partial(send, client, request) for client, request in turns], HANDS)


def shuffled(dice: random.Random, count: int, kinds: list[Callable[[], Request]]) -> list[Request]:
    return [dice.choice(kinds)() for _ in range(count)]


async def test_changes_to_the_same_customers_neither_deadlock_nor_lose_one_another(
    clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    customers = [await create_customer(clients[0], slug=slug) for slug in SLUGS[:3]]
    dice = random.Random(20)

    def patch(make: Callable[[], Json]) -> Request:
        return "PATCH", f"/customers/{dice.choice(customers)[dice.choice(['id', 'display_id'])]}", make()

    requests = shuffled(
        dice,
        300,
        [
            # Slugs handed round in a circle are what makes transactions wait for each other crosswise.
            lambda: patch(lambda: {"slug": dice.choice(SLUGS)}),
            lambda: patch(lambda: {"slug": dice.choice(SLUGS)}),
            lambda: patch(lambda: {"name": dice.choice(["Aurora", "Aurora Outfitters"]), "mrr": dice.randrange(3)}),
            lambda: patch(lambda: {"status": dice.choice(["active", "at_risk", "churned"])}),
            lambda: patch(lambda: {"archived": dice.random() < 0.5}),
        ],
    )
    responses = await send_all(clients, requests)

    assert {response.status_code for response in responses} <= {200, 409}
    assert {error_of(response, 409)["code"] for response in responses if response.status_code == 409} <= CONFLICTS
    states = await check_history(database, workspace.id)
    for customer in customers:
        assert body_of(await clients[0].get(f"/customers/{customer['id']}")) == states[customer["id"]]


async def test_a_deadlock_is_not_for_the_client_to_see(
    clients: Clients, database: "Connection", rival: "Connection", workspace: "Workspace"
) -> None:
    aurora, borealis = [await create_customer(clients[0], domain=f"{slug}.example") for slug in SLUGS[:2]]

    def patch(client: httpx.AsyncClient, customer: Json, body: Json) -> asyncio.Task[httpx.Response]:
        return asyncio.create_task(client.patch(f"/customers/{customer['id']}", json=body))

    # A rival takes the slug that the first asks for, so that each of the two has its row before it wants the other's.
    held = rival.transaction()
    await held.start()
    change = Change(rival, Actor(workspace.id, "system", "rival", "Rival", role="admin"), Clock())
    await create_customer_row(change, CustomerCreate(name="Cirrus", slug="cirrus"))
    first = patch(clients[0], aurora, {"slug": "cirrus", "domain": "borealis.example"})
    await eventually(lambda: waiting_for_locks(database, 1))
    second = patch(clients[1], borealis, {"domain": "aurora.example"})
    await eventually(lambda: waiting_for_locks(database, 2))
    await held.rollback()
    # Each waits for the other, until PostgreSQL notices and lets one of them fail.
    await eventually(lambda: database.fetchval(EMBRACED))

    for response in await asyncio.gather(first, second):
        assert response.status_code == 200 or error_of(response, 409)["code"] == "shopify_domain_taken"
    await check_history(database, workspace.id)


async def test_switching_the_primary_contact_leaves_exactly_one(
    clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    customers = [await create_customer(clients[0]) for _ in range(2)]
    contacts = [await create_contact(clients[0], customer["id"]) for customer in customers for _ in range(4)]
    dice, numbers = random.Random(21), itertools.count()

    def patch(body: Json) -> Request:
        return "PATCH", f"/contacts/{dice.choice(contacts)['id']}", body

    def create() -> Request:
        body = {"name": "Mira", "email": f"mira-{next(numbers)}@aurora.example", "is_primary": True}
        return "POST", f"/customers/{dice.choice(customers)['id']}/contacts", body

    requests = shuffled(
        dice,
        300,
        [
            lambda: patch({"is_primary": True}),
            lambda: patch({"is_primary": True, "title": dice.choice(["CEO", "COO"])}),
            lambda: patch({"title": dice.choice(["CEO", "COO"])}),
            lambda: patch({"email": f"{dice.choice('abc')}@aurora.example"}),
            create,
        ],
    )
    responses = await send_all(clients, requests)

    assert {response.status_code for response in responses} <= {200, 201, 409}
    states = await check_history(database, workspace.id)
    for customer in customers:
        listed = body_of(await clients[1].get(f"/customers/{customer['id']}/contacts"))["data"]
        assert Counter(contact["is_primary"] for contact in listed)[True] == 1
        assert listed[0]["is_primary"]
        assert listed == [states[contact["id"]] for contact in listed]


async def test_deleting_what_others_change_gives_them_a_404_and_nothing_worse(
    clients: Clients, database: "Connection", workspace: "Workspace"
) -> None:
    customers = [await create_customer(clients[0], slug=slug) for slug in SLUGS]
    contacts = [await create_contact(clients[0], customer["id"]) for customer in customers for _ in range(10)]
    dice = random.Random(22)

    def to_customer(method: str, body: Json | None = None) -> Request:
        return method, f"/customers/{dice.choice(customers)['id']}", body

    def to_contact(method: str, body: Json | None = None) -> Request:
        return method, f"/contacts/{dice.choice(contacts)['id']}", body

    requests = shuffled(
        dice,
        300,
        [
            *[lambda: to_customer("PATCH", {"name": dice.choice(["Aurora", "Aurora Outfitters"])})] * 4,
            *[lambda: to_contact("PATCH", {"is_primary": True})] * 8,
            *[lambda: to_contact("PATCH", {"email": f"{dice.choice('abc')}@aurora.example"})] * 2,
            lambda: to_contact("DELETE"),
            lambda: ("POST", "/customers", {"name": "Aurora", "slug": dice.choice(SLUGS)}),
        ],
    )
    # Customers go once all is under way.
    requests[150:150] = [("DELETE", f"/customers/{customer['id']}", None) for customer in customers for _ in range(3)]
    responses = await send_all(clients, requests)

    assert {response.status_code for response in responses} <= {200, 201, 404, 409}
    assert {error_of(response, 409)["code"] for response in responses if response.status_code == 409} <= CONFLICTS
    await check_history(database, workspace.id)
    for resource, type_ in (("customers", "customer.archived"), ("contacts", "contact.deleted")):
        deleted = f"SELECT count(*) FROM {resource} WHERE workspace_id = $1 AND deleted_at IS NOT NULL"
        count = await database.fetchval(deleted, workspace.id)
        told = "SELECT count(*) FROM events WHERE workspace_id = $1 AND type = $2"
        assert count
        assert await database.fetchval(told, workspace.id, type_) == count
    primaries = "SELECT count(*) FROM contacts WHERE workspace_id = $1 AND is_primary AND deleted_at IS NULL"
    assert await database.fetchval(primaries, workspace.id) <= len(customers)
