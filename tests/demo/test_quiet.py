"""What happened in the demo's past is over: nobody is told of it now."""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from pivotal_server.core.clock import Clock
from pivotal_server.core.settings import Settings
from pivotal_server.core.storage import storage_of
from pivotal_server.demo.seed import seed
from pivotal_server.identity.workspaces import WorkspaceError, find_workspace
from pivotal_server.reminders.queries import list_late
from tests.cli.command import Running
from tests.demo.conftest import Seeded
from tests.support import body_of, eventually

if TYPE_CHECKING:
    import httpx

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_ADDRESS = re.compile(r"[\w.%+-]+@([\w-]+(?:\.[\w-]+)*)")
_LINK = re.compile(r"https?://([^\s/\"'<>)\\]+)")


async def contents(connection: "Connection") -> dict[str, list[str]]:
    """Return every row of every table as text."""
    found = {}
    for (table,) in await connection.fetch(_TABLES):
        rows = await connection.fetch(f"SELECT t::text FROM {table} t ORDER BY 1")
        found[table] = [row[0] for row in rows]
    return found


def files(data: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}


async def test_nothing_is_left_to_be_done_about_the_past(demo: "Connection", workspace: "Workspace") -> None:
    assert await demo.fetchval("SELECT count(*) FROM pgqueuer") == 0
    assert await demo.fetchval("SELECT count(*) FROM outbox WHERE workspace_id = $1", workspace.id) == 0


async def test_nobody_is_reminded_of_what_is_overdue(demo: "Connection", workspace: "Workspace") -> None:
    in_ten_days = Clock().now() + timedelta(days=10)

    async def debts() -> list[object]:
        return [debt for late in await list_late(demo, ("", ""), in_ten_days, 500) for debt in late.debts]

    assert await debts() == []
    reminded = "SELECT count(*) FROM onboardings WHERE workspace_id = $1 AND (reminder_email OR reminder_slack)"
    assert await demo.fetchval(reminded, workspace.id) == 0
    # It is the switch that keeps them quiet, and not that nothing is overdue.
    await demo.execute("UPDATE onboardings SET reminder_email = true WHERE workspace_id = $1", workspace.id)
    assert len(await debts()) > 5


async def test_a_worker_sends_nothing_of_the_past_to_anybody(
    demo: "Connection", demo_dsn: str, api: "httpx.AsyncClient", tmp_path: Path
) -> None:
    endpoint = {"url": "https://hooks.northwind.example/pivotal", "events": ["*"]}
    body_of(await api.post("/webhook_endpoints", json=endpoint), 201)
    worker = Running(tmp_path, "worker", DATABASE_URL=demo_dsn, PIVOTAL_DATA=tmp_path / "data")
    done = "SELECT count(DISTINCT entrypoint) FROM pgqueuer_log WHERE status = 'successful'"
    try:
        # What comes round at a worker's start has, and then what happens now has been fanned out.
        await eventually(lambda: _is_at_least(demo, done, 2), 60)
        body_of(await api.post("/customers", json={"name": "Newcomer"}), 201)
        await eventually(lambda: _is_at_least(demo, "SELECT count(*) FROM deliveries", 1))
    finally:
        worker.stop()

    types = [row["event_type"] for row in await demo.fetch("SELECT event_type FROM deliveries")]
    assert types == ["customer.created"]
    assert not [*(tmp_path / "data").rglob("*.eml")]
    mails = "SELECT count(*) FROM pgqueuer_log WHERE entrypoint IN ('mail', 'contact_mail')"
    assert await demo.fetchval(mails) == 0


async def _is_at_least(connection: "Connection", sql: str, number: int) -> bool:
    return bool(await connection.fetchval(sql) >= number)


async def test_nobody_and_nothing_is_outside_of_the_names_reserved_for_examples(demo: "Connection") -> None:
    domains = [row["domain"] for row in await demo.fetch("SELECT domain FROM customers")]
    hosts = {
        host
        for rows in (await contents(demo)).values()
        for row in rows
        for pattern in (_ADDRESS, _LINK)
        for host in pattern.findall(row)
    }
    assert len(hosts) > 50
    assert [host for host in {*hosts, *domains} if not host.endswith(".example")] == []


async def test_a_second_time_changes_nothing(demo: "Connection", seeded: Seeded) -> None:
    before, stored = await contents(demo), files(seeded.data)
    with pytest.raises(WorkspaceError):
        await seed(demo, storage_of(Settings(data=seeded.data)), Clock().now())
    assert await contents(demo) == before
    assert files(seeded.data) == stored


async def test_a_failure_leaves_nothing_behind(connection: "Connection", tmp_path: Path) -> None:
    before = await contents(connection)
    # The last one of the three files.
    await connection.execute(
        "ALTER TABLE attachments ADD CONSTRAINT no_table CHECK (filename <> 'test-orders.csv')",
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await seed(connection, storage_of(Settings(data=tmp_path)), Clock().now())
    with pytest.raises(WorkspaceError):
        await find_workspace(connection, "demo")
    assert await contents(connection) == before
    assert files(tmp_path) == {}
