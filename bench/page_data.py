"""A workspace to look at pages in: 100,000 customers, 20,000 onboardings over all phases, a million tasks, leads."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.data import customer_id, load_tenants
from bench.task_lists import FILL_DEPENDENCIES
from pivotal_server.core.clock import Clock
from pivotal_server.identity.people import add_member
from pivotal_server.identity.sessions import start_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pivotal_server.core.db import Connection

_TASKS_OF_ONBOARDING = 50
_CONTACTS_OF_CUSTOMER = 2
_TEAMMATES = 20
_MOST_LEADS = 10_000
# Half of the onboardings that there ever were have launched; the others stand anywhere on the way.
_NAMES = (
    *("Aurora", "Blue Heron", "Cinder", "Dovetail", "Ember", "Foxglove", "Granite", "Harbour", "Ironwood", "Juniper"),
    *("Kestrel", "Lantern", "Meridian", "Northgate", "Orchard", "Pinecrest", "Quarry", "Riverside", "Saffron", "Tidal"),
)
_KINDS = ("Outfitters", "Logistics", "Health", "Foods", "Labs", "Interiors", "Energy", "Media", "Robotics", "Travel")

# $1 workspace, $2 words, $3 kinds.
_NAME_CUSTOMERS = """
UPDATE customers c SET name = ($2::text[])[1 + c.display_id % cardinality($2::text[])] || ' '
    || ($3::text[])[1 + c.display_id / 7 % cardinality($3::text[])] || ' ' || c.display_id
WHERE c.workspace_id = $1
"""
# $1 workspace, $2 customers, $3 contacts of each, $4 the present.
_FILL_CONTACTS = """
INSERT INTO contacts (workspace_id, id, display_id, customer_id, name, email, title, is_primary, labels, created_at,
    updated_at)
SELECT $1, 'c' || lpad(n::text, 24, '0'), n, 'c' || lpad((1 + (n - 1) / $3::integer)::text, 24, '0'),
    (ARRAY['Mira', 'Jonas', 'Amara', 'Sven', 'Priya', 'Lucas'])[1 + n % 6] || ' '
        || (ARRAY['Chen', 'Berg', 'Okafor', 'Novak', 'Rossi'])[1 + n % 5],
    'contact' || n || '@customer.example', 'Head of operations', n % $3 = 1, ARRAY['champion'], at, at
FROM generate_series(1, $2::integer * $3::integer) n
CROSS JOIN LATERAL (SELECT $4::timestamptz - make_interval(mins => $2 * $3 - n + 1) AS at) made
"""
# $1 workspace, $2 how many, $3 customers, $4 their contacts, $5 the present, $6 teammates, $7 words, $8 kinds. Each
# stage has as many as any other; who is won is another contact of a customer.
_FILL_LEADS = """
INSERT INTO contacts (workspace_id, id, display_id, customer_id, name, email, company, title, owner_id, source,
    lead_source, status, pipeline_id, stage, stage_entered_at, closed_at, lost_reason, last_message_at,
    last_message_status, is_primary, created_at, updated_at)
SELECT $1, 'c' || lpad(($4 + n)::text, 24, '0'), $4 + n,
    CASE WHEN kind = 'won' THEN 'c' || lpad((1 + n % $3::integer)::text, 24, '0') END,
    (ARRAY['Ines', 'Bruno', 'Keiko', 'Samir', 'Freya', 'Anton', 'Zara'])[1 + n % 7] || ' '
        || (ARRAY['Moreau', 'Haddad', 'Silva', 'Keller', 'Khan'])[1 + n % 5],
    'lead' || n || '@prospect.example',
    ($7::text[])[1 + n % cardinality($7::text[])] || ' ' || ($8::text[])[1 + n / 7 % cardinality($8::text[])],
    'Head of operations', CASE WHEN n % 8 > 0 THEN ($6::text[])[1 + n % cardinality($6::text[])] END, 'import',
    (ARRAY['referral', 'webinar', 'outbound', 'partner'])[1 + n % 4], kind, pipeline_id, key, entered,
    CASE WHEN kind <> 'open' THEN entered END, CASE WHEN kind = 'lost' THEN 'No budget before next year' END,
    CASE WHEN n % 3 > 0 THEN entered END,
    CASE WHEN n % 3 > 0 THEN (ARRAY['delivered', 'replied', 'read', 'failed', 'sent'])[1 + n % 5] END,
    false, at, entered
