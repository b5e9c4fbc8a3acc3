"""Reactions: what has happened brings about its jobs, exactly when it was committed, whatever dies on the way."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from pivotal_server.core.clock import Clock
from pivotal_server.core.reactions import read_facts
from pivotal_server.core.wake import CHANNEL
from pivotal_server.identity.models import Actor
from pivotal_server.timeline.change import Change, Subject
from pivotal_server.webhooks.engine.fan_out import BATCH, fan_out
from tests.faults.load import seed, waiting_for_locks
from tests.harness import World
from tests.jobs.conftest import StartWorker, left, until_idle
from tests.jobs.program import REACTIONS
from tests.support import create_customer, events, eventually

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

Seen = Callable[[], Awaitable[list[str]]]
CUSTOMERS = "SELECT id FROM events WHERE workspace_id = $1 AND type = 'customer.created' ORDER BY created_at"
# As written by processes that do not know yet that the outbox tells of actors.
ANONYMOUS = "UPDATE outbox SET actor_type = NULL, actor_id = NULL, actor_name = NULL"


@pytest.fixture
async def seen(connection: "Connection", world: World) -> Seen:
    """Returns what the reaction has seen in Northwind, in the order in which it saw it."""

    async def of() -> list[str]:
        rows = await connection.fetch("SELECT step FROM steps WHERE name = $1 ORDER BY at", world.northwind.id)
        return [row["step"] for row in rows]

    return of


def change_of(connection: "Connection", workspace_id: str) -> Change:
    return Change(connection, Actor(workspace_id, "person", "maya", "Maya", livemode=False), Clock())


async def announce(change: Change, *, announced: bool = True) -> None:
    change.note("attachment.created", "Uploaded plan.pdf", Subject("attachment", "1"), announce=announced)
    change.note("attachment.created", "Uploaded notes.txt", Subject("attachment", "2"))
    await change.write_records()


async def test_what_was_committed_is_reacted_to_and_what_was_rolled_back_is_not(
    connection: "Connection", api: httpx.AsyncClient, start_worker: StartWorker, seen: Seen
) -> None:
    start_worker("react")
    taken = await create_customer(api, slug="aurora")
    assert (await api.post("/customers", json={"name": "Aurora", "slug": "aurora"})).status_code == 409
    assert (await api.patch(f"/customers/{taken['id']}", json={"name": "Aurora Ltd"})).status_code == 200

    found = await eventually(seen)

    await until_idle(connection)
    (event,) = await events(api, "customer.created")
    assert found == [f"customer.created {event['id']} live api_key API: northwind-live"]
    assert await seen() == found


async def test_an_entry_without_an_event_is_reacted_to_where_it_was_announced(
    connection: "Connection", start_worker: StartWorker, seen: Seen, world: World
) -> None:
    change = change_of(connection, world.northwind.id)
    await announce(change)
    assert change.has_work
    start_worker("react")

    found = await eventually(seen)

    id_ = await connection.fetchval("SELECT id FROM activity WHERE subject_id = '1'")
    assert found == [f"attachment.created {id_} test person Maya"]
    assert await connection.fetchval("SELECT count(*) FROM outbox") == 0


async def test_facts_come_in_order_a_job_for_each_workspace(connection: "Connection", world: World) -> None:
    for workspace in (world.northwind, world.fabrikam):
        await seed(connection, workspace.id, "customers", 3)
        await announce(change_of(connection, workspace.id))
    await connection.execute(ANONYMOUS)

    assert await fan_out(connection, datetime.now(UTC), REACTIONS) == (8, 0)

    payloads = [row[0] for row in await connection.fetch("SELECT payload FROM pgqueuer ORDER BY id")]
    read = dict(read_facts(httpx.Response(200, content=payload).json()) for payload in payloads)
    assert set(read) == {world.northwind.id, world.fabrikam.id}
    for workspace_id, facts in read.items():
        happened = await connection.fetch(CUSTOMERS, workspace_id)
        assert [fact.id for fact in facts[:3]] == [row["id"] for row in happened]
        assert [fact.type for fact in facts] == [*["customer.created"] * 3, "attachment.created"]
        # The entry tells its actor by itself.
        assert [fact.actor_name for fact in facts] == [*["Pivotal"] * 3, "Maya"]


async def test_no_job_is_made_and_no_worker_woken_where_nothing_is_reacted_to(
    connection: "Connection", dsn: str, world: World
) -> None:
    await seed(connection, world.northwind.id, "customers", 3)
    heard: list[str] = []
    listener = await asyncpg.connect(dsn)
    await listener.add_listener("ch_pgqueuer", lambda *said: heard.append(str(said[-1])))

    assert await fan_out(connection, datetime.now(UTC)) == (3, 0)

    await listener.fetchval("SELECT 1")  # what was notified before has come by now
    assert heard == []
    assert await left(connection) == []
    await listener.close()


async def test_a_worker_killed_between_outbox_and_job_loses_nothing_and_doubles_nothing(
    connection: "Connection", dsn: str, start_worker: StartWorker, seen: Seen, world: World
) -> None:
    count = BATCH + 50
    rival = await asyncpg.connect(dsn)
    worker = start_worker("react")
    async with rival.transaction():
        await rival.execute("LOCK TABLE pgqueuer_log IN EXCLUSIVE MODE")
        await seed(connection, world.northwind.id, "customers", count)
        await connection.execute(f"NOTIFY {CHANNEL}")
        await eventually(lambda: waiting_for_locks(connection, 1), timeout=20)
        worker.kill()
    assert await seen() == []
    start_worker("react")

    async def all_seen() -> bool:
        return len(set(await seen())) == count

    await eventually(all_seen, timeout=30)

    await until_idle(connection)
    happened = [row["id"] for row in await connection.fetch(CUSTOMERS, world.northwind.id)]
    assert sorted(step.split(" ")[1] for step in await seen()) == sorted(happened)
    await rival.close()
