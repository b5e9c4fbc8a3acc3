import stat
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.clock import Clock
from pivotal_server.demo.cast import EMAILS, MANAGER
from pivotal_server.demo.keys import demo_keys
from pivotal_server.identity.api_keys import list_keys, revoke_key
from pivotal_server.identity.people import list_members
from pivotal_server.onboardings.models import STATES
from pivotal_server.onboardings.phases import DEFAULT_PHASES

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Workspace


async def values(connection: "Connection", sql: str, *arguments: object) -> list[Any]:
    return [row[0] for row in await connection.fetch(sql, *arguments)]


async def test_the_company_has_its_team_and_its_customers(demo: "Connection", workspace: "Workspace") -> None:
    assert [p.role for p in await list_members(demo, workspace.id)].count("owner") == 1
    assert len(await list_members(demo, workspace.id)) == 8
    customers = await values(demo, "SELECT domain FROM customers WHERE workspace_id = $1", workspace.id)
    assert len(set(customers)) == 60
    assert all(domain.endswith(".example") for domain in customers)
    contacts = await values(
        demo, "SELECT count(*) FROM contacts WHERE archived_at IS NULL AND status = 'customer' GROUP BY customer_id"
    )
    assert len(contacts) == 60
    assert set(contacts) <= {2, 3, 4}


async def test_customers_are_in_every_status_and_came_over_the_year(demo: "Connection") -> None:
    statuses = await demo.fetch("SELECT status, count(*) AS n FROM customers GROUP BY status")
    assert {row["status"] for row in statuses} == {"active", "onboarding", "at_risk", "churned", "low_touch"}
    months = await values(demo, "SELECT count(*) FROM customers GROUP BY date_trunc('month', created_at)")
    assert len(months) >= 12


async def test_onboardings_are_in_every_phase_and_state(demo: "Connection") -> None:
    phases = Counter(await values(demo, "SELECT phase FROM onboardings"))
    states = Counter(await values(demo, "SELECT state FROM onboardings WHERE completed_at IS NULL"))
    assert set(phases) == {phase.key for phase in DEFAULT_PHASES}
    assert set(states) == set(STATES)
    assert phases.pop("completed") == 18
    assert sum(phases.values()) == sum(states.values()) == 29
    assert min(phases.values()) >= 4
    assert states["active"] > states["waiting"] > 1


async def test_every_phase_took_a_plausible_time(demo: "Connection") -> None:
    for phase in DEFAULT_PHASES[:-1]:
        days = await demo.fetchval(
            "SELECT avg(seconds_in_phase + seconds_waiting) / 86400 FROM phase_transitions WHERE from_phase = $1",
            phase.key,
        )
        assert 0.5 * phase.target_days < days < 1.5 * phase.target_days, phase


async def test_launches_were_on_time_or_late_for_reasons(demo: "Connection") -> None:
    days = await values(demo, "SELECT DISTINCT days FROM launch_date_shifts WHERE reason IS NOT NULL ORDER BY 1")
    assert days == [7, 14]
    assert await values(demo, "SELECT id FROM launch_date_shifts WHERE reason IS NULL") == []
    slipped = await values(
        demo, "SELECT target_launch_date > original_launch_date FROM onboardings WHERE completed_at IS NOT NULL"
    )
    assert len(slipped) == 18
    assert 5 <= slipped.count(True) <= 13


async def test_onboardings_went_back_from_the_review_too(demo: "Connection") -> None:
    back = "SELECT reason FROM phase_transitions WHERE from_phase = 'review' AND to_phase = 'program_design'"
    assert 0 < len(await values(demo, back)) < 10