FROM generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT $5::timestamptz - make_interval(mins => $2 - n + 1, secs => 30) AS at) made
CROSS JOIN LATERAL (SELECT at + ($5 - at) / 2 AS entered) moved
JOIN (
    SELECT pipeline_id, key, kind, row_number() OVER (ORDER BY position) - 1 AS place, count(*) OVER () AS places
    FROM pipeline_stages WHERE workspace_id = $1
) stage ON n % places = place
"""
# $1 workspace, $2 how many, $3 customers, $4 the present, $5 keys of the phases in their order, $6 teammates.
_FILL_ONBOARDINGS = """
INSERT INTO onboardings (workspace_id, id, display_id, customer_id, name, phase, state, started_at, completed_at,
    target_launch_date, phase_entered_at, csm_id, waiting_on_customer_since, reminder_email, reminder_slack,
    reminder_frequency_days, created_at, updated_at)
SELECT $1, 'c' || lpad(n::text, 24, '0'), n, 'c' || lpad((1 + n % $3::integer)::text, 24, '0'),
    'Rollout ' || n, ($5::text[])[place], CASE WHEN place = cardinality($5::text[]) THEN 'active' ELSE state END, at,
    CASE WHEN place = cardinality($5::text[]) THEN at + interval '90 days' END,
    date_trunc('day', $4::timestamptz) + make_interval(days => n * 13 % 121 - 30), at + interval '10 days',
    ($6::text[])[1 + n % cardinality($6::text[])],
    CASE WHEN place < cardinality($5::text[]) AND state = 'waiting' THEN at END,
    true, false, 7, at, at
FROM generate_series(1, $2::integer) n
CROSS JOIN LATERAL (
    SELECT CASE WHEN n % 2 = 0 THEN cardinality($5::text[]) ELSE 1 + n / 2 % (cardinality($5::text[]) - 1) END AS place,
        (ARRAY['active', 'active', 'waiting', 'active', 'at_risk', 'active', 'blocked'])[1 + n % 7] AS state,
        $4::timestamptz - make_interval(mins => ($2 - n + 1) * 20) AS at
) made
"""
# $1 workspace, $2 how many, $3 tasks of an onboarding, $4 the present, $5 phases, $6 teammates. Onboardings have
# tasks in all phases; the last fifth of each is open and due around today.
_FILL_TASKS = """
INSERT INTO tasks (workspace_id, id, display_id, onboarding_id, phase, title, description, status, position,
    assignee_id, assignee_role, completed_at, completed_by, due_rule, due_rule_days, start_on, due_on, due_cause,
    due_cause_task_id, due_cause_days, due_cause_on, due_days_off, baseline_due_on, slip_days, created_at, updated_at)
SELECT $1, 'c' || lpad(n::text, 24, '0'), n, 'c' || lpad((1 + (n - 1) / $3::integer)::text, 24, '0'),
    ($5::text[])[1 + place * (cardinality($5::text[]) - 1) / $3], 'Agree on point ' || n,
    'What is to be done, and **by when**.',
    CASE WHEN open THEN 'open' ELSE 'completed' END, 1 + place,
    CASE WHEN n % 20 < 15 THEN ($6::text[])[1 + n % cardinality($6::text[])] END, CASE WHEN n % 20 >= 15 THEN 'csm' END,
    CASE WHEN NOT open THEN at END, CASE WHEN NOT open THEN 'API: bench' END,
    CASE WHEN place = 0 THEN 'start' END, CASE WHEN place = 0 THEN 1 END, due, due,
    CASE WHEN place = 0 THEN 'start' ELSE 'dependency' END,
    CASE WHEN place > 0 THEN 'c' || lpad((n - 1)::text, 24, '0') END, 0, due - 1, 0, due, 0, at, at
