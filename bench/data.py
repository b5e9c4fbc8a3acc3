"""Test data: workspaces with a key and many customers each, in the shapes that the product itself writes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivotal_server.core.clock import Clock
from pivotal_server.identity import keys
from pivotal_server.identity.api_keys import NewKey, create_key
from pivotal_server.identity.gate import admit
from pivotal_server.provisioning import provision_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.core.db import Connection

KEY_NAME = "bench"
# High enough never to refuse; everything else about the gate stays as it is.
_RATE_LIMIT = 1_000_000_000
# Stored hashes cheap enough that warming up is not all hashing; a request pays for one only once per process and key.
_PBKDF2_ROUNDS = 1000

# $1 workspaces, $2 customers in each, $3 the present. The n-th customer's id is "c" and n in 24 digits, which sorts
# before every id that is made today, as older ids do.
_FILL_CUSTOMERS = """
INSERT INTO customers (workspace_id, id, display_id, name, slug, domain, status, plan, mrr, monthly_orders,
    hubspot_company_id, owner_id, tags, metadata, created_at, updated_at)
SELECT w.id, 'c' || lpad(n::text, 24, '0'), n, 'Customer ' || n, 'customer-' || lpad(n::text, 7, '0'),
    'customer-' || lpad(n::text, 7, '0') || '.example',
    (ARRAY['active', 'onboarding', 'active', 'at_risk', 'low_touch'])[1 + n % 5], (ARRAY['Pro', 'Starter'])[1 + n % 2],
    10000 + n % 90000, 100 + n % 5000, (80000000 + n)::text, m.person_id, ARRAY['retail'],
    '{"lead_source":"outbound"}', created.at, created.at
FROM unnest($1::text[]) w (id) JOIN memberships m ON m.workspace_id = w.id AND m.role = 'owner'
CROSS JOIN generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT $3::timestamptz - make_interval(mins => $2 - n + 1) AS at) created
ORDER BY w.id, n
"""
# What finds them by their tag. Kept row by row, as the triggers keep it, the count of the one tag would be written a
# million times in one transaction, each time behind all its versions of before.
_WITHOUT_TRIGGER = "ALTER TABLE customers DISABLE TRIGGER customer_made"
_WITH_TRIGGER = "ALTER TABLE customers ENABLE TRIGGER customer_made"
_FILL_FACETS = """
INSERT INTO facets (workspace_id, list, kind, key, value, created_at, resource_id)
SELECT c.workspace_id, 'customers', 'tag', '', tag, c.created_at, c.id FROM customers c, unnest(c.tags) tag
WHERE c.workspace_id = ANY ($1::text[])
"""
_FILL_TAGS = """
INSERT INTO tags (workspace_id, resource, tag, uses)
SELECT c.workspace_id, 'customer', tag, count(*) FROM customers c, unnest(c.tags) tag
WHERE c.workspace_id = ANY ($1::text[]) GROUP BY c.workspace_id, tag
"""
_FILL_ACTIVITY = """
INSERT INTO activity (workspace_id, id, created_at, type, summary, actor_type, actor_id, actor_name, livemode,
    customer_id, subject_type, subject_id, data, request_id, ip)
SELECT c.workspace_id, c.id, c.created_at, 'customer.created', 'Created customer ' || c.name, 'api_key', k.id,
    'API: ' || k.name, true, c.id, 'customer', c.id, '{}', 'req_' || substr(c.id, 2), '127.0.0.1'
FROM customers c JOIN api_keys k ON k.workspace_id = c.workspace_id
WHERE c.workspace_id = ANY ($1::text[])
ORDER BY c.workspace_id, c.created_at
"""
_FILL_COUNTERS = """
INSERT INTO counters (workspace_id, resource, value, last_at)
SELECT w, 'customer', $2::bigint, $3 FROM unnest($1::text[]) w
"""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One workspace of the benchmark.

    Attributes:
        workspace_id: its ``org_…``.
        credential: its API key.
        customers: how many were loaded; their ids are ``customer_id(1)`` to ``customer_id(customers)``.
    """

    workspace_id: str
    credential: keys.Credential
    customers: int

    @property
    def key(self) -> str:
        """The cleartext of its API key."""
        return self.credential.text


def customer_id(number: int) -> str:
    """Return the cuid of the n-th loaded customer of any workspace."""
    return f"c{number:024d}"


async def load_tenants(connection: Connection, name: str, count: int, customers: int) -> tuple[list[Tenant], float]:
    """Make ``count`` workspaces with ``customers`` customers each; return them and the seconds that the rows took.

    Args:
        connection: to a migrated database.
        name: what the workspaces' slugs start with.
        count: how many workspaces.
        customers: how many customers in each.
    """
    clock = Clock()
    tenants = []
    for number in range(1, count + 1):
        slug, now = f"{name}-{number}", clock.now()
        owner = f"owner@{slug}.example"
        workspace = await provision_workspace(connection, slug=slug, name=slug, now=now, owner_email=owner)
        new = NewKey(KEY_NAME, "live", rate_limit=_RATE_LIMIT)
        text = await create_key(connection, workspace.id, new, now, rounds=_PBKDF2_ROUNDS)
        tenants.append(Tenant(workspace.id, _credential(text), customers))
    started = time.perf_counter()
    await _fill(connection, tenants, customers, clock)
    return tenants, time.perf_counter() - started


async def open_windows(connection: Connection, tenants: Sequence[Tenant]) -> None:
    """Use every key once: the first use is what opens its rate window, and the statements alone would find none."""
    clock = Clock()
    for tenant in tenants:
        await admit(connection, tenant.credential, clock.now())


def _credential(key: str) -> keys.Credential:
    credential = keys.read(key)
    assert credential is not None  # noqa: S101 - a key that was made a moment ago
    return credential


async def _fill(connection: Connection, tenants: Sequence[Tenant], customers: int, clock: Clock) -> None:
    ids, now = [tenant.workspace_id for tenant in tenants], clock.now()
    async with connection.transaction():
        await connection.execute(_WITHOUT_TRIGGER)
        await connection.execute(_FILL_CUSTOMERS, ids, customers, now, timeout=600)
        await connection.execute(_WITH_TRIGGER)
        for statement in (_FILL_FACETS, _FILL_TAGS):
            await connection.execute(statement, ids, timeout=600)
        await connection.execute(_FILL_ACTIVITY, ids, timeout=600)
        await connection.execute(_FILL_COUNTERS, ids, customers, now)
    # As a server that has been running for a while has left its tables.
    for table in ("customers", "facets", "tags", "activity", "counters", "api_keys", "workspaces", "rate_windows"):
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=600)
