import stat
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.clock import Clock
from pivotal_server.demo.keys import demo_keys
from pivotal_server.demo.seed import seed
from pivotal_server.identity.api_keys import list_keys, revoke_key
from pivotal_server.identity.people import list_members
from pivotal_server.identity.workspaces import WorkspaceError, find_workspace
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.phases import DEFAULT_PHASES
from tests.harness import Databases, World

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(databases: Databases, template: tuple[str, World]) -> "AsyncIterator[Connection]":
    """A database with the demo workspace beside the cast's; the tests only read the history."""
    async with databases.database(template[0]) as name:
        opened = await asyncpg.connect(databases.dsn_of(name))
        await seed(opened, Clock().now())
        yield opened
        await opened.close()


@pytest.fixture
async def workspace(demo: "Connection") -> "Workspace":
    return await find_workspace(demo, "demo")


async def values(connection: "Connection", sql: str, *arguments: object) -> list[Any]:
    return [row[0] for row in await connection.fetch(sql, *arguments)]


async def test_the_company_has_its_team_and_its_customers(demo: "Connection", workspace: "Workspace") -> None:
    assert [p.role for p in await list_members(demo, workspace.id)].count("owner") == 1
    assert len(await list_members(demo, workspace.id)) == 6
    customers = await values(demo, "SELECT domain FROM customers WHERE workspace_id = $1", workspace.id)
    assert len(set(customers)) == 60
    assert all(domain.endswith(".example") for domain in customers)
    contacts = await values(demo, "SELECT count(*) FROM contacts WHERE archived_at IS NULL GROUP BY customer_id")
    assert len(contacts) == 60
    assert set(contacts) <= {2, 3, 4}


async def test_customers_are_in_every_status_and_came_over_the_year(demo: "Connection") -> None:
    statuses = await demo.fetch("SELECT status, count(*) AS n FROM customers GROUP BY status")
    assert {row["status"] for row in statuses} == {"active", "onboarding", "at_risk", "churned", "low_touch"}
    months = await values(demo, "SELECT count(*) FROM customers GROUP BY date_trunc('month', created_at)")
    assert len(months) >= 12


async def test_onboardings_are_in_every_phase_and_state(demo: "Connection") -> None:
    phases = await values(demo, "SELECT phase FROM onboardings GROUP BY phase HAVING count(*) > 1")
    states = await values(demo, "SELECT state FROM onboardings WHERE completed_at IS NULL GROUP BY state")
    assert set(phases) == {phase.key for phase in DEFAULT_PHASES}
    assert set(states) == set(STATES)


async def test_every_phase_took_a_plausible_time(demo: "Connection") -> None:
    for phase in DEFAULT_PHASES[:-1]:
        days = await demo.fetchval(
            "SELECT avg(seconds_in_phase + seconds_waiting) / 86400 FROM phase_transitions WHERE from_phase = $1",
            phase.key,
        )
        assert 0.5 * phase.target_days < days < 1.5 * phase.target_days, phase


async def test_launch_dates_slipped_for_reasons(demo: "Connection") -> None:
    days = await values(demo, "SELECT DISTINCT days FROM launch_date_shifts WHERE reason IS NOT NULL ORDER BY 1")
    assert days == [7, 14]


async def test_the_history_is_a_year_long_and_its_events_are_of_the_last_month(demo: "Connection") -> None:
    first = await demo.fetchval("SELECT min(created_at) FROM activity")
    last = await demo.fetchval("SELECT max(created_at) FROM activity")
    oldest_event = await demo.fetchval("SELECT min(created_at) FROM events")
    now = Clock().now()
    assert timedelta(days=355) < now - first < timedelta(days=372)
    assert timedelta() < now - last < timedelta(days=5)
    assert timedelta(days=20) < now - oldest_event <= timedelta(days=30)
    # Every customer, contact and onboarding has a line on a timeline, and a person who did it.
    types = await values(demo, "SELECT DISTINCT type FROM activity")
    assert {"customer.created", "contact.created", "contact.updated", "onboarding.phase_changed"} <= set(types)
    assert await values(demo, "SELECT DISTINCT actor_type FROM activity") == ["person"]


async def test_customers_and_onboardings_are_known_by_fields_and_tags(demo: "Connection") -> None:
    assert await values(demo, "SELECT DISTINCT kind FROM facets ORDER BY 1") == ["date", "number", "tag", "text"]
    unknown = (
        "SELECT DISTINCT f.key FROM facets f WHERE f.key <> ALL (SELECT d.key FROM custom_fields d UNION SELECT '')"
    )
    assert await values(demo, unknown) == []


async def test_the_company_says_when_it_works(demo: "Connection", workspace: "Workspace") -> None:
    days, time_zone = await working_days_of(demo, workspace.id)
    year = Clock().now().year
    assert time_zone.key == "Europe/Berlin"
    assert days.why_not(date(year, 5, 1)) in {"Labor Day", "Saturday", "Sunday"}
    assert days.why_not(date(year, 12, 24)) in {"Company day off", "Saturday", "Sunday"}


async def test_there_is_one_demo(demo: "Connection") -> None:
    with pytest.raises(WorkspaceError):
        await seed(demo, Clock().now())


async def test_the_demo_keys_stay_as_long_as_they_work(
    demo: "Connection", workspace: "Workspace", tmp_path: Path
) -> None:
    now = Clock().now()
    file = tmp_path / "demo-keys.json"

    made = await demo_keys(demo, workspace.id, tmp_path, now)
    assert await demo_keys(demo, workspace.id, tmp_path, now) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {(key.name, key.mode) for key in await list_keys(demo, workspace.id)} == {
        ("demo live", "live"),
        ("demo test", "test"),
    }

    file.unlink()
    after_loss = await demo_keys(demo, workspace.id, tmp_path, now)
    assert after_loss.live != made.live

    await revoke_key(demo, workspace.id, after_loss.test, now)
    after_revocation = await demo_keys(demo, workspace.id, tmp_path, now)
    assert after_revocation.test != after_loss.test

    file.write_text("not what we wrote")
    assert await demo_keys(demo, workspace.id, tmp_path, now) != after_revocation


async def test_templates_are_there_to_begin_with(demo: "Connection", workspace: "Workspace") -> None:
    sql = "SELECT name, task_count, cardinality(phases) AS phases FROM templates WHERE workspace_id = $1"
    rows = await demo.fetch(sql, workspace.id)
    assert {row["name"] for row in rows} == {
        "SaaS rollout", "Loyalty programme", "API integration", "Data migration", "Pilot", "Renewal",
    }  # fmt: skip
    assert all(15 <= row["task_count"] <= 40 and row["phases"] == 6 for row in rows)