FROM generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT (n - 1) % $3 AS place, (n - 1) % $3 >= $3 * 4 / 5 AS open) part
CROSS JOIN LATERAL (
    SELECT $4::date + CASE WHEN open THEN n * 7 % 41 - 20 ELSE -20 - n * 7 % 700 END AS due,
        $4::timestamptz - make_interval(secs => $2 - n + 1) AS at
) made
"""
_PHASES = """
SELECT array_agg(p.key ORDER BY p.position) FROM phases p WHERE p.workspace_id = $1 AND p.retired_at IS NULL
"""
_TABLES = ("customers", "contacts", "onboardings", "tasks", "task_dependencies", "memberships", "people", "activity")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything a workspace has."""

    customers: int
    onboardings: int

    @property
    def tasks(self) -> int:
        """How many tasks all its onboardings have."""
        return self.onboardings * _TASKS_OF_ONBOARDING

    @property
    def leads(self) -> int:
        """How many leads are in its pipeline."""
        return min(self.customers, _MOST_LEADS)


@dataclass(frozen=True, slots=True)
class Scene:
    """One workspace, and somebody who works in it.

    Attributes:
        workspace_id: its ``org_…``.
        size: how much it has.
        session: the token of a session of one of its members, who is the CSM of their part of the onboardings.
        customer: the path of a customer's page.
        onboarding: the path of an onboarding's page.
    """

    workspace_id: str
    size: Size
    session: str
    customer: str
    onboarding: str


async def load_scene(connection: Connection, name: str, size: Size, tell: Callable[[str], None]) -> Scene:
    """Make a workspace of that size.

    Args:
        connection: to a migrated database.
        name: of the workspace; it must not be there yet.
        size: how much it gets.
        tell: is told how long it took.
    """
    started = time.perf_counter()
    [tenant], _ = await load_tenants(connection, name, 1, size.customers)
    workspace_id, now = tenant.workspace_id, Clock().now()
    teammates = [
        await add_member(connection, workspace_id, email=f"mate{number}@{name}.example", name=f"{_NAMES[number]} Berg",
                         role="admin", now=now)
        for number in range(_TEAMMATES)
    ]  # fmt: skip
    await _fill(connection, workspace_id, size, teammates)
    for table in _TABLES:
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=600)
    session = await start_session(connection, teammates[1], ip="127.0.0.1", user_agent="bench", now=Clock().now())
    tell(f"{size.customers} customers, {size.onboardings} onboardings and {size.tasks} tasks loaded in "
         f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    # Of an onboarding that is on its way, and of its customer.
    return Scene(workspace_id, size, session, f"/customers/{customer_id(2)}", "/onboardings/1")


async def _fill(connection: Connection, workspace_id: str, size: Size, teammates: Sequence[str]) -> None:
    now, phases = Clock().now(), await connection.fetchval(_PHASES, workspace_id)
    onboardings = (workspace_id, size.onboardings, size.customers, now, phases, list(teammates))
    contacts = size.customers * _CONTACTS_OF_CUSTOMER
    leads = (workspace_id, size.leads, size.customers, contacts, now, list(teammates), list(_NAMES), list(_KINDS))
    tasks = (workspace_id, size.tasks, _TASKS_OF_ONBOARDING, now, phases, list(teammates))
    async with connection.transaction():
        await connection.execute(_NAME_CUSTOMERS, workspace_id, list(_NAMES), list(_KINDS), timeout=600)
        await connection.execute(_FILL_CONTACTS, workspace_id, size.customers, _CONTACTS_OF_CUSTOMER, now, timeout=600)
        await connection.execute(_FILL_LEADS, *leads, timeout=600)
        await connection.execute(_FILL_ONBOARDINGS, *onboardings, timeout=600)
        await connection.execute(_FILL_TASKS, *tasks, timeout=600)
        await connection.execute(FILL_DEPENDENCIES, workspace_id, timeout=600)