async def test_the_history_is_a_year_long_and_its_events_are_of_the_last_month(demo: "Connection") -> None:
    first = await demo.fetchval("SELECT min(created_at) FROM activity")
    last = await demo.fetchval("SELECT max(created_at) FROM activity")
    oldest_event = await demo.fetchval("SELECT min(created_at) FROM events")
    now = Clock().now()
    assert timedelta(days=355) < now - first < timedelta(days=372)
    assert timedelta() < now - last < timedelta(days=5)
    assert timedelta(days=20) < now - oldest_event <= timedelta(days=30)
    types = await values(demo, "SELECT DISTINCT type FROM activity")
    assert {"customer.created", "contact.created", "contact.updated", "onboarding.phase_changed"} <= set(types)
    assert {"template.applied", "task.completed", "task.reopened", "task.rescheduled", "comment.created"} <= set(types)
    # Teammates did it, and people at the customers' what is theirs to do.
    assert await values(demo, "SELECT DISTINCT actor_type FROM activity ORDER BY 1") == ["person", "portal"]
    by_contacts = await values(demo, "SELECT DISTINCT type FROM activity WHERE actor_type = 'portal' ORDER BY 1")
    assert by_contacts == ["attachment.created", "comment.created", "task.completed", "task.rescheduled"]


async def test_customers_and_onboardings_are_known_by_fields_and_tags(demo: "Connection") -> None:
    assert await values(demo, "SELECT DISTINCT kind FROM facets ORDER BY 1") == ["date", "number", "tag", "text"]
    unknown = (
        "SELECT DISTINCT f.key FROM facets f WHERE f.key <> ALL (SELECT d.key FROM custom_fields d UNION SELECT '')"
    )
    assert await values(demo, unknown) == []


async def test_leads_are_in_every_stage_of_two_pipelines(demo: "Connection", workspace: "Workspace") -> None:
    counts = {
        (row["name"], row["stage"]): row["leads"]
        for row in await demo.fetch(
            "SELECT p.name, s.name AS stage, count(t.id) AS leads FROM pipelines p "
            "JOIN pipeline_stages s ON s.workspace_id = p.workspace_id AND s.pipeline_id = p.id "
            "LEFT JOIN contacts t ON t.workspace_id = p.workspace_id AND t.pipeline_id = p.id AND t.stage = s.key "
            "WHERE p.workspace_id = $1 GROUP BY 1, 2",
            workspace.id,
        )
    }
    assert {name for name, _ in counts} == {"Sales", "Partners"}
    assert counts.pop(("Partners", "Signed")) == 0
    assert min(counts.values()) >= 2
    assert 60 <= sum(counts.values()) <= 70
    won = "SELECT count(*) FROM contacts WHERE workspace_id = $1 AND status = 'won' AND customer_id IS NOT NULL"
    assert await demo.fetchval(won, workspace.id) == 6
    unassigned = "SELECT count(*) FROM contacts WHERE workspace_id = $1 AND status = 'open' AND owner_id IS NULL"
    assert await demo.fetchval(unassigned, workspace.id) >= 2
    answered = await values(demo, "SELECT last_message_status FROM contacts WHERE last_message_at IS NOT NULL")
    assert {"delivered", "replied"} <= set(answered)


async def test_the_company_says_when_it_works(demo: "Connection", workspace: "Workspace") -> None:
    days, time_zone = await working_days_of(demo, workspace.id)
    year = Clock().now().year
    assert time_zone.key == "Europe/Berlin"
    assert days.why_not(date(year, 5, 1)) in {"Labor Day", "Saturday", "Sunday"}
    assert days.why_not(date(year, 12, 24)) in {"Company day off", "Saturday", "Sunday"}


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


async def test_the_team_finds_something_in_its_inbox(demo: "Connection", workspace: "Workspace") -> None:
    found = await demo.fetch(
        "SELECT p.email, count(*) AS all, count(*) FILTER (WHERE n.read_at IS NULL) AS unread FROM notifications n"
        " JOIN people p ON p.id = n.person_id WHERE n.workspace_id = $1 GROUP BY p.email",
        workspace.id,
    )
    counts = {row["email"]: (row["all"], row["unread"]) for row in found}
    assert len(counts) >= 5
    every, unread = counts[EMAILS[MANAGER]]
    assert every > unread > 0
    assert await demo.fetchval("SELECT count(*) FROM notifications WHERE mailed") == 0
