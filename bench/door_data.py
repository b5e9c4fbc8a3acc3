"""Workspaces full of contacts: leads in three pipelines, people of customers, teammates who share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.data import load_tenants, open_windows
from pivotal_server.backups.tables import put_aside
from pivotal_server.contacts.tallies import fold_tallies
from pivotal_server.core.clock import Clock
from pivotal_server.identity.people import add_member

if TYPE_CHECKING:
    from bench.data import Tenant
    from pivotal_server.core.db import Connection

CONTACTS_OF_CUSTOMER = 10
TEAMMATES = 20
PIPELINES = tuple(f"c{number:024d}" for number in range(1, 4))
STAGES = {"new": "open", "contacted": "open", "qualified": "open", "proposal": "open", "won": "won", "lost": "lost"}

# $1 workspace, $2 pipelines, $3 keys of stages, $4 their kinds, $5 the present.
_FILL_PIPELINES = """
WITH made AS (
    INSERT INTO pipelines (workspace_id, id, display_id, name, position, created_at, updated_at)
    SELECT $1, id, 1000 + n, 'Pipeline ' || n, 1000 + n, $5, $5 FROM unnest($2::text[]) WITH ORDINALITY p (id, n)
)
INSERT INTO pipeline_stages (workspace_id, pipeline_id, key, name, position, kind)
SELECT $1, p.id, s.key, s.key, s.n, s.kind
FROM unnest($2::text[]) p (id), unnest($3::text[], $4::text[]) WITH ORDINALITY s (key, kind, n)
"""
# $1 workspace, $2 contacts, $3 contacts of a customer, $4 the present, $5 teammates, $6 pipelines, $7 stages' keys,
# $8 their kinds. Four of ten belong to a customer and never were leads; of the others one in eleven has no owner.
_FILL_CONTACTS = """
INSERT INTO contacts (workspace_id, id, display_id, customer_id, name, first_name, email, phone, company, is_primary,
    owner_id, assignee_ids, source, lead_source, status, pipeline_id, stage, stage_entered_at, created_by,
    last_message_at, last_message_status, created_at, updated_at)
SELECT $1, 'c' || lpad(n::text, 24, '0'), n,
    CASE WHEN NOT lead THEN 'c' || lpad((1 + (n - 1) / $3::integer)::text, 24, '0') END,
    'Mira Okafor ' || n, 'Mira', 'contact' || n || '@customer.example', '+1 555 0100', 'Company ' || n % 5000, false,
    CASE WHEN lead AND h % 11 > 0 THEN ($5::text[])[1 + h % cardinality($5::text[])] END,
    CASE WHEN h / 3 % 5 = 0 THEN ARRAY[($5::text[])[1 + h / 7 % cardinality($5::text[])]] ELSE '{}' END,
    CASE WHEN lead THEN (ARRAY['api', 'app', 'form', 'import'])[1 + h / 13 % 4] END,
    CASE WHEN lead THEN 'campaign-' || h / 17 % 500 END,
    CASE WHEN lead THEN ($8::text[])[1 + h / 19 % cardinality($8::text[])] ELSE 'customer' END,
    CASE WHEN lead THEN ($6::text[])[1 + h / 23 % cardinality($6::text[])] END,
    CASE WHEN lead THEN ($7::text[])[1 + h / 19 % cardinality($7::text[])] END,
    CASE WHEN lead THEN at END, ($5::text[])[1],
    CASE WHEN h / 29 % 2 = 0 THEN at + make_interval(mins => (h % 2000)::integer) END,
    CASE WHEN h / 29 % 2 = 0
        THEN (ARRAY['queued', 'sent', 'delivered', 'read', 'replied', 'failed'])[1 + h / 31 % 6] END,
    at, at
FROM generate_series(1, $2::integer) n
CROSS JOIN LATERAL (SELECT abs(hashint4(n)::bigint) AS h, n % 10 >= 4 AS lead,
    $4::timestamptz - make_interval(mins => $2 - n + 1) AS at) made
"""
# What the triggers write, for all rows at once.
_FILL_ASSIGNEES = """
INSERT INTO contact_assignees (workspace_id, person_id, created_at, contact_id)
SELECT t.workspace_id, person, t.created_at, t.id FROM contacts t, unnest(t.assignee_ids) person
WHERE t.workspace_id = $1
"""
_FILL_CHANGES = """
INSERT INTO contact_tally_changes (workspace_id, contacts, owner_id, status, pipeline_id, stage, source, lead_source,
    last_message_status, assignee_ids)
SELECT t.workspace_id, count(*), t.owner_id, t.status, t.pipeline_id, t.stage, t.source, t.lead_source,
    t.last_message_status, t.assignee_ids
FROM contacts t WHERE t.workspace_id = $1 GROUP BY 1, 3, 4, 5, 6, 7, 8, 9, 10
"""
_COUNTER = "INSERT INTO counters (workspace_id, resource, value, last_at) VALUES ($1, 'contact', $2, $3)"
_OWN_KEY = "UPDATE api_keys SET created_by = $2 WHERE workspace_id = $1"
_TABLES = ("contacts", "contact_assignees", "contact_tallies", "contact_tally_changes", "customers", "people")


async def load_contacts(connection: Connection, size: int) -> tuple[Tenant, list[str]]:
    """Make a workspace with so many contacts; return it with its teammates, of whom the first has made its key."""
    (tenant,), _ = await load_tenants(connection, f"doors-{size}", 1, max(size // CONTACTS_OF_CUSTOMER, 1))
    now, workspace = Clock().now(), tenant.workspace_id
    people = [
        await add_member(
            connection, workspace, email=f"mate{n}@{size}.example", name=f"Mate {n}", role="member", now=now
        )
        for n in range(TEAMMATES)
    ]
    keys, kinds = list(STAGES), list(STAGES.values())
    async with connection.transaction():
        later = await put_aside(connection)  # indexes of all rows at once take a fraction of the time
        await connection.execute(_FILL_PIPELINES, workspace, PIPELINES, keys, kinds, now)
        await connection.execute(
            _FILL_CONTACTS, workspace, size, CONTACTS_OF_CUSTOMER, now, people, PIPELINES, keys, kinds, timeout=600
        )
        for statement in (_FILL_ASSIGNEES, _FILL_CHANGES):
            await connection.execute(statement, workspace, timeout=600)
        for statement in later:
            await connection.execute(statement, timeout=600)
        await connection.execute(_COUNTER, workspace, size, now)
        await connection.execute(_OWN_KEY, workspace, people[0])
    await fold_tallies(connection, lambda: False)
    # As a server that has been running for a while has left its tables.
    for table in _TABLES:
        await connection.execute(f"VACUUM (ANALYZE) {table}", timeout=600)
    await open_windows(connection, [tenant])
    return tenant, people
